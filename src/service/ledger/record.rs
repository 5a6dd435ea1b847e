//! Recording events: each once, with the commissions that it earns, in one transaction.

use sea_orm::{ConnectionTrait, DbBackend};

use super::event::{CheckedEvent, NewEvent};
use super::posting::Posting;
use super::{lock_partners, refund, tiers};
use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::domain::accrual::{self, CustomerHistory, Earned, Happening, Standing, TermsInForce};
use crate::domain::campaign::Campaign;
use crate::domain::commission::{Commission, CommissionKind, CommissionStatus, PaymentTarget, mature_at};
use crate::domain::event::{Attribution, Customer, Event, EventKind};
use crate::domain::id::{self, AttributionId, CampaignId, CommissionId, CustomerId, EventId, PartnerId};
use crate::domain::partner::Partner;
use crate::domain::problem::{Problem, ProblemCode, Problems};
use crate::domain::tenant::Tenant;
use crate::domain::terms::BasisKind;
use crate::service::ServiceError;
use crate::store::recording::{Asked, Facts};
use crate::store::{self, StoreError, Transaction, Writes};

/// The most events of one call.
pub const MAX_EVENTS: usize = 500;

/// A recorded event and its own rows.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub event: Event,
    pub commissions: Vec<Commission>,
    /// How many payouts its recording adjusted retroactively.
    pub adjustments: u64,
    /// It had been recorded before; nothing was written now.
    pub duplicate: bool,
}

/// What became of one event of a list: recorded, or what to mend.
pub type Answer = Result<Recorded, Vec<Problem>>;

/// How one attempt ended without an answer.
enum Interrupted {
    /// What to mend; nothing was written.
    Rejected(Vec<Problem>),
    /// Another writer recorded the same event meanwhile: look again.
    Raced,
    Store(StoreError),
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problems> for Interrupted {
    fn from(problems: Problems) -> Self {
        Self::Rejected(problems.into_vec())
    }
}

/// Records events in the order of the list; each stands alone. An event that was recorded before is answered with what
/// it was then.
pub async fn record(app: &App, caller: &Caller, events: Vec<NewEvent>) -> Result<Vec<Answer>, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    if events.len() > MAX_EVENTS {
        let mut problems = Problems::new();
        problems.add(
            "",
            ProblemCode::Invalid,
            format!("at most {MAX_EVENTS} events are recorded at once"),
        );
        return Err(problems.into());
    }
    let recorder = Recorder { app, writer };
    // SQLite has one writer, who saves a flush to disk for every event that shares a transaction. On PostgreSQL a
    // transaction that locked many partners would make others wait and could deadlock.
    let together = match app.store.reader().get_database_backend() {
        DbBackend::Sqlite => MAX_EVENTS,
        _ => 1,
    };
    let mut answers = Vec::with_capacity(events.len());
    for chunk in events.chunks(together) {
        answers.extend(recorder.record_together(chunk).await?);
    }
    Ok(answers)
}

struct Recorder<'a> {
    app: &'a App,
    writer: Writer,
}

/// Everything that is known of an event before anything is written.
struct Prepared {
    tenant: Tenant,
    event: Event,
    partner: Option<Partner>,
    campaign: Option<Campaign>,
    customer: Option<(Customer, bool)>,
    paid_charges: i64,
    /// Its own rows, after the tiers.
    rows: Vec<Commission>,
    effects: tiers::Effects,
}

/// What is found of an event before it is written.
enum Found {
    /// It was recorded before.
    Known(Box<Recorded>),
    New(Box<Prepared>),
}

