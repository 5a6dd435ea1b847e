//! Connections of commissions, with totals.

use async_graphql::SimpleObject;

use super::object::{Commission, CommissionStatus};
use crate::graphql::connection::{Edge, PageInfo};
use crate::graphql::money::Money;
use crate::graphql::scalar::{CurrencyCode, Decimal};
use store::commission_totals::StatusTotal;

/// A page of commissions, with totals of the whole list.
// It declares the fields for the schema; `graphql::rows` reads and writes them.
#[derive(SimpleObject)]
pub struct CommissionConnection {
    /// The page's entries, each with its cursor.
    edges: Vec<Edge<Commission>>,
    /// The page's entries.
    nodes: Vec<Commission>,
    /// The position of the page in the list.
    page_info: PageInfo,
    /// The number of entries in the whole list; counted only if selected.
    total_count: u64,
    /// Counts and sums of the whole list by status and currency; calculated only if selected.
    totals: Vec<CommissionTotal>,
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
