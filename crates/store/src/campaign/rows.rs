//! From rows to campaigns and back.

use entity::campaign;
use entity::campaign_version;
use uuid::Uuid;

use super::TABLE;
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use crate::{StoreError, row, view};
use domain::attribution::AttributionSettings;
use domain::campaign::Campaign;
use domain::id::TenantId;
use domain::text;
table_functions!(Campaign: whole, at_hand);

mapped! {
    pub(crate) fn (row: campaign::Model, campaign: Campaign) of TABLE;
    both: id, name, external_id, status, terms, holdback_days, starts_at, ends_at, advertiser_id,
        destination_url, link_hosts, attribution, created_at, updated_at, version;
    written: {
        name_key: text::sort_key(&campaign.name),
        external_id_key: campaign.external_id.as_deref().map(text::sort_key),
    }
}

/// How the campaign in a row credits events, whose column is read as text.
pub fn attribution(row: &view::Row, cell: usize) -> Result<AttributionSettings, StoreError> {
    row::json(TABLE, "attribution", view::json(row, cell)?)
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
        attribution: row::to_json(&campaign.attribution),
        audit_entry_id,
    }
}
