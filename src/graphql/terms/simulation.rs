//! Simulating commission terms.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::snapshot_mutation::CommissionSnapshotInput;
use super::term::CommissionTermInput;
use crate::graphql::context::mutation;
use crate::graphql::error::Nullable;
use crate::graphql::input::{MoneyInput, each};
use crate::graphql::ledger::event::{AttributedVia, EventItemInput, EventKind};
use crate::graphql::money::{ExplanationStep, Money};
use crate::graphql::scalar::DateTime;
use crate::graphql::user_error::{UserError, answer};
use service::ledger::terms_simulation::{self, TermsSimulation, simulate};
use service::snapshot::SnapshotDraft;

/// Campaign terms, and events of one partner, for a simulation.
#[derive(InputObject)]
pub struct SimulateCampaignTermsInput {
    /// The campaign's terms, at most 10 components; if empty, the group's rules pay.
    pub terms: Vec<CommissionTermInput>,
    /// The campaign's holdback in days.
    pub holdback_days: Option<i32>,
    /// The partner's snapshot, which takes precedence over the campaign's terms.
    pub snapshot: Option<CommissionSnapshotInput>,
    /// The partner's group; by default the tenant's default group.
    pub partner_group_id: Option<ID>,
    /// 1 to 500 events in the order of recording; each is recorded at the moment when it happens.
    pub events: Vec<SimulatedEventInput>,
}

/// An event for a simulation.
#[derive(Clone, InputObject)]
pub struct SimulatedEventInput {
    /// The kind: CHARGE or CONVERSION.
    #[graphql(default_with = "EventKind::Charge")]
    pub kind: EventKind,
    /// A more specific type, such as "invoice_paid".
    #[graphql(name = "type")]
    pub event_type: Option<String>,
    /// The amount; at least 0.
    pub amount: Option<MoneyInput>,
    /// What was in it, as for a recorded event.
    pub items: Option<Vec<EventItemInput>>,
    /// The country in which it happens, as an ISO 3166-1 alpha-2 code such as DE.
    pub country: Option<String>,
    /// How it is known who brought it.
    #[graphql(default_with = "AttributedVia::Named")]
    pub via: AttributedVia,
    /// When it happens.
    pub occurred_at: DateTime,
    /// The customer: any name; the same name is the same customer.
    pub customer: Option<String>,
}

/// The result of simulating campaign terms.
#[derive(SimpleObject)]
pub struct SimulateCampaignTermsPayload {
    /// What the events would earn; null if there are user errors.
    pub commissions: Option<Vec<SimulatedCommission>>,
    /// Problems with the input; empty if the mutation succeeded.
    pub user_errors: Vec<UserError>,
}

/// What one event would earn under one component.
#[derive(Clone, SimpleObject)]
pub struct SimulatedCommission {
    /// The index of the event in the list, from 0.
    pub event: usize,
    /// The index of the component in the terms that paid, from 0.
    pub term: usize,
    /// The amount.
    pub amount: Money,
    /// How many days it would wait before it may be approved; null: it is approved by hand only.
    pub holdback_days: Option<u32>,
    /// When it could be approved; null: by hand, at any time.
    pub mature_at: Option<DateTime>,
    /// How the amount was calculated.
    pub explanation: Vec<ExplanationStep>,
}

impl From<terms_simulation::SimulatedCommission> for SimulatedCommission {
    fn from(simulated: terms_simulation::SimulatedCommission) -> Self {
        Self {
            event: simulated.event,
            term: simulated.earned.term,
            amount: simulated.earned.amount.into(),
            holdback_days: simulated.holdback_days,
            mature_at: simulated.mature_at.map(DateTime),
            explanation: simulated
                .earned
                .explanation
                .into_iter()
                .map(ExplanationStep::from)
                .collect(),
        }
    }
}

#[derive(Default)]
pub struct SimulateTermsMutation;

#[Object]
impl SimulateTermsMutation {
    /// Simulates what events would earn under terms, with the same calculation as recorded events. Writes nothing.
    /// Needs `campaigns:write`, and `partner_groups:read` if the rules of a group decide.
    async fn simulate_campaign_terms(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The terms and the events.")] input: SimulateCampaignTermsInput,
    ) -> Nullable<SimulateCampaignTermsPayload> {
        let request = mutation(ctx).await;
        let events = input.events.into_iter().map(|event| terms_simulation::SimulatedEvent {
            kind: event.kind.into(),
            event_type: event.event_type,
            amount: event.amount.map(Into::into),
            items: each(event.items.unwrap_or_default()),
            country: event.country,
            via: event.via.into(),
            occurred_at: event.occurred_at.0,
            customer: event.customer,
        });
        let simulation = TermsSimulation {
            terms: each(input.terms),
            holdback_days: input.holdback_days,
            snapshot: input.snapshot.map(SnapshotDraft::from),
            partner_group_id: input.partner_group_id.map(Into::into),
            events: events.collect(),
        };
        let result = simulate(&request.app, &request.caller, simulation).await;
        Some(
            answer(result).map(|(commissions, user_errors)| SimulateCampaignTermsPayload {
                commissions: commissions.map(|list| list.into_iter().map(SimulatedCommission::from).collect()),
                user_errors,
            }),
        )
    }
}
