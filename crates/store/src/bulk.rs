//! Many rows at once, for generated data and imports: a statement of several hundred rows costs little more than one of
//! a single row. Otherwise these functions are like the single inserts beside the tables.

pub mod ledger;

use std::collections::HashMap;

use entity::{campaign, campaign_member, partner, partner_category_member};
use sea_orm::{QueryFilter, QuerySelect};
use uuid::Uuid;

use super::scope::{Scoped, visible};
use super::{Connection, StoreError, Transaction, many, write};
use auth::Scope;
use domain::Timestamp;
use domain::campaign::Campaign;
use domain::id::{CampaignId, Id, Kind, PartnerCategoryId, PartnerId, PartnerTransitionId, TenantId};
use domain::partner::{Partner, PartnerTransition};
use domain::snapshot::CommissionSnapshot;

/// Defines functions that insert objects of one table, by the function that makes their rows.
macro_rules! inserts {
    ($($(#[$attribute:meta])* $name:ident: $of:ty = $to_row:path;)+) => {
        $(
            $(#[$attribute])*
            pub async fn $name(
                transaction: &$crate::Connection,
                tenant: domain::id::TenantId,
                objects: &[$of],
            ) -> Result<(), $crate::StoreError> {
                let rows = objects.iter().map(|object| $to_row(tenant, object));
                $crate::write::insert_all(transaction, rows).await
            }
        )+
    };
}

use inserts;

inserts! {
    insert_partners: Partner = super::partner::to_row;
    insert_snapshots: CommissionSnapshot = super::snapshot::to_row;
}

/// The campaigns with these external ids.
pub async fn campaigns_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, CampaignId>, StoreError> {
    let columns = (campaign::Column::Id, campaign::Column::ExternalId);
    by_external_id::<campaign::Entity, _>(database, scope, columns, external_ids).await
}

/// The partners with these external ids.
pub async fn partners_by_external_id(
    database: &Connection,
    scope: &Scope,
    external_ids: &[String],
) -> Result<HashMap<String, PartnerId>, StoreError> {
    let columns = (partner::Column::Id, partner::Column::ExternalId);
    by_external_id::<partner::Entity, _>(database, scope, columns, external_ids).await
}

async fn by_external_id<E: Scoped, K: Kind>(
    database: &Connection,
    scope: &Scope,
    (id, external_id): (E::Column, E::Column),
    external_ids: &[String],
) -> Result<HashMap<String, Id<K>>, StoreError> {
    if external_ids.is_empty() {
        return Ok(HashMap::new());
    }
    let one_of = many::among_texts(database, external_id, external_ids);
    let select = visible::<E>(scope).filter(one_of).select_only();
    let found: Vec<(String, Uuid)> = select.column(external_id).column(id).into_tuple().all(database).await?;
    Ok(found.into_iter().map(|(text, id)| (text, Id::from_uuid(id))).collect())
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
