//! Deliveries on request: tests and redeliveries.

use crate::aggregate::aggregate;
use serde_json::{Value, json};

use super::check_readable;
use super::endpoint::locked;
use crate::ServiceError;
use crate::app::App;
use crate::ids::named;
use crate::once::{Answer, begin, commit};
use auth::{Caller, Resource, Scope};
use domain::Timestamp;
use domain::id::{self, WebhookDeliveryId};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::webhook::body;
use domain::webhook::{WebhookDelivery, WebhookDeliveryStatus, WebhookEventType};
use store::webhook::delivery::{self, NewDelivery, RedeliverySelection};
use store::{Store, StoreError, Transaction};

aggregate!(WebhookDelivery: WebhookDelivery, in webhook::delivery, with answer);

/// Maximum number of deliveries that one call sends again.
pub const MAX_REDELIVERIES: u64 = 10_000;

/// What to send again.
#[derive(Clone, Debug)]
pub enum Redelivery {
    One(String),
    /// All deliveries of an endpoint that were created since.
    Since {
        endpoint: String,
        since: Timestamp,
    },
}

/// How many deliveries are sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Redelivered(pub u64);

impl Answer for Redelivered {
    fn to_stored(&self) -> Value {
        json!(self.0)
    }

    async fn reload(_: &Store, _: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        Ok(kept.as_u64().map(Self))
    }
}

/// Creates a test delivery, of a type that the endpoint need not be subscribed to.
pub async fn test(
    app: &App,
    caller: &Caller,
    endpoint: &str,
    event_type: WebhookEventType,
) -> Result<WebhookDelivery, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some((endpoint, _)) = locked(&transaction, &writer, "endpointId", endpoint, &mut problems).await? else {
        return Err(problems.into());
    };
    let now = app.clock.now();
    let made = new(&endpoint.id, event_type, body::test(event_type, now), now);
    let delivery = made.clone();
    let of = None;
    delivery::insert(&transaction, writer.tenant(), vec![NewDelivery { delivery, of }]).await?;
    transaction.counted(1);
    commit(app, transaction, &writer, &made).await?;
    Ok(made)
}

/// A new delivery, which is due at once.
pub(super) fn new(
    endpoint: &id::WebhookEndpointId,
    event_type: WebhookEventType,
    payload: String,
    now: Timestamp,
) -> WebhookDelivery {
    WebhookDelivery {
        id: WebhookDeliveryId::new(now),
        endpoint_id: *endpoint,
        event_type,
        status: WebhookDeliveryStatus::Pending,
        payload,
        created_at: now,
        next_attempt_at: Some(now),
        attempts: Vec::new(),
    }
}

/// Starts finished deliveries again; unfinished ones are not changed.
pub async fn redeliver(app: &App, caller: &Caller, what: Redelivery) -> Result<Redelivered, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let mut problems = Problems::new();
    problems.enter("what");
    let transaction = begin(app, &writer).await?;
    let again = match what {
        Redelivery::One(id) => one(&transaction, caller, &writer.scope(), &id, &mut problems).await?,
        Redelivery::Since { endpoint, since } => {
            problems.enter("since");
            let found = locked(&transaction, &writer, "endpointId", &endpoint, &mut problems).await?;
            match found {
                Some((endpoint, _)) => {
                    check_readable(caller, endpoint.selected())?;
                    Some(RedeliverySelection::Since(endpoint.id, since))
                }
                None => None,
            }
        }
    };
    let Some(again) = again else {
        return Err(problems.into());
    };
    let count = delivery::count_again(&transaction, &writer.scope(), again).await?;
    if count > MAX_REDELIVERIES {
        let message = format!("names {count} deliveries: at most {MAX_REDELIVERIES} can be redelivered by one call");
        problems.add("since", ProblemCode::Invalid, message);
        return Err(problems.into());
    }
    let redelivered = Redelivered(delivery::begin_again(&transaction, writer.tenant(), again, app.clock.now()).await?);
    transaction.counted(redelivered.0);
    commit(app, transaction, &writer, &redelivered).await?;
    Ok(redelivered)
}

/// One finished delivery, whose endpoint still exists.
async fn one(
    transaction: &Transaction,
    caller: &Caller,
    scope: &Scope,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<RedeliverySelection>, ServiceError> {
    let lock = async |id| delivery::lock(transaction, scope, id).await;
    let Some(found) = named("deliveryId", id, problems, lock).await? else {
        return Ok(None);
    };
    check_readable(caller, &[found.event_type])?;
    match found.status {
        WebhookDeliveryStatus::Delivered | WebhookDeliveryStatus::Failed => {
            Ok(Some(RedeliverySelection::One(found.id)))
        }
        WebhookDeliveryStatus::Pending => {
            let message = "is still pending: it will be sent anyway";
            Ok(problems.take("deliveryId", Err(Fault(ProblemCode::Conflict, message.into()))))
        }
        WebhookDeliveryStatus::Canceled => {
            let message = "is CANCELED: its endpoint was deleted";
            Ok(problems.take("deliveryId", Err(Fault(ProblemCode::Conflict, message.into()))))
        }
    }
}
