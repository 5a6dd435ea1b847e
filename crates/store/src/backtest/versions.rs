//! Every version of the campaigns, groups and tiers by which a tenant paid.

use std::collections::HashMap;
use std::sync::Arc;

use entity::{campaign, campaign_version, default_group_version, partner_group_version, tiered_commission};
use sea_orm::{QueryOrder, QuerySelect};
use uuid::Uuid;

use super::super::scope::visible;
use super::super::{StoreError, row, tier_version};
use crate::Connection;
use auth::Scope;
use domain::backtest::{Versioned, Versions};
use domain::campaign::Campaign;
use domain::id::{AdvertiserId, CampaignId, PartnerGroupId};
use domain::partner_group::PartnerGroup;

/// All versions, in the order in which they began; five statements.
pub async fn versions(database: &Connection, scope: &Scope) -> Result<Versions, StoreError> {
    let tiers: Vec<Uuid> = visible::<tiered_commission::Entity>(scope)
        .select_only()
        .column(tiered_commission::Column::Id)
        .into_tuple()
        .all(database)
        .await?;
    let tiers = tier_version::of_tiers(database, scope, &tiers).await?;
    let shared = tiers
        .into_iter()
        .map(|(id, versions)| (id, versions.into_iter().map(Arc::new).collect()));
    Ok(Versions {
        campaigns: campaigns(database, scope).await?,
        groups: groups(database, scope).await?,
        defaults: defaults(database, scope).await?,
        tiers: shared.collect(),
        proposed: None,
    })
}

type VersionHistories<K, T> = HashMap<K, Vec<Versioned<Arc<T>>>>;

async fn campaigns(database: &Connection, scope: &Scope) -> Result<VersionHistories<CampaignId, Campaign>, StoreError> {
    const TABLE: &str = "campaign_version";
    let present = visible::<campaign::Entity>(scope).all(database).await?;
    let present = present.into_iter().map(super::super::campaign::from_row);
    let present = present.map(|found| found.map(|campaign| (campaign.id, campaign)));
    let present: HashMap<_, _> = present.collect::<Result<_, _>>()?;
    let rows = visible::<campaign_version::Entity>(scope)
        .order_by_asc(campaign_version::Column::Version)
        .all(database)
        .await?;
    let mut campaigns: VersionHistories<_, _> = HashMap::new();
    for row in rows {
        let id = CampaignId::from_uuid(row.campaign_id);
        // Nothing was ever credited to a campaign that has been deleted.
        let Some(campaign) = present.get(&id) else { continue };
        let holdback = row.holdback_days;
        let version = row::unsigned(TABLE, "version", row.version)?;
        let campaign = Campaign {
            terms: row::json(TABLE, "terms", row.terms)?,
            holdback_days: holdback
                .map(|days| row::unsigned(TABLE, "holdback_days", days))
                .transpose()?,
            advertiser_id: row.advertiser_id.map(AdvertiserId::from_uuid),
            attribution: row::json(TABLE, "attribution", row.attribution)?,
            version,
            ..campaign.clone()
        };
        campaigns.entry(id).or_default().push(Versioned {
            version,
            begins_at: row.begins_at,
            value: Arc::new(campaign),
        });
    }
    Ok(campaigns)
}

async fn groups(
    database: &Connection,
    scope: &Scope,
) -> Result<VersionHistories<PartnerGroupId, PartnerGroup>, StoreError> {
    const TABLE: &str = "partner_group_version";
    let rows = visible::<partner_group_version::Entity>(scope)
        .order_by_asc(partner_group_version::Column::Version)
        .all(database)
        .await?;
    let mut groups: VersionHistories<_, _> = HashMap::new();
    for row in rows {
        let (id, version) = (
            PartnerGroupId::from_uuid(row.group_id),
            row::unsigned(TABLE, "version", row.version)?,
        );
        let currency = row.currency;
        let group = PartnerGroup {
            id,
            name: row.name,
            external_id: None,
            description: None,
            tags: Vec::new(),
            is_default: false,
            currency: currency
                .map(|code| row::currency(TABLE, "currency", &code))
                .transpose()?,
            rules: row::json(TABLE, "rules", row.rules)?,
            version,
            created_at: row.begins_at,
            updated_at: row.begins_at,
        };
        groups.entry(id).or_default().push(Versioned {
            version,
            begins_at: row.begins_at,
            value: Arc::new(group),
        });
    }
    Ok(groups)
}

async fn defaults(database: &Connection, scope: &Scope) -> Result<Vec<Versioned<Option<PartnerGroupId>>>, StoreError> {
    let rows = visible::<default_group_version::Entity>(scope)
        .order_by_asc(default_group_version::Column::BeginsAt)
        .all(database)
        .await?;
    let defaults = rows.into_iter().map(|row| Versioned {
        version: 0,
        begins_at: row.begins_at,
        value: (!row.group_id.is_nil()).then(|| PartnerGroupId::from_uuid(row.group_id)),
    });
    Ok(defaults.collect())
}
