//! Tiered commissions: once a partner reaches goals in a period, a tier changes what further conversions pay, and may
//! change what the earlier ones of the period paid. Both sides, the partner's payout and the event's revenue, go
//! through the same functions, whether an event is recorded or simulated.
//!
//! For each charge or conversion, in recording order:
//!
//! 1. Window ([`window`]): the day, week, month, quarter or whole life of the tier that contains `occurred_at`, in the
//!    tenant's time zone, clipped to the tier's dates. Conversions outside these dates are ignored.
//! 2. Counters ([`Counters`]), one set per (tier, partner, campaign, window): conversions, events, and the sums of sale
//!    amounts, payouts and revenue before any tier. Amounts in another currency than the tier's add 0.
//! 3. Which tier acts ([`pay`]): a tier is reached with the counters *before* the conversion, or *with* it, depending
//!    on its crossing policy. All its goals above 0 must be reached (>=) and no max (<): [goal, max). Of the tiers
//!    reached, one acts on each side: the one with the highest goals, compared as (conversion, event, sale amount,
//!    payout, revenue); then the one with the latest start date; then the newest.
//! 4. Action ([`apply_action`]): applied to the rounded base rows, and every result is rounded. A percentage applies to each
//!    row. A flat difference is booked on the first row; what a deduction leaves once a row is 0 is booked on the next.
//!    No amount falls below 0, and a base of 0 is never modified. 3.00 increased by 10 % is 3.30; rows of 2.00 and 3.00
//!    less 2.50 are 0 and 2.50.
//! 5. Retroactive ([`fire`]): when the goals hold with the counters *with* the conversion, and the part has not fired
//!    in this window, every conversion of the window so far moves to `new`, by an adjustment of
//!    `new - (rows + earlier adjustments)`, ignoring clawbacks. `new` is the result of the action on its base rows, or
//!    an exact amount, or a percentage of its sale amount. Increases that would lower the amount, decreases that would
//!    raise it, and adjustments of 0 are omitted.
//!
//! Example: goal 10 conversions, payout increase 10, retroactive flat_increase 5, twelve conversions of 4.00. The tenth
//! reaches the goal: ten adjustments of 9.00 - 4.00 = 5.00; the eleventh and twelfth pay 4.40. 40.00 + 50.00 + 8.80 =
//! 98.80. If one of the ten were half refunded, 2.00 of its 4.00 and 2.50 of its 5.00 would be clawed back, leaving
//! 4.50.
//!
//! An INACTIVE tier only counts. What became due in the meantime fires with the first conversion after the tier is
//! ACTIVE again, and so does a retroactive part that was added or changed after its goals had been reached.

mod action;
mod counters;
mod draft;
mod offer;
mod rate;
mod retroactive;
mod simulation;
#[cfg(test)]
mod tests;
mod validate;
mod window;

use crate::audit::audited;
use chrono::NaiveDate;
use rust_decimal::Decimal;

pub use action::apply_action;
pub use counters::{Conversion, Counters, GoalProgress, SaleAmount, TakenBack, achieved, in_band, progress};
pub use draft::{Draft, GoalDraft, ModifierDraft, RetroactiveDraft, TieredCommissionChange, changed};
pub use offer::{CurrentTier, Offer, offers};
pub use rate::{ConversionPay, DueRetroactive, Fired, RatedRow, TierState, pay};
pub use retroactive::{Adjustment, EarnedRow, PastConversion, SideEarnings, fire};
pub use simulation::{
    ConversionDraft, MAX_SIMULATED_CONVERSIONS, MAX_SIMULATED_TIERS, Simulated, SimulatedAdjustment, Simulation,
    TooLarge, conversions, simulate,
};

use super::id::{AdvertiserId, CampaignId, PartnerId, TieredCommissionId};
use super::money::Currency;
use super::{Timestamp, text_enum};
pub use validate::{CheckedTier, MAX_LISTED, checked, tier};
pub use window::{Window, window};

text_enum! {
    /// Whether a tier acts. An INACTIVE tier keeps counting.
    Status { Active = "ACTIVE", Inactive = "INACTIVE" }
}

