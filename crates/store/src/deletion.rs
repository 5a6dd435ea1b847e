//! Deletes partners and deals that nothing refers to, with the rows that belong to them alone.

use entity::{
    api_key, campaign_member, deal, deal_field, deal_payment, deleted_partner, partner, partner_category_member,
    partner_transition,
};
use sea_orm::{ColumnTrait, Condition, PaginatorTrait, QueryFilter};

use super::references::references;
use super::scope::visible;
use super::{Connection, StoreError, write};
use auth::Scope;
use domain::Timestamp;
use domain::id::{DealId, PartnerId, TenantId};

/// How many rows refer to the partner, and what they are. Its history, memberships and keys belong to it and do not
/// count.
pub async fn references_of_partner(
    database: &Connection,
    scope: &Scope,
    partner: PartnerId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, partner;
        "events": attribution where PartnerId,
        "commissions": commission where PartnerId,
        "payouts": payout where PartnerId,
        "deals": deal where PartnerId,
        "commission snapshots": commission_snapshot where PartnerId,
        "customers": customer where PartnerId,
        "partnership requests": partnership_request where PartnerId,
        "commission rules": commission_rule_reference where PartnerId,
        "tiered commissions": tiered_commission_reference where PartnerId,
        "moved events": event_move where FromPartnerId | PartnerId,
        "reassignments": reassignment where FromPartnerId | PartnerId,
    ))
}

/// Deletes a partner that nothing refers to, with its history, memberships and keys.
pub async fn delete_partner(
    transaction: &Connection,
    tenant: TenantId,
    partner: PartnerId,
    (actor, at): (&str, Timestamp),
) -> Result<(), StoreError> {
    let deleted = deleted_partner::Model {
        tenant_id: tenant.uuid(),
        id: partner.uuid(),
        actor: actor.to_owned(),
        at,
    };
    write::insert(transaction, deleted).await?;
    macro_rules! delete {
        ($($table:ident)+) => {
            $(write::delete::<$table::Entity>(transaction, tenant, $table::Column::PartnerId.eq(partner.uuid())).await?;)+
        };
    }
    delete!(partner_transition campaign_member partner_category_member api_key);
    write::delete::<partner::Entity>(transaction, tenant, partner::Column::Id.eq(partner.uuid())).await
}

/// How many rows refer to the deal, and what they are. A payment of 0 has no commission, but prevents deletion as well.
pub async fn references_of_deal(
    database: &Connection,
    scope: &Scope,
    deal: DealId,
) -> Result<[(u64, &'static str); 2], StoreError> {
    use deal_payment::{Column, Entity};
    let payments = |paid: Condition| {
        let select = visible::<Entity>(scope)
            .filter(Column::DealId.eq(deal.uuid()))
            .filter(paid);
        async move { select.count(database).await }
    };
    let commissions = payments(Condition::all().add(Column::CommissionId.is_not_null())).await?;
    let of_nothing = payments(Condition::all().add(Column::CommissionId.is_null())).await?;
    Ok([(commissions, "commissions"), (of_nothing, "payments of 0")])
}

pub async fn delete_deal(transaction: &Connection, tenant: TenantId, deal: DealId) -> Result<(), StoreError> {
    write::delete::<deal_field::Entity>(transaction, tenant, deal_field::Column::DealId.eq(deal.uuid())).await?;
    write::delete::<deal::Entity>(transaction, tenant, deal::Column::Id.eq(deal.uuid())).await
}
