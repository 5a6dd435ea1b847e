//! The requested order of a list.

use async_graphql::{Enum, InputObject, InputType};

use super::cursor::Cursors;
use super::error::ApiError;
use crate::graphql::campaign::CampaignOrderField;
use crate::graphql::deal::DealOrderField;
use crate::graphql::deal::rule::CommissionRuleOrderField;
use crate::graphql::ledger::commission::CommissionOrderField;
use crate::graphql::ledger::customer::CustomerOrderField;
use crate::graphql::ledger::event::EventOrderField;
use crate::graphql::partner_group::PartnerGroupOrderField;
use crate::graphql::payout::PayoutOrderField;
use crate::graphql::tiered::TieredCommissionOrderField;
use domain::money::Currency;
use store::order::{SortBy, Sorted};

/// The direction of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum OrderDirection {
    /// Smallest, earliest or alphabetically first entries first.
    Asc,
    /// Largest, latest or alphabetically last entries first.
    Desc,
}

/// The order of a list.
#[derive(Clone, Copy, InputObject)]
#[graphql(
    concrete(name = "CampaignOrder", params(CampaignOrderField)),
    concrete(name = "CommissionOrder", params(CommissionOrderField)),
    concrete(name = "CommissionRuleOrder", params(CommissionRuleOrderField)),
    concrete(name = "CustomerOrder", params(CustomerOrderField)),
    concrete(name = "DealOrder", params(DealOrderField)),
    concrete(name = "EventOrder", params(EventOrderField)),
    concrete(name = "PartnerGroupOrder", params(PartnerGroupOrderField)),
    concrete(name = "PayoutOrder", params(PayoutOrderField)),
    concrete(name = "TieredCommissionOrder", params(TieredCommissionOrderField))
)]
pub struct OrderBy<F: InputType + Default> {
    /// The field to sort by.
    #[graphql(default)]
    pub field: F,
    /// The direction.
    #[graphql(default_with = "OrderDirection::Desc")]
    pub direction: OrderDirection,
}

impl<F: InputType + Default> OrderBy<F> {
    /// The requested order, or the list's default.
    pub fn read<B: SortBy>(order: Option<Self>) -> Sorted<B>
    where
        F: Into<B>,
    {
        order.map_or_else(Sorted::default, |order| Sorted {
            by: order.field.into(),
            descending: order.direction == OrderDirection::Desc,
        })
    }
}

/// The requested order of commissions, shared by many lists.
pub type CommissionOrder = OrderBy<CommissionOrderField>;

/// The cursors of a sortable list. `list` is everything that decides which rows it has.
pub fn cursors<B: SortBy>(list: impl std::fmt::Debug, sorted: Sorted<B>) -> Cursors {
    Cursors::of((list, sorted.by, sorted.descending)).sorted_by(sorted.example())
}

/// Requires a currency to sort by an amount, since amounts of different currencies have no order. `currency` is the
/// filter's.
pub fn within_currency(field: &str, currency: Option<Currency>) -> Result<(), ApiError> {
    match currency {
        Some(_) => Ok(()),
        None => Err(ApiError::bad_user_input(format!(
            "to sort by {field} give filter.currency"
        ))),
    }
}
