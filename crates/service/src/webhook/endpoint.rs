//! Endpoints: creating, changing and deleting them, and rotating their secrets.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Webhooks, check_readable};
use crate::aggregate::aggregate;
use crate::app::App;
use crate::ids::named;
use crate::once::{Answer, begin, commit};
use crate::stored::find_in;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope, Sealed, SealingError, SealingKeys, Writer, new_secret};
use domain::audit::CHANGED;
use domain::id::{self, WebhookEndpointId};
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use domain::webhook::endpoint::MAX_ENDPOINTS;
use domain::webhook::schedule::OVERLAP_HOURS;
use domain::webhook::signature::Secret;
use domain::webhook::{API_VERSION, WebhookEndpoint, WebhookEventType};
use store::outbox::OutboxPosition;
use store::webhook::{delivery, endpoint};
use store::{Store, StoreError, Transaction};

aggregate!(WebhookEndpoint: WebhookEndpoint, in webhook::endpoint);

/// An endpoint as requested.
#[derive(Clone, Debug, Default)]
pub struct NewEndpoint {
    pub url: String,
    pub description: Option<String>,
    pub event_types: Vec<WebhookEventType>,
}

#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    pub id: String,
    pub url: Patch<String>,
    pub description: Patch<String>,
    pub event_types: Patch<Vec<WebhookEventType>>,
    pub active: Patch<bool>,
}

/// An endpoint with its new secret, which cannot be read again: `None` if the call is a repetition.
pub struct Shown {
    pub endpoint: WebhookEndpoint,
    pub secret: Option<Secret>,
}

impl Answer for Shown {
    fn to_stored(&self) -> Value {
        self.endpoint.to_stored()
    }

    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let endpoint = WebhookEndpoint::reload(store, scope, kept).await?;
        Ok(endpoint.map(|endpoint| Self { endpoint, secret: None }))
    }
}

impl Answer for WebhookEndpoint {
    fn to_stored(&self) -> Value {
        json!(self.id.to_string())
    }

    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let found = find_in::<id::WebhookEndpoint>(store.reader(), scope, kept).await?;
        Ok(found.filter(|endpoint| endpoint.deleted_at.is_none()))
    }
}

/// Creates an endpoint, with a secret that is shown only now. The endpoint receives what happens from now on.
pub async fn create(app: &App, caller: &Caller, input: NewEndpoint) -> Result<Shown, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let event_types = distinct(input.event_types);
    let mut problems = Problems::new();
    let url = problems.take("url", url(&app.webhooks, &input.url));
    let description = problems.optional("description", input.description, |text| text::description(&text));
    let keys = keys(&app.webhooks, &mut problems);
    let transaction = begin(app, &writer).await?;
    // One at a time for each tenant, so that the limit is never exceeded.
    store::tenant::take_turn(&transaction, writer.tenant()).await?;
    let count = endpoint::count(&transaction, &writer.scope()).await?;
    if count >= MAX_ENDPOINTS {
        let message = format!("a tenant has at most {MAX_ENDPOINTS} webhook endpoints");
        problems.add("", ProblemCode::Conflict, message);
    }
    require!(problems; url, description, keys);
    let now = app.clock.now();
    let endpoint = WebhookEndpoint {
        id: WebhookEndpointId::new(now),
        url,
        description,
        event_types,
        api_version: API_VERSION.to_owned(),
        active: true,
        disabled_reason: None,
        secret_rotated_at: None,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    check_readable(caller, endpoint.selected())?;
    let (secret, sealed) = sealed(keys, &writer, endpoint.id).map_err(refused)?;
    let since = OutboxPosition::at_end(&transaction).await?;
    endpoint::insert(&transaction, writer.tenant(), &endpoint, sealed, &since).await?;
    transaction.created(&endpoint);
    transaction.noted(&endpoint, "secret", Value::Null, CHANGED);
    let secret = Some(secret);
    let shown = Shown { endpoint, secret };
    commit(app, transaction, &writer, &shown).await?;
    app.webhooks.endpoint_began.notify_one();
    Ok(shown)
}

