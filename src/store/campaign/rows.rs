//! From rows to campaigns and back.

use entity::campaign;
use entity::campaign_version;
use uuid::Uuid;

use super::TABLE;
use crate::domain::campaign::{Campaign, CampaignStatus};
use crate::domain::id::{AdvertiserId, CampaignId, TenantId};
use crate::domain::text;
use crate::store::{StoreError, row, view};

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Campaign, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(in crate::store) fn from_row(row: campaign::Model) -> Result<Campaign, StoreError> {
    Ok(Campaign {
        id: CampaignId::from_uuid(row.id),
        name: row.name,
        external_id: row.external_id,
        status: row::text(TABLE, "status", &row.status, CampaignStatus::parse)?,
        terms: row::json(TABLE, "terms", row.terms)?,
        holdback_days: row
            .holdback_days
            .map(|days| row::unsigned(TABLE, "holdback_days", days))
            .transpose()?,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        advertiser_id: row.advertiser_id.map(AdvertiserId::from_uuid),
        created_at: row.created_at,
        updated_at: row.updated_at,
        version: row::unsigned(TABLE, "version", row.version)?,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, campaign: &Campaign) -> view::AtHand {
    view::at_hand(to_row(tenant, campaign), &[])
}

pub(in crate::store) fn version_row(
    tenant: TenantId,
    campaign: &Campaign,
    audit_entry_id: Option<Uuid>,
) -> campaign_version::Model {
    campaign_version::Model {
        tenant_id: tenant.uuid(),
        campaign_id: campaign.id.uuid(),
        version: row::signed(campaign.version),
        begins_at: campaign.updated_at,
        terms: row::to_json(&campaign.terms),
        holdback_days: campaign.holdback_days.map(row::signed),
        advertiser_id: campaign.advertiser_id.map(|id| id.uuid()),
        audit_entry_id,
    }
}

pub(in crate::store) fn to_row(tenant: TenantId, campaign: &Campaign) -> campaign::Model {
    campaign::Model {
        tenant_id: tenant.uuid(),
        id: campaign.id.uuid(),
        name: campaign.name.clone(),
        name_key: text::sort_key(&campaign.name),
        external_id: campaign.external_id.clone(),
        external_id_key: campaign.external_id.as_deref().map(text::sort_key),
        status: campaign.status.as_str().to_owned(),
        terms: row::to_json(&campaign.terms),
        holdback_days: campaign.holdback_days.map(row::signed),
        starts_at: campaign.starts_at,
        ends_at: campaign.ends_at,
        advertiser_id: campaign.advertiser_id.map(|id| id.uuid()),
        created_at: campaign.created_at,
        updated_at: campaign.updated_at,
        version: row::signed(campaign.version),
    }
}
