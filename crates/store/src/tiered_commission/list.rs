//! Lists of tiered commissions.

use std::sync::Arc;

use sea_orm::QueryTrait;

use super::filter::{TieredCommissionFilter, filtered};
use super::order::TieredCommissionOrder;
use crate::order::Sorted;
use crate::view;
use auth::Scope;

/// The tiers in force that match the filter.
pub fn list(filter: Arc<TieredCommissionFilter>, sorted: Sorted<TieredCommissionOrder>) -> view::List {
    let kept = (*filter == TieredCommissionFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::TIERED_COMMISSION, kept, sorted.into(), select)
}
