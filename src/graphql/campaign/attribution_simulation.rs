//! Simulating whom touches would credit a sale to.

use async_graphql::{Context, Enum, InputObject, Object, SimpleObject};

use super::attribution::{AttributionModel, CampaignAttributionInput};
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::MoneyInput;
use crate::graphql::ledger::event::NoCommissionReason;
use crate::graphql::ledger::touch::TouchKind;
use crate::graphql::money::Money;
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{UserError, answer};
use domain::attribution;
use service::attribution_simulation::{self, AttributionSimulation, SimulatedCampaign, SimulatedTouch, simulate};

/// A sale and what led to it. Partners and campaigns are any names.
#[derive(InputObject)]
pub struct SimulateAttributionInput {
    /// The campaigns of the touches, and how each credits events.
    pub campaigns: Vec<SimulatedCampaignInput>,
    /// What led to the sale, in any order; at most 500.
    pub touches: Vec<SimulatedTouchInput>,
    /// When the sale happens.
    pub occurred_at: DateTime,
    /// The amount of the sale; at least 0.
    pub amount: Option<MoneyInput>,
    /// The campaign that the sale names: touches of others do not count.
    pub campaign: Option<String>,
}

/// A campaign for a simulation.
#[derive(InputObject)]
pub struct SimulatedCampaignInput {
    /// Any name.
    pub name: String,
    /// How it credits events; all models can be simulated.
    pub attribution: Option<CampaignAttributionInput>,
}

/// A touch for a simulation.
#[derive(InputObject)]
pub struct SimulatedTouchInput {
    /// The partner whose touch it is: any name; the same name is the same partner.
    pub partner: String,
    /// Its campaign, by its name in `campaigns`.
    pub campaign: String,
    /// When it happens.
    pub occurred_at: DateTime,
    /// What is met.
    #[graphql(default_with = "TouchKind::Click")]
    pub kind: TouchKind,
    /// Whether the caller says when it happens: then it may be up to 5 minutes later than the sale.
    #[graphql(default)]
    pub time_stated: bool,
    /// Whether the partner is revoked.
    #[graphql(default)]
    pub partner_revoked: bool,
    /// Whether the link is disabled when it happens.
    #[graphql(default)]
    pub link_disabled: bool,
}

/// Why a touch does not count for an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "attribution::TouchRefusal")]
pub enum TouchRefusal {
    /// The event names another campaign.
    OtherCampaign,
    /// The partner is revoked.
    PartnerRevoked,
    /// The link was disabled when it happened.
    LinkDisabled,
    /// It happened after the event.
    Later,
    /// It happened before the window of its campaign.
    TooOld,
}

/// The result of simulating an attribution.
#[derive(SimpleObject)]
pub struct SimulateAttributionPayload {
    /// Whom the sale would be credited to; null if there are user errors.
    pub attribution: Option<SimulatedAttribution>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

/// Whom a sale would be credited to by its touches.
#[derive(Clone, SimpleObject)]
pub struct SimulatedAttribution {
    /// The model of the campaign of the latest touch that counts; null if none does.
    pub model: Option<AttributionModel>,
    /// Who is credited, in the order of the latest touch of each; empty if nobody is.
    pub credits: Vec<SimulatedCredit>,
    /// What becomes of each touch, in the order of the input.
    pub touches: Vec<SimulatedTouchOutcome>,
    /// Why nobody is credited; null if anybody is.
    pub reason: Option<NoCommissionReason>,
}

/// A partner and a campaign to which a sale would be credited.
#[derive(Clone, SimpleObject)]
pub struct SimulatedCredit {
    /// The partner.
    pub partner: String,
    /// The campaign.
    pub campaign: String,
    /// The index of the latest of its touches in the input, from 0.
    pub touch: usize,
    /// Its part of the sale: the numerator of the exact fraction.
    pub weight_numerator: i64,
    /// Its part of the sale: the denominator of the exact fraction.
    pub weight_denominator: i64,
    /// Its part of the amount; null if no amount was given. The parts sum to the amount.
    pub share: Option<Money>,
}

/// What becomes of a touch.
#[derive(Clone, SimpleObject)]
pub struct SimulatedTouchOutcome {
    /// Whether it counts. Of more than 100 that count, only the first and the latest 99 are weighed.
    pub counts: bool,
    /// Why it does not count; null if it does.
    pub refusal: Option<TouchRefusal>,
}

impl From<attribution_simulation::SimulatedAttribution> for SimulatedAttribution {
    fn from(simulated: attribution_simulation::SimulatedAttribution) -> Self {
        let credits = simulated.credits.into_iter().map(|credit| SimulatedCredit {
            partner: credit.partner,
            campaign: credit.campaign,
            touch: credit.touch,
            weight_numerator: credit.weight.numerator,
            weight_denominator: credit.weight.denominator,
            share: credit.share.map(Money::from),
        });
        let touches = simulated.refusals.into_iter().map(|refusal| SimulatedTouchOutcome {
            counts: refusal.is_none(),
            refusal: refusal.map(TouchRefusal::from),
        });
        Self {
            model: simulated.model.map(AttributionModel::from),
            credits: credits.collect(),
            touches: touches.collect(),
            reason: simulated.reason.map(NoCommissionReason::from),
        }
    }
}

#[derive(Default)]
pub struct SimulateAttributionMutation;

#[Object]
impl SimulateAttributionMutation {
    /// Simulates whom touches would credit a sale to, and by how much, with the same calculation as for recorded events.
    /// Reads and writes nothing. Needs `campaigns:write`.
    async fn simulate_attribution(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The sale and what led to it.")] input: SimulateAttributionInput,
    ) -> Nullable<SimulateAttributionPayload> {
        let request = mutation(ctx).await;
        let campaigns = input.campaigns.into_iter().map(|campaign| SimulatedCampaign {
            name: campaign.name,
            attribution: campaign.attribution.map(Into::into).unwrap_or_default(),
        });
        let touches = input.touches.into_iter().map(|touch| SimulatedTouch {
            kind: touch.kind.into(),
            partner: touch.partner,
            campaign: touch.campaign,
            occurred_at: touch.occurred_at.0,
            time_stated: touch.time_stated,
            partner_revoked: touch.partner_revoked,
            link_disabled: touch.link_disabled,
        });
        let simulation = AttributionSimulation {
            campaigns: campaigns.collect(),
            touches: touches.collect(),
            occurred_at: input.occurred_at.0,
            amount: input.amount.map(Into::into),
            campaign: input.campaign,
        };
        let result = simulate(&request.caller, simulation);
        Some(
            answer(result).map(|(simulated, user_errors)| SimulateAttributionPayload {
                attribution: simulated.map(SimulatedAttribution::from),
                user_errors,
            }),
        )
    }
}
