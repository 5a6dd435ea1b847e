//! Lists of events: all of them, and those of customers.

use std::collections::HashMap;
use std::sync::Arc;

use entity::event::{Column, Entity};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use super::filter::{EventFilter, filtered};
use super::order::{EventOrder, sort};
use super::rows::from_row;
use crate::order::Sorted;
use crate::page::{Page, PageRequest};
use crate::scope::visible;
use crate::{Connection, StoreError, many, view};
use auth::Scope;
use domain::event::Event;

/// The events that match the filter.
pub fn list(filter: Arc<EventFilter>, sorted: Sorted<EventOrder>) -> view::List {
    let kept = (*filter == EventFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::EVENT, kept, sorted.into(), select)
}

/// The events of customers.
pub fn list_of_customers() -> view::List {
    let select = |_, scope: &Scope, customer| of_customer(scope, customer).into_query();
    view::List::new(&view::EVENT, Some("customer".to_owned()), sort().into(), select)
}

/// A page of the events of each customer.
pub async fn pages_of_customers(
    database: &Connection,
    scope: &Scope,
    customers: &[Uuid],
    request: &PageRequest,
) -> Result<HashMap<Uuid, Page<Event>>, StoreError> {
    many::pages(
        database,
        customers,
        sort(),
        request,
        |customer| of_customer(scope, customer),
        from_row,
    )
    .await
}

pub async fn counts_of_customers(
    database: &Connection,
    scope: &Scope,
    customers: &[Uuid],
) -> Result<HashMap<Uuid, u64>, StoreError> {
    many::counts(database, customers, |customer| of_customer(scope, customer)).await
}

fn of_customer(scope: &Scope, customer: Expr) -> Select<Entity> {
    visible::<Entity>(scope).filter(Expr::col(Column::CustomerId.as_column_ref()).eq(customer))
}
