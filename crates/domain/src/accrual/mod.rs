//! What an event earns: which terms apply, which of their components match, and how much each pays or why it does not.
//! Recording and simulation call the same functions.

mod component;
mod conditions;
mod earn;
#[cfg(test)]
mod tests;

use rust_decimal::Decimal;

pub use component::{ConsideredTerm, consider};
pub use earn::{ComponentEarning, Verdict, earned};

use super::Timestamp;
use super::campaign::{Campaign, CampaignStatus};
pub use super::customer_stage::CustomerStage;
use super::decision::{NoCommissionReason, TermsSource};
use super::event::{self, AttributedVia, EventKind};
use super::id::SnapshotId;
use super::items::Item;
use super::money::Money;
use super::partner::PartnerStatus;
use super::snapshot::{self, CommissionSnapshot};
use super::terms::{BasisKind, Term};

/// The terms in force for an event.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicableTerms {
    pub terms: Vec<Term>,
    pub holdback_days: Option<u32>,
    pub snapshot_id: Option<SnapshotId>,
    /// No snapshot applies and the campaign has no terms: the rules of the partner's group apply, if it has one.
    pub is_fallback: bool,
    /// Whether the snapshot is specific to the campaign.
    of_campaign: bool,
    /// The source of the terms, for the explanation.
    source: String,
}

impl ApplicableTerms {
    /// Whether the rules of the partner's group determine the amount of any component.
    pub fn uses_group_rules(&self) -> bool {
        self.terms.iter().any(|term| term.basis_kind() == BasisKind::GroupRules)
    }

    /// Whether any component asks if the customer is new to the tenant.
    pub fn asks_customer(&self) -> bool {
        self.terms.iter().any(|term| term.matching.customer.is_some())
    }

    /// No snapshot or campaign terms apply, and there is no group either: nothing is paid.
    pub fn unpaid(&self, has_group: bool) -> Option<NoCommissionReason> {
        (self.is_fallback && !has_group).then_some(NoCommissionReason::NoTerms)
    }

    /// The source of the terms. `has_group`: the partner has a group, or else the tenant has a default one;
    /// `by_default`: it is the default one.
    pub fn source(&self, has_group: bool, by_default: bool) -> TermsSource {
        match (self.snapshot_id, self.of_campaign, self.is_fallback) {
            (Some(_), true, _) => TermsSource::CampaignSnapshot,
            (Some(_), false, _) => TermsSource::PartnerSnapshot,
            (None, _, false) => TermsSource::Campaign,
            (None, _, true) if !has_group => TermsSource::None,
            (None, _, true) if by_default => TermsSource::DefaultGroup,
            (None, _, true) => TermsSource::Group,
        }
    }
}

/// First match wins: the newest snapshot for the campaign, the newest partner-wide one, the campaign's live terms, the
/// partner's group. `snapshots` are the partner's, and include at least the newest of each of these. The holdback is
/// the snapshot's, else the campaign's.
pub fn terms_in_force(snapshots: &[CommissionSnapshot], campaign: Option<&Campaign>) -> ApplicableTerms {
    let of_campaign = campaign.and_then(|campaign| campaign.holdback_days);
    if let Some(snapshot) = snapshot::in_force(snapshots, campaign.map(|campaign| campaign.id)) {
        return ApplicableTerms {
            terms: snapshot.terms.clone(),
            holdback_days: snapshot.holdback_days.or(of_campaign),
            snapshot_id: Some(snapshot.id),
            is_fallback: false,
            of_campaign: snapshot.campaign_id.is_some(),
            source: match snapshot.campaign_id {
                Some(_) => "terms promised for the campaign".to_owned(),
                None => "terms promised for all campaigns".to_owned(),
            },
        };
    }
    let (terms, is_fallback, source) = match campaign {
        Some(campaign) if !campaign.terms.is_empty() => (campaign.terms.clone(), false, "campaign terms"),
        _ => (vec![Term::group_rules()], true, "no terms promised, none of a campaign"),
    };
    ApplicableTerms {
        terms,
        holdback_days: of_campaign,
        snapshot_id: None,
        is_fallback,
        of_campaign: false,
        source: source.to_owned(),
    }
}

