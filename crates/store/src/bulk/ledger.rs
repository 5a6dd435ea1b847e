//! Rows of the ledger in bulk: histories that were computed beforehand are written in their final state. The caller
//! holds the lock of every partner concerned. Tables are written one after the other, in statements of few different
//! lengths: `Writes` would turn each batch of this size into a statement of its own, expensive to plan and to cache.

use std::collections::HashMap;

use entity::{attribution, campaign_member, commission, event, partner_customer, partner_standing, payout_item};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{ColumnTrait, QueryFilter, QuerySelect, QueryTrait};
use uuid::Uuid;

use crate::attribution::{credited, in_force};
use crate::scope::visible;
use crate::{Connection, StoreError, many, raw, write};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionTransition, ExplainedCommission, PayoutRun};
use domain::event::{Customer, Event};
use domain::id::{
    CampaignId, CommissionId, CommissionTransitionId, CustomerId, PartnerId, PayoutId, PayoutItemId, TenantId,
};

/// How many commissions each partner has through events whose external ids begin with `prefix`. `partners` restricts
/// the result to these.
pub async fn commissions_by_partner(
    database: &Connection,
    scope: &Scope,
    prefix: &str,
    partners: Option<&[Uuid]>,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let mut events = match partners {
        Some(_) => credited(scope),
        None => visible::<event::Entity>(scope),
    };
    let mut select = visible::<commission::Entity>(scope);
    if let Some(partners) = partners {
        events = events.filter(many::among(database, attribution::Column::PartnerId, partners));
        select = select.filter(many::among(database, commission::Column::PartnerId, partners));
    }
    let events = events
        .filter(event::Column::ExternalId.starts_with(prefix))
        .select_only()
        .column(event::Column::Id)
        .into_query();
    let counts: Vec<(Uuid, i64)> = select
        .filter(commission::Column::EventId.in_subquery(events))
        .select_only()
        .column(commission::Column::PartnerId)
        .column_as(commission::Column::Id.count(), "commissions")
        .group_by(commission::Column::PartnerId)
        .into_tuple()
        .all(database)
        .await?;
    Ok(counts
        .into_iter()
        .map(|(partner, count)| (partner, count.unsigned_abs()))
        .collect())
}

/// How many events each partner has, and when the newest was recorded; partners without events are left out.
pub async fn events_of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, (u64, Timestamp)>, StoreError> {
    use attribution::Column;
    let one_of = many::among(database, Column::PartnerId, partners);
    let found: Vec<(Uuid, i64, DateTimeUtc)> = visible::<attribution::Entity>(scope)
        .filter(one_of)
        .filter(in_force())
        .select_only()
        .column(Column::PartnerId)
        .column_as(Column::Id.count(), "events")
        .column_as(Column::RecordedAt.max(), "newest")
        .group_by(Column::PartnerId)
        .into_tuple()
        .all(database)
        .await?;
    Ok(found
        .into_iter()
        .map(|(partner, count, newest)| (partner, (count.unsigned_abs(), newest)))
        .collect())
}

/// How many customers with a paid charge each partner has; partners without any are left out.
pub async fn qualified_customers_of(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, i64>, StoreError> {
    use partner_standing::Column;
    let one_of = many::among(database, Column::PartnerId, partners);
    let rows = visible::<partner_standing::Entity>(scope)
        .filter(one_of)
        .all(database)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.partner_id, row.qualified_customers))
        .collect())
}

