//! Lists of events: all of them, and those of customers.

use std::sync::Arc;

use entity::attribution::Column as Credited;
use entity::event::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};

use super::filter::{EventFilter, filtered};
use super::order::EventOrder;
use crate::order::Sorted;
use crate::scope::visible;
use crate::view;
use auth::Scope;

/// The events that match the filter, for a caller with this scope.
pub fn list(scope: &Scope, filter: Arc<EventFilter>, sorted: Sorted<EventOrder>) -> view::List {
    let kept = (*filter == EventFilter::default()).then(String::new);
    let found_by = filter.is_by_credit(scope).then(|| view::column(Credited::EventId));
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    let list = view::List::new(&view::EVENT, kept, select);
    list.sorted(sorted).found_by(found_by)
}

/// The events of customers.
pub fn list_of_customers() -> view::List {
    let select = |_, scope: &Scope, customer| of_customer(scope, customer).into_query();
    view::List::new(&view::EVENT, Some("customer".to_owned()), select)
}

fn of_customer(scope: &Scope, customer: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::CustomerId.as_column_ref()).eq(customer))
}
