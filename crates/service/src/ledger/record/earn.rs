//! What an event earns before any tier.

use super::look_up::EventLookup;
use super::prepared::{Prepared, PreparedEvents};
use super::recorder::{AttemptError, Recorder};
use domain::accrual::{
    self, ApplicableTerms, ComponentEarning, ConsideredTerm, CustomerHistory, CustomerStage, EarningEvent, FirstEvents,
    GroupRuleFacts, Verdict,
};
use domain::commission::{Commission, CommissionKind, ExplainedCommission, mature_at};
use domain::decision::Decision;
use domain::event::{AttributedVia, Event};
use domain::id::{CampaignId, CommissionId, PartnerId};
use domain::money::Currency;
use domain::partner_group::PartnerGroup;
use domain::problem::{ProblemCode, Problems};
use domain::snapshot::CommissionSnapshot;
use store::StoreError;
use store::partner::CreditedPartner;

impl Recorder<'_> {
    /// Determines what the event earns before any tier, and why. Returns the terms in force; `None` if it earns nothing
    /// whatever the terms.
    pub async fn earn(
        &self,
        prepared: &mut Prepared,
        snapshot: Option<&CommissionSnapshot>,
        found: &mut EventLookup,
        waiting: &PreparedEvents,
    ) -> Result<Option<ApplicableTerms>, AttemptError> {
        let (event, campaign) = (&prepared.event, prepared.campaign.as_ref());
        let Some(partner) = prepared.partner else {
            prepared.decision = prepared.nobody.clone();
            return Ok(None);
        };
        if let Some(reason) = accrual::stopped(partner.status, campaign, event.occurred_at) {
            prepared.decision = Decision::stopped(reason);
            return Ok(None);
        }
        let terms = accrual::terms_in_force(snapshot.map_or(&[], std::slice::from_ref), campaign);
        let stage = prepared.customer.as_ref().map(|(customer, _)| {
            let stage = found.known.stages.get(&customer.id);
            stage.copied().unwrap_or_default()
        });
        let history = self.history(prepared, &terms, waiting).await?;
        let history = history
            .zip(stage)
            .map(|(history, stage)| CustomerHistory { stage, ..history });
        prepared.made_with.customer_stage = stage.filter(|_| terms.asks_customer());
        let event = &prepared.event;
        let earning = EarningEvent {
            kind: event.kind,
            event_type: event.event_type.as_deref(),
            amount: event.amount,
            items: &event.items,
            country: event.country.as_deref(),
            via: event
                .attribution
                .map_or(AttributedVia::Named, |credited| credited.source.via),
            occurred_at: event.occurred_at,
            customer: history,
        };
        let (zone, base) = (prepared.zone, prepared.base);
        let considered = accrual::consider(&terms, &earning, zone, base);
        let uses_group_rules = considered.iter().any(ConsideredTerm::uses_group_rules);
        let group = match uses_group_rules || terms.is_fallback {
            true => self.group(&partner, found).await?,
            false => None,
        };
        prepared.made_with.group = group.as_ref().map(|group| (group.id, group.version));
        prepared.made_with.snapshot = terms.snapshot_id;
        prepared.made_with.source = Some(terms.source(group.is_some(), partner.group_id.is_none()));
        if let Some(reason) = terms.unpaid(group.is_some()) {
            prepared.decision = Decision::stopped(reason);
            return Ok(Some(terms));
        }
        let group = match (&group, event.amount) {
            (Some(group), Some(charged)) if uses_group_rules => Some((
                group,
                self.standing(&partner, charged.currency(), found, waiting).await?,
            )),
            _ => None,
        };
        let verdicts = accrual::earned(&terms, considered, &earning, group, zone, base).map_err(|error| {
            let message = format!("earns too much: {error}");
            AttemptError::from(Problems::one("amount", ProblemCode::Invalid, message))
        })?;
        let components = verdicts.iter().map(Verdict::component).collect();
        let campaign = campaign.map(|campaign| campaign.id);
        let now = event.recorded_at;
        let earned = verdicts.into_iter().filter_map(Verdict::earned).collect();
        prepared.rows = rows(event, partner.id, campaign, &terms, earned, || CommissionId::new(now));
        prepared.decision = Decision::of(components);
        Ok(Some(terms))
    }

    /// The partner's own group, or else the default one.
    async fn group(
        &self,
        partner: &CreditedPartner,
        found: &mut EventLookup,
    ) -> Result<Option<PartnerGroup>, StoreError> {
        if let Some(group) = found.known.groups.get(&partner.group_id) {
            return Ok(group.clone());
        }
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        let group = match partner.group_id {
            Some(id) => store::partner_group::find(transaction, &scope, id).await?,
            None => store::partner_group::find_default(transaction, &scope).await?,
        };
        found.known.groups.insert(partner.group_id, group.clone());
        Ok(group)
    }

    /// The facts that the group's rules depend on.
    async fn standing(
        &self,
        partner: &CreditedPartner,
        currency: Currency,
        found: &mut EventLookup,
        waiting: &PreparedEvents,
    ) -> Result<GroupRuleFacts, StoreError> {
        let recorded = match found.known.standings.as_ref() {
            Some(recorded) => recorded,
            None => {
                let (scope, transaction) = (self.writer.scope(), self.transaction);
                let partners: Vec<_> = found.partners.keys().map(|id| id.uuid()).collect();
                let recorded = (
                    store::standing::lifetime_values_of(transaction, &scope, &partners).await?,
                    store::bulk::ledger::qualified_customers_of(transaction, &scope, &partners).await?,
                );
                found.known.standings.insert(recorded)
            }
        };
        let (values, qualified) = (recorded.0.get(&partner.id.uuid()), recorded.1.get(&partner.id.uuid()));
        let value = values.and_then(|values| values.iter().find(|value| value.currency == currency));
        let (ltv, newly) = waiting.standing(partner.id, currency);
        let ltv = value.map_or(0, |value| value.minor).saturating_add(ltv);
        let qualified = qualified.copied().unwrap_or(0) + newly;
        Ok(GroupRuleFacts {
            partner_ltv: rust_decimal::Decimal::new(ltv, currency.exponent()),
            qualified_customers: u32::try_from(qualified).unwrap_or(0),
        })
    }

    /// What was recorded of the customer with the partner before; only what the terms depend on is read.
    async fn history(
        &self,
        prepared: &Prepared,
        terms: &ApplicableTerms,
        waiting: &PreparedEvents,
    ) -> Result<Option<CustomerHistory>, StoreError> {
        let (Some((customer, is_new)), Some(partner)) = (&prepared.customer, &prepared.partner) else {
            return Ok(None);
        };
        let mut history = CustomerHistory {
            acquired_at: customer.acquired_at,
            first_of_any: FirstEvents::default(),
            first_of_type: FirstEvents::default(),
            is_qualified: prepared.paid_charges > 0,
            stage: CustomerStage::default(),
        };
        if *is_new {
            return Ok(Some(history));
        }
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        let event_type = prepared.event.event_type.as_deref();
        let (both, before) = ((partner.id, customer.id), prepared.event.id);
        if terms
            .terms
            .iter()
            .any(|term| term.recurring_months.is_some() && term.event_type.is_none())
        {
            let first = store::event::first_events(transaction, &scope, both, None, before).await?;
            history.first_of_any = first.or(waiting.first_events(partner.id, customer.id, None));
        }
        if event_type.is_some() && terms.terms.iter().any(|term| term.event_type.as_deref() == event_type) {
            let first = store::event::first_events(transaction, &scope, both, event_type, before).await?;
            history.first_of_type = first.or(waiting.first_events(partner.id, customer.id, event_type));
        }
        Ok(Some(history))
    }
}

/// The rows for what an event earned. `id` generates their ids, in the order of writing.
pub fn rows(
    event: &Event,
    partner: PartnerId,
    campaign: Option<CampaignId>,
    terms: &ApplicableTerms,
    earned: Vec<ComponentEarning>,
    mut id: impl FnMut() -> CommissionId,
) -> Vec<ExplainedCommission> {
    let now = event.recorded_at;
    let row = |earned: &ComponentEarning, id| Commission {
        campaign_id: campaign,
        event_id: Some(event.id),
        attribution_id: event.attribution.map(|credited| credited.id),
        snapshot_id: terms.snapshot_id,
        basis: Some(earned.basis),
        sight: earned.sight,
        holdback_days: terms.holdback_days,
        mature_at: mature_at(now, terms.holdback_days),
        ..Commission::accrued(id, CommissionKind::Event, partner, earned.amount, now)
    };
    let rows = earned.into_iter();
    rows.map(|earned| row(&earned, id()).explained(earned.explanation))
        .collect()
}
