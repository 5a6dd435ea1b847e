//! Why an event earned what it earned, or nothing: kept with every recorded charge and conversion, and never changed.

use super::campaign::CampaignStatus;
use super::id::{PartnerGroupId, SnapshotId, TieredCommissionId};
use super::money::Money;
use super::partner::PartnerStatus;
use super::text_enum;

text_enum! {
    /// Why an event, or a component of its terms, pays nothing. The order is the order of the checks.
    NoCommissionReason {
        Imported = "IMPORTED",
        /// It was moved here after what it had earned elsewhere was paid.
        AlreadyPaid = "ALREADY_PAID",
        Unattributed = "UNATTRIBUTED",
        PartnerSuspended = "PARTNER_SUSPENDED",
        PartnerRevoked = "PARTNER_REVOKED",
        CampaignPaused = "CAMPAIGN_PAUSED",
        CampaignNotStarted = "CAMPAIGN_NOT_STARTED",
        CampaignEnded = "CAMPAIGN_ENDED",
        NoTerms = "NO_TERMS",
        EventType = "EVENT_TYPE",
        CustomerRequired = "CUSTOMER_REQUIRED",
        NotFirst = "NOT_FIRST",
        NotSubsequent = "NOT_SUBSEQUENT",
        RecurringMonthsOver = "RECURRING_MONTHS_OVER",
        Currency = "CURRENCY",
        NoAmount = "NO_AMOUNT",
        NoGroup = "NO_GROUP",
        ZeroRate = "ZERO_RATE",
        RulesGaveZero = "RULES_GAVE_ZERO",
        RoundedToZero = "ROUNDED_TO_ZERO",
        TierGaveZero = "TIER_GAVE_ZERO",
    }
}

/// What stopped a component, and what was compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: NoCommissionReason,
    /// For the partner, too: labels and amounts, no ids.
    pub detail: String,
}

/// What one component of the terms gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Which one, from 0.
    pub term: usize,
    /// What stopped it; `None`: it paid.
    pub reason: Option<NoCommissionReason>,
    /// The amount of the row that was written; `None`: none was.
    pub amount: Option<Money>,
    /// What was compared, or how the amount comes about.
    pub detail: String,
}

text_enum! {
    /// Where the terms come from that pay.
    TermsSource {
        /// A snapshot for the campaign.
        CampaignSnapshot = "CAMPAIGN_SNAPSHOT",
        /// A partner-wide snapshot.
        PartnerSnapshot = "PARTNER_SNAPSHOT",
        /// The campaign's live terms.
        Campaign = "CAMPAIGN",
        /// The rules of the partner's group.
        Group = "GROUP",
        /// The rules of the default group, since the partner has none.
        DefaultGroup = "DEFAULT_GROUP",
        /// Nothing pays.
        None = "NONE",
    }
}

/// What was in force when an event was decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadeWith {
    pub partner_status: Option<PartnerStatus>,
    pub campaign_status: Option<CampaignStatus>,
    /// `None`: the event was stopped before terms were looked for.
    pub source: Option<TermsSource>,
    pub snapshot: Option<SnapshotId>,
    /// The version of the campaign, whatever paid; `None`: the event had no campaign.
    pub campaign_version: Option<u32>,
    /// The group that the partner was in, whether it was asked or not; `Some(None)`: in none, so that the default one
    /// counted. `None`: it had no partner, or the decision is from before this was kept.
    pub own_group: Option<Option<PartnerGroupId>>,
    /// The group whose rules were asked, and their version.
    pub group: Option<(PartnerGroupId, u32)>,
    /// The tiered commissions that counted the event, and their versions.
    pub tiers: Vec<(TieredCommissionId, u32)>,
}

/// Why an event earned what it earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Why no row was written with the event; `None`: at least one was.
    pub reason: Option<NoCommissionReason>,
    /// Every component of the terms, in their order; empty where the reason was found before looking at terms.
    pub components: Vec<Component>,
}

impl Decision {
    /// The event earns nothing, whatever the terms.
    pub fn stopped(reason: NoCommissionReason) -> Self {
        Self {
            reason: Some(reason),
            components: Vec::new(),
        }
    }

    /// Where no component paid, the reason is that of the one which came furthest in the order of checks.
    pub fn of(components: Vec<Component>) -> Self {
        let mut furthest = None;
        for component in &components {
            let Some(reason) = component.reason else {
                return Self {
                    reason: None,
                    components,
                };
            };
            furthest = furthest.max(Some(reason));
        }
        Self {
            reason: Some(furthest.unwrap_or(NoCommissionReason::NoTerms)),
            components,
        }
    }

    /// The same after tiers changed the amounts of the components that paid: `amounts` has one for each of these, in their
    /// order, `None` where nothing was left.
    pub fn rated(self, amounts: impl IntoIterator<Item = Option<Money>>) -> Self {
        let mut amounts = amounts.into_iter();
        let mut components = self.components;
        for component in components.iter_mut().filter(|component| component.reason.is_none()) {
            component.amount = amounts.next().flatten();
            if component.amount.is_none() {
                component.reason = Some(NoCommissionReason::TierGaveZero);
                component.detail.push_str(", of which a tiered commission left nothing");
            }
        }
        match self.reason {
            Some(reason) => Self {
                reason: Some(reason),
                components,
            },
            None => Self::of(components),
        }
    }

    /// Whether rows were written with the event.
    pub fn earned(&self) -> bool {
        self.reason.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::NoCommissionReason::{EventType, NoAmount, NoTerms, NotFirst, TierGaveZero};
    use super::*;
    use crate::money::Currency;

    fn decided(reasons: &[Option<NoCommissionReason>]) -> Decision {
        let components = reasons.iter().enumerate().map(|(term, reason)| Component {
            term,
            reason: *reason,
            amount: None,
            detail: String::new(),
        });
        Decision::of(components.collect())
    }

    #[test]
    fn the_reason_is_that_of_the_component_that_came_furthest() {
        for (reasons, expected) in [
            (&[Some(EventType), Some(NoAmount), Some(NotFirst)][..], Some(NoAmount)),
            (&[Some(TierGaveZero), Some(EventType)], Some(TierGaveZero)),
            (&[Some(EventType), None], None),
            (&[None, Some(TierGaveZero)], None),
            (&[], Some(NoTerms)),
        ] {
            let decision = decided(reasons);
            assert_eq!(decision.reason, expected, "{reasons:?}");
            assert_eq!(decision.earned(), expected.is_none());
            assert_eq!(decision.components.len(), reasons.len());
        }
    }

    #[test]
    fn tiers_change_amounts_and_may_leave_nothing() {
        let euros = |minor: i64| Money::from_minor(minor, Currency::parse("EUR").ok()?).ok();
        let before = decided(&[None, Some(EventType), None]);
        let left = before.clone().rated([euros(330), None]);
        let reasons: Vec<_> = left.components.iter().map(|component| component.reason).collect();
        assert_eq!(reasons, [None, Some(EventType), Some(TierGaveZero)]);
        assert_eq!(left.components[0].amount, euros(330));
        assert!(left.earned());
        assert_eq!(before.rated([None, None]).reason, Some(TierGaveZero));
        assert_eq!(Decision::stopped(NoTerms).rated([]), Decision::stopped(NoTerms));
        assert_eq!(decided(&[Some(NotFirst)]).rated([]), decided(&[Some(NotFirst)]));
    }

    #[test]
    fn what_stops_an_event_needs_no_components() {
        let decision = Decision::stopped(NoTerms);
        assert_eq!((decision.reason, decision.components.len()), (Some(NoTerms), 0));
    }
}
