//! To whom events are credited, before anything is locked: the first rule that holds. What was decided by is looked at
//! again under the locks.

use std::collections::HashMap;

use super::lookup_batch::LookupBatch;
use super::recorder::Recorder;
use crate::ledger::event::{Binding, CheckedEvent, binding, credited};
use crate::ledger::touches::{NamedThings, TouchName};
use domain::Timestamp;
use domain::attribution::{
    AttributionBinding, AttributionSettings, ConsideredTouch, CouponRule, TouchOutcome, TouchedEvent, Untouched,
};
use domain::coupon::{Coupon, CouponRefusal};
use domain::decision::{Decision, NoCommissionReason};
use domain::event::{AttributedVia, AttributionSource, Customer};
use domain::id::{self, CampaignId, PartnerId};
use domain::problem::Problems;
use store::StoreError;
use store::promoted::Standing;
use store::touch::EventTouches;

/// What an event is credited to.
pub struct Credit {
    /// Problems of malformed ids, and of touches that name nothing.
    pub problems: Problems,
    pub names_partner: bool,
    pub names_campaign: bool,
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    pub source: AttributionSource,
    /// Why nobody is credited, if nobody is.
    pub nobody: Decision,
    /// The binding that the customer was assumed to have; `None` if the event does not depend on it.
    pub asked: Option<Binding>,
    /// How campaigns were assumed to credit events.
    pub relied: Vec<(CampaignId, ReliedSettings)>,
}

/// What of a campaign's settings a credit depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReliedSettings {
    Binding(AttributionBinding),
    All(AttributionSettings),
}

impl ReliedSettings {
    /// Whether the settings are still as they were assumed to be.
    pub fn hold(self, now: AttributionSettings) -> bool {
        match self {
            Self::Binding(binding) => now.binding == binding,
            Self::All(settings) => now == settings,
        }
    }
}

impl Credit {
    fn new() -> Self {
        Self {
            problems: Problems::new(),
            names_partner: false,
            names_campaign: false,
            partner: None,
            campaign: None,
            source: AttributionSource::NAMED,
            nobody: Decision::stopped(NoCommissionReason::Unattributed),
            asked: None,
            relied: Vec::new(),
        }
    }

    /// Whether it counts only while the partner is not revoked.
    pub fn needs_partner(&self) -> bool {
        match self.source.via {
            AttributedVia::Named | AttributedVia::Binding => false,
            AttributedVia::Link | AttributedVia::Coupon | AttributedVia::Referral => true,
        }
    }

    fn rely(&mut self, campaign: CampaignId, on: ReliedSettings) {
        if !self.relied.contains(&(campaign, on)) {
            self.relied.push((campaign, on));
        }
    }
}

/// An event on its way to its credit.
struct Crediting<'a> {
    event: &'a CheckedEvent,
    at: Timestamp,
    credit: Credit,
    /// Whether it leaves out anything that its customer may say.
    leaves_out: bool,
    /// Of the touches that came with it, and its coupon where that is a touch.
    touches: Vec<ConsideredTouch>,
}

/// What a customer is bound to, and whether that decides.
#[derive(Clone, Copy)]
struct Bound {
    to: Binding,
    rule: AttributionBinding,
}

impl Bound {
    fn of(customer: Option<&(Customer, Option<AttributionSettings>)>) -> Self {
        let settings = customer.and_then(|(_, settings)| *settings).unwrap_or_default();
        Self {
            to: binding(customer.map(|(customer, _)| customer)),
            rule: settings.binding,
        }
    }

    /// What the binding credits an event to that names this campaign, or none; `None`: it does not decide.
    fn credit(self, named: Option<CampaignId>) -> Option<(PartnerId, Option<CampaignId>)> {
        let (partner, campaign) = (self.to.0?, self.to.1);
        let is_other = named.is_some() && campaign.is_some() && named != campaign;
        let decides = match self.rule {
            AttributionBinding::FirstEvent => !is_other,
            AttributionBinding::EachEvent => false,
        };
        decides.then_some((partner, named.or(campaign)))
    }
}

