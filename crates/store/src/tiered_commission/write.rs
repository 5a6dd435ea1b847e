//! Writing tiered commissions and their versions.

use entity::tiered_commission::{Column, Entity};
use sea_orm::ColumnTrait;

use super::references::{delete_references, insert_references};
use super::rows::to_row;
use crate::{Connection, StoreError, Transaction, write};
use domain::id::{TenantId, TieredCommissionId};
use domain::tiered::TieredCommission;

pub async fn insert(transaction: &Transaction, tenant: TenantId, tier: &TieredCommission) -> Result<(), StoreError> {
    let row = to_row(tenant, tier);
    write::insert(transaction, row.clone()).await?;
    crate::tier_version::insert(transaction, &row).await?;
    insert_references(transaction, tenant, tier).await
}

pub async fn update(transaction: &Transaction, tenant: TenantId, tier: &TieredCommission) -> Result<(), StoreError> {
    let row = to_row(tenant, tier);
    write::update(transaction, row.clone()).await?;
    crate::tier_version::insert(transaction, &row).await?;
    delete_references(transaction, tenant, tier.id).await?;
    insert_references(transaction, tenant, tier).await
}

/// Deletes a tier that has never changed an amount, with what it has counted.
pub async fn delete(transaction: &Connection, tenant: TenantId, id: TieredCommissionId) -> Result<(), StoreError> {
    crate::tier_counter::delete(transaction, tenant, id).await?;
    crate::tier_version::delete(transaction, tenant, id).await?;
    delete_references(transaction, tenant, id).await?;
    write::delete::<Entity>(transaction, tenant, Column::Id.eq(id.uuid())).await
}
