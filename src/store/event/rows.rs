//! From rows to events and back.

use entity::event;

use super::TABLE;
use crate::domain::event::{Attribution, Event, EventKind};
use crate::domain::id::{AttributionId, CampaignId, CustomerId, EventId, PartnerId, TenantId};
use crate::domain::money::Money;
use crate::store::{StoreError, row, view};

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

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, event: &Event) -> view::AtHand {
    view::at_hand(to_row(tenant, event), &["audit_entry_id"])
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<Event, StoreError> {
    from_row(view::whole(row, prefix)?)
}

pub(in crate::store) fn from_row(row: event::Model) -> Result<Event, StoreError> {
    let attribution = row.attribution_id.zip(row.partner_id).map(|(id, partner)| Attribution {
        id: AttributionId::from_uuid(id),
        partner_id: PartnerId::from_uuid(partner),
        campaign_id: row.campaign_id.map(CampaignId::from_uuid),
    });
    Ok(Event {
        id: EventId::from_uuid(row.id),
        external_id: row.external_id,
        content: row.content,
        kind: row::text(TABLE, "kind", &row.kind, EventKind::parse)?,
        event_type: row.r#type,
        base: row.base,
        amount: money("amount_minor", "currency", row.amount_minor, row.currency)?,
        revenue: money(
            "revenue_minor",
            "revenue_currency",
            row.revenue_minor,
            row.revenue_currency,
        )?,
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at,
        sequence: row.sequence,
        customer_id: row.customer_id.map(CustomerId::from_uuid),
        attributed_at: row.attributed_at,
        attribution,
        original_id: row.original_id.map(EventId::from_uuid),
        metadata: row.metadata,
        refunded_minor: row.refunded_minor,
        wholly_refunded: row.wholly_refunded,
    })
}

/// Without its entry in the audit log, which events do not know.
pub(in crate::store) fn to_row(tenant: TenantId, event: &Event) -> event::Model {
    let attribution = event.attribution;
    event::Model {
        tenant_id: tenant.uuid(),
        id: event.id.uuid(),
        external_id: event.external_id.clone(),
        content: event.content.clone(),
        kind: event.kind.as_str().to_owned(),
        r#type: event.event_type.clone(),
        base: event.base,
        amount_minor: event.amount.map(Money::minor),
        currency: event.amount.map(|amount| amount.currency().code().to_owned()),
        revenue_minor: event.revenue.map(Money::minor),
        revenue_currency: event.revenue.map(|revenue| revenue.currency().code().to_owned()),
        occurred_at: event.occurred_at,
        recorded_at: event.recorded_at,
        customer_id: event.customer_id.map(|id| id.uuid()),
        attribution_id: attribution.map(|attribution| attribution.id.uuid()),
        partner_id: attribution.map(|attribution| attribution.partner_id.uuid()),
        campaign_id: attribution
            .and_then(|attribution| attribution.campaign_id)
            .map(|id| id.uuid()),
        original_id: event.original_id.map(|id| id.uuid()),
        metadata: event.metadata.clone(),
        refunded_minor: event.refunded_minor,
        wholly_refunded: event.wholly_refunded,
        sequence: event.sequence,
        attributed_at: event.attributed_at,
        audit_entry_id: None,
    }
}
