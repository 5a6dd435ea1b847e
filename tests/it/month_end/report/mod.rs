//! Reports: what commissions come to, by what they have in common.

mod access;
mod bases;
mod examples;
mod fold;
mod links;
mod pages;

use serde_json::{Value, json};

pub use fold::{BASES, DIMENSIONS, folded};

use crate::ledger::{merged, text};
use crate::support::Client;

/// What is asked of a row.
pub const ROW: &str = "start partner { id } campaign { id } kind status link { id } count amount { amount currency }";

pub const REPORT: &str = "query($groupBy: [ReportDimension!]!, $interval: SeriesInterval, $basis: TimeBasis, $from: DateTime!, $to: DateTime!, \
    $filter: CommissionFilter, $first: Int, $after: String, $last: Int, $before: String) { \
    commissionReport(groupBy: $groupBy, interval: $interval, timeBasis: $basis, from: $from, to: $to, filter: $filter, \
    first: $first, after: $after, last: $last, before: $before)";

/// The rows of a report.
pub async fn rows(client: &Client, arguments: Value) -> Vec<Value> {
    let document = format!("{REPORT} {{ totalCount nodes {{ {ROW} }} pageInfo {{ hasNextPage }} }} }}");
    let arguments = merged(json!({ "groupBy": [], "basis": "ACCRUED", "first": 500 }), arguments);
    let report = client.data_with(&document, arguments).await["commissionReport"].clone();
    let rows = report["nodes"].as_array().expect("rows").clone();
    assert_eq!(report["pageInfo"]["hasNextPage"], false, "all are on one page");
    assert_eq!(report["totalCount"], rows.len());
    rows
}

/// Rows as "day KIND STATUS count amount currency", without what is null.
pub fn told(rows: &[Value]) -> Vec<String> {
    let told = rows.iter().map(|row| {
        let named =
            ["start", "kind", "status"].map(|name| row[name].as_str().map(|text| text.replace("T23:00:00Z", "")));
        let named: Vec<_> = named.into_iter().flatten().collect();
        let amount = format!(
            "{} {} {}",
            row["count"],
            text(&row["amount"]["amount"]),
            text(&row["amount"]["currency"])
        );
        [named, vec![amount]].concat().join(" ")
    });
    told.collect()
}
