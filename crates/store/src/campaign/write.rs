//! Writing campaigns and their versions.

use entity::campaign::{Column, Entity};

use super::rows::{to_row, version_row};
use crate::table_functions::table_functions;
use crate::{StoreError, Transaction, write};
use domain::campaign::Campaign;
use domain::id::{CampaignId, TenantId};

table_functions!(Campaign, CampaignId: update, delete);

pub async fn insert(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    write::insert(transaction, to_row(tenant, campaign)).await?;
    keep_version(transaction, tenant, campaign).await
}

/// Stores a version of what the campaign pays from its last change on. To be called once for each version.
pub async fn keep_version(transaction: &Transaction, tenant: TenantId, campaign: &Campaign) -> Result<(), StoreError> {
    let version = version_row(tenant, campaign, transaction.audit_entry());
    write::insert(transaction, version).await
}
