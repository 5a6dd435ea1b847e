//! Approving all commissions that match a filter.

use async_graphql::{ID, InputObject, SimpleObject};

use super::filter::CommissionFilter;
use super::result::CommissionResult;
use crate::graphql::context::MutationContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::rows::Results;
use crate::graphql::user_error::{UserError, answer};
use domain::problem::{Fault, Problems};
use service::ledger::matching::approve_matching;

/// The commissions to approve.
#[derive(InputObject)]
pub struct ApproveMatchingCommissionsInput {
    /// Only ACCRUED commissions that match this filter.
    pub filter: CommissionFilter,
    /// Only commissions after this one: `next` of the previous call.
    pub after: Option<ID>,
    /// A reason for approving before maturity; needs the scope `admin` and is kept in the transitions.
    pub override_holdback_reason: Option<String>,
    /// A repeated call with the same key and input changes nothing and returns the first call's result.
    pub idempotency_key: Option<String>,
}

/// The result of approving commissions by a filter.
#[derive(Default, SimpleObject)]
pub struct ApproveMatchingCommissionsPayload {
    /// The number of approved commissions, including the clawbacks approved with them; null if there are user errors.
    pub approved: Option<u64>,
    /// The number of commissions examined by this call that cannot be approved now: they have not matured, or have no
    /// recipient yet. Null if there are user errors.
    pub refused_count: Option<u64>,
    /// The first 500 of these, with the reasons; null if there are user errors.
    pub refused: Option<Results<CommissionResult>>,
    /// The value of `after` for the next call, since a call examines at most 10,000 commissions; null if there are no
    /// more.
    pub next: Option<ID>,
    /// Problems with the input; empty if the mutation succeeded.
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
    let refused = CommissionResult::all(request, matched.refused).await;
    Some(refused.map(|refused| ApproveMatchingCommissionsPayload {
        approved: Some(matched.approved),
        refused_count: Some(matched.refused_count),
        refused: Some(refused),
        next: matched.next.map(|id| id.to_string().into()),
        user_errors,
    }))
}
