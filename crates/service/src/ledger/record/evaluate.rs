//! Evaluating one event.

use super::credit::Credit;
use super::look_up::EventLookup;
use super::prepared::{Prepared, PreparedEvents, VisitorTie};
use super::recorder::{AttemptError, RecordedEvent, Recorder};
use crate::ledger::event::{CheckedEvent, binding};
use crate::ledger::tiers;
use crate::require;
use domain::Timestamp;
use domain::accrual::ApplicableTerms;
use domain::decision::Decision;
use domain::event::{Attribution, AttributionSource, Customer, EventKind};
use domain::id::{CustomerId, EventId, VisitorId};
use domain::partner::PartnerStatus;
use domain::problem::{ProblemCode, Problems};
use domain::tiered::TieredCommission;
use domain::touch::Visitor;
use store::partner::CreditedPartner;
use store::recording::RecordingFacts;

pub enum EvaluatedEvent {
    /// It was recorded before.
    Known(Box<RecordedEvent>),
    New(Box<Prepared>),
    /// What it names must be looked up again.
    Later,
}

impl Recorder<'_> {
    /// Evaluates an event, taking what belongs to it out of `found`. `waiting` are earlier events that are not written
    /// yet.
    pub(super) async fn work_out(
        &self,
        event: CheckedEvent,
        found: &mut EventLookup,
        waiting: &PreparedEvents,
    ) -> Result<EvaluatedEvent, AttemptError> {
        let (credit, facts) = (
            found.credits.remove(&event.external_id),
            found.facts.remove(&event.external_id),
        );
        // Both were looked up by this id; without them, look again.
        let (Some(credit), Some(mut facts)) = (credit, facts) else {
            return Err(AttemptError::Raced);
        };
        if facts.is_known
            && let Some(known) = self.known(&event).await?
        {
            return Ok(EvaluatedEvent::Known(Box::new(known)));
        }
        let partner = credit.partner.and_then(|id| found.partners.get(&id)).copied();
        found.known.complete(&event, partner.as_ref(), &mut facts);
        // Another writer has bound the customer, or an earlier event has turned out differently than the lookup
        // assumed.
        if credit
            .asked
            .is_some_and(|asked| asked != binding(facts.customer.as_ref()))
        {
            return Ok(EvaluatedEvent::Later);
        }
        // The partner of the coupon or touch was revoked meanwhile, or a campaign credits events otherwise.
        let is_revoked =
            credit.needs_partner() && partner.is_some_and(|partner| partner.status == PartnerStatus::Revoked);
        if is_revoked || !found.holds(&credit, &facts) {
            return Ok(EvaluatedEvent::Later);
        }
        let (source, nobody) = check(&event, credit, partner.as_ref(), &facts)?;
        let snapshot = facts.snapshot.take();
        let mut prepared = prepare(event, (partner, source), facts, found.now);
        prepared.nobody = nobody;
        let terms = self.earn(&mut prepared, snapshot.as_ref(), found, waiting).await?;
        let before: Vec<_> = prepared.rows.iter().map(|earned| earned.row.id).collect();
        self.apply_tiers(&mut prepared, terms.as_ref(), &found.tiers).await?;
        prepared.decide(&before);
        prepared.note_visitor();
        found.known.note(&prepared);
        // The partner's next event of this transaction comes after this one.
        if let (Some(partner), Some(moment)) = (prepared.partner_id(), prepared.moment)
            && let Some(partner) = found.partners.get_mut(&partner)
        {
            partner.last = moment;
        }
        Ok(EvaluatedEvent::New(Box::new(prepared)))
    }

    /// Applies these tiers to the event.
    pub async fn apply_tiers(
        &self,
        prepared: &mut Prepared,
        terms: Option<&ApplicableTerms>,
        tiered: &[TieredCommission],
    ) -> Result<(), AttemptError> {
        let (Some(partner), Some(campaign)) = (&prepared.partner, &prepared.campaign) else {
            return Ok(());
        };
        let arriving = tiers::CountedEvent {
            event: &prepared.event,
            partner,
            campaign,
            terms,
            zone: prepared.zone,
        };
        let effects = tiers::count_event(self.transaction, self.writer, &arriving, tiered, &mut prepared.rows);
        prepared.effects = effects.await.map_err(|failure| match failure {
            tiers::Failure::Store(error) => AttemptError::Store(error),
            tiers::Failure::TooLarge(error) => {
                let message = format!("counts too much for a tier: {error}");
                AttemptError::from(Problems::one("amount", ProblemCode::Invalid, message))
            }
        })?;
        Ok(())
    }
}

/// Checks that what the event names exists. Returns what its credit rests on, and why nobody is credited, if nobody is.
fn check(
    event: &CheckedEvent,
    credit: Credit,
    partner: Option<&CreditedPartner>,
    facts: &RecordingFacts,
) -> Result<(AttributionSource, Decision), AttemptError> {
    let mut problems = credit.problems;
    if credit.names_partner {
        problems.found("partnerId", partner);
    }
    if credit.names_campaign
        && problems.found("campaignId", facts.campaign.as_ref()).is_some()
        && credit.partner.is_none()
        && event.partner_id.is_none()
        && event.coupon_code.is_none()
        && event.visitor_id.is_none()
        && event.touches.is_empty()
    {
        problems.add(
            "partnerId",
            ProblemCode::Required,
            "must name the partner that the campaign's event is credited to",
        );
    }
    require!(problems);
    Ok((credit.source, credit.nobody))
}

fn prepare(
    mut checked: CheckedEvent,
    (partner, source): (Option<CreditedPartner>, AttributionSource),
    facts: RecordingFacts,
    now: Timestamp,
) -> Prepared {
    let (external_id, acquired_at) = (checked.customer_external_id.take(), checked.customer_acquired_at);
    let visitor = checked.visitor_id.take();
    let moment = partner.as_ref().map(|partner| partner.last.next(now));
    let now = moment.map_or(now, |moment| moment.at);
    let mut event = checked.recorded(EventId::new(now), now);
    let campaign = facts.campaign;
    let customer = external_id.map(|external_id| match facts.customer {
        Some(customer) => (customer, false),
        None => {
            let new = Customer {
                id: CustomerId::new(now),
                external_id,
                acquired_at: acquired_at.unwrap_or(event.occurred_at),
                partner_id: partner.as_ref().map(|partner| partner.id),
                campaign_id: campaign.as_ref().map(|campaign| campaign.id),
            };
            (new, true)
        }
    });
    event.customer_id = customer.as_ref().map(|(customer, _)| customer.id);
    event.attribution = partner.zip(moment).map(|(partner, moment)| {
        let to = (partner.id, campaign.as_ref().map(|campaign| campaign.id));
        Attribution::whole(&event, to, source, moment)
    });
    let tie = visitor
        .zip(event.customer_id)
        .map(|(visitor, customer)| match facts.tied_to {
            None => VisitorTie::New(Visitor {
                id: VisitorId::new(now),
                visitor_id: Some(visitor),
                customer_id: customer,
                tied_at: now,
            }),
            Some(tied) if tied == customer => VisitorTie::Known,
            Some(_) => VisitorTie::Refused,
        });
    let is_charge = event.kind == EventKind::Charge;
    let paid_charges = if is_charge { facts.paid_charges } else { 0 };
    let of_tenant = (facts.base, facts.zone);
    Prepared {
        is_tiered: facts.is_tiered,
        tie,
        ..Prepared::new(of_tenant, event, (partner, moment), campaign, customer, paid_charges)
    }
}
