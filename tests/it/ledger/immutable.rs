//! The database itself refuses to change or delete what the ledger says.

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use super::{Shop, charge, merged};
use crate::support::{TestApp, both_databases};

/// A connection past the program.
async fn raw(app: &TestApp) -> DatabaseConnection {
    let mut options = ConnectOptions::new(app.database_url());
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the test database is there")
}

/// Runs a statement that must be refused.
async fn refused(database: &DatabaseConnection, sql: &str) {
    let result = database
        .execute_raw(Statement::from_string(database.get_database_backend(), sql))
        .await;
    let error = result.expect_err(sql).to_string();
    assert!(error.contains("append-only"), "{sql}: {error}");
}

async fn columns(app: &TestApp, table: &str) -> Vec<String> {
    let sql = match app.is_postgres() {
        true => format!("SELECT column_name::text FROM information_schema.columns WHERE table_name = '{table}'"),
        false => format!("SELECT name FROM pragma_table_info('{table}')"),
    };
    app.texts(&sql).await
}

/// What only rows say that were entered by hand or brought in, with some value of the column.
const ENTERED: [(&str, &str); 7] = [
    ("external_id", "x"),
    ("reason", "x"),
    ("note", "x"),
    ("entered_content", "x"),
    ("source_accrued_at", "2026-01-01T00:00:00Z"),
    ("source_approved_at", "2026-01-01T00:00:00Z"),
    ("source_paid_at", "2026-01-01T00:00:00Z"),
];

/// A ledger with a row of every state, of which every column is set somewhere.
async fn filled(shop: &Shop<'_>) {
    let of_an_item = json!({ "basis": "PERCENT", "value": "5", "match": { "products": ["gold"] } });
    let terms = json!([{ "basis": "PERCENT", "value": "20" }, of_an_item]);
    let campaign = shop.campaign_with(json!({ "terms": terms })).await;
    let snapshot = json!({ "campaignId": campaign, "terms": terms, "holdbackDays": 30 });
    let partner = shop
        .partner_with("ann", json!({ "commissionSnapshot": snapshot }))
        .await;
    let paid = shop.sale("1", &partner, &campaign, "100").await;
    shop.approve(&[&paid]).await;
    let payout = shop.pay().await.remove(0);
    let came_back = json!({ "id": payout["id"], "reason": "account closed" });
    shop.staff().done("returnPayout", came_back, "payout { id }").await;
    let reversed = shop.sale("2", &partner, &campaign, "100").await;
    shop.reverse(&[&reversed]).await;
    shop.sale("3", &partner, &campaign, "100").await;
    shop.refund("r", "3", Some("10")).await;
    let items = json!({ "items": [{ "product": "gold", "amount": "100" }] });
    shop.record(merged(charge("4", &partner, &campaign, "100"), items))
        .await;
}

const MOVING: [&str; 9] = [
    "status",
    // Given once, with the first personal value.
    "salt",
    "recipient",
    "recipient_assigned_at",
    "recipient_assigned_sequence",
    "approved_at",
    "paid_at",
    "reversed_at",
    "payout_id",
];

#[apply(both_databases)]
async fn what_a_commission_says_cannot_be_updated(app: TestApp) {
    let shop = Shop::new(&app).await;
    filled(&shop).await;
    let (database, before) = (raw(&app).await, app.rows().await);
    let kept: Vec<_> = columns(&app, "commission")
        .await
        .into_iter()
        .filter(|name| !MOVING.contains(&name.as_str()))
        .collect();
    let is_entered = |name: &str| ENTERED.iter().any(|(entered, _)| *entered == name);
    let (entered, kept): (Vec<_>, Vec<_>) = kept.into_iter().partition(|name| is_entered(name));
    assert_eq!((kept.len(), entered.len()), (19, ENTERED.len()), "{kept:?}");
    for (column, value) in ENTERED {
        refused(
            &database,
            &format!("UPDATE commission SET {column} = '{value}' WHERE {column} IS NULL"),
        )
        .await;
    }
    for column in kept {
        refused(
            &database,
            &format!("UPDATE commission SET {column} = NULL WHERE {column} IS NOT NULL"),
        )
        .await;
    }
    for column in ["adjusts_id"] {
        refused(
            &database,
            &format!("UPDATE commission SET {column} = id WHERE {column} IS NULL"),
        )
        .await;
    }
    refused(&database, "UPDATE commission SET amount_minor = amount_minor + 1").await;
    refused(&database, "UPDATE commission SET status = 'APPROVED', amount_minor = 1").await;
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn histories_cannot_be_updated(app: TestApp) {
    let shop = Shop::new(&app).await;
    filled(&shop).await;
    let (database, before) = (raw(&app).await, app.rows().await);
    for table in ["commission_transition", "payout_item"] {
        for column in columns(&app, table).await {
            refused(&database, &format!("UPDATE {table} SET {column} = {column}")).await;
        }
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn nothing_of_the_ledger_can_be_deleted_or_replaced(app: TestApp) {
    let shop = Shop::new(&app).await;
    filled(&shop).await;
    let (database, before) = (raw(&app).await, app.rows().await);
    for table in ["commission", "commission_transition", "payout_item"] {
        assert!(!before[table].is_empty());
        refused(&database, &format!("DELETE FROM {table}")).await;
        if app.is_postgres() {
            refused(&database, &format!("TRUNCATE {table} CASCADE")).await;
        } else {
            refused(
                &database,
                &format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
            )
            .await;
            refused(
                &database,
                &format!("REPLACE INTO {table} SELECT * FROM {table} LIMIT 1"),
            )
            .await;
        }
    }
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn the_status_moves_and_a_recipient_is_named_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    filled(&shop).await;
    let database = raw(&app).await;
    for sql in [
        "UPDATE commission SET status = 'APPROVED', approved_at = accrued_at WHERE status = 'ACCRUED'",
        "UPDATE commission SET recipient = 'Ann'",
    ] {
        database
            .execute_raw(Statement::from_string(database.get_database_backend(), sql))
            .await
            .expect(sql);
    }
    refused(&database, "UPDATE commission SET recipient = 'Ben'").await;
    refused(&database, "UPDATE commission SET recipient = NULL").await;
}
