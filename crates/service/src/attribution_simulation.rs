//! Simulates whom touches would credit a sale to, with the functions that record real ones. Nothing is read or written.

use std::collections::HashMap;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::Timestamp;
use domain::attribution::{
    AttributionDraft, AttributionModel, AttributionSettings, ConsideredTouch, TouchOutcome, TouchRefusal, TouchedEvent,
    Untouched,
};
use domain::decision::NoCommissionReason;
use domain::event::Weight;
use domain::id::{CampaignId, PartnerId, TouchId};
use domain::money::{Currency, Money};
use domain::partner::PartnerStatus;
use domain::problem::{Fault, ProblemCode, Problems};
use domain::touch::TouchKind;

/// Maximum number of touches of one simulation.
const MAX_TOUCHES: usize = 500;

/// A sale and what led to it. Partners and campaigns are any names.
#[derive(Clone, Debug)]
pub struct AttributionSimulation {
    pub campaigns: Vec<SimulatedCampaign>,
    pub touches: Vec<SimulatedTouch>,
    pub occurred_at: Timestamp,
    pub amount: Option<(Decimal, Currency)>,
    /// The campaign that the sale names.
    pub campaign: Option<String>,
}

#[derive(Clone, Debug)]
pub struct SimulatedCampaign {
    pub name: String,
    pub attribution: AttributionDraft,
}

#[derive(Clone, Debug)]
pub struct SimulatedTouch {
    pub kind: TouchKind,
    pub partner: String,
    pub campaign: String,
    pub occurred_at: Timestamp,
    pub time_stated: bool,
    pub partner_revoked: bool,
    pub link_disabled: bool,
}

/// Whom the sale would be credited to.
#[derive(Clone, Debug)]
pub struct SimulatedAttribution {
    /// `None`: no touch counts.
    pub model: Option<AttributionModel>,
    /// In the order of the latest touch of each.
    pub credits: Vec<SimulatedCredit>,
    /// Why each touch does not count, in the order of the input; `None`: it counts.
    pub refusals: Vec<Option<TouchRefusal>>,
    /// Why nobody is credited, if nobody is.
    pub reason: Option<NoCommissionReason>,
}

#[derive(Clone, Debug)]
pub struct SimulatedCredit {
    pub partner: String,
    pub campaign: String,
    /// The latest of its touches, by its index in the input.
    pub touch: usize,
    pub weight: Weight,
    pub share: Option<Money>,
}

/// Numbers for names.
#[derive(Default)]
struct Names(HashMap<String, u128>);

impl Names {
    fn number(&mut self, name: &str) -> Uuid {
        let next = self.0.len() as u128 + 1;
        Uuid::from_u128(*self.0.entry(name.to_owned()).or_insert(next))
    }
}

pub fn simulate(caller: &Caller, input: AttributionSimulation) -> Result<SimulatedAttribution, ServiceError> {
    caller.write(Resource::Campaigns)?;
    let mut problems = Problems::new();
    let settings = settings(input.campaigns, &mut problems);
    let amount = problems.within("amount", |problems| problems.optional("amount", input.amount, amount));
    problems.at_most("touches", input.touches.len(), MAX_TOUCHES, "");
    let (mut partners, mut campaigns) = (Names::default(), Names::default());
    let touches = input
        .touches
        .iter()
        .take(MAX_TOUCHES)
        .enumerate()
        .map(|(place, touch)| {
            let known = settings.get(&touch.campaign);
            if known.is_none() {
                let field = format!("touches.{place}.campaign");
                problems.add(&field, ProblemCode::NotFound, "is not among campaigns");
            }
            considered(place, touch, *known?, (&mut partners, &mut campaigns))
        });
    let touches: Vec<_> = touches.collect();
    let event = TouchedEvent {
        occurred_at: input.occurred_at,
        campaign: input
            .campaign
            .as_deref()
            .map(|name| CampaignId::from_uuid(campaigns.number(name))),
    };
    require!(problems; amount);
    let touches: Vec<_> = touches.into_iter().flatten().collect();
    let refusals = touches.iter().map(|touch| touch.check(event).err()).collect();
    let outcome = match TouchOutcome::of(touches, event) {
        Ok(outcome) => outcome,
        Err(untouched) => {
            return Ok(SimulatedAttribution {
                model: None,
                credits: Vec::new(),
                refusals,
                reason: Some(match untouched {
                    Untouched::OutsideWindow { .. } => NoCommissionReason::OutsideWindow,
                    Untouched::Nothing => NoCommissionReason::Unattributed,
                }),
            });
        }
    };
    let shares = amount.map(|amount| (outcome.shares(amount.minor()), amount.currency()));
    let credits = outcome.credits.iter().enumerate().filter_map(|(number, credit)| {
        let touch = place_of(credit.touch.id?);
        let of = input.touches.get(touch)?;
        let share = shares.as_ref().and_then(|(shares, currency)| {
            let minor = shares.get(number)?;
            Money::from_minor(*minor, *currency).ok()
        });
        Some(SimulatedCredit {
            partner: of.partner.clone(),
            campaign: of.campaign.clone(),
            touch,
            weight: credit.weight,
            share,
        })
    });
    Ok(SimulatedAttribution {
        model: Some(outcome.model),
        credits: credits.collect(),
        refusals,
        reason: None,
    })
}

/// The settings of campaigns, by name.
fn settings(campaigns: Vec<SimulatedCampaign>, problems: &mut Problems) -> HashMap<String, AttributionSettings> {
    let mut settings = HashMap::new();
    for (place, campaign) in campaigns.into_iter().enumerate() {
        let checked = problems.within("campaigns", |problems| {
            problems.within(place, |problems| {
                if settings.contains_key(&campaign.name) {
                    problems.add("name", ProblemCode::Invalid, "is named twice");
                }
                problems.within("attribution", |problems| {
                    AttributionSettings::checked(campaign.attribution, problems)
                })
            })
        });
        settings.extend(checked.map(|checked| (campaign.name, checked)));
    }
    settings
}

fn amount((amount, currency): (Decimal, Currency)) -> Result<Money, Fault> {
    let money = Money::exact(amount, currency)?;
    match money.minor() < 0 {
        true => Err(Fault::invalid("must not be negative")),
        false => Ok(money),
    }
}

fn considered(
    place: usize,
    touch: &SimulatedTouch,
    settings: AttributionSettings,
    (partners, campaigns): (&mut Names, &mut Names),
) -> Option<ConsideredTouch> {
    Some(ConsideredTouch {
        id: Some(TouchId::from_uuid(Uuid::from_u128(place as u128))),
        kind: touch.kind,
        partner_id: PartnerId::from_uuid(partners.number(&touch.partner)),
        campaign_id: CampaignId::from_uuid(campaigns.number(&touch.campaign)),
        link_id: None,
        coupon_id: None,
        link_disabled: touch.link_disabled,
        time_stated: touch.time_stated,
        occurred_at: touch.occurred_at,
        recorded_at: touch.occurred_at,
        partner_status: match touch.partner_revoked {
            true => PartnerStatus::Revoked,
            false => PartnerStatus::Active,
        },
        settings,
    })
}

fn place_of(id: TouchId) -> usize {
    usize::try_from(id.uuid().as_u128()).unwrap_or(usize::MAX)
}