text_enum! {
    /// How often the counters are reset, in the tenant's time zone.
    Period {
        Daily = "DAILY",
        /// Starting on Monday.
        Weekly = "WEEKLY",
        Monthly = "MONTHLY",
        /// Starting in January, April, July and October.
        Quarterly = "QUARTERLY",
        /// Never: a single window from the start date to the end date.
        Global = "GLOBAL",
    }
}

text_enum! {
    /// Which counters determine the rate of a conversion.
    #[derive(Default)]
    CrossingPolicy {
        /// Those before the conversion: a goal of 10 changes the rate from conversion 11 on.
        #[default]
        NextConversion = "NEXT_CONVERSION",
        /// Those including the conversion: the conversion that reaches the goal gets the new rate.
        CrossingConversion = "CROSSING_CONVERSION",
    }
}

text_enum! {
    /// A counted quantity. The variants are in the order in which the goals of two tiers are compared.
    #[derive(serde::Serialize, serde::Deserialize)]
    Metric {
        /// Conversions whose `base` is true.
        Conversion = "CONVERSION",
        /// Conversions whose `base` is false.
        Event = "EVENT",
        SaleAmount = "SALE_AMOUNT",
        /// Before any tier.
        Payout = "PAYOUT",
        /// Before any tier.
        Revenue = "REVENUE",
    }
}

impl Metric {
    /// Whether it is a count rather than a sum of amounts in the tier's currency.
    pub fn is_count(self) -> bool {
        match self {
            Self::Conversion | Self::Event => true,
            Self::SaleAmount | Self::Payout | Self::Revenue => false,
        }
    }
}

text_enum! {
    /// How an amount is changed.
    #[derive(serde::Serialize, serde::Deserialize)]
    Action {
        /// By a percentage.
        Increase = "INCREASE",
        /// By a percentage.
        Decrease = "DECREASE",
        /// By an amount.
        FlatIncrease = "FLAT_INCREASE",
        /// By an amount.
        FlatDecrease = "FLAT_DECREASE",
        /// To a fixed amount, or to a percentage of the sale amount; only retroactively.
        Exact = "EXACT",
    }
}

text_enum! {
    /// The meaning of the value of a retroactive EXACT; other actions ignore it.
    #[derive(serde::Serialize, serde::Deserialize)]
    RetroactiveType {
        /// Payout: an amount per conversion.
        Cpa = "CPA",
        /// Payout: a percentage of the sale amount.
        Cps = "CPS",
        /// Revenue: an amount per conversion.
        Rpa = "RPA",
        /// Revenue: a percentage of the sale amount.
        Rps = "RPS",
    }
}

impl RetroactiveType {
    /// The side that the type belongs to.
    pub fn side(self) -> Side {
        match self {
            Self::Cpa | Self::Cps => Side::Payout,
            Self::Rpa | Self::Rps => Side::Revenue,
        }
    }

    fn is_of_sale(self) -> bool {
        match self {
            Self::Cps | Self::Rps => true,
            Self::Cpa | Self::Rpa => false,
        }
    }
}

text_enum! {
    /// The side of a conversion whose amount is changed.
    Side {
        /// The partner's earnings.
        Payout = "payout",
        /// The tenant's earnings from the advertiser. Never visible to partners.
        Revenue = "revenue",
    }
}

/// A threshold that a counter must reach, and an optional upper limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Goal {
    pub metric: Metric,
    /// 0: no threshold. A whole number for counts, otherwise an amount in the tier's currency.
    #[serde(with = "rust_decimal::serde::str")]
    pub goal: Decimal,
    /// The rate applies only below this value, which is above the goal; `None`: no limit.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub max: Option<Decimal>,
}

/// How the rate of conversions changes while the goals are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Modifier {
    /// Never EXACT.
    pub action: Action,
    /// A percentage, or an amount in the tier's currency; above 0.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
}

/// How earlier conversions change when the goals are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Retroactive {
    pub action: Action,
    /// A percentage, or an amount in the tier's currency; above 0.
    #[serde(with = "rust_decimal::serde::str")]
    pub value: Decimal,
    /// `None`: an amount per conversion.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<RetroactiveType>,
}

