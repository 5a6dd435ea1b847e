//! Approving all commissions that match a filter.

use async_graphql::{ID, InputObject, SimpleObject};

use super::filter::CommissionFilter;
use super::result::{CommissionResult, results};
use crate::graphql::context::MutationContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::rows::Results;
use crate::graphql::user_error::{UserError, answer};
use domain::problem::{Fault, Problems};
use service::ledger::matching::approve_matching;

/// Which commissions to approve.
#[derive(InputObject)]
pub struct ApproveMatchingCommissionsInput {
    /// Those that it lets through and that are ACCRUED.
    pub filter: CommissionFilter,
    /// Only those behind this commission: what the call before answered as `next`.
    pub after: Option<ID>,
    /// A reason to approve before maturity; needs the scope `admin` and is kept in the transitions.
    pub override_holdback_reason: Option<String>,
    /// The same key with the same input gives the answer of the first call and does nothing.
    pub idempotency_key: Option<String>,
}

/// What approving by a filter did.
#[derive(Default, SimpleObject)]
pub struct ApproveMatchingCommissionsPayload {
    /// How many commissions were approved, clawbacks that go with theirs among them; null if there is something to mend.
    pub approved: Option<u64>,
    /// How many match and cannot be approved now: they have not matured, or wait for an individual.
    pub refused_count: Option<u64>,
    /// The first 500 of them, and why.
    pub refused: Option<Results<CommissionResult>>,
    /// What to pass as `after` to go on: a call looks at 10,000 commissions at most. Null: there are no more.
    pub next: Option<ID>,
    /// What to mend; empty: it is done.
    pub user_errors: Vec<UserError>,
}

/// Approves the commissions that match the filter, or returns user errors about the input.
pub(super) async fn approve_what_matches(
    request: &MutationContext<'_>,
    input: ApproveMatchingCommissionsInput,
) -> Nullable<ApproveMatchingCommissionsPayload> {
    let mut problems = Problems::new();
    let filter = match input.filter.read() {
        Err(ApiError::BadUserInput(message)) => problems.take("filter", Err(Fault::invalid(message))),
        Err(error) => return Some(Err(error)),
        Ok(filter) => Some(filter),
    };
    let after = input.after.as_deref().map(|text| problems.id("after", text));
    let Some(filter) = filter.filter(|_| problems.is_empty()) else {
        let user_errors = problems.into_vec().into_iter().map(UserError::from).collect();
        return Some(Ok(ApproveMatchingCommissionsPayload {
            user_errors,
            ..Default::default()
        }));
    };
    let reason = input.override_holdback_reason;
    let approving = approve_matching(&request.app, &request.caller, &filter, after.flatten(), reason);
    let (matched, user_errors) = match answer(request.answered(approving).await) {
        Ok(answered) => answered,
        Err(error) => return Some(Err(error)),
    };
    let Some(matched) = matched else {
        return Some(Ok(ApproveMatchingCommissionsPayload {
            user_errors,
            ..Default::default()
        }));
    };
    let refused = results(request, matched.refused).await;
    Some(refused.map(|refused| ApproveMatchingCommissionsPayload {
        approved: Some(matched.approved),
        refused_count: Some(matched.refused_count),
        refused: Some(refused),
        next: matched.next.map(|id| id.to_string().into()),
        user_errors,
    }))
}
