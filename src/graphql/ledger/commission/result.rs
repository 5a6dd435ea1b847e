//! The result for each commission of a list.

use async_graphql::{Context, ID, Object};

use super::object::Commission;
use crate::graphql::context::RequestContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::rows::{PlainObject, Projected, ResultObject, Results, RowsField, SubSelection, unwritten};
use crate::graphql::user_error::{UserError, failed, projected};
use auth::Resource;
use domain::problem::Problem;
use service::ServiceError;
use service::ledger::review::{MAX_IDS, ReviewResults};

/// The outcome for one commission of a list.
pub struct CommissionResult {
    id: ID,
    commission: Option<Commission>,
    user_errors: Vec<UserError>,
}

/// The outcome for one commission of a list.
#[Object]
impl CommissionResult {
    /// The id, as given.
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The commission as it is now; null if there is none.
    async fn commission(&self, ctx: &Context<'_>) -> Nullable<Projected<Commission>> {
        projected(ctx, Resource::Commissions, self.commission.as_ref())
    }

    /// Problems with the input; empty if the mutation succeeded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl PlainObject for CommissionResult {
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut store::view::JsonText) {
        match field {
            "id" => json.text(&self.id),
            "userErrors" => below.list(&self.user_errors, json),
            _ => unwritten(self, field, json),
        }
    }
}

impl ResultObject for CommissionResult {
    fn rows(field: &str) -> Option<RowsField<Self>> {
        (field == "commission").then(|| RowsField::one(|result: &Self| &result.commission))
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
    results(request, answers).await
}

/// Converts results, with the commissions as they are now.
pub async fn results(request: &RequestContext, answers: ReviewResults) -> Result<Results<CommissionResult>, ApiError> {
    let uuids: Vec<_> = answers
        .iter()
        .filter_map(|(id, _)| id.parse::<domain::id::CommissionId>().ok())
        .collect();
    let uuids: Vec<_> = uuids.iter().map(|id| id.uuid()).collect();
    let rows = store::commission::by_ids(request.store().reader(), &request.caller.scope(), &uuids).await?;
    let results = answers.into_iter().map(|(id, problems)| {
        let row = id
            .parse::<domain::id::CommissionId>()
            .ok()
            .and_then(|id| rows.get(&id.uuid()));
        CommissionResult {
            commission: row.cloned().map(Commission::from),
            id: id.into(),
            user_errors: problems.into_iter().map(UserError::from).collect(),
        }
    });
    Ok(Results(results.collect()))
}
