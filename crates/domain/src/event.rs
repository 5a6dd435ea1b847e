//! What happened and may earn: charges, conversions, refunds and chargebacks, and the customers behind them.

use super::id::{AttributionId, CampaignId, CustomerId, EventId, PartnerId};
use super::money::Money;
use super::{Timestamp, text_enum};

text_enum! {
    /// What kind of thing happened. Only charges and conversions earn; the others take back.
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

/// Whom an event is credited to.
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
    /// A hash of the input as it was sent: the same external id with other content is another event by mistake.
    pub content: Vec<u8>,
    pub kind: EventKind,
    pub event_type: Option<String>,
    /// Whether it counts as a conversion rather than as an event in tiered commissions.
    pub base: bool,
    pub amount: Option<Money>,
    pub revenue: Option<Money>,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    /// Its place in the partner's history; `None`: from before there were numbers, or credited to nobody.
    pub sequence: Option<i64>,
    pub customer_id: Option<CustomerId>,
    /// Since when it is credited as it is; `None`: since it was recorded. What it has earned before that counts no longer,
    /// but for what was paid.
    pub attributed_at: Option<Timestamp>,
    pub attribution: Option<Attribution>,
    /// What a refund or chargeback takes back.
    pub original_id: Option<EventId>,
    pub metadata: Option<serde_json::Value>,
    /// How much of it was taken back so far, in minor units.
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
}

impl Event {
    /// Whether what was done at `at` because of the event was done for whom it is credited to now.
    pub fn was_credited_so(&self, at: Timestamp) -> bool {
        self.attributed_at.is_none_or(|attributed_at| at >= attributed_at)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    pub id: CustomerId,
    pub external_id: String,
    /// When month 1 of its life starts. Never moves.
    pub acquired_at: Timestamp,
    /// The partner and campaign that its first attributed event bound it to.
    pub partner_id: Option<PartnerId>,
    pub campaign_id: Option<CampaignId>,
}

#[cfg(test)]
pub(crate) mod tests;
