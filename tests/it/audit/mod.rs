//! Who changed what: every transaction that changed something leaves one entry, and nothing else does.

mod access;
mod commands;
mod faults;
mod history;
mod lists;
mod mutations;

use serde_json::{Value, json};

use crate::support::Client;

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