/// The campaigns that each partner belongs to, in the order of their ids.
pub async fn campaigns_of_partners(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<CampaignId>>, StoreError> {
    use campaign_member::Column;
    let one_of = many::among(database, Column::PartnerId, partners);
    let rows = visible::<campaign_member::Entity>(scope)
        .filter(one_of)
        .all(database)
        .await?;
    let mut campaigns: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in rows {
        let of_partner = campaigns.entry(row.partner_id).or_default();
        of_partner.push(CampaignId::from_uuid(row.campaign_id));
    }
    campaigns.values_mut().for_each(|campaigns| campaigns.sort_unstable());
    Ok(campaigns)
}

super::inserts! {
    insert_customers: Customer = crate::customer::to_row;
    /// Rows must come before those that adjust them.
    insert_commissions: ExplainedCommission = crate::commission::to_explained_row;
    insert_payout_runs: PayoutRun = crate::payout_run::to_row;
}

/// Writes events with their attributions. Originals must come before their refunds.
pub async fn insert_events(transaction: &Connection, tenant: TenantId, events: &[Event]) -> Result<(), StoreError> {
    let rows = events.iter().map(|event| crate::event::to_new_row(tenant, event));
    write::insert_all(transaction, rows).await?;
    let credited = events
        .iter()
        .filter_map(|event| crate::attribution::to_row(tenant, event));
    write::insert_all(transaction, credited).await
}

/// Appends to the histories of commissions, and the changes to the outbox. Listeners are not woken for this many rows
/// at once: they find them at their next poll.
pub async fn insert_commission_transitions(
    transaction: &Connection,
    tenant: TenantId,
    transitions: &[(CommissionTransitionId, CommissionId, CommissionTransition)],
) -> Result<(), StoreError> {
    use crate::commission::{to_change_row, to_transition_row};
    let history = transitions.iter();
    let history = history.map(|(id, commission, transition)| to_transition_row(tenant, *id, *commission, transition));
    write::insert_all(transaction, history).await?;
    let changes = transitions.iter();
    let changes = changes.map(|(_, commission, transition)| to_change_row(tenant, *commission, transition));
    write::insert_all(transaction, changes).await
}

pub async fn insert_payout_items(
    transaction: &Connection,
    tenant: TenantId,
    items: &[(PayoutItemId, PayoutId, CommissionId, i64)],
) -> Result<(), StoreError> {
    let rows = items
        .iter()
        .map(|(id, payout, commission, sequence)| payout_item::Model {
            tenant_id: tenant.uuid(),
            id: id.uuid(),
            payout_id: payout.uuid(),
            commission_id: commission.uuid(),
            sequence: *sequence,
        });
    write::insert_all(transaction, rows).await
}

/// Lines for the payouts that have none, after those that their runs have. The last position of each run is looked up
/// once for all payouts: a lookup for each would walk over the lines that this statement has added to its run so far,
/// which it does not see.
const PAYOUT_LINES: &str = "WITH known AS MATERIALIZED (
       SELECT run_id, MAX(position) AS position FROM payout_run_line WHERE tenant_id = $1 GROUP BY run_id)
     INSERT INTO payout_run_line (tenant_id, run_id, position, partner_id, recipient, currency, amount_minor,
       commission_count, outcome, payout_id)
     SELECT payout.tenant_id, payout.run_id,
       COALESCE(known.position, 0)
         + ROW_NUMBER() OVER (PARTITION BY payout.run_id ORDER BY currency, amount_minor DESC, partner_id, id),
       partner_id, recipient, currency, amount_minor,
       (SELECT COUNT(*) FROM payout_item WHERE payout_item.tenant_id = payout.tenant_id AND payout_item.payout_id = payout.id),
       'PAID_OUT', id
     FROM payout LEFT JOIN known ON known.run_id = payout.run_id
     WHERE payout.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM payout_run_line AS line
       WHERE line.tenant_id = payout.tenant_id AND line.payout_id = payout.id)";

/// Writes the lines of payout runs, once the payouts of all partners are stored.
pub async fn insert_payout_lines(transaction: &Connection, tenant: TenantId) -> Result<(), StoreError> {
    raw::execute(transaction, PAYOUT_LINES, [tenant.uuid().into()]).await?;
    Ok(())
}

/// Writes how many paid charges customers have with partners; none of the pairs may be stored already.
pub async fn insert_paid_charges(
    transaction: &Connection,
    tenant: TenantId,
    counts: &[(PartnerId, CustomerId, i64)],
) -> Result<(), StoreError> {
    let rows = counts
        .iter()
        .map(|(partner, customer, paid_charges)| partner_customer::Model {
            tenant_id: tenant.uuid(),
            partner_id: partner.uuid(),
            customer_id: customer.uuid(),
            paid_charges: *paid_charges,
        });
    write::insert_all(transaction, rows).await
}
