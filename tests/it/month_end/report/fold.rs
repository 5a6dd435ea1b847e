//! A report worked out from the rows of the ledger, without the program's help.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, TimeZone};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use tributary::domain::Timestamp;

use crate::ledger::{decimal, text};

pub const DIMENSIONS: [&str; 5] = ["PARTNER", "CAMPAIGN", "KIND", "STATUS", "LINK"];
pub const BASES: [&str; 4] = ["ACCRUED", "OCCURRED", "APPROVED", "PAID"];

const KINDS: [&str; 5] = ["EVENT", "TIER_ADJUSTMENT", "DEAL", "CLAWBACK", "MANUAL"];
const STATUSES: [&str; 4] = ["ACCRUED", "APPROVED", "PAID", "REVERSED"];

/// The time of a row by which it is counted.
fn time(row: &Value, basis: &str) -> Option<Timestamp> {
    let field = match basis {
        "OCCURRED" if !row["event"].is_null() => &row["event"]["occurredAt"],
        "ACCRUED" | "OCCURRED" => &row["accruedAt"],
        "APPROVED" => &row["approvedAt"],
        _ => &row["paidAt"],
    };
    field.as_str().map(|text| text.parse().expect("a time"))
}

/// The first moment of its month in Berlin.
fn month(at: Timestamp) -> Timestamp {
    let local = at.with_timezone(&chrono_tz::Europe::Berlin);
    let first = NaiveDate::from_ymd_opt(local.year(), local.month(), 1).expect("a day");
    let first = first.and_time(chrono::NaiveTime::MIN);
    chrono_tz::Europe::Berlin.from_local_datetime(&first).unwrap().to_utc()
}

/// What a report over rows with all their times says, by month in Berlin or as a whole.
pub fn folded(
    rows: &[Value],
    dimensions: &[&str],
    by_month: bool,
    basis: &str,
    range: (Timestamp, Timestamp),
) -> Vec<Value> {
    let mut groups: BTreeMap<String, (Value, i64, Decimal)> = BTreeMap::new();
    for row in rows {
        let Some(at) = time(row, basis).filter(|at| range.0 <= *at && *at < range.1) else {
            continue;
        };
        let by = |dimension: &str, value: Value| match dimensions.contains(&dimension) {
            true => value,
            false => Value::Null,
        };
        let thing = |value: &Value| match value.is_null() {
            true => Value::Null,
            false => json!({ "id": value["id"] }),
        };
        let start = by_month.then(|| month(at).to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        let group = json!({
            "start": start, "partner": by("PARTNER", thing(&row["partner"])), "campaign": by("CAMPAIGN", thing(&row["campaign"])),
            "kind": by("KIND", row["kind"].clone()), "status": by("STATUS", row["status"].clone()), "link": by("LINK", thing(&row["attribution"]["link"])),
            "currency": row["amount"]["currency"],
        });
        let group = groups.entry(group.to_string()).or_insert((group, 0, Decimal::ZERO));
        group.1 += 1;
        group.2 += decimal(&row["amount"]["amount"]);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_cached_key(|(group, _, amount)| {
        let place = |name: &str, all: &[&str]| all.iter().position(|known| group[name] == *known);
        let id = |name: &str| group[name]["id"].as_str().map(str::to_owned);
        (
            text(&group["currency"]),
            -amount.abs(),
            group["start"].as_str().map(str::to_owned),
            (id("partner"), id("campaign")),
            (place("kind", &KINDS), place("status", &STATUSES)),
            id("link"),
        )
    });
    let shown = groups.into_iter().map(|(mut group, count, amount)| {
        let currency = group.as_object_mut().and_then(|group| group.remove("currency"));
        group["count"] = json!(count);
        group["amount"] = json!({ "amount": amount.to_string(), "currency": currency });
        group
    });
    shown.collect()
}
