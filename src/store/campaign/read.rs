//! Campaigns by their ids and external ids, and what refers to them.

use std::collections::HashMap;

use entity::campaign::{Column, Entity};
use entity::{campaign_member, commission_snapshot, partnership_request, tiered_commission_reference};
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::rows::from_row;
use crate::auth::Scope;
use crate::domain::campaign::Campaign;
use crate::domain::id::CampaignId;
use crate::store::scope::visible;
use crate::store::{StoreError, load};

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::Id.eq(id.uuid())),
        from_row,
    )
    .await
}

pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<Campaign>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::ExternalId.eq(external_id)),
        from_row,
    )
    .await
}

/// The campaign for update: other writers of it wait for this transaction's end.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<Option<Campaign>, StoreError> {
    load::one(
        transaction,
        visible::<Entity>(scope)
            .filter(Column::Id.eq(id.uuid()))
            .lock_exclusive(),
        from_row,
    )
    .await
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Campaign>, StoreError> {
    load::by_ids(database, visible::<Entity>(scope), Column::Id, ids, from_row).await
}

/// The external ids of all campaigns that have one.
pub async fn external_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
) -> Result<Vec<(String, CampaignId)>, StoreError> {
    let columns = [Column::ExternalId, Column::Id];
    load::external_ids(database, visible::<Entity>(scope), columns, CampaignId::from_uuid).await
}

/// How many promises, requests and memberships name the campaign.
pub async fn count_references(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: CampaignId,
) -> Result<[(u64, &'static str); 4], StoreError> {
    let snapshots = visible::<commission_snapshot::Entity>(scope)
        .filter(commission_snapshot::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let requests = visible::<partnership_request::Entity>(scope)
        .filter(partnership_request::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let members = visible::<campaign_member::Entity>(scope)
        .filter(campaign_member::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    let tiers = visible::<tiered_commission_reference::Entity>(scope)
        .filter(tiered_commission_reference::Column::CampaignId.eq(id.uuid()))
        .count(database)
        .await?;
    Ok([
        (snapshots, "commission snapshots"),
        (requests, "partnership requests"),
        (members, "partners"),
        (tiers, "tiered commissions"),
    ])
}