impl Recorder<'_> {
    /// The credit of each event, by its external id.
    pub(super) async fn credits(&self, run: &LookupBatch) -> Result<HashMap<String, Credit>, StoreError> {
        let (scope, now) = (self.writer.scope(), self.clock.now());
        let (names, codes) = named(run);
        let things = NamedThings::look_up(self.transaction, &scope, &names, &codes).await?;
        let mut events = begin(run, &things, now);
        let asked = customers_asked(&events);
        let customers = store::customer::bound_by_external_ids(self.transaction, &scope, &asked).await?;
        self.add_touches(&mut events, &customers).await?;
        // What customers will be bound to by events of the batch, if these are recorded.
        let mut bound: HashMap<&str, Bound> = HashMap::new();
        let mut credits = HashMap::with_capacity(events.len());
        for crediting in events {
            let (event, external_id) = (crediting.event, crediting.event.external_id.clone());
            let Some(customer) = event.customer_external_id.as_deref() else {
                credits.insert(external_id, crediting.decided(None));
                continue;
            };
            let bound = bound
                .entry(customer)
                .or_insert_with(|| Bound::of(customers.get(customer)));
            let credit = crediting.decided(Some(*bound));
            if bound.to.0.is_none() {
                bound.to = (credit.partner, credit.partner.and(credit.campaign));
                let settings = credit.relied.iter().find(|(campaign, _)| Some(*campaign) == bound.to.1);
                if let Some((_, ReliedSettings::All(settings))) = settings {
                    bound.rule = settings.binding;
                }
            }
            credits.insert(external_id, credit);
        }
        Ok(credits)
    }

    /// Adds the stored touches of events that may be credited by them.
    async fn add_touches(
        &self,
        events: &mut [Crediting<'_>],
        customers: &HashMap<String, (Customer, Option<AttributionSettings>)>,
    ) -> Result<(), StoreError> {
        let (mut asked, mut places) = (Vec::new(), Vec::new());
        for (place, crediting) in events.iter().enumerate() {
            let event = crediting.event;
            let name = event.customer_external_id.as_ref();
            let customer = name.and_then(|name| customers.get(name));
            let is_bound = Bound::of(customer).credit(crediting.credit.campaign).is_some();
            let may_have = event.visitor_id.is_some() || customer.is_some();
            if crediting.leaves_out && event.partner_id.is_none() && !is_bound && may_have {
                places.push(place);
                asked.push(EventTouches {
                    occurred_at: crediting.at,
                    visitor: event.visitor_id.as_deref(),
                    customer: name.map(|_| customer.map(|(customer, _)| customer.id)),
                    campaign: crediting.credit.campaign,
                });
            }
        }
        let found = store::touch::considered(self.transaction, &self.writer.scope(), &asked).await?;
        for (place, mut stored) in places.into_iter().zip(found) {
            // Those of the event itself were recorded later.
            stored.append(&mut events[place].touches);
            events[place].touches = stored;
        }
        Ok(())
    }
}

/// What the touches of events name, and the codes of coupons.
fn named(run: &LookupBatch) -> (Vec<TouchName>, Vec<String>) {
    let unnamed = || run.events.iter().filter(|(_, event)| event.partner_id.is_none());
    let touches = unnamed().flat_map(|(_, event)| &event.touches);
    let codes = unnamed().filter_map(|(_, event)| event.coupon_code.clone());
    (touches.map(|touch| touch.name.clone()).collect(), codes.collect())
}

fn begin<'a>(run: &'a LookupBatch, things: &NamedThings, now: Timestamp) -> Vec<Crediting<'a>> {
    run.events.iter().map(|(_, event)| begun(event, things, now)).collect()
}

