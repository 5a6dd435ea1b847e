//! Writing campaigns and their versions.

use entity::campaign::Entity;
use entity::campaign_version;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use super::rows::{to_row, version_row};
use crate::{Connection, StoreError, Transaction};
use domain::campaign::Campaign;
use domain::id::{CampaignId, TenantId};

pub async fn insert(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, campaign).into_active_model())
        .exec_without_returning(transaction.connection())
        .await?;
    keep_version(transaction, tenant, campaign).await
}

/// Stores a version of what the campaign pays from its last change on. To be called once for each version.
pub async fn keep_version(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    let version = version_row(tenant, campaign, transaction.audit_entry());
    campaign_version::Entity::insert(version.into_active_model())
        .exec_without_returning(transaction.connection())
        .await?;
    Ok(())
}

pub async fn update(transaction: &Connection, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    to_row(tenant, campaign)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    Ok(())
}

pub async fn delete(transaction: &Connection, tenant: TenantId, id: CampaignId) -> Result<(), StoreError> {
    Entity::delete_by_id((tenant.uuid(), id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}
