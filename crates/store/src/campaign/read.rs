//! Campaigns by their ids and external ids, and what refers to them.

use entity::campaign::{Column, Entity};
use entity::{campaign_member, commission_snapshot, partnership_request, tiered_commission_reference};
use sea_orm::{ColumnTrait, PaginatorTrait, QueryFilter};

use super::rows::from_row;
use crate::scope::visible;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError};
use auth::Scope;
use domain::campaign::Campaign;
use domain::id::CampaignId;

table_functions!(Campaign, CampaignId: find, find_by_external_id, by_ids, lock);

/// How many snapshots, partnership requests, memberships and tiers refer to the campaign.
pub async fn count_references(
    database: &Connection,
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
