//! The life cycle of the partnership: inviting, activating, suspending, revoking.

use serde_json::json;

use super::checks::locked;
use crate::app::App;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::partner::{Partner, PartnerStatus, PartnerTransition, PartnerTransitionKind};
use domain::problem::{ProblemCode, Problems};
use domain::webhook::WebhookEventType;
use domain::webhook::body::OutboxEvent;
use domain::{Timestamp, text};
use store::partner::LockedPartner;

/// Moves a partnership along its state machine. Suspending and revoking need a reason, which the history records.
pub async fn change_status(
    app: &App,
    caller: &Caller,
    id: &str,
    kind: PartnerTransitionKind,
    reason: Option<&str>,
) -> Result<Partner, ServiceError> {
    let writer = caller.write(Resource::Partners)?;
    let mut problems = Problems::new();
    let reason = problems.optional("reason", reason, text::reason);
    let transaction = begin(app, &writer).await?;
    let current = locked(&transaction, &writer, "id", id, &mut problems).await?;
    require!(problems; current, reason);
    let LockedPartner { partner: current, last } = current;
    // Read after taking the lock: what changed the partner while this call waited must be earlier.
    let moment = last.next(app.clock.now().max(current.updated_at));
    let now = moment.at;
    let (was, before) = (current.clone(), current.status);
    let Some(partner) = current.after(kind, now) else {
        let other_way = match (kind, before) {
            (PartnerTransitionKind::Reinstate, PartnerStatus::Suspended) => ": activatePartner ends a suspension",
            (PartnerTransitionKind::Activate, PartnerStatus::Revoked) => {
                ": reinstatePartner brings a revoked partner back"
            }
            _ => "",
        };
        let message = format!("is {}, which does not allow this{other_way}", before.as_str());
        problems.add("id", ProblemCode::InvalidTransition, message);
        return Err(problems.into());
    };
    store::partner::update(&transaction, writer.tenant(), &partner).await?;
    transaction.changed(&was, &partner);
    if !partner.status.may_sign_in() {
        let revoked = store::api_key::revoke_of_partner(&transaction, writer.tenant(), partner.id, now).await?;
        if revoked > 0 {
            transaction.noted(&partner, "apiKeys", None::<u64>, json!({ "revoked": revoked }));
        }
    }
    let (from, actor) = (Some(before), writer.actor().to_owned());
    let transition = PartnerTransition {
        from,
        to: partner.status,
        actor,
        reason,
        at: now,
        sequence: moment.sequence,
    };
    store::partner::insert_transition(&transaction, writer.tenant(), partner.id, &transition).await?;
    let happened = outbox_event(&partner, WebhookEventType::of_partner(kind), now);
    let advance = transaction.write(|writes| {
        store::partner::advance(writes, writer.tenant(), [(partner.id, moment)]);
        store::outbox::append(writes, writer.tenant(), [happened]);
    });
    advance.await?;
    commit(app, transaction, &writer, &partner).await?;
    Ok(partner)
}

/// The webhook event for a partner that has just reached its status.
pub(super) fn outbox_event(partner: &Partner, event_type: WebhookEventType, at: Timestamp) -> OutboxEvent {
    OutboxEvent {
        event_type,
        object: partner.id.uuid(),
        at,
        detail: Some(serde_json::json!({ "status": partner.status.as_str() })),
    }
}
