//! The statements that read what was selected. Which rows a list has and in which order is the tables' modules' to say.

use std::collections::HashMap;

use entity::partner_balance;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IdenStatic, Order, QueryFilter, QueryTrait, Select};
use uuid::Uuid;

use super::kept::Shape;
use super::{Row, Selected, View};
use crate::auth::Scope;
use crate::store::commission::{CommissionFilter, Parent};
use crate::store::page::{Page, PageRequest, Sort, cut};
use crate::store::partner::PartnerFilter;
use crate::store::scope::visible;
use crate::store::{StoreError, commission, many, partner};

/// The row with this id; `None`: the caller sees none.
pub async fn one(
    database: &impl ConnectionTrait,
    scope: &Scope,
    view: &'static View,
    id: Uuid,
    selected: &Selected,
) -> Result<Option<Row>, StoreError> {
    let make = |scope: &Scope, id| {
        let mut statement = Query::select();
        statement
            .from((view.table.name)())
            .cond_where((view.table.visible)(scope).add(Expr::col(view.id()).eq(id)));
        selected.complete(&mut statement, scope);
        statement
    };
    let backend = database.get_database_backend();
    let statement = selected.kept.statement(backend, Shape::One, (scope, id), make);
    Ok(database.query_one_raw(statement).await?)
}

pub async fn commissions(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &CommissionFilter,
    sort: Sort<entity::commission::Column>,
    request: &PageRequest,
    selected: &Selected,
) -> Result<Page<Row>, StoreError> {
    let list = (None, filter, sort);
    let rows = listed(database, scope, list, request, selected).await?;
    Ok(cut(rows, request))
}

/// The rows of a page of commissions, under one parent or of all, before it is cut.
async fn listed(
    database: &impl ConnectionTrait,
    scope: &Scope,
    (parent, filter, sort): (
        Option<(Parent, Uuid)>,
        &CommissionFilter,
        Sort<entity::commission::Column>,
    ),
    request: &PageRequest,
    selected: &Selected,
) -> Result<Vec<Row>, StoreError> {
    let make = |scope: &Scope, id: Uuid| {
        let select = match parent {
            Some((parent, _)) => commission::children(scope, parent, filter, Expr::val(id)),
            None => commission::filtered(scope, filter),
        };
        page(scope, select, sort, request, selected)
    };
    let backend = database.get_database_backend();
    let id = parent.map_or(Uuid::nil(), |(_, id)| id);
    let statement = if request.after.is_some() || request.before.is_some() || !filter.is_common() {
        // Hardly met twice.
        backend.build(&make(scope, id))
    } else {
        let shape = Shape::Commissions {
            parent: parent.map(|(parent, _)| parent),
            filter: filter.clone(),
            sort: (sort.key.map(|column| column.as_str()), sort.descending),
            request: request.clone(),
        };
        selected.kept.statement(backend, shape, (scope, id), make)
    };
    Ok(database.query_all_raw(statement).await?)
}

pub async fn partners(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &PartnerFilter,
    sort: Sort<entity::partner::Column>,
    request: &PageRequest,
    selected: &Selected,
) -> Result<Page<Row>, StoreError> {
    let select = partner::filtered(database.get_database_backend(), scope, filter);
    let statement = page(scope, select, sort, request, selected);
    Ok(cut(database.query_all(&statement).await?, request))
}

/// The rows of a page, before it is cut.
fn page<E: EntityTrait>(
    scope: &Scope,
    select: Select<E>,
    sort: Sort<E::Column>,
    request: &PageRequest,
    selected: &Selected,
) -> SelectStatement {
    let mut statement = only(sort.apply(select, request), &sort, selected);
    if selected.has_joins() {
        // The page first, so that nothing is joined to rows that are not on it.
        statement = Query::select().from_subquery(statement, E::default()).take();
        in_order(&mut statement, &sort, request);
    } else {
        statement.clear_selects();
    }
    if selected.has_parents() {
        // Who asks for the page of one parent knows which.
        statement.expr(Expr::cust("NULL"));
    }
    selected.complete(&mut statement, scope);
    statement
}

/// A page of the commissions under each parent.
#[expect(clippy::too_many_arguments, reason = "what makes the list, and what to read of it")]
pub async fn commissions_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    parent: Parent,
    parents: &[Uuid],
    filter: &CommissionFilter,
    sort: Sort<entity::commission::Column>,
    request: &PageRequest,
    selected: &Selected,
) -> Result<HashMap<Uuid, Page<Row>>, StoreError> {
    use entity::commission::Entity;
    if let [single] = parents {
        // No list to join, and nothing to sort again.
        let list = (Some((parent, *single)), filter, sort);
        let rows = listed(database, scope, list, request, selected).await?;
        // Parents without any are left out.
        let rows = Some(rows).filter(|rows| !rows.is_empty());
        return Ok(rows.into_iter().map(|rows| (*single, cut(rows, request))).collect());
    }
    let mut statement = many::joined::<Entity>(database.get_database_backend(), parents, Entity, |key| {
        let select = commission::children(scope, parent, filter, key);
        only(sort.apply(select, request), &sort, selected)
    });
    selected.complete(&mut statement, scope);
    in_order(&mut statement, &sort, request);
    let pages = by_parent(database.query_all(&statement).await?)?;
    Ok(pages
        .into_iter()
        .map(|(parent, rows)| (parent, cut(rows, request)))
        .collect())
}

/// The balances of each partner, by currency.
pub async fn balances_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
    selected: &Selected,
) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    use partner_balance::{Column, Entity};
    let backend = database.get_database_backend();
    let make = |scope: &Scope, partners: &[Uuid]| {
        let one_of = many::one_of(backend, Column::PartnerId.as_column_ref(), partners);
        let mut statement = visible::<Entity>(scope).filter(one_of).into_query();
        statement
            .clear_selects()
            .expr_as(Expr::col(Column::PartnerId.as_column_ref()), "parent_id")
            .order_by(Column::Currency.as_column_ref(), Order::Asc);
        selected.complete(&mut statement, scope);
        statement
    };
    let statement = match partners {
        [single] => {
            let make = |scope: &Scope, id| make(scope, &[id]);
            selected
                .kept
                .statement(backend, Shape::Balances, (scope, *single), make)
        }
        _ => backend.build(&make(scope, partners)),
    };
    by_parent(database.query_all_raw(statement).await?)
}

/// A statement that reads what others are joined to and ordered by.
fn only<E: EntityTrait>(select: Select<E>, sort: &Sort<E::Column>, selected: &Selected) -> SelectStatement {
    let mut statement = select.into_query();
    statement.clear_selects();
    let mut columns = selected.own();
    for column in sort.key.into_iter().chain([sort.id]) {
        let column = column.as_column_ref();
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    statement.columns(columns);
    statement
}

/// Joins keep no order: sorts again, in the direction in which the page is walked.
fn in_order<C: ColumnTrait>(statement: &mut SelectStatement, sort: &Sort<C>, request: &PageRequest) {
    for column in sort.key.into_iter().chain([sort.id]) {
        statement.order_by(column.as_column_ref(), sort.direction(request));
    }
}

fn by_parent(rows: Vec<Row>) -> Result<HashMap<Uuid, Vec<Row>>, StoreError> {
    let mut found: HashMap<Uuid, Vec<Row>> = HashMap::new();
    for row in rows {
        found
            .entry(row.try_get_by_index(Selected::PARENT)?)
            .or_default()
            .push(row);
    }
    Ok(found)
}
