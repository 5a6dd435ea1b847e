//! The statements that read what was selected, and what makes their texts.

use std::fmt::Write;

use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};

use super::bindings::Bindings;
use super::{Column, Family, List, Selected};
use crate::many;
use crate::page::PageRequest;

/// The row whose `column` has the key.
pub fn row(backend: DbBackend, bindings: &Bindings<'_>, column: Column, selected: &Selected) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let table = selected.table();
    let mut statement = Query::select()
        .from((table.name)())
        .cond_where(
            selected
                .visible(scope)
                .add(Expr::col((column.table, column.name)).eq(key.value(backend))),
        )
        .expr(no_parent())
        .take();
    selected.complete(&mut statement, scope, backend);
    statement
}

/// The rows whose `column` is one of the ids of the key.
pub fn rows(backend: DbBackend, bindings: &Bindings<'_>, column: Column, selected: &Selected) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let id = (column.table, column.name);
    let visible = selected.visible(scope);
    let mut statement = Query::select()
        .from((selected.table().name)())
        .cond_where(visible.add(many::one_of(backend, id, key.ids())))
        .column(id)
        .take();
    selected.complete(&mut statement, scope, backend);
    statement
}

/// A page of a list, under the parent that is the key, or of all rows.
pub fn page(
    backend: DbBackend,
    bindings: &Bindings<'_>,
    list: &List,
    request: &PageRequest,
    selected: &Selected,
) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let mut statement = (list.select)(backend, scope, Expr::val(key.value(backend)));
    list.order.apply(&mut statement, &bindings.page(request));
    if selected.has_joins() {
        // The page first, so that nothing is joined to rows that are not on it.
        selected.own(&mut statement, list.order.columns());
        statement = Query::select().from_subquery(statement, (list.table.name)()).take();
        list.order.sort(&mut statement, request.backward);
    } else {
        statement.clear_selects();
    }
    statement.expr(no_parent());
    selected.complete(&mut statement, scope, backend);
    statement
}

/// How many rows the list has, under the parent that is the key.
pub fn count(backend: DbBackend, bindings: &Bindings<'_>, list: &List) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let mut statement = (list.select)(backend, scope, Expr::val(key.value(backend)));
    statement.clear_selects().expr(Expr::cust("COUNT(*)"));
    statement
}

/// A page of a list under each parent of the key.
pub fn pages(
    backend: DbBackend,
    bindings: &Bindings<'_>,
    list: &List,
    request: &PageRequest,
    selected: &Selected,
) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let mut statement = many::joined(backend, key.ids(), (list.table.name)(), |key| {
        let mut own = (list.select)(backend, scope, key);
        list.order.apply(&mut own, &bindings.page(request));
        selected.own(&mut own, list.order.columns());
        own
    });
    selected.complete(&mut statement, scope, backend);
    // Joins keep no order: sorts again, in the direction of the page.
    list.order.sort(&mut statement, request.backward);
    statement
}

/// All rows of a family under the parents of the key.
pub fn family(backend: DbBackend, bindings: &Bindings<'_>, family: &Family, selected: &Selected) -> SelectStatement {
    let Bindings { scope, key, .. } = bindings;
    let parent = (family.parent.table, family.parent.name);
    let visible = (family.table.visible)(scope);
    let mut statement = Query::select()
        .from((family.table.name)())
        .cond_where(visible.add(many::one_of(backend, parent, key.ids())))
        .column(parent)
        .take();
    if let Some(through) = family.through {
        let (id, child) = (family.table.id(), through.child);
        let pair = (through.table.visible)(scope).add(Expr::col((child.table, child.name)).equals((id.table, id.name)));
        statement.inner_join((through.table.name)(), pair);
    }
    family.order.sort(&mut statement, false);
    selected.complete(&mut statement, scope, backend);
    statement
}

/// Stands in for a parent's id where the reader knows the parent. Not null, so that it distinguishes a row from none.
fn no_parent() -> Expr {
    Expr::cust("TRUE")
}

/// Everything beside the bindings on which the text of a statement depends.
pub fn shape(kind: &str, bindings: &Bindings<'_>, selected: &Selected, more: impl FnOnce(&mut String)) -> String {
    let mut text = String::with_capacity(512);
    text.push_str(kind);
    bindings.describe(&mut text);
    more(&mut text);
    text.push('/');
    selected.describe(&mut text);
    text
}

/// `None`: unlikely to be used twice.
pub fn list_shape(
    kind: &str,
    bindings: &Bindings<'_>,
    list: &List,
    request: &PageRequest,
    selected: &Selected,
) -> Option<String> {
    let kept = list.kept.as_ref()?;
    Some(shape(kind, bindings, selected, |text| {
        let order = &list.order;
        let sorted = order.key.map_or("", |key| key.name);
        let (descending, backward) = (order.descending, request.backward);
        let _ = write!(text, "{kept}/{sorted}/{descending}/{backward}/{}", request.limit);
    }))
}