impl Recorder<'_> {
    async fn record_together(&self, events: &[NewEvent]) -> Result<Vec<Answer>, ServiceError> {
        // A race is lost to a writer who has committed by now; losing several in a row takes several of them.
        const ATTEMPTS: usize = 5;
        let mut attempt = 1;
        loop {
            let transaction = self.app.store.begin().await?;
            match self.record_in(&transaction, events).await {
                Ok(answers) => {
                    transaction.commit().await?;
                    return Ok(answers);
                }
                Err(Interrupted::Raced) if attempt < ATTEMPTS => {}
                Err(Interrupted::Store(error)) if attempt < ATTEMPTS && store::is_passing(&error) => {}
                // A tier that would have counted it was deleted meanwhile.
                Err(Interrupted::Store(error)) if attempt < ATTEMPTS && store::is_reference_violation(&error) => {}
                Err(Interrupted::Store(error)) => return Err(error.into()),
                Err(Interrupted::Rejected(problems)) => return Err(ServiceError::Rejected(problems)),
                Err(Interrupted::Raced) => {
                    let mut problems = Problems::new();
                    problems.add(
                        "externalId",
                        ProblemCode::Conflict,
                        "is being recorded by others: try again",
                    );
                    return Err(problems.into());
                }
            }
            transaction.rollback().await?;
            attempt += 1;
        }
    }

    async fn record_in(&self, transaction: &Transaction, events: &[NewEvent]) -> Result<Vec<Answer>, Interrupted> {
        let mut answers = Vec::with_capacity(events.len());
        for event in events {
            match self.record_one(transaction, event.clone()).await {
                Ok(recorded) => answers.push(Ok(recorded)),
                // Found before anything was written, so the others are not concerned.
                Err(Interrupted::Rejected(problems)) => answers.push(Err(problems)),
                Err(interrupted) => return Err(interrupted),
            }
        }
        Ok(answers)
    }

    async fn record_one(&self, transaction: &Transaction, event: NewEvent) -> Result<Recorded, Interrupted> {
        let mut problems = Problems::new();
        let checked = event.check(&mut problems);
        let (Some(checked), true) = (checked, problems.is_empty()) else {
            return Err(problems.into());
        };
        if checked.kind.takes_back() {
            return match self.known(transaction, &checked).await? {
                Some(known) => Ok(known),
                None => self.take_back(transaction, checked).await,
            };
        }
        // Boxed: both are large, and so would be every future around them.
        match Box::pin(self.prepare(transaction, checked)).await? {
            Found::Known(recorded) => Ok(*recorded),
            Found::New(prepared) => Box::pin(self.write(transaction, *prepared)).await,
        }
    }

    /// The event as it was recorded before; a CONFLICT if its content was another.
    async fn known(&self, transaction: &Transaction, checked: &CheckedEvent) -> Result<Option<Recorded>, Interrupted> {
        let scope = self.writer.scope();
        let Some(event) = store::event::find_by_external_id(transaction, &scope, &checked.external_id).await? else {
            return Ok(None);
        };
        if event.content != checked.content {
            let mut problems = Problems::new();
            problems.add(
                "externalId",
                ProblemCode::Conflict,
                "was recorded before with other content",
            );
            return Err(problems.into());
        }
        let commissions = store::commission::of_event(transaction, &scope, event.id).await?;
        let own = commissions
            .into_iter()
            .filter(|row| row.kind != CommissionKind::TierAdjustment)
            .collect();
        Ok(Some(Recorded {
            adjustments: store::tier_result::count_caused(transaction, &scope, event.id).await?,
            event,
            commissions: own,
            duplicate: true,
        }))
    }

    /// Looks everything up and works everything out, the partner locked.
    async fn prepare(&self, transaction: &Transaction, checked: CheckedEvent) -> Result<Found, Interrupted> {
        let scope = self.writer.scope();
        let mut problems = Problems::new();
        let named_partner = match &checked.partner_id {
            Some(id) => problems.id::<id::Partner>("partnerId", id),
            None => None,
        };
        let named_campaign = match &checked.campaign_id {
            Some(id) => problems.id::<id::Campaign>("campaignId", id),
            None => None,
        };
        // What the event leaves out comes from the customer.
        let names_all = named_partner.is_some() && named_campaign.is_some();
        let asked_customer = checked.customer_external_id.as_deref().filter(|_| !names_all);
        let bound_customer = match asked_customer {
            Some(external_id) => store::customer::find_by_external_id(transaction, &scope, external_id).await?,
            None => None,
        };
        let (partner_id, campaign_id) = credited(named_partner, named_campaign, bound_customer.as_ref());
        let partner = match partner_id {
            Some(id) => lock_partners(transaction, &self.writer, vec![id]).await?.pop(),
            None => None,
        };
        // Not before the lock: while this one waited for it, another may have recorded the same event.
        let asked = Asked {
            external_id: &checked.external_id,
            partner: partner.as_ref().map(|partner| partner.id),
            campaign: campaign_id,
            customer_external_id: checked.customer_external_id.as_deref(),
        };
        let facts = store::recording::facts(transaction, &scope, &asked).await?;
        if facts.is_known
            && let Some(known) = self.known(transaction, &checked).await?
        {
            return Ok(Found::Known(Box::new(known)));
        }
        let Facts {
            tenant,
            campaign,
            customer: known_customer,
            paid_charges,
            ..
        } = facts;
        if asked_customer.is_some() && known_customer != bound_customer {
            return Err(Interrupted::Raced);
        }
        if named_partner.is_some() {
            problems.found("partnerId", partner.as_ref());
        }
        if named_campaign.is_some()
            && problems.found("campaignId", campaign.as_ref()).is_some()
            && partner_id.is_none()
            && checked.partner_id.is_none()
        {
            problems.add(
                "partnerId",
                ProblemCode::Required,
                "must say whom the campaign's event is credited to",
            );
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        // Not before the lock, either: what was recorded while this one waited for it is earlier, and ids follow the time.
        let now = self.app.clock.now();
        let occurred_at = checked.occurred_at.unwrap_or(now);
        let customer = checked
            .customer_external_id
            .clone()
            .map(|external_id| match known_customer {
                Some(customer) => (customer, false),
                None => {
                    let acquired_at = checked.customer_acquired_at.unwrap_or(occurred_at);
                    let (id, partner_id) = (CustomerId::new(now), partner.as_ref().map(|partner| partner.id));
                    (
                        Customer {
                            id,
                            external_id,
                            acquired_at,
                            partner_id,
                            campaign_id,
                        },
                        true,
                    )
                }
            });
        let attribution = partner.as_ref().map(|partner| Attribution {
            id: AttributionId::new(now),
            partner_id: partner.id,
            campaign_id: campaign.as_ref().map(|campaign| campaign.id),
        });
        let is_charge = checked.kind == EventKind::Charge;
        let event = Event {
            id: EventId::new(now),
            external_id: checked.external_id,
            content: checked.content,
            kind: checked.kind,
            event_type: checked.event_type,
            base: checked.base,
            amount: checked.amount,
            revenue: checked.revenue,
            occurred_at,
            recorded_at: now,
            customer_id: customer.as_ref().map(|(customer, _)| customer.id),
            attribution,
            original_id: None,
            metadata: checked.metadata,
            refunded_minor: 0,
            wholly_refunded: false,
        };
        let mut prepared = Prepared {
            tenant,
            event,
            partner,
            campaign,
            customer,
            paid_charges: if is_charge { paid_charges } else { 0 },
            rows: Vec::new(),
            effects: tiers::Effects::default(),
        };
        let terms = self.work_out(transaction, &mut prepared).await?;
        self.apply_tiers(transaction, &mut prepared, terms.as_ref()).await?;
        Ok(Found::New(Box::new(prepared)))
    }

    /// What tiers make of it.
    async fn apply_tiers(
        &self,
        transaction: &Transaction,
        prepared: &mut Prepared,
        terms: Option<&TermsInForce>,
    ) -> Result<(), Interrupted> {
        let (Some(partner), Some(campaign)) = (&prepared.partner, &prepared.campaign) else {
            return Ok(());
        };
        let arriving = tiers::Arriving {
            event: &prepared.event,
            partner,
            campaign,
            terms,
            zone: prepared.tenant.time_zone,
        };
        let effects = tiers::arrive(transaction, &self.writer, &arriving, &mut prepared.rows).await;
        prepared.effects = effects.map_err(|failure| match failure {
            tiers::Failure::Store(error) => Interrupted::Store(error),
            tiers::Failure::TooLarge(error) => {
                let mut problems = Problems::new();
                problems.add(
                    "amount",
                    ProblemCode::Invalid,
                    format!("counts too much for a tier: {error}"),
                );
                Interrupted::from(problems)
            }
        })?;
        Ok(())
    }

    /// What the event earns before any tier; the terms in force, unless it earns nothing by its nature.
    async fn work_out(
        &self,
        transaction: &Transaction,
        prepared: &mut Prepared,
    ) -> Result<Option<TermsInForce>, Interrupted> {
        let scope = self.writer.scope();
        let (event, campaign) = (&prepared.event, prepared.campaign.as_ref());
        let Some(partner) = &prepared.partner else {
            return Ok(None);
        };
        if !accrual::earns(partner.status, campaign, event.occurred_at) {
            return Ok(None);
        }
        let snapshots = store::snapshot::of_partners(transaction, &scope, &[partner.id.uuid()]).await?;
        let snapshots = snapshots.into_values().next().unwrap_or_default();
        let terms = accrual::terms_in_force(&snapshots, campaign);
        let history = self.history(transaction, prepared, &terms).await?;
        let happening = Happening {
            kind: event.kind,
            event_type: event.event_type.as_deref(),
            amount: event.amount,
            occurred_at: event.occurred_at,
            customer: history,
        };
        let (zone, base) = (prepared.tenant.time_zone, prepared.tenant.base_currency);
        let matching = accrual::matching(&terms, &happening, zone, base);
        let by_group = matching
            .iter()
            .any(|(_, term)| term.basis_kind() == BasisKind::GroupRules);
        let group = match (by_group, event.amount) {
            (true, Some(charged)) => {
                let group = match partner.group_id {
                    Some(id) => store::partner_group::find(transaction, &scope, id).await?,
                    None => store::partner_group::find_default(transaction, &scope).await?,
                };
                let currency = charged.currency();
                let ltv = store::standing::lifetime_value(transaction, &scope, partner.id, currency).await?;
                let qualified = store::standing::qualified_customers(transaction, &scope, partner.id).await?;
                let standing = Standing {
                    partner_ltv: rust_decimal::Decimal::new(ltv, currency.exponent()),
                    qualified_customers: u32::try_from(qualified).unwrap_or(0),
                };
                group.map(|group| (group, standing))
            }
            _ => None,
        };
        let group = group.as_ref().map(|(group, standing)| (group, *standing));
        let earned = accrual::earned(&terms, &matching, &happening, group, zone, base).map_err(|error| {
            let mut problems = Problems::new();
            problems.add("amount", ProblemCode::Invalid, format!("earns too much: {error}"));
            Interrupted::from(problems)
        })?;
        let campaign = campaign.map(|campaign| campaign.id);
        let now = event.recorded_at;
        prepared.rows = rows(event, partner.id, campaign, &terms, earned, || CommissionId::new(now));
        Ok(Some(terms))
    }

    /// What was recorded of the customer with the partner before; only what the terms look at is read.
    async fn history(
        &self,
        transaction: &Transaction,
        prepared: &Prepared,
        terms: &TermsInForce,
    ) -> Result<Option<CustomerHistory>, StoreError> {
        let (Some((customer, is_new)), Some(partner)) = (&prepared.customer, &prepared.partner) else {
            return Ok(None);
        };
        let mut history = CustomerHistory {
            acquired_at: customer.acquired_at,
            first_of_any: None,
            first_of_type: None,
            is_qualified: prepared.paid_charges > 0,
        };
        if *is_new {
            return Ok(Some(history));
        }
        let scope = self.writer.scope();
        let event_type = prepared.event.event_type.as_deref();
        if terms
            .terms
            .iter()
            .any(|term| term.recurring_months.is_some() && term.event_type.is_none())
        {
            history.first_of_any =
                store::event::first_occurred_at(transaction, &scope, partner.id, customer.id, None).await?;
        }
        if event_type.is_some() && terms.terms.iter().any(|term| term.event_type.as_deref() == event_type) {
            history.first_of_type =
                store::event::first_occurred_at(transaction, &scope, partner.id, customer.id, event_type).await?;
        }
        Ok(Some(history))
    }

    async fn write(&self, transaction: &Transaction, prepared: Prepared) -> Result<Recorded, Interrupted> {
        let Prepared {
            tenant: _,
            event,
            partner,
            campaign,
            customer,
            paid_charges,
            rows,
            effects,
        } = prepared;
        let (tenant, now) = (self.writer.tenant(), event.recorded_at);
        let mut writes = Writes::default();
        match &customer {
            Some((customer, true)) => store::customer::add(&mut writes, tenant, customer),
            Some((customer, false)) => {
                if let (None, Some(partner)) = (customer.partner_id, &partner) {
                    let campaign = campaign.as_ref().map(|campaign| campaign.id);
                    store::customer::bind(transaction, tenant, customer.id, partner.id, campaign).await?;
                }
            }
            None => {}
        }
        store::event::add(&mut writes, tenant, &event);
        let Some(partner) = partner else {
            writes.run(transaction).await.map_err(raced)?;
            return Ok(Recorded {
                event,
                commissions: Vec::new(),
                adjustments: 0,
                duplicate: false,
            });
        };
        if let Some(campaign) = &campaign {
            store::campaign::join(&mut writes, tenant, partner.id, &[campaign.id], now);
        }
        if let (EventKind::Charge, Some(amount)) = (event.kind, event.amount)
            && amount.minor() > 0
        {
            let (currency, minor) = (amount.currency(), amount.minor());
            store::standing::add_lifetime_value(&mut writes, tenant, partner.id, currency, minor);
            if let Some((customer, _)) = &customer {
                store::standing::count_paid_charge(&mut writes, tenant, partner.id, customer.id, paid_charges, 1);
            }
        }
        let mut posting = Posting::new(tenant, self.writer.actor(), now);
        for row in &rows {
            posting.write(row.clone(), None);
        }
        for (row, reason) in &effects.adjustments {
            posting.write(row.clone(), Some(reason));
        }
        posting.write_with(transaction, writes).await.map_err(raced)?;
        effects.write_to(transaction, tenant).await?;
        Ok(Recorded {
            event,
            commissions: rows,
            adjustments: effects.count(),
            duplicate: false,
        })
    }

    async fn take_back(&self, transaction: &Transaction, checked: CheckedEvent) -> Result<Recorded, Interrupted> {
        let mut problems = Problems::new();
        let taken = refund::record(transaction, &self.writer, checked, &self.app.clock, &mut problems).await?;
        match taken {
            Some(refund::Taken::Done(event, commissions)) => Ok(Recorded {
                event: *event,
                commissions,
                adjustments: 0,
                duplicate: false,
            }),
            Some(refund::Taken::Raced) => Err(Interrupted::Raced),
            None => Err(problems.into()),
        }
    }
}

