//! The orders in which tiered commissions are listed.

use entity::tiered_commission::Column;

use crate::order::{SortBy, SortColumn};
use crate::view;

/// The orders in which tiered commissions are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum TieredCommissionOrder {
    #[default]
    CreatedAt,
    /// Case-insensitive.
    Name,
}

impl SortBy for TieredCommissionOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(SortColumn::text(view::column(Column::NameKey))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}
