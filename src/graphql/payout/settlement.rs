//! How payouts ended: one, a list of them, or the rest of a run.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};

use super::object::Payout;
use crate::auth::Resource;
use crate::domain::commission;
use crate::domain::id::PayoutId;
use crate::graphql::context::{RequestContext, mutation};
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::input::id_text;
use crate::graphql::rows::{Below, PlainObject, ResultObject, Results, RowsField, Shown};
use crate::graphql::user_error::{UserError, answer, payload, shown};
use crate::service::ledger::payout::{Settled, Settlement, settle, settle_many, settle_run};
use crate::store::{self, view};

/// How a payout ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "commission::PayoutSettlement")]
pub enum PayoutSettlement {
    /// It was paid.
    Paid,
    /// The payment failed.
    Failed,
    /// It was called off.
    Canceled,
}

/// How a payout ended.
#[derive(InputObject)]
pub struct SettlePayoutInput {
    /// The payout: a pending one.
    pub id: ID,
    /// How it ended.
    pub status: PayoutSettlement,
    /// What the payment system calls it.
    pub reference: Option<String>,
    /// The same key with the same input gives the payout without settling it again.
    pub idempotency_key: Option<String>,
}

/// How several payouts ended.
#[derive(InputObject)]
pub struct SettlePayoutsInput {
    /// Which ones.
    pub what: SettlePayoutsWhatInput,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// Which payouts ended, and how.
#[derive(OneofObject)]
pub enum SettlePayoutsWhatInput {
    /// 1 to 500 payouts, each by itself.
    Settlements(Vec<PayoutSettlementInput>),
    /// The pending ones of a run, 500 a call, all alike.
    Run(SettlePayoutRunInput),
}

/// How the payouts of a run ended.
#[derive(InputObject)]
pub struct SettlePayoutRunInput {
    /// The run: its next 500 pending payouts, in the order of their ids, are settled; what is settled already is passed
    /// over. To be called again until `remaining` is 0.
    pub run_id: ID,
    /// How they ended.
    pub status: PayoutSettlement,
    /// What the payment system calls the payment of them all.
    pub reference: Option<String>,
}

/// How a payout of a list ended.
#[derive(InputObject)]
pub struct PayoutSettlementInput {
    /// The payout: a pending one, or one that has ended in the very same way, with the same reference, which is then as
    /// good as done.
    pub id: ID,
    /// How it ended.
    pub status: PayoutSettlement,
    /// What the payment system calls it.
    pub reference: Option<String>,
}

payload! {
    /// What settling did.
    PayoutPayload {
        /// The payout as it is now; null if nothing was changed.
        payout: Payout, Payouts
    }
}

/// What settling several payouts did.
#[derive(SimpleObject)]
pub struct SettlePayoutsPayload {
    /// How many payouts this call settled, those not counted that had ended like this before; null if there is something
    /// to mend in the whole.
    pub settled: Option<u64>,
    /// How many of the run are pending still; null where a list was settled.
    pub remaining: Option<u64>,
    /// What became of each: of a list in its order, of a run those that this call settled.
    pub results: Option<Results<PayoutResult>>,
    /// What to mend in the whole; empty: see the results.
    pub user_errors: Vec<UserError>,
}

/// What became of one payout of several.
pub struct PayoutResult {
    id: ID,
    payout: Option<Payout>,
    user_errors: Vec<UserError>,
}

/// What became of one payout of several.
#[Object]
impl PayoutResult {
    /// The id that was given.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The payout as it is now; null if there is none.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Shown<Payout>> {
        shown(ctx, Resource::Payouts, self.payout.as_ref())
    }

    /// What to mend; empty: it has ended like this.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for PayoutResult {
    fn write(&self, field: &str, below: &Below<'_>, json: &mut view::Json) {
        match field {
            "id" => json.text(&self.id),
            "userErrors" => below.list(&self.user_errors, json),
            _ => json.null(),
        }
    }
}

impl ResultObject for PayoutResult {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        (field == "payout").then(|| RowsField::one(|result: &Self| &result.payout))
    }
}

/// A result for each payout, as it is now.
async fn results(request: &RequestContext, settled: &Settled) -> Result<Results<PayoutResult>, ApiError> {
    let parsed = settled.answers.iter().map(|(id, _)| id.parse::<PayoutId>().ok());
    let parsed: Vec<_> = parsed.collect();
    let uuids: Vec<_> = parsed.iter().flatten().map(|id| id.uuid()).collect();
    let payouts = store::payout::by_ids(request.store().reader(), &request.caller.scope(), &uuids).await?;
    let results = settled
        .answers
        .iter()
        .zip(parsed)
        .map(|((id, problems), parsed)| PayoutResult {
            id: id.into(),
            payout: parsed.and_then(|id| payouts.get(&id.uuid())).cloned().map(Payout::from),
            user_errors: problems.iter().cloned().map(UserError::from).collect(),
        });
    Ok(Results(results.collect()))
}

#[derive(Default)]
pub struct SettlementMutation;

#[Object]
impl SettlementMutation {
    /// Says how a payout ended: PAID pays all its commissions, FAILED and CANCELED release them. Needs `payouts:write`.
    async fn settle_payout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payout, and how it ended.")] input: SettlePayoutInput,
    ) -> Nullable<PayoutPayload> {
        let request = mutation(ctx).await;
        let (id, status) = (id_text(input.id), input.status.into());
        let settled = settle(&request.app, &request.caller, &id, status, input.reference);
        Some(PayoutPayload::of(&request, settled).await)
    }

    /// Says how many payouts ended: up to 500 of a list, of which one that is bad does not spoil the rest, or the next 500
    /// of a run. The same call again changes nothing. Needs `payouts:write`.
    async fn settle_payouts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which payouts, and how they ended.")] input: SettlePayoutsInput,
    ) -> Nullable<SettlePayoutsPayload> {
        let request = mutation(ctx).await;
        let (app, caller) = (&request.app, &request.caller);
        let settled = match input.what {
            SettlePayoutsWhatInput::Settlements(list) => {
                let list = list.into_iter().map(|settlement| Settlement {
                    id: id_text(settlement.id),
                    status: settlement.status.into(),
                    reference: settlement.reference,
                });
                request.answered(settle_many(app, caller, list.collect())).await
            }
            SettlePayoutsWhatInput::Run(run) => {
                let settled = settle_run(app, caller, &run.run_id, run.status.into(), run.reference);
                request.answered(settled).await
            }
        };
        let (settled, user_errors) = match answer(settled) {
            Ok(answered) => answered,
            Err(error) => return Some(Err(error)),
        };
        let results = match &settled {
            Some(settled) => match results(&request, settled).await {
                Ok(results) => Some(results),
                Err(error) => return Some(Err(error)),
            },
            None => None,
        };
        Some(Ok(SettlePayoutsPayload {
            settled: settled.as_ref().map(|settled| settled.settled),
            remaining: settled.as_ref().and_then(|settled| settled.remaining),
            results,
            user_errors,
        }))
    }
}