/// Another writer had the event's external id, or the customer's, a moment earlier.
fn raced(error: StoreError) -> Interrupted {
    match store::taken_field(&error) {
        Some("externalId" | "customerExternalId") => Interrupted::Raced,
        _ => Interrupted::Store(error),
    }
}

/// Whom an event is credited to. What it names counts; what it leaves out comes from the customer's binding, the
/// campaign only together with its partner.
fn credited(
    partner: Option<PartnerId>,
    campaign: Option<CampaignId>,
    customer: Option<&Customer>,
) -> (Option<PartnerId>, Option<CampaignId>) {
    let (bound_partner, bound_campaign) =
        customer.map_or((None, None), |customer| (customer.partner_id, customer.campaign_id));
    let credited = partner.or(bound_partner);
    let its_campaign = if credited == bound_partner {
        bound_campaign
    } else {
        None
    };
    (credited, campaign.or(its_campaign))
}

/// The rows of what an event earned. `id` makes their ids, in the order of writing.
pub fn rows(
    event: &Event,
    partner: PartnerId,
    campaign: Option<CampaignId>,
    terms: &TermsInForce,
    earned: Vec<Earned>,
    mut id: impl FnMut() -> CommissionId,
) -> Vec<Commission> {
    let now = event.recorded_at;
    let rows = earned.into_iter().map(|earned| Commission {
        id: id(),
        kind: CommissionKind::Event,
        status: CommissionStatus::Accrued,
        amount: earned.amount,
        payment_target: PaymentTarget::Partnership,
        recipient: None,
        partner_id: partner,
        campaign_id: campaign,
        event_id: Some(event.id),
        snapshot_id: terms.snapshot_id,
        adjusts_id: None,
        basis: Some(earned.basis),
        holdback_days: terms.holdback_days,
        accrued_at: now,
        mature_at: mature_at(now, terms.holdback_days),
        approved_at: None,
        paid_at: None,
        reversed_at: None,
        payout_id: None,
        explanation: earned.explanation,
    });
    rows.collect()
}
