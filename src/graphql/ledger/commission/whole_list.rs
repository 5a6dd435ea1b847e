//! What is counted and summed of a whole list of commissions, not only of a page.

use std::sync::Arc;

use async_graphql::{Context, Object};

use super::connection::CommissionTotal;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::loader::{CommissionsUnder, Under};
use crate::graphql::rows::ListCount;
use store::commission::CommissionFilter;
use store::commission_totals;

/// A whole list of commissions.
pub enum WholeList {
    /// All that match the filter.
    All(ListCount, Arc<CommissionFilter>),
    /// Those under a parent.
    Under(Under<CommissionsUnder>),
}

/// Resolves the fields of a connection that are about the whole list, where its page is projected.
#[Object]
impl WholeList {
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        let request = request(ctx);
        match self {
            Self::All(list, _) => list.count(request).await,
            Self::Under(key) => Ok(request
                .loaders()
                .commission_counts
                .load(key.clone())
                .await?
                .unwrap_or(0)),
        }
    }

    pub async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<CommissionTotal>, ApiError> {
        let request = request(ctx);
        let totals = match self {
            Self::All(list, filter) => {
                let scope = request.caller.scope();
                let read = async { Ok(commission_totals::totals(request.store().reader(), &scope, filter).await?) };
                request.aggregates.totals.get(list.fingerprint(), read).await?
            }
            Self::Under(key) => {
                let totals = request.loaders().commission_totals.load(key.clone()).await?;
                totals.map(Arc::unwrap_or_clone).unwrap_or_default()
            }
        };
        Ok(totals.into_iter().map(CommissionTotal::from).collect())
    }
}
