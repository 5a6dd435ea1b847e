//! Simulates terms on made-up events, with the functions that record real ones. Writes nothing.

use std::collections::{HashMap, HashSet};

use rust_decimal::Decimal;

use crate::app::App;
use crate::snapshot::SnapshotDraft;
use crate::{ServiceError, require, stored};
use auth::{Caller, Resource};
use domain::Timestamp;
use domain::accrual::{
    self, ComponentEarning, ConsideredTerm, CustomerHistory, EarningEvent, FirstEvents, GroupRuleFacts, Verdict,
};
use domain::attribution::AttributionSettings;
use domain::campaign::{Campaign, CampaignStatus};
use domain::commission::mature_at;
use domain::event::{AttributedVia, EventKind};
use domain::id::{self, CampaignId, PartnerId, SnapshotId};
use domain::items::{self, Item, ItemDraft};
use domain::money::{Currency, Money};
use domain::problem::{Fault, ProblemCode, Problems};
use domain::snapshot::{CommissionSnapshot, SnapshotSource};
use domain::terms::{self, TermDraft};
use domain::{text, time};

/// Maximum number of events of one simulation.
const MAX_EVENTS: usize = 500;

/// Terms, and events to simulate them on.
#[derive(Clone, Debug)]
pub struct TermsSimulation {
    pub terms: Vec<TermDraft>,
    pub holdback_days: Option<i32>,
    /// A snapshot that takes precedence over the terms.
    pub snapshot: Option<SnapshotDraft>,
    /// The group whose rules apply; `None`: the tenant's default group, if there is one.
    pub partner_group_id: Option<String>,
    pub events: Vec<SimulatedEvent>,
}

#[derive(Clone, Debug)]
pub struct SimulatedEvent {
    pub kind: EventKind,
    pub event_type: Option<String>,
    pub amount: Option<(Decimal, Currency)>,
    pub items: Vec<ItemDraft>,
    /// An ISO 3166-1 alpha-2 code.
    pub country: Option<String>,
    /// How it would be known who brought it.
    pub via: AttributedVia,
    pub occurred_at: Timestamp,
    pub customer: Option<String>,
}

/// What one event would earn from one component.
#[derive(Clone, Debug)]
pub struct SimulatedCommission {
    pub event: usize,
    pub earned: ComponentEarning,
    pub holdback_days: Option<u32>,
    pub mature_at: Option<Timestamp>,
}

/// What the events would earn one partner of the campaign, recorded in the order of the list when they occur.
pub async fn simulate(
    app: &App,
    caller: &Caller,
    input: TermsSimulation,
) -> Result<Vec<SimulatedCommission>, ServiceError> {
    let writer = caller.write(Resource::Campaigns)?;
    let scope = writer.scope();
    let now = app.clock.now();
    let tenant = store::tenant::get(app.store.reader(), &scope).await?;
    let (zone, base) = (tenant.time_zone, tenant.base_currency);
    let mut problems = Problems::new();
    if !problems.size("events", input.events.len(), MAX_EVENTS) {
        return Err(problems.into());
    }
    let terms = terms::terms(input.terms, base, &mut problems);
    let holdback_days = problems.optional("holdbackDays", input.holdback_days, terms::holdback_days);
    let snapshot = problems.within("snapshot", |problems| match input.snapshot {
        None => Some(None),
        Some(draft) => {
            let terms = terms::promised(draft.terms, base, problems);
            let holdback = problems.optional("holdbackDays", draft.holdback_days, terms::holdback_days);
            let campaign = match &draft.campaign_id {
                Some(id) => problems.id::<id::Campaign>("campaignId", id).map(Some),
                None => Some(None),
            };
            Some(Some((campaign?, terms?, holdback?)))
        }
    });
    // The terms of the simulation are those of the campaign for which the snapshot was promised.
    let promised_for = snapshot.iter().flatten().find_map(|(campaign, ..)| *campaign);
    if let Some(id) = promised_for {
        let found = stored::find(app.store.reader(), &scope, id).await?;
        problems.found("snapshot.campaignId", found);
    }
    // The explanation of what a group pays reveals its rules.
    let may_show_rules = caller.read(Resource::PartnerGroups).map(|_| ());
    let group = match &input.partner_group_id {
        None => store::partner_group::find_default(app.store.reader(), &scope).await?,
        Some(text) => match problems.id::<id::PartnerGroup>("partnerGroupId", text) {
            Some(id) => {
                may_show_rules.clone()?;
                let found = store::partner_group::find(app.store.reader(), &scope, id).await?;
                problems.found("partnerGroupId", found)
            }
            None => None,
        },
    };
    let given: Vec<_> = input.events.into_iter().map(SimulatedEvent::normalised).collect();
    let events = problems.within("events", |problems| {
        let events = given
            .iter()
            .enumerate()
            .map(|(index, event)| problems.within(index, |problems| checked(event, problems)));
        events.collect::<Option<Vec<_>>>()
    });
    require!(problems; terms, holdback_days, snapshot, events);
    let campaign = Campaign {
        id: promised_for.unwrap_or_else(|| CampaignId::new(now)),
        name: String::new(),
        external_id: None,
        status: CampaignStatus::Active,
        terms,
        holdback_days,
        starts_at: None,
        ends_at: None,
        advertiser_id: None,
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let promised = snapshot.map(|(campaign_id, terms, holdback_days)| CommissionSnapshot {
        id: SnapshotId::new(now),
        partner_id: PartnerId::new(now),
        campaign_id,
        version: 1,
        terms,
        holdback_days,
        source: SnapshotSource::Invite,
        reason: None,
        created_at: now,
        sequence: 0,
        superseded_at: None,
    });
    let in_force = accrual::terms_in_force(promised.as_slice(), Some(&campaign));

    let mut past = SimulatedPast::default();
    let mut commissions = Vec::new();
    for (index, event) in events.iter().enumerate() {
        let earning = past.earning_event(event);
        let considered = accrual::consider(&in_force, &earning, zone, base);
        if group.is_some() && considered.iter().any(ConsideredTerm::uses_group_rules) {
            may_show_rules.clone()?;
        }
        let group = group.as_ref().map(|group| (group, past.standing(event)));
        match accrual::earned(&in_force, considered, &earning, group, zone, base) {
            Ok(verdicts) => {
                let earned = verdicts.into_iter().filter_map(Verdict::earned);
                commissions.extend(earned.map(|earned| SimulatedCommission {
                    event: index,
                    earned,
                    holdback_days: in_force.holdback_days,
                    mature_at: mature_at(event.occurred_at, in_force.holdback_days),
                }));
            }
            Err(error) => {
                let message = format!("earns too much: {error}");
                problems.add(&format!("events.{index}.amount"), ProblemCode::Invalid, message);
            }
        }
        past.record(event);
    }
    require!(problems);
    Ok(commissions)
}

impl SimulatedEvent {
    /// The event with its texts as they would be kept.
    fn normalised(self) -> Self {
        Self {
            event_type: self.event_type.as_deref().map(text::normalised),
            customer: self.customer.as_deref().map(text::normalised),
            ..self
        }
    }
}

#[derive(Debug)]
struct CheckedSimulation<'a> {
    kind: EventKind,
    event_type: Option<&'a str>,
    amount: Option<Money>,
    items: Vec<Item>,
    country: Option<String>,
    via: AttributedVia,
    occurred_at: Timestamp,
    customer: Option<&'a str>,
}

