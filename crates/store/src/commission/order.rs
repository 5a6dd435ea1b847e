//! The orders in which commissions are listed.

use entity::commission::Column;

use crate::order::{SortBy, SortColumn, Sorted};
use crate::page::Sort;
use crate::view;

/// The orders in which commissions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommissionOrder {
    #[default]
    AccruedAt,
    /// Only meaningful within one currency.
    Amount,
}

impl SortBy for CommissionOrder {
    fn key(self) -> Option<SortColumn> {
        Some(match self {
            Self::AccruedAt => SortColumn::time(view::column(Column::AccruedAt)),
            Self::Amount => SortColumn::integer(view::column(Column::AmountMinor)),
        })
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

/// How commissions are sorted.
pub(super) fn sort(sorted: Sorted<CommissionOrder>) -> Sort<Column> {
    let key = match sorted.by {
        CommissionOrder::AccruedAt => Column::AccruedAt,
        CommissionOrder::Amount => Column::AmountMinor,
    };
    Sort {
        key: Some(key),
        id: Column::Id,
        descending: sorted.descending,
    }
}
