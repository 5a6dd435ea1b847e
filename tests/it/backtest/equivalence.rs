//! A proposal comes to what a tenant has that was given the same commands with the proposal in force from the start: of every
//! partner, and of every event and kind of row.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::programme::{Command, Programme, commands};
use super::{Lab, terms};
use crate::ledger::{decimal, text};
use crate::support::{TestApp, both_databases};

/// What an event's rows come to, by kind and currency; none where that is nothing.
fn sums<'r>(rows: impl IntoIterator<Item = &'r Value>) -> BTreeMap<(String, String), Decimal> {
    let mut sums = BTreeMap::new();
    for row in rows {
        let key = (text(&row["kind"]), text(&row["amount"]["currency"]));
        *sums.entry(key).or_default() += decimal(&row["amount"]["amount"]);
    }
    sums.retain(|_, sum: &mut Decimal| !sum.is_zero());
    sums
}

/// Asserts that each event would have earned what it earned in the other tenant; returns how many earn otherwise than they did.
async fn assert_each_event(lab: &Lab<'_>, backtest: &Value, own: &Programme<'_>, other: &Programme<'_>) -> usize {
    let mut changed = 0;
    for (name, event) in &own.events {
        let sides = lab.event(&backtest["id"], event).await;
        let side = |side: &str| sums(sides[side].as_array().expect("rows"));
        let earned = other.rows_of(name).await;
        let earned = earned.iter().filter(|row| row["status"] != "REVERSED");
        assert_eq!(side("proposed"), sums(earned), "{name}: {sides:#}");
        let earned = own.rows_of(name).await;
        assert_eq!(
            side("actual"),
            sums(earned.iter().filter(|row| row["status"] != "REVERSED")),
            "{name}"
        );
        changed += usize::from(side("actual") != side("proposed"));
    }
    changed
}

async fn told(app: TestApp, seed: u64) {
    let proposed =
        json!([{ "basis": "PERCENT", "value": "17.5" }, { "basis": "FIXED", "value": "2", "eventType": "purchase" }]);
    let from = app.clock.now().to_rfc3339();
    let mut actual = Programme::new(&app, "acme", None).await;
    let mut fresh = Programme::new(&app, "fresh", Some(proposed.clone())).await;
    for command in commands(seed, 80) {
        // The campaign has the proposal from the start, and keeps it.
        let is_proposed = matches!(command, Command::Terms(0, _));
        // Paying depends on what there is, and so do reversals by hand: both have their own amounts.
        if matches!(command, Command::Pay) {
            continue;
        }
        let done = actual.act(&command).await;
        let is_wait = matches!(command, Command::Wait(_));
        let repeats = !is_proposed && !is_wait && (done || !matches!(command, Command::Reverse(_)));
        if repeats {
            fresh.act(&command).await;
        }
    }
    actual.shop.days_later(1);
    let lab = Lab(crate::ledger::Shop {
        app: &app,
        tenant: actual.shop.tenant.clone(),
    });
    let backtest = lab.backtest(&from, terms(&actual.campaigns[0], proposed)).await;
    assert_eq!(backtest["incompleteHistory"], false);
    let partners = lab.partners(&backtest["id"], "EUR").await;
    for (own, other) in actual.partners.iter().zip(&fresh.partners) {
        let difference = partners.get(own);
        let [is, would_be] = ["actual", "proposed"].map(|side| {
            let amount = difference.map(|difference| decimal(&difference[side]["amount"]));
            amount.unwrap_or_default()
        });
        assert_eq!(is, actual.earned(own).await, "seed {seed}");
        assert_eq!(would_be, fresh.earned(other).await, "seed {seed}");
    }
    let changed = assert_each_event(&lab, &backtest, &actual, &fresh).await;
    assert!(changed > 1, "seed {seed}: {changed}");
}

#[apply(both_databases)]
async fn a_proposal_comes_to_what_a_fresh_tenant_has(app: TestApp) {
    told(app, 11).await;
}

#[apply(both_databases)]
async fn and_so_it_does_in_another_story(app: TestApp) {
    told(app, 12).await;
}

#[apply(both_databases)]
async fn and_in_a_third(app: TestApp) {
    told(app, 13).await;
}