fn checked<'a>(event: &'a SimulatedEvent, problems: &mut Problems) -> Option<CheckedSimulation<'a>> {
    if event.kind.takes_back() {
        problems.add(
            "kind",
            ProblemCode::Invalid,
            "must be CHARGE or CONVERSION: refunds earn nothing",
        );
    }
    if let Some(event_type) = &event.event_type {
        problems.take("type", text::event_type(event_type));
    }
    problems.take("occurredAt", time::recorded(event.occurred_at));
    let amount = problems.within("amount", |problems| {
        problems.optional("amount", event.amount, |(amount, currency)| {
            if amount < Decimal::ZERO {
                return Err(Fault::invalid("must not be negative"));
            }
            Money::exact(amount, currency)
        })
    })?;
    let items = items::items(event.items.clone(), amount, problems)?;
    let country = problems.optional("country", event.country.as_deref(), items::country)?;
    let (event_type, customer) = (event.event_type.as_deref(), event.customer.as_deref());
    Some(CheckedSimulation {
        kind: event.kind,
        event_type,
        amount,
        items,
        country,
        via: event.via,
        occurred_at: event.occurred_at,
        customer,
    })
}

/// What was recorded before, as the store would return it.
#[derive(Default)]
struct SimulatedPast<'a> {
    acquired_at: HashMap<&'a str, Timestamp>,
    first_of_any: HashMap<&'a str, FirstEvents>,
    first_of_type: HashMap<(&'a str, &'a str), FirstEvents>,
    qualified: HashSet<&'a str>,
    lifetime_value: HashMap<Currency, Decimal>,
}

impl<'a> SimulatedPast<'a> {
    fn earning_event<'e>(&self, event: &'e CheckedSimulation<'a>) -> EarningEvent<'e> {
        let customer = event.customer.map(|customer| {
            let of_type = |kind| self.first_of_type.get(&(customer, kind)).copied();
            let first_of_any = self.first_of_any.get(customer).copied().unwrap_or_default();
            CustomerHistory {
                acquired_at: self.acquired_at.get(customer).copied().unwrap_or(event.occurred_at),
                first_of_any,
                // There is no other partner.
                stage: first_of_any.stage(),
                first_of_type: event.event_type.and_then(of_type).unwrap_or_default(),
                is_qualified: self.qualified.contains(customer),
            }
        });
        let (kind, event_type, amount) = (event.kind, event.event_type, event.amount);
        EarningEvent {
            kind,
            event_type,
            amount,
            items: &event.items,
            country: event.country.as_deref(),
            via: event.via,
            occurred_at: event.occurred_at,
            customer,
        }
    }

    fn standing(&self, event: &CheckedSimulation<'_>) -> GroupRuleFacts {
        let ltv = event
            .amount
            .and_then(|amount| self.lifetime_value.get(&amount.currency()));
        GroupRuleFacts {
            partner_ltv: ltv.copied().unwrap_or(Decimal::ZERO),
            qualified_customers: u32::try_from(self.qualified.len()).unwrap_or(u32::MAX),
        }
    }

    fn record(&mut self, event: &CheckedSimulation<'a>) {
        if let Some(customer) = event.customer {
            self.acquired_at.entry(customer).or_insert(event.occurred_at);
            let note = |first: &mut FirstEvents| first.note(event.kind, event.amount, event.occurred_at);
            note(self.first_of_any.entry(customer).or_default());
            if let Some(kind) = event.event_type {
                note(self.first_of_type.entry((customer, kind)).or_default());
            }
        }
        if let (EventKind::Charge, Some(amount)) = (event.kind, event.amount.filter(|amount| amount.minor() > 0)) {
            *self.lifetime_value.entry(amount.currency()).or_default() += amount.amount();
            self.qualified.extend(event.customer);
        }
    }
}
