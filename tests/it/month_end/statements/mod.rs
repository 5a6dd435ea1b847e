//! Statements: opening and movements are closing, consecutive ones meet, and what is past does not change.

mod access;
mod as_of;
mod costs;
mod examples;
mod individuals;
mod mistakes;
mod pages;
mod waiting;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::ledger::{decimal, merged, text};
use crate::support::Client;

/// What is asked of a statement.
pub const STATEMENT: &str = "partner { id } recipient from to opening { amount currency } closing { amount }
    totals { kind count amount { amount currency } } movements(first: 500) { totalCount nodes {
      at kind amount { amount currency } balance { amount } commission { id } payout { id } } }";

/// A statement in euros.
pub async fn statement(client: &Client, partner: &str, from: &str, to: &str) -> Value {
    statement_with(client, json!({ "partnerId": partner, "from": from, "to": to })).await
}

pub async fn statement_with(client: &Client, arguments: Value) -> Value {
    let document = format!(
        "query($partnerId: ID!, $recipient: String, $currency: CurrencyCode!, $from: DateTime!, $to: DateTime!) {{
           statement(partnerId: $partnerId, recipient: $recipient, currency: $currency, from: $from, to: $to) {{ {STATEMENT} }} }}"
    );
    let arguments = merged(json!({ "currency": "EUR" }), arguments);
    let statement = client.data_with(&document, arguments).await["statement"].clone();
    if !statement.is_null() {
        assert_adds_up(&statement);
    }
    statement
}

/// The movements as "day KIND amount balance".
pub fn told(statement: &Value) -> Vec<String> {
    let movements = statement["movements"]["nodes"].as_array().expect("movements").iter();
    let told = movements.map(|movement| {
        format!(
            "{} {} {} {}",
            &text(&movement["at"])[5..10],
            text(&movement["kind"]),
            text(&movement["amount"]["amount"]),
            text(&movement["balance"]["amount"])
        )
    });
    told.collect()
}

/// The totals as "KIND count amount".
pub fn totals(statement: &Value) -> Vec<String> {
    let totals = statement["totals"].as_array().expect("totals").iter();
    let told = totals.map(|total| {
        format!(
            "{} {} {}",
            text(&total["kind"]),
            total["count"],
            text(&total["amount"]["amount"])
        )
    });
    told.collect()
}

/// Opening and movements are closing, one by one and by kind.
pub fn assert_adds_up(statement: &Value) {
    let movements = statement["movements"]["nodes"].as_array().expect("movements");
    assert_eq!(
        statement["movements"]["totalCount"],
        movements.len(),
        "all are on one page"
    );
    let mut balance = decimal(&statement["opening"]["amount"]);
    let mut of_kinds: Vec<(String, i64, Decimal)> = Vec::new();
    for movement in movements {
        let (kind, amount) = (text(&movement["kind"]), decimal(&movement["amount"]["amount"]));
        balance += amount;
        assert_eq!(decimal(&movement["balance"]["amount"]), balance, "{statement:#}");
        let has_payout = ["PAID", "RETURNED"].contains(&kind.as_str());
        assert_eq!(movement["payout"].is_null(), !has_payout, "{movement}");
        match of_kinds.iter_mut().find(|(known, ..)| *known == kind) {
            Some((_, count, sum)) => (*count, *sum) = (*count + 1, *sum + amount),
            None => of_kinds.push((kind, 1, amount)),
        }
    }
    assert_eq!(decimal(&statement["closing"]["amount"]), balance, "{statement:#}");
    let order = [
        "OPENING",
        "ACCRUED",
        "ADJUSTED",
        "CLAWED_BACK",
        "REVERSED",
        "PAID",
        "RETURNED",
    ];
    of_kinds.sort_by_key(|(kind, ..)| order.iter().position(|known| known == kind));
    let told: Vec<_> = statement["totals"].as_array().expect("totals").iter().collect();
    let told: Vec<_> = told
        .iter()
        .map(|total| {
            let count = total["count"].as_i64().expect("a number");
            (text(&total["kind"]), count, decimal(&total["amount"]["amount"]))
        })
        .collect();
    assert_eq!(told, of_kinds, "{statement:#}");
}
