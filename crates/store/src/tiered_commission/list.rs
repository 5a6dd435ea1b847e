//! Lists of tiered commissions, and their orders.

use std::sync::Arc;

use entity::tiered_commission::Column;
use sea_orm::QueryTrait;

use super::filter::{TieredCommissionFilter, filtered};
use crate::order::{SortBy, SortColumn, Sorted};
use crate::view;
use auth::Scope;

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
}

/// The tiers in force that match the filter.
pub fn list(filter: Arc<TieredCommissionFilter>, sorted: Sorted<TieredCommissionOrder>) -> view::List {
    let kept = (*filter == TieredCommissionFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::TIERED_COMMISSION, kept, select).sorted(sorted)
}
