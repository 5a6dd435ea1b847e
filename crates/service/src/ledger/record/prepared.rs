//! Events that are evaluated and not written yet: what they add to counts must count for later events, too.

use crate::ledger::tiers;
use domain::accrual::FirstEvents;
use domain::campaign::Campaign;
use domain::commission::ExplainedCommission;
use domain::decision::{Decision, MadeWith, NoCommissionReason};
use domain::event::{Customer, Event};
use domain::history::Moment;
use domain::id::{CommissionId, CustomerId, PartnerId, TenantId};
use domain::money::Currency;
use domain::touch::Visitor;
use store::Writes;
use store::partner::CreditedPartner;

/// Whether a visitor becomes the customer with whom an event names it.
pub enum VisitorTie {
    /// From now on it is the customer.
    New(Visitor),
    /// It is the customer already.
    Known,
    /// It is another customer, and stays so.
    Refused,
}

/// Everything that is known of an event before anything is written.
pub struct Prepared {
    /// The tenant's base currency and time zone.
    pub base: Currency,
    pub zone: chrono_tz::Tz,
    pub event: Event,
    /// Its moment in the history of the partner.
    pub moment: Option<Moment>,
    pub partner: Option<CreditedPartner>,
    pub campaign: Option<Campaign>,
    /// Why nobody is credited, if nobody is.
    pub nobody: Decision,
    /// What becomes of the visitor that the event names with its customer.
    pub tie: Option<VisitorTie>,
    /// The customer, and whether it is new.
    pub customer: Option<(Customer, bool)>,
    /// How many paid charges the customer has with the partner; 0 unless the event is a charge.
    pub paid_charges: i64,
    /// Whether tiers name its campaign or its advertiser.
    pub is_tiered: bool,
    /// Its own rows, after the tiers.
    pub rows: Vec<ExplainedCommission>,
    /// Why it earned these, and what was in force.
    pub decision: Decision,
    pub made_with: MadeWith,
    pub effects: tiers::Effects,
}

impl Prepared {
    /// An event that is not evaluated yet.
    pub fn new(
        (base, zone): (Currency, chrono_tz::Tz),
        event: Event,
        (partner, moment): (Option<CreditedPartner>, Option<Moment>),
        campaign: Option<Campaign>,
        customer: Option<(Customer, bool)>,
        paid_charges: i64,
    ) -> Self {
        let made_with = MadeWith::of(
            partner.map(|partner| (partner.status, partner.group_id)),
            campaign.as_ref(),
        );
        Self {
            base,
            zone,
            event,
            moment,
            partner,
            campaign,
            nobody: Decision::stopped(NoCommissionReason::Unattributed),
            tie: None,
            customer,
            paid_charges,
            is_tiered: false,
            rows: Vec::new(),
            decision: Decision::of(Vec::new()),
            made_with,
            effects: tiers::Effects::default(),
        }
    }

    pub fn partner_id(&self) -> Option<PartnerId> {
        self.partner.as_ref().map(|partner| partner.id)
    }

    /// Adds the writes of what tiers did; only events that are credited to a partner are counted by any.
    pub fn add_effects_to(&self, writes: &mut Writes, tenant: TenantId) {
        if let Some(moment) = self.moment {
            self.effects.add_to(writes, tenant, moment.sequence);
        }
    }

    /// The visitor that becomes the customer.
    pub fn new_visitor(&self) -> Option<&Visitor> {
        match &self.tie {
            Some(VisitorTie::New(visitor)) => Some(visitor),
            Some(VisitorTie::Known | VisitorTie::Refused) | None => None,
        }
    }

    /// Says in the decision that the visitor is another customer, if it is.
    pub fn note_visitor(&mut self) {
        if let Some(VisitorTie::Refused) = self.tie {
            let note = "the visitor is tied to another customer";
            self.decision.detail = Some(match self.decision.detail.take() {
                Some(detail) => format!("{detail}; {note}"),
                None => note.to_owned(),
            });
        }
    }

    /// The decision about the event, as it is stored.
    pub fn decided(&self) -> store::event_decision::NewDecision<'_> {
        store::event_decision::NewDecision {
            event: &self.event,
            decision: &self.decision,
            with: &self.made_with,
            number: 1,
            at: self.event.recorded_at,
        }
    }

    /// Completes the decision with what tiers made of the rows. `before` are the rows from before the tiers applied.
    pub fn decide(&mut self, before: &[CommissionId]) {
        let rows = || self.rows.iter().map(|earned| &earned.row);
        let left = |id: &CommissionId| rows().find(|row| row.id == *id).map(|row| row.amount);
        let amounts: Vec<_> = before.iter().map(left).collect();
        let decision = std::mem::replace(&mut self.decision, Decision::of(Vec::new()));
        self.decision = decision.rated(amounts);
        self.made_with.tiers = self.effects.tiers().collect();
    }

    /// The partner, the currency and the minor units of a charge above 0; `None` for other events.
    pub fn charged(&self) -> Option<(PartnerId, Currency, i64)> {
        let (partner, charged) = self.event.charged()?;
        Some((partner, charged.currency(), charged.minor()))
    }
}

/// Each with its index in the list, in the order of recording.
#[derive(Default)]
pub struct PreparedEvents(pub Vec<(usize, Prepared)>);

impl PreparedEvents {
    /// Whether tiers may count one of the partner's events.
    pub fn is_tiered(&self, partner: PartnerId) -> bool {
        self.of(partner).any(|event| event.is_tiered)
    }

    /// What the partner's events add to its lifetime value in this currency, in minor units, and how many customers
    /// they qualify.
    pub fn standing(&self, partner: PartnerId, currency: Currency) -> (i64, i64) {
        let (mut value, mut qualified) = (0_i64, 0);
        for event in self.of(partner) {
            if let Some((_, charged_in, minor)) = event.charged() {
                value = value.saturating_add(if charged_in == currency { minor } else { 0 });
                qualified += i64::from(event.customer.is_some() && event.paid_charges == 0);
            }
        }
        (value, qualified)
    }

    /// When the customer's first events with the partner occurred: of any type, or of the given one.
    pub fn first_events(&self, partner: PartnerId, customer: CustomerId, event_type: Option<&str>) -> FirstEvents {
        let events = self.of(partner).map(|prepared| &prepared.event);
        let mut first = FirstEvents::default();
        for event in events.filter(|event| event.customer_id == Some(customer)) {
            if event_type.is_none() || event.event_type.as_deref() == event_type {
                first.note(event.kind, event.amount, event.occurred_at);
            }
        }
        first
    }

    fn of(&self, partner: PartnerId) -> impl Iterator<Item = &Prepared> {
        let prepared = self.0.iter().map(|(_, prepared)| prepared);
        prepared.filter(move |prepared| prepared.partner_id() == Some(partner))
    }
}
