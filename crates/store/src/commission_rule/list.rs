//! Lists of commission rules, and their orders.

use std::sync::Arc;

use entity::commission_rule::Column;
use sea_orm::QueryTrait;

use super::filter::{CommissionRuleFilter, filtered};
use crate::order::{SortBy, SortColumn, Sorted};
use crate::view;
use auth::Scope;

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
}

/// The rules in force that match the filter.
pub fn list(filter: Arc<CommissionRuleFilter>, sorted: Sorted<CommissionRuleOrder>) -> view::List {
    let kept = (*filter == CommissionRuleFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::COMMISSION_RULE, kept, select).sorted(sorted)
}
