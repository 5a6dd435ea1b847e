//! From rows to events and back.

use entity::event;

use super::TABLE;
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use crate::{StoreError, row};
use domain::event::{Attribution, Event};
use domain::id::{AttributionId, CampaignId, PartnerId};
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

table_functions!(Event: whole);
table_functions!(Event: at_hand but "audit_entry_id");

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
