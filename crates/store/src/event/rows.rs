//! From rows to events and back.

use entity::event;

use super::TABLE;
use crate::mapped::mapped;
use crate::{StoreError, row, view};
use domain::event::{Attribution, Event};
use domain::id::{AttributionId, CampaignId, PartnerId, TenantId};
use domain::money::Money;

fn money(
    amount: &'static str,
    currency: &'static str,
    minor: Option<i64>,
    code: Option<String>,
) -> Result<Option<Money>, StoreError> {
    let (Some(minor), Some(code)) = (minor, code) else {
        return Ok(None);
    };
    row::money(TABLE, amount, minor, row::currency(TABLE, currency, &code)?).map(Some)
}

/// The column values of an already loaded object, by column name.
pub fn at_hand(tenant: TenantId, event: &Event) -> view::AtHand {
    view::at_hand(to_row(tenant, event), &["audit_entry_id"])
}

/// Decodes a row whose columns were all read under names with this prefix.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Event, StoreError> {
    from_row(view::whole(row, prefix)?)
}

// Without the id of the audit log entry, which the domain value does not carry.
mapped! {
    pub(crate) fn (row: event::Model, event: Event) of TABLE;
    both: id, external_id, content, kind, base, occurred_at, recorded_at, sequence, customer_id, attributed_at, original_id,
        metadata, refunded_minor, wholly_refunded;
    read: {
        event_type: row.r#type,
        amount: money("amount_minor", "currency", row.amount_minor, row.currency)?,
        revenue: money("revenue_minor", "revenue_currency", row.revenue_minor, row.revenue_currency)?,
        attribution: row.attribution_id.zip(row.partner_id).map(|(id, partner)| Attribution {
            id: AttributionId::from_uuid(id),
            partner_id: PartnerId::from_uuid(partner),
            campaign_id: row.campaign_id.map(CampaignId::from_uuid),
        }),
    }
    written: {
        r#type: event.event_type.clone(),
        amount_minor: event.amount.map(Money::minor),
        currency: event.amount.map(|amount| amount.currency().code().to_owned()),
        revenue_minor: event.revenue.map(Money::minor),
        revenue_currency: event.revenue.map(|revenue| revenue.currency().code().to_owned()),
        attribution_id: event.attribution.map(|attribution| attribution.id.uuid()),
        partner_id: event.attribution.map(|attribution| attribution.partner_id.uuid()),
        campaign_id: event.attribution.and_then(|attribution| attribution.campaign_id).map(|id| id.uuid()),
        audit_entry_id: None,
    }
}
