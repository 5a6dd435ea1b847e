//! What clients learn from answers.

use serde_json::Value;

/// A row as an answer tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub id: String,
    pub kind: String,
    /// As in "12.34 EUR".
    pub amount: String,
}

pub fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("a text, not {value}"))
        .to_owned()
}

pub fn list(value: &Value) -> &[Value] {
    value
        .as_array()
        .unwrap_or_else(|| panic!("a list, not {value}"))
        .as_slice()
}

/// "12.34 EUR".
pub fn amount(value: &Value) -> String {
    format!(
        "{} {}",
        text(&value["amount"]["amount"]),
        text(&value["amount"]["currency"])
    )
}

pub fn is_done(payload: &Value) -> bool {
    list(&payload["userErrors"]).is_empty()
}

/// The rows that an event's payload tells of.
pub fn rows(recorded: &Value) -> Vec<Told> {
    list(&recorded["commissions"]).iter().map(told).collect()
}

pub fn told(row: &Value) -> Told {
    Told {
        id: text(&row["id"]),
        kind: text(&row["kind"]),
        amount: amount(row),
    }
}
