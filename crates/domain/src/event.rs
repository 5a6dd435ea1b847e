//! Events that may earn commissions or take them back: charges, conversions, refunds and chargebacks, and the customers
//! behind them.

use super::history::Moment;
use super::id::{AttributionId, CampaignId, CouponId, CustomerId, EventId, LinkId, PartnerId, TouchId};
use super::items::{Item, ItemRefund, Sight};
use super::money::Money;
use super::personal::Content;
use super::refunded::{Refunded, RefundedPart};
pub use super::via::AttributedVia;
use super::{Timestamp, text_enum};
use crate::attribution::AttributionModel;
use crate::audit::audited;

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

/// What an attribution rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttributionSource {
    pub via: AttributedVia,
    /// The coupon whose code the event named, or that of the touch, if that decided.
    pub coupon_id: Option<CouponId>,
    /// The link of the touch that decided.
    pub link_id: Option<LinkId>,
    /// The touch that decided; `None` also if it came with the event, and was not recorded by itself.
    pub touch_id: Option<TouchId>,
    /// When the touch happened; `None`: no touch decided.
    pub touched_at: Option<Timestamp>,
    /// By which model touches were weighed; `None`: no touch decided.
    pub model: Option<AttributionModel>,
}

impl AttributionSource {
    pub const NAMED: Self = Self::without_touch(AttributedVia::Named);
    pub const BINDING: Self = Self::without_touch(AttributedVia::Binding);

    const fn without_touch(via: AttributedVia) -> Self {
        Self {
            via,
            coupon_id: None,
            link_id: None,
            touch_id: None,
            touched_at: None,
            model: None,
        }
    }

    pub fn coupon(id: CouponId) -> Self {
        Self {
            coupon_id: Some(id),
            ..Self::without_touch(AttributedVia::Coupon)
        }
    }
}

/// An exact part of a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weight {
    pub numerator: i64,
    pub denominator: i64,
}

impl Weight {
    pub const WHOLE: Self = Self {
        numerator: 1,
        denominator: 1,
    };
}

/// Whether an event counts for FIRST and SUBSEQUENT, and as the start of `recurringMonths`: a conversion, or a charge above
/// 0. So a free trial starts nothing.
pub fn is_qualifying(kind: EventKind, amount: Option<Money>) -> bool {
    match kind {
        EventKind::Conversion => true,
        EventKind::Charge => has_amount(amount),
        EventKind::Refund | EventKind::Chargeback => false,
    }
}

/// Whether an amount is above 0.
pub fn has_amount(amount: Option<Money>) -> bool {
    amount.is_some_and(|amount| amount.minor() > 0)
}

/// A partner, and a campaign, to which an event is credited. It never changes; a move ends it, and another one begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribution {
    pub id: AttributionId,
    pub event_id: EventId,
    pub partner_id: PartnerId,
    pub campaign_id: Option<CampaignId>,
    pub source: AttributionSource,
    pub weight: Weight,
    /// Its shares of the event's amount and revenue, in minor units of their currencies; `None` where the event has
    /// none.
    pub share_minor: Option<i64>,
    pub revenue_share_minor: Option<i64>,
    /// Its position in the partner's history.
    pub sequence: i64,
    /// When it replaced another one, or nobody; `None`: it was written with the event. Commissions that the event earned
    /// before no longer count, except those that were paid.
    pub moved_at: Option<Timestamp>,
}

