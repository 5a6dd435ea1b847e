//! Lists of commission rules.

use std::sync::Arc;

use sea_orm::QueryTrait;

use super::filter::{CommissionRuleFilter, filtered};
use super::order::CommissionRuleOrder;
use crate::order::Sorted;
use crate::view;
use auth::Scope;

/// The rules in force that match the filter.
pub fn list(filter: Arc<CommissionRuleFilter>, sorted: Sorted<CommissionRuleOrder>) -> view::List {
    let kept = (*filter == CommissionRuleFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::COMMISSION_RULE, kept, sorted.into(), select)
}
