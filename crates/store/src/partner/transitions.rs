//! The history of a partner's status.

use std::collections::HashMap;

use entity::partner_transition;
use sea_orm::{QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::mapped::ColumnValue;
use crate::scope::visible;
use crate::{Connection, StoreError, load, many, salt, view, write};
use auth::Scope;
use domain::id::{PartnerId, PartnerTransitionId, TenantId};
use domain::partner::PartnerTransition;

/// Appends to the history of a partner's status.
pub async fn insert_transition(
    transaction: &Connection,
    tenant: TenantId,
    partner: PartnerId,
    transition: &PartnerTransition,
) -> Result<(), StoreError> {
    let row = to_transition_row(tenant, PartnerTransitionId::new(transition.at), partner, transition);
    write::insert(transaction, row).await
}

/// The changes of partners' status, oldest first.
pub fn transitions() -> view::Family {
    use partner_transition::Column as Transition;
    view::Family {
        table: &view::PARTNER_TRANSITION,
        parent: view::column(Transition::PartnerId),
        through: None,
        order: view::Order::by_sequence(Transition::Sequence, Transition::Id),
    }
}

/// The status changes of each partner, in the order of recording.
pub async fn transitions_of(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<PartnerTransition>>, StoreError> {
    use partner_transition::Column as Transition;
    const TABLE: &str = "partner_transition";
    let one_of = many::among(database, Transition::PartnerId, partners);
    let select = visible::<partner_transition::Entity>(scope)
        .filter(one_of)
        .order_by_asc(Transition::Id);
    let from_row = |row: partner_transition::Model| {
        Ok(PartnerTransition {
            from: row.from_status.read((TABLE, "from_status"))?,
            to: row.to_status.read((TABLE, "to_status"))?,
            actor: row.actor,
            reason: row.reason,
            at: row.at,
            sequence: row.sequence,
        })
    };
    let mut transitions = load::grouped(database, select, |row| row.partner_id, from_row).await?;
    for history in transitions.values_mut() {
        history.sort_by_key(|transition| transition.sequence);
    }
    Ok(transitions)
}

pub(crate) fn to_transition_row(
    tenant: TenantId,
    id: PartnerTransitionId,
    partner: PartnerId,
    transition: &PartnerTransition,
) -> partner_transition::Model {
    partner_transition::Model {
        tenant_id: tenant.uuid(),
        id: id.uuid(),
        partner_id: partner.uuid(),
        from_status: transition.from.map(|status| status.as_str().to_owned()),
        to_status: transition.to.as_str().to_owned(),
        actor: transition.actor.clone(),
        reason: transition.reason.clone(),
        at: transition.at,
        sequence: transition.sequence,
        salt: salt::drawn(),
    }
}