/// Changes an endpoint. When it is activated, the deliveries that were kept for it are sent, oldest first.
pub async fn update(app: &App, caller: &Caller, change: EndpointChange) -> Result<WebhookEndpoint, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some((current, _)) = locked(&transaction, &writer, "id", &change.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let new_url = problems.changed("url", change.url, current.url.clone(), |text| url(&app.webhooks, &text));
    let description =
        problems.changed_optional("description", change.description, current.description.clone(), |text| {
            text::description(&text)
        });
    let event_types = change.event_types.list();
    let event_types = event_types.map_or_else(|| current.event_types.clone(), distinct);
    let active = problems.changed("active", change.active, current.active, Ok);
    require!(problems; new_url, description, active);
    let (begins, now) = (active && !current.active, app.clock.now().max(current.updated_at));
    // The caller must be able to read the types so far, whose deliveries the change may send elsewhere, and the new
    // ones.
    check_readable(caller, current.selected())?;
    let before = current.clone();
    let changed = WebhookEndpoint {
        url: new_url,
        description,
        event_types,
        active,
        disabled_reason: current.disabled_reason.clone().filter(|_| !begins),
        updated_at: now,
        ..current
    };
    check_readable(caller, changed.selected())?;
    endpoint::update(&transaction, writer.tenant(), &changed, begins).await?;
    transaction.changed(&before, &changed);
    if begins {
        delivery::make_due(&transaction, writer.tenant(), changed.id, now).await?;
    }
    commit(app, transaction, &writer, &changed).await?;
    app.webhooks.endpoint_began.notify_one();
    Ok(changed)
}

/// Gives an endpoint a new secret, shown only now; the former one continues to sign as well for a day.
pub async fn rotate(app: &App, caller: &Caller, id: &str) -> Result<Shown, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let mut problems = Problems::new();
    let keys = keys(&app.webhooks, &mut problems);
    let transaction = begin(app, &writer).await?;
    let current = locked(&transaction, &writer, "id", id, &mut problems).await?;
    require!(problems; current, keys);
    let (current, former) = current;
    check_readable(caller, current.selected())?;
    let (secret, sealed) = sealed(keys, &writer, current.id).map_err(refused)?;
    let now = app.clock.now().max(current.updated_at);
    let endpoint = WebhookEndpoint {
        secret_rotated_at: Some(now),
        updated_at: now,
        ..current
    };
    let until = now + TimeDelta::hours(OVERLAP_HOURS);
    endpoint::rotate(&transaction, writer.tenant(), &endpoint, (sealed, former), until).await?;
    transaction.noted(&endpoint, "secret", CHANGED, CHANGED);
    let secret = Some(secret);
    let shown = Shown { endpoint, secret };
    commit(app, transaction, &writer, &shown).await?;
    Ok(shown)
}

/// Deletes an endpoint: nothing more is sent to it. Its deliveries stay readable as long as others.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<WebhookEndpointId, ServiceError> {
    let writer = caller.write(Resource::Webhooks)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some((current, _)) = locked(&transaction, &writer, "id", id, &mut problems).await? else {
        return Err(problems.into());
    };
    let now = app.clock.now().max(current.updated_at);
    endpoint::delete(&transaction, writer.tenant(), current.id, now).await?;
    transaction.deleted(&current);
    delivery::cancel(&transaction, writer.tenant(), current.id).await?;
    transaction.commit().await?;
    Ok(current.id)
}

pub(super) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    field: &str,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<(WebhookEndpoint, Option<Sealed>)>, StoreError> {
    let lock = async |id| endpoint::lock(transaction, &writer.scope(), id).await;
    named(field, id, problems, lock).await
}

fn url(webhooks: &Webhooks, text: &str) -> Result<String, Fault> {
    let checked = webhooks.outgoing.policy().check_url(text);
    checked
        .map(String::from)
        .map_err(|refused| Fault::invalid(refused.to_string()))
}

fn distinct(mut types: Vec<WebhookEventType>) -> Vec<WebhookEventType> {
    types.sort_unstable();
    types.dedup();
    types
}

fn keys<'a>(webhooks: &'a Webhooks, problems: &mut Problems) -> Option<&'a SealingKeys> {
    if webhooks.keys.is_none() {
        let message = "webhooks need a key to encrypt their secrets: set webhook_keys";
        problems.add("", ProblemCode::Conflict, message);
    }
    webhooks.keys.as_deref()
}

/// A new secret, and its sealed form, which is stored.
fn sealed(keys: &SealingKeys, writer: &Writer, id: WebhookEndpointId) -> Result<(Secret, Sealed), SealingError> {
    let secret = new_secret()?;
    let sealed = keys.seal(writer.tenant(), id.uuid(), &secret)?;
    Ok((secret, sealed))
}

fn refused(error: SealingError) -> ServiceError {
    Problems::one("", ProblemCode::Conflict, error.to_string()).into()
}
