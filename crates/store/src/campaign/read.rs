//! Campaigns by their ids and external ids, and what refers to them.

use entity::campaign::{Column, Entity};

use super::rows::from_row;
use crate::references::references;
use crate::table_functions::table_functions;
use crate::{Connection, StoreError};
use auth::Scope;
use domain::campaign::Campaign;
use domain::id::CampaignId;

table_functions!(Campaign, CampaignId: find, find_by_external_id, by_ids, lock);

/// How many rows refer to the campaign, and what they are.
pub async fn count_references(
    database: &Connection,
    scope: &Scope,
    id: CampaignId,
) -> Result<Vec<(u64, &'static str)>, StoreError> {
    Ok(references!(database, scope, id;
        "commission snapshots": commission_snapshot where CampaignId,
        "partnership requests": partnership_request where CampaignId,
        "partners": campaign_member where CampaignId,
        "tiered commissions": tiered_commission_reference where CampaignId,
    ))
}
