//! What partners are promised: when it is stamped, which promise is in force, and that none ever changes.

mod approvals;
mod given;

use serde_json::{Value, json};

use crate::support::Client;

const SHOWN: &str = "version source reason holdbackDays createdAt supersededAt campaign { id } partner { id }
    terms { basis value currency trigger eventType recurringMonths }";

/// All promises of a partner, newest first.
async fn promises(staff: &Client, partner: &str) -> Vec<Value> {
    let data = staff
        .data(&format!(
            "{{ partner(id: {partner:?}) {{ commissionSnapshots {{ {SHOWN} }} }} }}"
        ))
        .await;
    data["partner"]["commissionSnapshots"].as_array().unwrap().clone()
}

fn percent(value: &str) -> Value {
    json!([{ "basis": "PERCENT", "value": value }])
}
