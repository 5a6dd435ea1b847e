//! Events that may earn commissions or take them back: charges, conversions, refunds and chargebacks, and the customers
//! behind them.

use super::id::{AttributionId, CampaignId, CustomerId, EventId, PartnerId};
use super::money::Money;
use super::{Timestamp, text_enum};

text_enum! {
    /// The kind of an event. Only charges and conversions earn; the others take back.
    EventKind { Charge = "CHARGE", Conversion = "CONVERSION", Refund = "REFUND", Chargeback = "CHARGEBACK" }
}

impl EventKind {
    /// Whether it takes back an earlier event.
    pub fn takes_back(self) -> bool {
        match self {
            Self::Charge | Self::Conversion => false,
            Self::Refund | Self::Chargeback => true,
        }
    }
}

/// The partner and campaign that an event is credited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribution {
    pub id: AttributionId,
    pub partner_id: PartnerId,
    pub campaign_id: Option<CampaignId>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: EventId,
    pub external_id: String,
    /// A hash of the input as it was sent: the same external id with different content is rejected as a mistake.
    pub content: Vec<u8>,
    pub kind: EventKind,
    pub event_type: Option<String>,
    /// Whether tiered commissions count it as a conversion rather than as an event.
    pub base: bool,
    pub amount: Option<Money>,
    pub revenue: Option<Money>,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    /// Its position in the partner's history; `None`: it predates sequence numbers, or is credited to no partner.
    pub sequence: Option<i64>,
    pub customer_id: Option<CustomerId>,
    /// Since when its current attribution applies; `None`: since it was recorded. Commissions it earned earlier no
    /// longer count, except those that were paid.
    pub attributed_at: Option<Timestamp>,
    pub attribution: Option<Attribution>,
    /// The event that a refund or chargeback takes back.
    pub original_id: Option<EventId>,
    pub metadata: Option<serde_json::Value>,
    /// The total refunded so far, in minor units.
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
}

impl Event {
    /// Whether an action at `at` because of the event was taken under its current attribution.
    pub fn was_credited_so(&self, at: Timestamp) -> bool {
        self.attributed_at.is_none_or(|attributed_at| at >= attributed_at)
    }

    /// The partner that a charge above 0 is credited to, and its amount: what counts towards the partner's lifetime
    /// value and the paid charges of its customer.
    pub fn charged(&self) -> Option<(PartnerId, Money)> {
        let charged = self.amount.filter(|amount| amount.minor() > 0)?;
        (self.kind == EventKind::Charge).then_some((self.attribution?.partner_id, charged))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub external_id: String,
    /// The start of the customer's month 1. Never changes.
    pub acquired_at: Timestamp,
    /// The partner and campaign to which its first attributed event bound it.
    pub partner_id: Option<PartnerId>,
    pub campaign_id: Option<CampaignId>,
}

#[cfg(test)]
pub(crate) mod tests;
