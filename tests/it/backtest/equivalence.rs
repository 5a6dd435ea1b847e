//! A proposal comes to what a tenant has that was given the same commands with the proposal in force from the start.

use serde_json::json;

use super::programme::{Command, Programme, commands};
use super::{Lab, terms};
use crate::ledger::decimal;
use crate::support::{TestApp, both_databases};

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
        if matches!(command, Command::Pay | Command::Tier(..)) {
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
}

both_databases! {
    async fn a_proposal_comes_to_what_a_fresh_tenant_has(app: TestApp) {
        told(app, 11).await;
    }

    async fn and_so_it_does_in_another_story(app: TestApp) {
        told(app, 12).await;
    }

    async fn and_in_a_third(app: TestApp) {
        told(app, 13).await;
    }
}
