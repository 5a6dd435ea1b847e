//! Bodies of webhooks: a flat object per event type, built once, with immutable data only. They contain ids, external
//! ids, amounts, status and times as of the event; never names, e-mail addresses, metadata, revenue or explanations.

use std::collections::HashMap;

use chrono::SecondsFormat;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{API_VERSION, WebhookEventType};
use crate::Timestamp;
use crate::commission::{Commission, Payout, PayoutStatus};
use crate::coupon::Coupon;
use crate::id::{AttributionId, CampaignId, CouponId, EventId, LinkId, PartnerId};
use crate::link::Link;
use crate::money::Money;
use crate::partnership_request::PartnershipRequest;

/// An event as recorded in the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct OutboxEvent {
    pub event_type: WebhookEventType,
    pub object: Uuid,
    pub at: Timestamp,
    /// Fields of the body that are recorded only here.
    pub detail: Option<Value>,
}

/// The external ids of the rows that outbox events refer to.
#[derive(Debug, Default)]
pub struct ExternalIds {
    pub partners: HashMap<Uuid, Option<String>>,
    pub campaigns: HashMap<Uuid, Option<String>>,
    pub events: HashMap<Uuid, String>,
    /// The coupons that attributions rest on, by the attribution.
    pub coupons: HashMap<Uuid, CouponId>,
    /// The links that attributions rest on, by the attribution.
    pub links: HashMap<Uuid, LinkId>,
}

impl ExternalIds {
    fn partner(&self, id: Option<PartnerId>) -> Option<&str> {
        self.partners.get(&id?.uuid())?.as_deref()
    }

    fn campaign(&self, id: Option<CampaignId>) -> Option<&str> {
        self.campaigns.get(&id?.uuid())?.as_deref()
    }

    fn link(&self, attribution: Option<AttributionId>) -> Option<LinkId> {
        self.links.get(&attribution?.uuid()).copied()
    }

    fn coupon(&self, attribution: Option<AttributionId>) -> Option<CouponId> {
        self.coupons.get(&attribution?.uuid()).copied()
    }

    fn event(&self, id: Option<EventId>) -> Option<&str> {
        Some(self.events.get(&id?.uuid())?.as_str())
    }
}

/// The body as signed and sent. `sequence` increases per object.
pub fn body(outbox_event: &OutboxEvent, sequence: i64, data: Value) -> String {
    let mut fields = Map::new();
    fields.insert("sequence".to_owned(), json!(sequence));
    for more in [Some(data), outbox_event.detail.clone()].into_iter().flatten() {
        if let Value::Object(more) = more {
            fields.extend(more);
        }
    }
    json!({
        "type": outbox_event.event_type.dotted(),
        "apiVersion": API_VERSION,
        "timestamp": moment(outbox_event.at),
        "data": fields,
    })
    .to_string()
}

fn moment(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn money(amount: Money) -> Value {
    json!({ "amount": amount.amount().to_string(), "currency": amount.currency().code() })
}

/// A commission that reached a status at `at`.
pub fn commission(row: &Commission, event_type: WebhookEventType, at: Timestamp, ids: &ExternalIds) -> Value {
    let status = event_type.as_str().trim_start_matches("COMMISSION_");
    let is_paid = event_type == WebhookEventType::CommissionPaid;
    json!({
        "commissionId": row.id,
        "kind": row.kind.as_str(),
        "status": status,
        "amount": money(row.amount),
        "partnerId": row.partner_id,
        "partnerExternalId": ids.partner(Some(row.partner_id)),
        "campaignId": row.campaign_id,
        "campaignExternalId": ids.campaign(row.campaign_id),
        "eventId": row.event_id,
        "eventExternalId": ids.event(row.event_id),
        "couponId": ids.coupon(row.attribution_id),
        "linkId": ids.link(row.attribution_id),
        "adjustsCommissionId": row.adjusts_id,
        "payoutId": row.payout_id.filter(|_| is_paid),
        "returnedPayoutId": row.returned_payout_id,
        "accruedAt": moment(row.accrued_at),
        "matureAt": row.mature_at.map(moment),
        "changedAt": moment(at),
    })
}

/// A payout that was created or settled, or came back, at `at`.
pub fn payout(row: &Payout, event_type: WebhookEventType, at: Timestamp, ids: &ExternalIds) -> Value {
    let status = match event_type {
        WebhookEventType::PayoutCreated => "PENDING",
        // It may have come back since.
        WebhookEventType::PayoutSettled if row.status == PayoutStatus::Returned => "PAID",
        _ => row.status.as_str(),
    };
    json!({
        "payoutId": row.id,
        "payoutRunId": row.run_id,
        "status": status,
        "amount": money(row.amount),
        "bankReference": row.bank_reference,
        "partnerId": row.partner_id,
        "partnerExternalId": ids.partner(Some(row.partner_id)),
        "createdAt": moment(row.created_at),
        "changedAt": moment(at),
    })
}

/// A partner; its status is in the outbox event's detail.
pub fn partner(id: PartnerId, at: Timestamp, ids: &ExternalIds) -> Value {
    json!({ "partnerId": id, "partnerExternalId": ids.partner(Some(id)), "changedAt": moment(at) })
}

/// A link that was created; where it leads is read by its id.
pub fn link(row: &Link, at: Timestamp, ids: &ExternalIds) -> Value {
    json!({
        "linkId": row.id,
        "key": row.key,
        "partnerId": row.partner_id,
        "partnerExternalId": ids.partner(Some(row.partner_id)),
        "campaignId": row.campaign_id,
        "campaignExternalId": ids.campaign(Some(row.campaign_id)),
        "createdAt": moment(row.created_at),
        "changedAt": moment(at),
    })
}

/// A coupon that was created; its code is read by its id.
pub fn coupon(row: &Coupon, at: Timestamp, ids: &ExternalIds) -> Value {
    json!({
        "couponId": row.id,
        "partnerId": row.partner_id,
        "partnerExternalId": ids.partner(Some(row.partner_id)),
        "campaignId": row.campaign_id,
        "campaignExternalId": ids.campaign(Some(row.campaign_id)),
        "createdAt": moment(row.created_at),
        "changedAt": moment(at),
    })
}

/// A request that was created or decided at `at`.
pub fn request(row: &PartnershipRequest, event_type: WebhookEventType, at: Timestamp, ids: &ExternalIds) -> Value {
    let is_decided = event_type == WebhookEventType::PartnershipRequestDecided;
    let partner = row.partner_id.filter(|_| is_decided);
    json!({
        "partnershipRequestId": row.id,
        "status": if is_decided { row.status.as_str() } else { "PENDING" },
        "campaignId": row.campaign_id,
        "campaignExternalId": ids.campaign(Some(row.campaign_id)),
        "partnerId": partner,
        "partnerExternalId": ids.partner(partner),
        "createdAt": moment(row.created_at),
        "changedAt": moment(at),
    })
}

/// For all other types, the data is in the outbox event's detail.
pub fn other(at: Timestamp) -> Value {
    json!({ "changedAt": moment(at) })
}

/// The body of a test delivery: it has an event type, but no object.
pub fn test(event_type: WebhookEventType, at: Timestamp) -> String {
    let (object, detail) = (Uuid::nil(), None);
    let outbox_event = OutboxEvent {
        event_type,
        object,
        at,
        detail,
    };
    body(&outbox_event, 0, json!({ "test": true, "changedAt": moment(at) }))
}

#[cfg(test)]
mod tests;
