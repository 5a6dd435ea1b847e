//! Many rows at once, for generated data and imports: a statement of several hundred rows costs little more than one of
//! a single row. Otherwise these functions are like the single inserts beside the tables.

pub mod ledger;

use std::collections::HashMap;

use entity::{campaign, campaign_member, partner, partner_category_member};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::scope::{Scoped, visible};
use super::{Connection, StoreError, Transaction, many, write};
use auth::Scope;
use domain::Timestamp;
use domain::campaign::Campaign;
use domain::id::{CampaignId, PartnerCategoryId, PartnerId, PartnerTransitionId, TenantId};
use domain::partner::{Partner, PartnerTransition};
use domain::snapshot::CommissionSnapshot;

/// The campaigns with these external ids.
pub async fn campaigns_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, CampaignId>, StoreError> {
    let column = (campaign::Column::Id, campaign::Column::ExternalId);
    let known = by_external_id::<campaign::Entity>(database, scope, column, external_ids).await?;
    Ok(known
        .into_iter()
        .map(|(text, id)| (text, CampaignId::from_uuid(id)))
        .collect())
}

/// The partners with these external ids.
pub async fn partners_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, PartnerId>, StoreError> {
    let column = (partner::Column::Id, partner::Column::ExternalId);
    let known = by_external_id::<partner::Entity>(database, scope, column, external_ids).await?;
    Ok(known
        .into_iter()
        .map(|(text, id)| (text, PartnerId::from_uuid(id)))
        .collect())
}

async fn by_external_id<E: Scoped>(
    database: &Connection,
    scope: &Scope,
    (id, external_id): (E::Column, E::Column),
    external_ids: &[String],
) -> Result<Vec<(String, Uuid)>, StoreError> {
    let one_of = many::among_texts(database, external_id, external_ids);
    let select = visible::<E>(scope).filter(one_of).select_only();
    let select = select.column(external_id).column(id);
    Ok(select.into_tuple().all(database).await?)
}

pub async fn insert_campaigns(
    transaction: &Transaction,
    tenant: TenantId,
    campaigns: &[Campaign],
) -> Result<(), StoreError> {
    let rows = campaigns
        .iter()
        .map(|campaign| super::campaign::to_row(tenant, campaign));
    write::insert_all(transaction, rows).await?;
    let versions = campaigns
        .iter()
        .map(|campaign| super::campaign::version_row(tenant, campaign, transaction.audit_entry()));
    write::insert_all(transaction, versions).await
}

/// Makes partners members of campaigns; none of them may be a member already.
pub async fn insert_campaign_members(
    transaction: &Connection,
    tenant: TenantId,
    members: &[(CampaignId, PartnerId, Timestamp)],
) -> Result<(), StoreError> {
    let rows = members
        .iter()
        .map(|(campaign, partner, joined_at)| campaign_member::Model {
            tenant_id: tenant.uuid(),
            campaign_id: campaign.uuid(),
            partner_id: partner.uuid(),
            joined_at: *joined_at,
        });
    write::insert_all(transaction, rows).await
}

pub async fn insert_partners(
    transaction: &Connection,
    tenant: TenantId,
    partners: &[Partner],
) -> Result<(), StoreError> {
    let rows = partners.iter().map(|partner| super::partner::to_row(tenant, partner));
    write::insert_all(transaction, rows).await
}

/// Gives partners categories that they do not have yet.
pub async fn insert_partner_categories(
    transaction: &Connection,
    tenant: TenantId,
    members: &[(PartnerId, PartnerCategoryId)],
) -> Result<(), StoreError> {
    let rows = members
        .iter()
        .map(|(partner, category)| partner_category_member::Model {
            tenant_id: tenant.uuid(),
            partner_id: partner.uuid(),
            category_id: category.uuid(),
        });
    write::insert_all(transaction, rows).await
}

pub async fn insert_partner_transitions(
    transaction: &Connection,
    tenant: TenantId,
    transitions: &[(PartnerTransitionId, PartnerId, PartnerTransition)],
) -> Result<(), StoreError> {
    let rows = transitions
        .iter()
        .map(|(id, partner, transition)| super::partner::to_transition_row(tenant, *id, *partner, transition));
    write::insert_all(transaction, rows).await
}

pub async fn insert_snapshots(
    transaction: &Connection,
    tenant: TenantId,
    snapshots: &[CommissionSnapshot],
) -> Result<(), StoreError> {
    let rows = snapshots
        .iter()
        .map(|snapshot| super::snapshot::to_row(tenant, snapshot));
    write::insert_all(transaction, rows).await
}
