//! Who changed what: every transaction that changed something leaves one entry, and nothing else does.

mod access;
mod commands;
mod faults;
mod history;
mod lists;
mod mutations;
mod rows;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const ENTRY: &str = "id at actor apiKey { id } tokenId partner { id } operation requestId count
    changes { objectId objectType field before after }";

/// The newest entries, newest first, and how many there are in all.
async fn log(staff: &Client) -> (u64, Vec<Value>) {
    log_with(staff, json!({})).await
}

async fn log_with(staff: &Client, filter: Value) -> (u64, Vec<Value>) {
    let document = format!(
        "query($filter: AuditFilter) {{ auditLog(first: 500, filter: $filter) {{ totalCount nodes {{ {ENTRY} }} }} }}"
    );
    let data = staff.data_with(&document, json!({ "filter": filter })).await;
    let entries = data["auditLog"]["nodes"].as_array().unwrap().clone();
    (data["auditLog"]["totalCount"].as_u64().unwrap(), entries)
}

/// The change of a field in an entry.
fn change<'e>(entry: &'e Value, field: &str) -> &'e Value {
    let changes = entry["changes"].as_array().unwrap();
    let found = changes.iter().find(|change| change["field"] == field);
    found.unwrap_or_else(|| panic!("{field} of {entry}"))
}

/// Tables whose rows say how far work has come, what is kept for a time, or which migrations were run.
const NOT_AUDITED: [&str; 8] = [
    "seaql_migrations",
    "outbox_mark",
    "webhook_delivery",
    "backtest",
    "backtest_event",
    "backtest_partner",
    "backtest_sum",
    "idempotency",
];

/// PostgreSQL knows of each row which transaction has written it last: each of these has left one entry.
async fn every_writer_has_left_one_entry(app: &TestApp) {
    if !app.is_postgres() {
        return;
    }
    let rows = app.rows().await;
    let audited = rows
        .iter()
        .filter(|(table, rows)| !rows.is_empty() && !NOT_AUDITED.contains(&table.as_str()));
    let tables: Vec<_> = audited.map(|(table, _)| table).collect();
    assert!(tables.len() > 10, "{tables:?}");
    for table in tables {
        let others = app
            .texts(&format!(
                "SELECT 'transaction ' || writer.number || ' has left ' || COUNT(entry.id)
                 FROM (SELECT DISTINCT xmin::text AS number FROM {table}) AS writer
                 LEFT JOIN audit_entry AS entry ON entry.xmin::text = writer.number
                 GROUP BY writer.number HAVING COUNT(entry.id) <> 1"
            ))
            .await;
        assert_eq!(others, [""; 0], "{table}");
    }
}
