//! Connections of commissions, with totals.

use async_graphql::{Context, Object, SimpleObject};

use super::object::{Commission, CommissionStatus};
use super::whole_list::WholeList;
use crate::graphql::connection::{Connection, Edge, PageInfo};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::money::Money;
use crate::graphql::scalar::{CurrencyCode, Decimal};
use store::commission_totals::StatusTotal;

/// A page of commissions, with totals of the whole list.
pub struct CommissionConnection {
    pub(super) list: Connection<Commission>,
    pub(super) whole: WholeList,
}

/// A page of commissions, with totals of the whole list.
#[Object]
impl CommissionConnection {
    /// The page's entries, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<Edge<Commission>>, ApiError> {
        Ok(self.list.page(request(ctx)).await?.items.clone())
    }

    /// The page's entries.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Commission>, ApiError> {
        Ok(self
            .list
            .page(request(ctx))
            .await?
            .items
            .iter()
            .map(|edge| edge.node.clone())
            .collect())
    }

    /// The position of the page in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, ApiError> {
        Ok(PageInfo::of(self.list.page(request(ctx)).await?))
    }

    /// The number of entries in the whole list; counted only if selected.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        self.list.count(request(ctx)).await
    }

    /// Counts and sums of the whole list by status and currency; calculated only if selected.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<CommissionTotal>, ApiError> {
        self.whole.totals(ctx).await
    }
}

/// The commissions of one status and currency.
#[derive(Clone, SimpleObject)]
pub struct CommissionTotal {
    /// Their status.
    pub status: CommissionStatus,
    /// Their currency.
    pub currency: CurrencyCode,
    /// The number of commissions.
    pub count: i64,
    /// Their sum.
    pub total: Money,
    /// Their sum, in units of the currency.
    #[graphql(deprecation = "use total; may be gone from 2027-12-01")]
    pub amount: Decimal,
}

impl From<StatusTotal> for CommissionTotal {
    fn from(total: StatusTotal) -> Self {
        let sum = Money::of_sum(total.minor, total.currency);
        Self {
            status: total.status.into(),
            currency: sum.currency,
            count: total.count,
            total: sum,
            amount: sum.amount,
        }
    }
}
