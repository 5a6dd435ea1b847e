//! The results of settling several payouts.

use async_graphql::{Context, ID, Object, SimpleObject};

use crate::graphql::context::RequestContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::payout::Payout;
use crate::graphql::rows::{PlainObject, Projected, ResultObject, Results, RowsField, SubSelection};
use crate::graphql::user_error::{UserError, projected};
use auth::Resource;
use domain::id::PayoutId;
use service::ledger::payout::Settled;
use store::view;

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
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Projected<Payout>> {
        projected(ctx, Resource::Payouts, self.payout.as_ref())
    }

    /// What to mend; empty: it has ended like this.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for PayoutResult {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut view::JsonText) {
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