impl Retroactive {
    /// Whether conversions move to a percentage of their sale amount.
    pub fn is_of_sale(&self) -> bool {
        self.action == Action::Exact && self.kind.is_some_and(RetroactiveType::is_of_sale)
    }
}

/// What a tier counts and does; validated by [`tier`]. Its partners and campaigns are in [`Audience`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tier {
    pub name: String,
    pub status: Status,
    /// From 00:00 of this day in the tenant's time zone.
    pub start_date: NaiveDate,
    /// Until the end of this day.
    pub end_date: NaiveDate,
    pub period: Period,
    pub crossing_policy: CrossingPolicy,
    /// The currency of its goals, flat and exact values. Amounts in other currencies neither count nor change. Fixed at
    /// creation.
    pub currency: Currency,
    /// Only events of this type count and change; `None`: every charge and conversion.
    pub event_type: Option<String>,
    pub goals: Vec<Goal>,
    pub payout: Option<Modifier>,
    pub revenue: Option<Modifier>,
    pub retroactive_payout: Option<Retroactive>,
    pub retroactive_revenue: Option<Retroactive>,
}

impl Tier {
    /// Whether events of this type count.
    pub fn counts(&self, event_type: Option<&str>) -> bool {
        self.event_type.is_none() || self.event_type.as_deref() == event_type
    }

    /// Whether the tier affects what partners are paid.
    pub fn changes_payout(&self) -> bool {
        self.payout.is_some() || self.retroactive_payout.is_some()
    }

    pub fn modifier(&self, side: Side) -> Option<&Modifier> {
        match side {
            Side::Payout => self.payout.as_ref(),
            Side::Revenue => self.revenue.as_ref(),
        }
    }

    pub fn retroactive(&self, side: Side) -> Option<&Retroactive> {
        match side {
            Side::Payout => self.retroactive_payout.as_ref(),
            Side::Revenue => self.retroactive_revenue.as_ref(),
        }
    }
}

/// The partners and campaigns that a tier applies to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audience {
    /// Includes future partners; `partner_ids` is then ignored.
    pub apply_to_all_partners: bool,
    pub partner_ids: Vec<PartnerId>,
    pub campaign_ids: Vec<CampaignId>,
    /// All campaigns of these advertisers are included, too.
    pub advertiser_ids: Vec<AdvertiserId>,
}

impl Audience {
    /// Whether the tier applies to the partner's conversions on the campaign, which belongs to this advertiser.
    pub fn includes(&self, partner: PartnerId, campaign: CampaignId, advertiser: Option<AdvertiserId>) -> bool {
        (self.apply_to_all_partners || self.partner_ids.contains(&partner))
            && (self.campaign_ids.contains(&campaign)
                || advertiser.is_some_and(|advertiser| self.advertiser_ids.contains(&advertiser)))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TieredCommission {
    pub id: TieredCommissionId,
    /// The id assigned by another system; unique among the tiered commissions in force.
    pub external_id: Option<String>,
    /// Incremented with every change; counters are valid for one version only.
    pub version: u32,
    pub tier: Tier,
    pub notes: Option<String>,
    pub audience: Audience,
    /// When it was archived after having changed amounts: it no longer counts or changes anything. `None`: it is in
    /// force.
    pub archived_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

audited!(TieredCommission as "TieredCommission": {
    id: _, external_id, version, tier, notes, audience, archived_at, created_at: _, updated_at: _
} => [
    "name": tier.name,
    "externalId": external_id,
    "notes": notes,
    "status": tier.status.as_str(),
    "startDate": tier.start_date,
    "endDate": tier.end_date,
    "period": tier.period.as_str(),
    "crossingPolicy": tier.crossing_policy.as_str(),
    "currency": tier.currency.code(),
    "eventType": tier.event_type,
    "goals": tier.goals,
    "payout": tier.payout,
    "revenue": tier.revenue,
    "retroactivePayout": tier.retroactive_payout,
    "retroactiveRevenue": tier.retroactive_revenue,
    "applyToAllPartners": audience.apply_to_all_partners,
    "partnerIds": audience.partner_ids,
    "campaignIds": audience.campaign_ids,
    "advertiserIds": audience.advertiser_ids,
    "version": version,
    "archivedAt": archived_at,
]);
