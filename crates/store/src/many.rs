//! Reading for many parents in one statement, whose text is the same for any number of them but one, so that prepared
//! statements are reused.

use std::collections::HashMap;

use sea_orm::sea_query::{
    Alias, Asterisk, Expr, ExprTrait, Func, IntoColumnRef, IntoIden, JoinType, Query, SelectStatement,
};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, Value};
use uuid::Uuid;

use super::{Connection, StoreError};

/// Sorted ids without duplicates, so that equal requests have equal texts and values.
pub fn distinct(ids: impl Iterator<Item = Uuid>) -> Vec<Uuid> {
    let mut ids: Vec<_> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// `column` is one of `ids`.
pub fn among(database: &impl ConnectionTrait, column: impl ColumnTrait, ids: &[Uuid]) -> Expr {
    one_of(database.get_database_backend(), column.as_column_ref(), ids)
}

/// `column` is one of `texts`.
pub fn among_texts(database: &impl ConnectionTrait, column: impl ColumnTrait, texts: &[String]) -> Expr {
    let column = Expr::col(column.as_column_ref());
    match database.get_database_backend() {
        DbBackend::Postgres => {
            let values = texts.iter().map(|text| Value::from(text.clone())).collect();
            let array = Value::Array(sea_orm::sea_query::ArrayType::String, Some(Box::new(values)));
            column.eq(Expr::expr(Func::cust("ANY").arg(array)))
        }
        _ => {
            let list = serde_json::to_string(texts).expect("plain strings");
            column.in_subquery(
                Query::select()
                    .column("value")
                    .from_function(Func::cust("json_each").arg(list), "texts")
                    .take(),
            )
        }
    }
}

/// Like [`among`], of any expression for a column.
pub fn one_of(backend: DbBackend, column: impl IntoColumnRef, ids: &[Uuid]) -> Expr {
    let column = Expr::col(column);
    match backend {
        // The most frequent case, and the simplest to answer.
        _ if ids.len() == 1 => column.eq(ids[0]),
        DbBackend::Postgres => column.eq(Expr::expr(Func::cust("ANY").arg(uuid_array(ids)))),
        _ => column.in_subquery(
            Query::select()
                .expr(unhex(Expr::col("value")))
                .from_function(Func::cust("json_each").arg(hex_list(ids)), "ids")
                .take(),
        ),
    }
}

/// The two columns are one of `pairs`. Each pair is looked up by itself: with two lists, an index would be tried with
/// every combination of their ids.
pub fn one_of_pairs(backend: DbBackend, columns: [impl IntoColumnRef; 2], pairs: &[(Uuid, Uuid)]) -> Expr {
    let mut select = Query::select();
    match backend {
        DbBackend::Postgres => {
            let (one, other): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
            let lists = [uuid_array(&one), uuid_array(&other)].map(Expr::val);
            select
                .column(Asterisk)
                .from_function(Func::cust("unnest").args(lists), "pairs");
        }
        _ => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|(one, other)| [one, other].map(|id| id.simple().to_string()))
                .collect();
            let list = serde_json::to_string(&pairs).expect("plain strings");
            select
                .exprs(["value ->> 0", "value ->> 1"].map(|part| unhex(Expr::cust(part))))
                .from_function(Func::cust("json_each").arg(list), "pairs");
        }
    }
    Expr::tuple(columns.map(Expr::col)).in_subquery(select.take())
}

/// The rows of `table` that `children` selects for each parent, under the table's own name, after the parent's id as
/// "parent_id". Parents without children are left out.
///
/// PostgreSQL joins a lateral subquery, which may have a limit; SQLite has none, but finds the few row ids of each
/// parent through a correlated subquery, which is faster than ranking all children of all parents.
pub fn joined(
    backend: DbBackend,
    parents: &[Uuid],
    table: impl IntoIden + Clone,
    children: impl FnOnce(Expr) -> SelectStatement,
) -> SelectStatement {
    joined_as(backend, parents, table.clone(), table, children)
}

/// Like [`joined`], under the name `child`.
pub fn joined_as(
    backend: DbBackend,
    parents: &[Uuid],
    table: impl IntoIden,
    child: impl IntoIden,
    children: impl FnOnce(Expr) -> SelectStatement,
) -> SelectStatement {
    let (table, child) = (table.into_iden(), child.into_iden());
    let mut own = children(parent_key(backend));
    let mut statement = parent_list(backend, parents);
    statement.expr_as(parent_key(backend), "parent_id");
    match backend {
        DbBackend::Postgres => {
            statement.join_lateral(JoinType::InnerJoin, own, child, Expr::cust("TRUE"));
        }
        _ => {
            own.clear_selects().column((table.clone(), Alias::new("rowid")));
            let chosen = Expr::col((child.clone(), Alias::new("rowid"))).in_subquery(own);
            statement.join_as(JoinType::InnerJoin, table, child, chosen);
        }
    }
    statement
}

/// How many children each parent has; 0 for parents without any.
pub async fn counts(
    database: &Connection,
    parents: &[Uuid],
    children: impl FnOnce(Expr) -> SelectStatement,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let backend = database.get_database_backend();
    let mut own = children(parent_key(backend));
    own.clear_selects().expr(Expr::cust("COUNT(*)"));
    let mut statement = parent_list(backend, parents);
    statement
        .expr_as(parent_key(backend), "parent_id")
        .expr_as(Expr::SubQuery(None, Box::new(own.into())), "children");
    let mut counts = HashMap::new();
    for row in database.query_all(&statement).await? {
        let children: i64 = row.try_get("", "children")?;
        counts.insert(row.try_get("", "parent_id")?, children.unsigned_abs());
    }
    Ok(counts)
}

fn parent_list(backend: DbBackend, parents: &[Uuid]) -> SelectStatement {
    let list = match backend {
        DbBackend::Postgres => Func::cust("unnest").arg(uuid_array(parents)),
        _ => Func::cust("json_each").arg(hex_list(parents)),
    };
    Query::select().from_function(list, "parent").take()
}

/// The current parent's id: on PostgreSQL, a function in FROM names its only column after itself.
fn parent_key(backend: DbBackend) -> Expr {
    match backend {
        DbBackend::Postgres => Expr::col((Alias::new("parent"), Alias::new("parent"))),
        _ => unhex(Expr::col((Alias::new("parent"), Alias::new("value")))),
    }
}

/// SQLite: a UUID from its hexadecimal text.
pub(super) fn unhex(text: Expr) -> Expr {
    Expr::expr(Func::cust("unhex").arg(text))
}

/// Ids as one value of a statement: an array on PostgreSQL, a JSON text of hexadecimal ids on SQLite.
pub fn id_list(backend: DbBackend, ids: &[Uuid]) -> Value {
    match backend {
        DbBackend::Postgres => uuid_array(ids),
        _ => hex_list(ids).into(),
    }
}

fn uuid_array(ids: &[Uuid]) -> Value {
    Value::Array(
        sea_orm::sea_query::ArrayType::Uuid,
        Some(Box::new(ids.iter().map(|id| Value::Uuid(Some(*id))).collect())),
    )
}

fn hex_list(ids: &[Uuid]) -> String {
    serde_json::to_string(&ids.iter().map(|id| id.simple().to_string()).collect::<Vec<_>>()).expect("plain strings")
}
