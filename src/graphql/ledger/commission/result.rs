//! The result for each commission of a list.

use super::object::Commission;
use crate::graphql::context::RequestContext;
use crate::graphql::entry_result::entry_result;
use crate::graphql::error::ApiError;
use crate::graphql::rows::Results;
use crate::graphql::user_error::failed;
use domain::id::CommissionId;
use domain::problem::Problem;
use service::ServiceError;
use service::ledger::review::{MAX_IDS, ReviewResults};

entry_result! {
    /// The outcome for one commission of a list.
    CommissionResult {
        /// The commission as it is now; null if there is none.
        commission: Commission, Commissions, CommissionId, store::commission::by_ids;
        /// Problems with the input; empty if the mutation succeeded.
        user_errors
    }
}

/// A result for each id.
pub async fn results_of(
    request: &RequestContext,
    ids: Vec<String>,
    answers: Result<ReviewResults, ServiceError>,
) -> Result<Results<CommissionResult>, ApiError> {
    let answers: Vec<(String, Vec<Problem>)> = match answers {
        Ok(answers) => answers,
        Err(ServiceError::Rejected(_)) if ids.is_empty() || ids.len() > MAX_IDS => {
            return Err(ApiError::bad_user_input(format!(
                "ids must have 1 to {MAX_IDS} entries"
            )));
        }
        // Problems of the whole input are reported for each id.
        Err(ServiceError::Rejected(problems)) => ids.into_iter().map(|id| (id, problems.clone())).collect(),
        Err(error) => return Err(failed(error)),
    };
    CommissionResult::all(request, answers).await
}
