//! From rows to campaigns and back.

use entity::campaign;
use entity::campaign_version;
use uuid::Uuid;

use super::TABLE;
use crate::mapped::mapped;
use crate::{StoreError, row, view};
use domain::campaign::Campaign;
use domain::id::TenantId;
use domain::text;

/// Decodes a row whose columns were all read under names with this prefix.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Campaign, StoreError> {
    from_row(view::whole(row, prefix)?)
}

mapped! {
    pub(crate) fn (row: campaign::Model, campaign: Campaign) of TABLE;
    both: id, name, external_id, status, terms, holdback_days, starts_at, ends_at, advertiser_id, created_at, updated_at,
        version;
    written: {
        name_key: text::sort_key(&campaign.name),
        external_id_key: campaign.external_id.as_deref().map(text::sort_key),
    }
}

/// The column values of an already loaded object, by column name.
pub fn at_hand(tenant: TenantId, campaign: &Campaign) -> view::AtHand {
    view::at_hand(to_row(tenant, campaign), &[])
}

pub(crate) fn version_row(
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
