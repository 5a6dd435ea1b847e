//! Why an event earned what it earned, or nothing: stored with every recorded charge and conversion, and immutable.

use super::campaign::{Campaign, CampaignStatus};
use super::customer_stage::CustomerStage;
use super::id::{PartnerGroupId, SnapshotId, TieredCommissionId};
use super::money::Money;
use super::partner::PartnerStatus;
use super::text_enum;

text_enum! {
    /// Why an event, or a component of its terms, pays nothing. The variants are in the order of the checks.
    NoCommissionReason {
        Imported = "IMPORTED",
        /// It was reassigned to this partner after its earlier commission had been paid.
        AlreadyPaid = "ALREADY_PAID",
        /// It names the code of a coupon that is not valid, and nothing else says who brought it.
        CouponInvalid = "COUPON_INVALID",
        /// There are touches of its customer, and all are too old.
        OutsideWindow = "OUTSIDE_WINDOW",
        Unattributed = "UNATTRIBUTED",
        PartnerSuspended = "PARTNER_SUSPENDED",
        PartnerRevoked = "PARTNER_REVOKED",
        CampaignPaused = "CAMPAIGN_PAUSED",
        CampaignNotStarted = "CAMPAIGN_NOT_STARTED",
        CampaignEnded = "CAMPAIGN_ENDED",
        NoTerms = "NO_TERMS",
        EventType = "EVENT_TYPE",
        Product = "PRODUCT",
        Country = "COUNTRY",
        Via = "VIA",
        AmountRange = "AMOUNT_RANGE",
        NotNewCustomer = "NOT_NEW_CUSTOMER",
        NotReturningCustomer = "NOT_RETURNING_CUSTOMER",
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

/// Why a component did not pay, and the values that were compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub reason: NoCommissionReason,
    /// Also shown to the partner: labels and amounts, no ids.
    pub detail: String,
}

/// The result of one component of the terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its index in the terms.
    pub term: usize,
    /// Why it did not pay; `None`: it paid.
    pub reason: Option<NoCommissionReason>,
    /// The amount of the row that was written; `None`: no row was.
    pub amount: Option<Money>,
    /// The values that were compared, or how the amount was computed.
    pub detail: String,
}

text_enum! {
    /// The source of the terms that apply.
    TermsSource {
        /// A snapshot for the campaign.
        CampaignSnapshot = "CAMPAIGN_SNAPSHOT",
        /// A partner-wide snapshot.
        PartnerSnapshot = "PARTNER_SNAPSHOT",
        /// The campaign's live terms.
        Campaign = "CAMPAIGN",
        /// The rules of the partner's group.
        Group = "GROUP",
        /// The rules of the default group, since the partner is in no group.
        DefaultGroup = "DEFAULT_GROUP",
        /// No terms apply.
        None = "NONE",
    }
}

/// The state on which an event's decision was based.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MadeWith {
    pub partner_status: Option<PartnerStatus>,
    pub campaign_status: Option<CampaignStatus>,
    /// `None`: the event was rejected before terms were looked up.
    pub source: Option<TermsSource>,
    pub snapshot: Option<SnapshotId>,
    /// The version of the campaign, whichever terms applied; `None`: the event had no campaign.
    pub campaign_version: Option<u32>,
    /// The group that the partner was in, whether or not its rules were evaluated; `Some(None)`: in no group, so the
    /// default group applied. `None`: the event had no partner.
    pub own_group: Option<Option<PartnerGroupId>>,
    /// The group whose rules were evaluated, and their version.
    pub group: Option<(PartnerGroupId, u32)>,
    /// What was recorded of the customer before with any partner; `None`: the terms did not depend on it.
    pub customer_stage: Option<CustomerStage>,
    /// The tiered commissions that counted the event, and their versions.
    pub tiers: Vec<(TieredCommissionId, u32)>,
}

impl MadeWith {
    /// The state of the event's partner, its status and its group, and of its campaign.
    pub fn of(partner: Option<(PartnerStatus, Option<PartnerGroupId>)>, campaign: Option<&Campaign>) -> Self {
        Self {
            partner_status: partner.map(|(status, _)| status),
            campaign_status: campaign.map(|campaign| campaign.status),
            campaign_version: campaign.map(|campaign| campaign.version),
            own_group: partner.map(|(_, group)| group),
            ..Self::default()
        }
    }
}

/// Why an event earned what it earned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Why no row was written with the event; `None`: at least one was.
    pub reason: Option<NoCommissionReason>,
    /// What the reason is about, if that is no component of the terms; for staff only.
    pub detail: Option<String>,
    /// Every component of the terms, in order; empty if the reason was found before the terms were evaluated.
    pub components: Vec<Component>,
}

impl Decision {
    /// The event earns nothing, whatever the terms.
    pub fn stopped(reason: NoCommissionReason) -> Self {
        Self {
            reason: Some(reason),
            detail: None,
            components: Vec::new(),
        }
    }

    /// The event earns nothing, since its code of a coupon is not valid and nothing else says who brought it.
    pub fn without_coupon(detail: String) -> Self {
        Self {
            detail: Some(detail),
            ..Self::stopped(NoCommissionReason::CouponInvalid)
        }
    }

    /// If no component paid, the reason is that of the component that passed the most checks.
    pub fn of(components: Vec<Component>) -> Self {
        let mut furthest = None;
        for component in &components {
            let Some(reason) = component.reason else {
                return Self {
                    reason: None,
                    detail: None,
                    components,
                };
            };
            furthest = furthest.max(Some(reason));
        }
        Self {
            reason: Some(furthest.unwrap_or(NoCommissionReason::NoTerms)),
            detail: None,
            components,
        }
    }

    /// The decision after tiers changed the amounts of the paying components: `amounts` has one entry per paying
    /// component, in order, `None` where nothing is left.
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
            Some(_) => Self { components, ..self },
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
