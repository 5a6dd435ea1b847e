//! The database itself keeps what deals were paid for, and the versions of rules that paid.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, Statement};
use serde_json::json;

use super::{Sales, fixed, one_off};
use crate::support::{TestApp, both_databases};

/// Runs a statement past the program.
async fn run(app: &TestApp, sql: &str) -> Result<u64, String> {
    let mut options = ConnectOptions::new(app.database_url());
    options.max_connections(1).sqlx_logging(false);
    let database = Database::connect(options).await.expect("the test database is there");
    let statement = Statement::from_string(database.get_database_backend(), sql);
    let result = database.execute_raw(statement).await;
    let result = result
        .map(|done| done.rows_affected())
        .map_err(|error| error.to_string());
    database.close().await.expect("it closes");
    result
}

async fn refused(app: &TestApp, sql: &str) {
    let error = run(app, sql).await.expect_err(sql);
    assert!(error.contains("append-only"), "{sql}: {error}");
}

async fn columns(app: &TestApp, table: &str) -> Vec<String> {
    let sql = match app.is_postgres() {
        true => format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"),
        false => format!("SELECT name FROM pragma_table_info('{table}')"),
    };
    app.texts(&sql).await
}

/// Two payments with rows, one of them void, and one of nothing.
async fn filled(app: &TestApp) -> Sales<'_> {
    let sales = Sales::new(app).await;
    sales
        .rule(json!([
            one_off(&sales.won, fixed("10")),
            one_off(&sales.won, fixed("0"))
        ]))
        .await;
    let (deal, other) = (sales.deal("100").await, sales.deal("100").await);
    sales.enter(&deal, &sales.won).await;
    sales.enter(&deal, &sales.lost).await;
    sales.enter(&other, &sales.won).await;
    sales
}

#[apply(both_databases)]
async fn versions_and_payments_are_neither_changed_nor_removed(app: TestApp) {
    filled(&app).await;
    let before = app.rows().await;
    assert_eq!(
        (before["commission_rule_version"].len(), before["deal_payment"].len()),
        (1, 4)
    );
    for column in columns(&app, "commission_rule_version").await {
        refused(&app, &format!("UPDATE commission_rule_version SET {column} = {column}")).await;
    }
    for column in columns(&app, "deal_payment").await {
        let change = match column.as_str() {
            // Once: a payment that is void stays so.
            "voided_at" => "UPDATE deal_payment SET voided_at = NULL WHERE voided_at IS NOT NULL".to_owned(),
            _ => format!("UPDATE deal_payment SET {column} = NULL WHERE {column} IS NOT NULL"),
        };
        refused(&app, &change).await;
    }
    refused(&app, "UPDATE deal_payment SET occurrence = occurrence + 1").await;
    for table in ["commission_rule_version", "deal_payment"] {
        refused(&app, &format!("DELETE FROM {table}")).await;
        if app.is_postgres() {
            refused(&app, &format!("TRUNCATE {table} CASCADE")).await;
        }
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn they_are_not_replaced_by_any_of_their_keys_on_sqlite(app: TestApp) {
    if app.is_postgres() {
        return;
    }
    filled(&app).await;
    let before = app.rows().await;
    for table in ["commission_rule_version", "deal_payment"] {
        let columns = columns(&app, table).await;
        let all = columns.join(", ");
        // By the id, and with another id by the other keys.
        let values: Vec<_> = columns
            .iter()
            .map(|name| if name == "id" { "randomblob(16)" } else { name.as_str() })
            .collect();
        for values in [all.clone(), values.join(", ")] {
            for replace in ["INSERT OR REPLACE INTO", "REPLACE INTO"] {
                refused(&app, &format!("{replace} {table} ({all}) SELECT {values} FROM {table}")).await;
            }
        }
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn a_slot_is_paid_once_whoever_writes(app: TestApp) {
    filled(&app).await;
    let before = app.rows().await;
    let columns = columns(&app, "deal_payment").await;
    let new_id = if app.is_postgres() {
        "gen_random_uuid()"
    } else {
        "randomblob(16)"
    };
    let values: Vec<_> = columns
        .iter()
        .map(|name| match name.as_str() {
            "id" => new_id,
            "commission_id" => "NULL",
            name => name,
        })
        .collect();
    let copy = format!(
        "INSERT INTO deal_payment ({}) SELECT {} FROM deal_payment WHERE voided_at IS NULL",
        columns.join(", "),
        values.join(", "),
    );
    run(&app, &copy).await.expect_err("the slots are taken");
    assert_eq!(app.rows().await, before);
    // Of what came to nothing there may be more.
    assert_eq!(run(&app, &copy.replace("IS NULL", "IS NOT NULL")).await, Ok(2));
}
