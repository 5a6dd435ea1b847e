//! The orders in which commissions are listed.

use entity::commission::Column;

use crate::order::{SortBy, SortColumn};
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
}