impl Attribution {
    /// The whole event is credited to a partner, with the event, as this step of the partner's history.
    pub fn whole(
        event: &Event,
        (partner_id, campaign_id): (PartnerId, Option<CampaignId>),
        source: AttributionSource,
        moment: Moment,
    ) -> Self {
        Self {
            id: AttributionId::new(moment.at),
            event_id: event.id,
            partner_id,
            campaign_id,
            source,
            weight: Weight::WHOLE,
            share_minor: event.amount.map(Money::minor),
            revenue_share_minor: event.revenue.map(Money::minor),
            sequence: moment.sequence,
            moved_at: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub id: EventId,
    pub external_id: String,
    /// A hash of the input as it was sent: the same external id with different content is rejected as a mistake.
    pub content: Content,
    pub kind: EventKind,
    pub event_type: Option<String>,
    /// Whether tiered commissions count it as a conversion rather than as an event.
    pub base: bool,
    pub amount: Option<Money>,
    pub revenue: Option<Money>,
    /// What was in it, or what a refund or chargeback takes back of each item of its original; empty: that is not known.
    pub items: Vec<Item>,
    /// The ISO 3166-1 alpha-2 code of the country in which it happened.
    pub country: Option<String>,
    pub occurred_at: Timestamp,
    pub recorded_at: Timestamp,
    pub customer_id: Option<CustomerId>,
    /// Its attribution in force; `None`: it is credited to nobody.
    pub attribution: Option<Attribution>,
    /// The event that a refund or chargeback takes back.
    pub original_id: Option<EventId>,
    pub metadata: Option<serde_json::Value>,
    /// The total refunded so far, in minor units.
    pub refunded_minor: i64,
    pub wholly_refunded: bool,
    /// How much of each item was refunded so far; empty: nothing.
    pub refunded_items: Vec<ItemRefund>,
}

impl Event {
    /// Whether an action at `at` because of the event was taken under its current attribution.
    pub fn was_credited_so(&self, at: Timestamp) -> bool {
        self.attribution
            .is_some_and(|credited| credited.moved_at.is_none_or(|moved_at| at >= moved_at))
    }

    /// How much of it is refunded.
    pub fn refunded(&self) -> Refunded {
        Refunded {
            refunded_minor: self.refunded_minor,
            charged_minor: self.amount.map_or(0, Money::minor),
            wholly: self.wholly_refunded,
        }
    }

    /// How much is refunded of what one of its rows saw.
    pub fn refunded_part(&self, sight: Sight) -> RefundedPart {
        RefundedPart::seen_by(sight, self.refunded(), &self.items, &self.refunded_items)
    }

    /// The same event before anything was refunded.
    pub fn unrefunded(self) -> Self {
        Self {
            refunded_minor: 0,
            wholly_refunded: false,
            refunded_items: Vec::new(),
            ..self
        }
    }

    /// The same event once this amount is taken back, too, and of its items these.
    pub fn refunded_by(&self, taken: Option<Money>, items: &[Item]) -> Self {
        let Refunded {
            refunded_minor,
            charged_minor,
            ..
        } = self.refunded();
        let after = Refunded::new(refunded_minor + taken.map_or(0, Money::minor), charged_minor);
        let mut refunded_items = self.refunded_items.clone();
        if refunded_items.is_empty() && !items.is_empty() {
            refunded_items = vec![ItemRefund::default(); self.items.len()];
        }
        for item in items {
            if let Some(refunded) = refunded_items.get_mut(item.index) {
                refunded.amount_minor += item.amount_minor;
                refunded.quantity += item.quantity;
            }
        }
        Self {
            refunded_minor: after.refunded_minor,
            wholly_refunded: after.wholly,
            refunded_items,
            ..self.clone()
        }
    }

    /// Its position in the history of the partner that it is credited to.
    pub fn sequence(&self) -> Option<i64> {
        self.attribution.map(|credited| credited.sequence)
    }

    /// Whether others may have earned from it what they keep: it was credited otherwise before. An event of nobody may
    /// have been, too.
    pub fn may_have_been_moved(&self) -> bool {
        self.attribution.is_none_or(|credited| credited.moved_at.is_some())
    }

    /// Whether it counts for FIRST and SUBSEQUENT, and as the start of `recurringMonths`.
    pub fn is_qualifying(&self) -> bool {
        is_qualifying(self.kind, self.amount)
    }

    /// Whether its amount is above 0.
    pub fn has_amount(&self) -> bool {
        has_amount(self.amount)
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

audited!(Customer as "Customer": { id: _, external_id, acquired_at, partner_id, campaign_id } => [
    "externalId": external_id,
    "acquiredAt": acquired_at,
    "partnerId": partner_id,
    "campaignId": campaign_id,
]);

#[cfg(test)]
pub(crate) mod tests;
