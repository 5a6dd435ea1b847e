//! Why events earned what they earned, or nothing.

use async_graphql::{Enum, SimpleObject};

use crate::graphql::money::Money;
use domain::decision;

/// Why an event, or a component of its terms, paid nothing; in the order in which it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "decision::NoCommissionReason")]
pub enum NoCommissionReason {
    /// It was brought in as history.
    Imported,
    /// It was credited to this partner after what it had earned for somebody else was paid.
    AlreadyPaid,
    /// No partner was named, and the customer is bound to none.
    Unattributed,
    /// The partner was suspended when the event was recorded.
    PartnerSuspended,
    /// The partner was revoked when the event was recorded.
    PartnerRevoked,
    /// The campaign was paused when the event was recorded.
    CampaignPaused,
    /// It happened before the campaign starts.
    CampaignNotStarted,
    /// It happened when the campaign was over.
    CampaignEnded,
    /// Nothing pays: no snapshot, no terms, no group and no default group.
    NoTerms,
    /// The component asks for events of another type.
    EventType,
    /// The component looks at a customer's history, and no customer was named.
    CustomerRequired,
    /// Only the customer's first event of the type is paid for, and this is a later one.
    NotFirst,
    /// The customer's first event of the type is not paid for, and this is it.
    NotSubsequent,
    /// The component pays for a number of months, which are over.
    RecurringMonthsOver,
    /// The amount is in another currency than the component's fixed amount.
    Currency,
    /// A share of no amount, or of an amount of 0.
    NoAmount,
    /// The rules of a group decide, and there is none.
    NoGroup,
    /// The component gives 0 %, or a fixed amount of 0.
    ZeroRate,
    /// The rules of the group gave exactly 0.
    RulesGaveZero,
    /// What it gives is less than half of the currency's smallest unit.
    RoundedToZero,
    /// A tiered commission left nothing of it.
    TierGaveZero,
}

/// Why an event earned what it earned; never changes.
#[derive(Clone, Debug, SimpleObject)]
pub struct EventDecision {
    /// Whether commissions were written with the event; later adjustments do not change it.
    pub earned: bool,
    /// Why none was written; null if the event earned.
    pub reason: Option<NoCommissionReason>,
    /// What each component of the terms gave, in their order; empty where the reason was found before looking at terms.
    pub components: Vec<DecisionComponent>,
}

/// What one component of the terms gave for an event.
#[derive(Clone, Debug, SimpleObject)]
pub struct DecisionComponent {
    /// Which component, from 0.
    pub term: u32,
    /// Why it paid nothing; null: it paid.
    pub reason: Option<NoCommissionReason>,
    /// What it paid, tiered commissions included; null: nothing.
    pub amount: Option<Money>,
    /// What was compared, or how the amount comes about.
    pub detail: String,
}

impl From<decision::Decision> for EventDecision {
    fn from(decision: decision::Decision) -> Self {
        Self {
            earned: decision.earned(),
            reason: decision.reason.map(NoCommissionReason::from),
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