/// Why no event of the partner and campaign that occurred at `occurred_at` earns, whatever the terms; `None`: it may
/// earn.
pub fn stopped(
    partner: PartnerStatus,
    campaign: Option<&Campaign>,
    occurred_at: Timestamp,
) -> Option<NoCommissionReason> {
    match partner {
        PartnerStatus::Invited | PartnerStatus::Active => {}
        PartnerStatus::Suspended => return Some(NoCommissionReason::PartnerSuspended),
        PartnerStatus::Revoked => return Some(NoCommissionReason::PartnerRevoked),
    }
    let campaign = campaign?;
    match campaign.status {
        CampaignStatus::Active | CampaignStatus::Ended => {}
        CampaignStatus::Paused => return Some(NoCommissionReason::CampaignPaused),
    }
    if campaign.starts_at.is_some_and(|start| occurred_at < start) {
        return Some(NoCommissionReason::CampaignNotStarted);
    }
    let is_over = campaign.ends_at.is_some_and(|end| occurred_at >= end);
    is_over.then_some(NoCommissionReason::CampaignEnded)
}

/// Whether a partner with this status earns commissions.
pub fn partner_earns(status: PartnerStatus) -> bool {
    match status {
        PartnerStatus::Invited | PartnerStatus::Active => true,
        PartnerStatus::Suspended | PartnerStatus::Revoked => false,
    }
}

/// An event together with the history before it.
#[derive(Clone, Debug)]
pub struct EarningEvent<'a> {
    pub kind: EventKind,
    pub event_type: Option<&'a str>,
    pub amount: Option<Money>,
    /// Empty: what was in it is not known, so that all of its amount is rest.
    pub items: &'a [Item],
    pub country: Option<&'a str>,
    /// How it is known who brought it.
    pub via: AttributedVia,
    pub occurred_at: Timestamp,
    /// `None`: the event names no customer.
    pub customer: Option<CustomerHistory>,
}

impl EarningEvent<'_> {
    /// Whether a component of this basis counts it for FIRST, SUBSEQUENT and the start of `recurringMonths`.
    fn counts_for(&self, basis: BasisKind) -> bool {
        match basis {
            BasisKind::Fixed => event::is_qualifying(self.kind, self.amount),
            BasisKind::Percent | BasisKind::GroupRules => event::has_amount(self.amount),
        }
    }
}

/// The customer's recorded history with the partner, before the event.
#[derive(Clone, Copy, Debug)]
pub struct CustomerHistory {
    pub acquired_at: Timestamp,
    /// When the first recorded events with the partner occurred, of any type and of this event's type.
    pub first_of_any: FirstEvents,
    pub first_of_type: FirstEvents,
    /// Whether the customer already has a charge above 0 with the partner that was not wholly refunded.
    pub is_qualified: bool,
    /// With any partner of the tenant.
    pub stage: CustomerStage,
}

/// When the first recorded events occurred that count for FIRST, SUBSEQUENT and the start of `recurringMonths`. Free
/// trials do not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FirstEvents {
    /// A conversion, or a charge above 0: for components of a fixed amount.
    pub qualifying: Option<Timestamp>,
    /// One with an amount above 0: for components that pay a share of amounts.
    pub with_amount: Option<Timestamp>,
}

impl FirstEvents {
    /// The stage of a customer of whom these are the first.
    pub fn stage(self) -> CustomerStage {
        match (self.with_amount, self.qualifying) {
            (Some(_), _) => CustomerStage::Buyer,
            (None, Some(_)) => CustomerStage::Lead,
            (None, None) => CustomerStage::New,
        }
    }

    /// These, or else the later ones.
    #[must_use]
    pub fn or(self, later: Self) -> Self {
        Self {
            qualifying: self.qualifying.or(later.qualifying),
            with_amount: self.with_amount.or(later.with_amount),
        }
    }

    /// The next event in the order of recording.
    pub fn note(&mut self, kind: EventKind, amount: Option<Money>, occurred_at: Timestamp) {
        let of = |counts: bool| counts.then_some(occurred_at);
        *self = self.or(Self {
            qualifying: of(event::is_qualifying(kind, amount)),
            with_amount: of(event::has_amount(amount)),
        });
    }

    /// The one that a component of this basis counts.
    pub fn of(self, basis: BasisKind) -> Option<Timestamp> {
        match basis {
            BasisKind::Fixed => self.qualifying,
            BasisKind::Percent | BasisKind::GroupRules => self.with_amount,
        }
    }
}

/// The inputs of a group's rules other than the event, as of before the event.
#[derive(Clone, Copy, Debug)]
pub struct GroupRuleFacts {
    /// In the event's currency.
    pub partner_ltv: Decimal,
    pub qualified_customers: u32,
}
