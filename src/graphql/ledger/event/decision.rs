//! Why events earned what they earned, or nothing.

use async_graphql::{Enum, SimpleObject};

use crate::graphql::money::Money;
use domain::decision;

/// Why an event, or a component of its terms, paid nothing; in the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "decision::NoCommissionReason")]
pub enum NoCommissionReason {
    /// It was imported as history.
    Imported,
    /// It was moved to this partner after another partner had been paid for it.
    AlreadyPaid,
    /// It names the code of a coupon that is not valid for it, and nothing else says who brought it.
    CouponInvalid,
    /// Its customer met partners' links or coupons, but too long ago for the windows of their campaigns.
    OutsideWindow,
    /// It names no partner, its customer is not bound to one, and no touch says who brought it.
    Unattributed,
    /// The partner was suspended when the event was recorded.
    PartnerSuspended,
    /// The partner was revoked when the event was recorded.
    PartnerRevoked,
    /// The campaign was paused when the event was recorded.
    CampaignPaused,
    /// It happened before the start of the campaign.
    CampaignNotStarted,
    /// It happened at or after the end of the campaign.
    CampaignEnded,
    /// There are no terms: no snapshot, no terms of the campaign, no group and no default group.
    NoTerms,
    /// The component is for events of another type.
    EventType,
    /// The component is for other products or categories, or those before it claim all that it is for.
    Product,
    /// The component is for other countries.
    Country,
    /// The component is for events that are attributed in another way.
    Via,
    /// The event's amount is not within the range of the component, or in another currency.
    AmountRange,
    /// The component is for new customers.
    NotNewCustomer,
    /// The component is for returning customers.
    NotReturningCustomer,
    /// The component depends on the customer's history, and the event has no customer.
    CustomerRequired,
    /// The component pays only for the customer's first event of the type, and this is a later one.
    NotFirst,
    /// The component does not pay for the customer's first event of the type, and this is the first one.
    NotSubsequent,
    /// The component pays for a limited number of months, which are over.
    RecurringMonthsOver,
    /// The event's amount is not in the currency of the component's fixed amount.
    Currency,
    /// The component pays a share of the event's amount, which is missing or 0.
    NoAmount,
    /// The component pays by the rules of a group, and there is no group.
    NoGroup,
    /// The component pays 0 %, or a fixed amount of 0.
    ZeroRate,
    /// The rules of the group gave exactly 0.
    RulesGaveZero,
    /// The calculated amount is less than half of the currency's smallest unit.
    RoundedToZero,
    /// A tiered commission reduced the amount to 0.
    TierGaveZero,
}

/// Why an event earned what it earned. Only moving the event to another partner replaces it by a new decision.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventDecision {
    /// Whether commissions were written with the event; later adjustments do not change it.
    pub earned: bool,
    /// Why no commission was written; null if the event earned.
    pub reason: Option<NoCommissionReason>,
    /// What the reason is about, if that is no component, such as the code of a coupon; null otherwise.
    pub detail: Option<String>,
    /// The result of each component of the terms, in their order; empty if the reason was found before any component
    /// was considered.
    pub components: Vec<DecisionComponent>,
}

/// The result of one component of the terms for an event.
#[derive(Clone, Debug, SimpleObject)]
pub struct DecisionComponent {
    /// The index of the component, from 0.
    pub term: u32,
    /// Why it paid nothing; null if it paid.
    pub reason: Option<NoCommissionReason>,
    /// What it paid, including tiered commissions; null if nothing.
    pub amount: Option<Money>,
    /// What was compared, or how the amount was calculated.
    pub detail: String,
}

impl From<decision::Decision> for EventDecision {
    fn from(decision: decision::Decision) -> Self {
        Self {
            earned: decision.earned(),
            reason: decision.reason.map(NoCommissionReason::from),
            detail: decision.detail,
            components: decision.components.into_iter().map(DecisionComponent::from).collect(),
        }
    }
}

impl From<decision::Component> for DecisionComponent {
    fn from(component: decision::Component) -> Self {
        Self {
            term: u32::try_from(component.term).unwrap_or(u32::MAX),
            reason: component.reason.map(NoCommissionReason::from),
            amount: component.amount.map(Money::from),
            detail: component.detail,
        }
    }
}
