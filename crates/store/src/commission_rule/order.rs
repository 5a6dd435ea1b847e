//! The orders in which commission rules are listed.

use entity::commission_rule::Column;

use crate::order::{SortBy, SortColumn};
use crate::view;

/// The orders in which commission rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommissionRuleOrder {
    #[default]
    CreatedAt,
    /// Case-insensitive.
    Label,
}

impl SortBy for CommissionRuleOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Label => Some(SortColumn::text(view::column(Column::LabelKey))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}
