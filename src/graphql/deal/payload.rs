//! Payloads of mutations of deals.

use async_graphql::{Context, Object};

use super::object::Deal;
use crate::graphql::context::MutationContext;
use crate::graphql::error::{ApiError, Nullable};
use crate::graphql::ledger::commission::Commission;
use crate::graphql::rows::{Projected, Rows};
use crate::graphql::user_error::{UserError, answer, projected, projected_rows};
use auth::Resource;
use service::ServiceError;
use service::deal::Done;

/// The result of creating or changing a deal.
pub struct DealPayload {
    deal: Option<Deal>,
    commissions: Vec<Commission>,
    user_errors: Vec<UserError>,
}

/// The result of creating or changing a deal.
#[Object]
impl DealPayload {
    /// The deal as it is now; null if nothing was changed.
    async fn deal(&self, ctx: &Context<'_>) -> Nullable<Projected<Deal>> {
        projected(ctx, Resource::Deals, self.deal.as_ref())
    }

    /// The commissions that became due.
    async fn commissions(&self, ctx: &Context<'_>) -> Result<Rows<Commission>, ApiError> {
        projected_rows(ctx, &self.commissions)
    }

    /// Problems with the input; empty if the mutation succeeded.
    async fn user_errors(&self) -> &[UserError] {
        &self.user_errors
    }
}

impl DealPayload {
    pub(super) fn of<'b>(
        mutation: &'b MutationContext<'_>,
        doing: impl Future<Output = Result<Done, ServiceError>> + Send + 'b,
    ) -> impl Future<Output = Result<Self, ApiError>> + Send + 'b {
        let answered = mutation.answered(doing);
        async move { Self::from_answer(answered.await) }
    }

    fn from_answer(answered: Result<Done, ServiceError>) -> Result<Self, ApiError> {
        let (done, user_errors) = answer(answered)?;
        let (deal, commissions) = match done {
            Some(done) => (Some(Deal::from(done.deal)), done.commissions),
            None => (None, Vec::new()),
        };
        Ok(Self {
            deal,
            commissions: commissions.into_iter().map(Commission::from).collect(),
            user_errors,
        })
    }
}