/// The customers of events that leave something out.
fn customers_asked(events: &[Crediting<'_>]) -> Vec<String> {
    let leaving_out = events.iter().filter(|crediting| crediting.leaves_out);
    leaving_out
        .filter_map(|crediting| crediting.event.customer_external_id.clone())
        .collect()
}

/// What the event itself says.
fn begun<'a>(event: &'a CheckedEvent, things: &NamedThings, now: Timestamp) -> Crediting<'a> {
    let (mut credit, at) = (Credit::new(), event.occurred_at.unwrap_or(now));
    if let Some(id) = &event.partner_id {
        credit.partner = credit.problems.id::<id::Partner>("partnerId", id);
    }
    if let Some(id) = &event.campaign_id {
        credit.campaign = credit.problems.id::<id::Campaign>("campaignId", id);
    }
    (credit.names_partner, credit.names_campaign) = (credit.partner.is_some(), credit.campaign.is_some());
    let mut touches = Vec::new();
    let mut wins = false;
    if event.partner_id.is_none() {
        for (place, touch) in event.touches.iter().enumerate() {
            match things.find(&touch.name) {
                Some(thing) => {
                    let (stated, occurred_at) = (touch.occurred_at.is_some(), touch.occurred_at.unwrap_or(at));
                    touches.push(thing.considered(occurred_at, now, stated));
                }
                None => credit.problems.within("touches", |problems| {
                    problems.within(place, |problems| NamedThings::missing(&touch.name, problems));
                }),
            }
        }
        if let Some(code) = &event.coupon_code {
            match check_coupon(things.coupon(code), at, credit.campaign) {
                Ok((coupon, standing)) => {
                    credit.rely(coupon.campaign_id, ReliedSettings::All(standing.settings));
                    match standing.settings.coupon_rule {
                        CouponRule::Wins => {
                            wins = true;
                            credit.source = AttributionSource::coupon(coupon.id);
                            (credit.partner, credit.campaign) = (Some(coupon.partner_id), Some(coupon.campaign_id));
                        }
                        CouponRule::IsATouch => {
                            let name = TouchName::Coupon(code.clone());
                            touches.extend(things.find(&name).map(|thing| thing.considered(at, now, false)));
                        }
                    }
                }
                Err(refusal) => credit.nobody = Decision::without_coupon(refusal.detail(code)),
            }
        }
    }
    let names_both = credit.names_partner && credit.names_campaign;
    let leaves_out = !wins && !names_both;
    Crediting {
        event,
        at,
        credit,
        leaves_out,
        touches,
    }
}

impl Crediting<'_> {
    /// The credit, given what its customer is bound to; `None`: it names none.
    fn decided(self, bound: Option<Bound>) -> Credit {
        let Self {
            event,
            at,
            mut credit,
            leaves_out,
            touches,
        } = self;
        if !leaves_out {
            return credit;
        }
        credit.asked = bound.map(|bound| bound.to);
        if event.partner_id.is_some() {
            let bound = bound.map_or((None, None), |bound| bound.to);
            (credit.partner, credit.campaign) = credited((credit.partner, credit.campaign), bound);
            return credit;
        }
        if let Some(bound) = bound {
            if let (Some(_), Some(campaign)) = bound.to {
                credit.rely(campaign, ReliedSettings::Binding(bound.rule));
            }
            if let Some((partner, campaign)) = bound.credit(credit.campaign) {
                (credit.partner, credit.campaign) = (Some(partner), campaign);
                credit.source = AttributionSource::BINDING;
                return credit;
            }
        }
        let named = credit.campaign;
        for touch in touches
            .iter()
            .filter(|touch| named.is_none_or(|named| named == touch.campaign_id))
        {
            credit.rely(touch.campaign_id, ReliedSettings::All(touch.settings));
        }
        let considered = TouchedEvent {
            occurred_at: at,
            campaign: named,
        };
        match TouchOutcome::of(touches, considered) {
            Ok(outcome) => {
                // Campaigns have only models that credit one touch; of others, this would be the latest.
                if let Some(latest) = outcome.credits.last() {
                    credit.source = latest.touch.source(outcome.model);
                    (credit.partner, credit.campaign) = (Some(latest.touch.partner_id), Some(latest.touch.campaign_id));
                }
            }
            Err(untouched) => {
                if credit.nobody.reason == Some(NoCommissionReason::Unattributed) {
                    credit.nobody = nobody(untouched);
                }
            }
        }
        credit
    }
}

fn nobody(untouched: Untouched) -> Decision {
    match untouched {
        Untouched::OutsideWindow { latest, window_days } => Decision {
            detail: Some(format!(
                "the latest touch was at {}, and touches of its campaign count for {window_days} days",
                latest.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
            )),
            ..Decision::stopped(NoCommissionReason::OutsideWindow)
        },
        Untouched::Nothing => Decision::stopped(NoCommissionReason::Unattributed),
    }
}

fn check_coupon(
    found: Option<&(Coupon, Standing)>,
    at: Timestamp,
    campaign: Option<CampaignId>,
) -> Result<(&Coupon, Standing), CouponRefusal> {
    let (coupon, standing) = found.ok_or(CouponRefusal::Unknown)?;
    coupon
        .check(at, standing.partner, campaign)
        .map(|()| (coupon, *standing))
}
