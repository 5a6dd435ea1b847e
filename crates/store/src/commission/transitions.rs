//! The history of a commission's status, and its changes in the outbox.

use entity::{commission_transition, outbox};
use sea_orm::{ActiveValue, IntoActiveModel};
use uuid::Uuid;

use crate::salt;
use crate::view;
use crate::writes::{Conflict, Writes};
use domain::commission::CommissionTransition;
use domain::id::{CommissionId, CommissionTransitionId, TenantId};
use domain::webhook::WebhookEventType;

/// Appends to the histories of rows. `entry` is the id of the audit log entry
/// ([`Transaction::audit_entry`](crate::Transaction::audit_entry)).
pub fn insert_transitions(
    writes: &mut Writes,
    tenant: TenantId,
    transitions: &[(CommissionId, CommissionTransition)],
    entry: Option<Uuid>,
) {
    let history = transitions.iter().map(|(commission, transition)| {
        let id = CommissionTransitionId::new(transition.at);
        let row = commission_transition::Model {
            audit_entry_id: entry,
            ..to_transition_row(tenant, id, *commission, transition)
        };
        row.into_active_model()
    });
    writes.add(history, Conflict::Fail);
}

/// Appends the changes to the outbox; listeners are notified after the commit.
pub fn announce(writes: &mut Writes, tenant: TenantId, transitions: &[(CommissionId, CommissionTransition)]) {
    let changes = transitions.iter();
    let changes = changes.map(|(commission, transition)| to_change_row(tenant, *commission, transition));
    writes.add(changes, Conflict::Fail);
    if !transitions.is_empty() {
        writes.note_append();
    }
}

/// The row without a reference to its audit log entry.
pub(crate) fn to_transition_row(
    tenant: TenantId,
    id: CommissionTransitionId,
    commission: CommissionId,
    transition: &CommissionTransition,
) -> commission_transition::Model {
    commission_transition::Model {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        commission_id: commission.uuid(),
        from_status: transition.from.map(|status| status.as_str().to_owned()),
        to_status: transition.to.as_str().to_owned(),
        actor: transition.actor.clone(),
        reason: transition.reason.clone(),
        at: transition.at,
        sequence: transition.sequence,
        salt: salt::drawn(),
        audit_entry_id: None,
    }
}

/// A row for the outbox, which the database numbers.
pub(crate) fn to_change_row(
    tenant: TenantId,
    commission: CommissionId,
    transition: &CommissionTransition,
) -> outbox::ActiveModel {
    let happened = WebhookEventType::of_commission(transition.to);
    outbox::ActiveModel {
        tenant_id: ActiveValue::Set(tenant.uuid()),
        event_type: ActiveValue::Set(happened.as_str().to_owned()),
        object_id: ActiveValue::Set(commission.uuid()),
        at: ActiveValue::Set(transition.at),
        detail: ActiveValue::NotSet,
        id: ActiveValue::NotSet,
    }
}

/// The status changes of commissions, in the order of recording.
pub fn transitions() -> view::Family {
    use commission_transition::Column as Transition;
    view::Family {
        table: &view::COMMISSION_TRANSITION,
        parent: view::column(Transition::CommissionId),
        through: None,
        order: view::Order::by_sequence(Transition::Sequence, Transition::Id),
    }
}
