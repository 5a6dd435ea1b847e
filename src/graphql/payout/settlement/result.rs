//! The results of settling several payouts.

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::graphql::context::RequestContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::payout::Payout;
use crate::graphql::rows::{PlainObject, Projected, ResultObject, Results, RowsField, SubSelection, unwritten};
use crate::graphql::user_error::{UserError, projected};
use auth::Resource;
use domain::id::PayoutId;
use service::ledger::payout::Settled;
use store::view;

/// The result of settling several payouts.
#[derive(SimpleObject)]
pub struct SettlePayoutsPayload {
    /// The number of payouts settled by this call, without those that were already settled in the same way; null if
    /// there are user errors.
    pub settled: Option<u64>,
    /// The number of the run's payouts that are still pending; null for a list, or if there are user errors.
    pub remaining: Option<u64>,
    /// The outcome for each payout: for a list, in its order; for a run, those settled by this call. Null if there are
    /// user errors.
    pub results: Option<Results<PayoutResult>>,
    /// Problems with the whole input; empty if `results` has the outcomes.
    pub user_errors: Vec<UserError>,
}

/// The outcome for one of several payouts.
pub struct PayoutResult {
    id: ID,
    payout: Option<Payout>,
    user_errors: Vec<UserError>,
}

/// The outcome for one of several payouts.
#[Object]
impl PayoutResult {
    /// The id, as given.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The payout as it is now; null if there is none.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Projected<Payout>> {
        projected(ctx, Resource::Payouts, self.payout.as_ref())
    }

    /// Problems with this entry; empty if the payout is settled as requested.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for PayoutResult {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut view::JsonText) {
        match field {
            "id" => json.text(&self.id),
            "userErrors" => below.list(&self.user_errors, json),
            _ => unwritten(self, field, json),
        }
    }
}

impl ResultObject for PayoutResult {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        (field == "payout").then(|| RowsField::one(|result: &Self| &result.payout))
    }
}

/// A result for each payout, as it is now.
pub(super) async fn results(request: &RequestContext, settled: &Settled) -> Result<Results<PayoutResult>, ApiError> {
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
