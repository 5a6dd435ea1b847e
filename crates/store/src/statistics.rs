//! The statistics of tables that SQLite's planner gets: always the same, whatever is in them, so that statements are
//! planned for large ledgers from the first row on. By default it assumes ten rows per tenant, and scans them where it
//! should look up a few. Writing `sqlite_stat1` instead of running ANALYZE is SQLite's own advice for programs whose
//! plans must not change ("Fixed Results Of ANALYZE", sqlite.org/lang_analyze.html). PostgreSQL maintains its
//! statistics itself, and is only asked to do so early during an import.

use std::fmt::Write;

use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::{Store, StoreError};

/// The rows of a table, and those of a tenant, for which statements are planned.
const ROWS: u64 = 1_000_000;
const OF_TENANT: u64 = 100_000;

/// All columns of all indexes, in their order.
const INDEXES: &str = "SELECT t.name AS \"table\", i.name AS \"index\", i.\"unique\" AS is_unique, c.name AS \"column\" \
     FROM sqlite_schema AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c \
     WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' ORDER BY t.name, i.name, c.seqno";

#[derive(FromQueryResult)]
struct IndexColumn {
    table: String,
    index: String,
    is_unique: bool,
    /// `None`: an expression.
    column: Option<String>,
}

/// The tables that an import fills.
const FILLED: &str = "ANALYZE partner, customer, partner_customer, event, attribution, event_decision, commission, commission_transition";

/// Makes PostgreSQL analyse the tables that are growing now. By default it does so once a minute, and until then
/// assumes that they are empty and scans them where it should look up a few rows.
pub async fn look_again(store: &Store) -> Result<(), StoreError> {
    if store.reader().get_database_backend() == DbBackend::Sqlite {
        return Ok(());
    }
    let transaction = store.begin_unaudited().await?;
    transaction
        .execute_raw(Statement::from_string(DbBackend::Postgres, FILLED))
        .await?;
    transaction.commit().await
}

/// Writes the statistics unless they are there already.
pub async fn describe(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    if transaction.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let columns = IndexColumn::find_by_statement(sqlite(INDEXES)).all(transaction).await?;
    let of_index = columns.chunk_by(|one, next| (&one.table, &one.index) == (&next.table, &next.index));
    let wanted: Vec<_> = of_index
        .map(|index| [index[0].table.clone(), index[0].index.clone(), estimates(index)])
        .collect();
    if !exists(transaction, "sqlite_stat1").await? {
        // There is no other way to create it.
        transaction.execute_raw(sqlite("ANALYZE seaql_migrations")).await?;
    } else if known(transaction).await? == wanted {
        return Ok(());
    }
    transaction.execute_raw(sqlite("DELETE FROM sqlite_stat1")).await?;
    if exists(transaction, "sqlite_stat4").await? {
        // Its samples would make SQLite plan statements anew for every value.
        transaction.execute_raw(sqlite("DELETE FROM sqlite_stat4")).await?;
    }
    let mut insert = Query::insert();
    insert.into_table("sqlite_stat1").columns(["tbl", "idx", "stat"]);
    for row in wanted {
        insert.values_panic(row.map(Expr::val));
    }
    transaction.execute(&insert).await?;
    // This connection reads them now; others do when they see that the schema has changed.
    transaction.execute_raw(sqlite("ANALYZE sqlite_schema")).await?;
    Ok(())
}

async fn exists(transaction: &impl ConnectionTrait, table: &str) -> Result<bool, StoreError> {
    let find = "SELECT 1 FROM sqlite_schema WHERE name = ?";
    let find = Statement::from_sql_and_values(DbBackend::Sqlite, find, [table.into()]);
    Ok(transaction.query_one_raw(find).await?.is_some())
}

/// Table, index and statistics of each index.
async fn known(transaction: &impl ConnectionTrait) -> Result<Vec<[String; 3]>, StoreError> {
    let known = "SELECT tbl, coalesce(idx, '') AS idx, stat FROM sqlite_stat1 ORDER BY tbl, idx";
    let rows = transaction.query_all_raw(sqlite(known)).await?;
    rows.iter()
        .map(|row| {
            Ok([
                row.try_get("", "tbl")?,
                row.try_get("", "idx")?,
                row.try_get("", "stat")?,
            ])
        })
        .collect()
}

fn sqlite(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// The number of rows, and how many share the same first column, the same first two, and so on.
fn estimates(index: &[IndexColumn]) -> String {
    let (mut rows, mut text) = (ROWS, ROWS.to_string());
    for (place, column) in index.iter().enumerate() {
        let is_key = column.is_unique && place + 1 == index.len();
        rows = match column.column.as_deref().unwrap_or_default() {
            _ if is_key => 1,
            "tenant_id" => OF_TENANT,
            "partner_id" | "campaign_id" | "advertiser_id" | "group_id" => rows.div_ceil(1_000),
            "status" | "kind" | "type" | "currency" | "outcome" | "stage_id" | "source" => rows.div_ceil(5),
            // Ids, moments and amounts.
            _ => 1,
        };
        // Writing to a `String` does not fail.
        let _ = write!(text, " {rows}");
    }
    text
}
