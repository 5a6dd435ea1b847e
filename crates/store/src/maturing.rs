//! Finding what matured, in all tenants: a read without a scope. Each row found is read again, with its tenant's scope,
//! before anything is done to it.

use entity::commission::{Column, Entity};
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait};
use uuid::Uuid;

use super::commission::has_status;
use super::{Connection, StoreError};
use domain::Timestamp;
use domain::commission::{CommissionStatus, PaymentTarget};
use domain::id::{CommissionId, PartnerId, TenantId};

/// The rows that may be approved now, at most `limit`, as (tenant, partner, row): of any tenant, or of `only` this one,
/// except those of the partners `but`. For the background job, which works for all tenants and reads each row again
/// under its partner's lock.
pub async fn matured(
    database: &Connection,
    now: Timestamp,
    limit: u64,
    only: Option<TenantId>,
    but: &[PartnerId],
) -> Result<Vec<(TenantId, PartnerId, CommissionId)>, StoreError> {
    let mut select = Query::select();
    select
        .columns([Column::TenantId, Column::PartnerId, Column::Id])
        .from(Entity)
        .and_where(has_status(CommissionStatus::Accrued))
        .and_where(Column::MatureAt.lte(now))
        .cond_where(
            Condition::any()
                .add(Column::PaymentTarget.eq(PaymentTarget::Partnership.as_str()))
                .add(Column::Recipient.is_not_null()),
        )
        .order_by(Column::MatureAt, sea_orm::Order::Asc)
        .limit(limit);
    if let Some(tenant) = only {
        select.and_where(Column::TenantId.eq(tenant.uuid()));
    }
    if !but.is_empty() {
        select.and_where(Column::PartnerId.is_not_in(but.iter().map(|id| id.uuid())));
    }
    let rows = database.query_all(&select).await?.into_iter().map(|row| {
        let id = |column| row.try_get::<Uuid>("", column);
        Ok((
            TenantId::from_uuid(id("tenant_id")?),
            PartnerId::from_uuid(id("partner_id")?),
            CommissionId::from_uuid(id("id")?),
        ))
    });
    rows.collect()
}
