//! Gateways that are killed while they work on a backtest: others finish it, and it comes to the same.

use std::time::Duration;

use serde_json::Value;
use tributary::clock::Clock;
use tributary::seed::{SeedAmounts, fill};
use tributary::service::ledger::review::approve_matured;

use super::{Lab, terms};
use crate::ledger::Shop;
use crate::support::both_databases;
use crate::support::program::Program;

const KILLS: usize = 6;
/// Several times as many as are finished together.
const COMMISSIONS: u64 = 12_000;

/// How far a backtest is: its status and the number of events.
async fn progress(lab: &Lab<'_>, id: &str) -> (String, i64) {
    let backtest = lab.read(id).await;
    let events = backtest["progress"]["events"].as_i64().expect("a number");
    (crate::ledger::text(&backtest["status"]), events)
}

/// What a backtest came to, whenever and by whom.
async fn result(lab: &Lab<'_>, id: &str) -> Value {
    let mut backtest = lab.read(id).await;
    let partners = lab.partners(&backtest["id"], "EUR").await;
    let told = backtest.as_object_mut().expect("a backtest");
    told.retain(|name, _| !["id", "startedAt", "finishedAt"].contains(&name.as_str()));
    told.insert("partners".to_owned(), partners.into_iter().collect());
    backtest
}

#[apply(both_databases)]
async fn whoever_is_left_finishes_it(app: TestApp) {
    // Programs go by the clock on the wall, and approve what is mature by it before anything is compared.
    let tenant = app.tenant("acme").await;
    app.clock
        .advance((Clock::System.now() - app.clock.now()).to_std().unwrap());
    let amounts = SeedAmounts {
        partners: 300,
        campaigns: 3,
        commissions: COMMISSIONS,
        rng_seed: 1,
    };
    fill(&app.app, &tenant, amounts, |_| {}).await.unwrap();
    while approve_matured(&app.app, 500).await.unwrap() > 0 {}
    let lab = Lab(Shop { app: &app, tenant });
    let campaign = lab.staff().data("{ campaigns(first: 1) { nodes { id } } }").await;
    let campaign = crate::ledger::text(&campaign["campaigns"]["nodes"][0]["id"]);
    let proposal = terms(&campaign, serde_json::json!([{ "basis": "PERCENT", "value": "12.5" }]));
    let from = "2020-01-01T00:00:00Z";
    let expected = lab.backtest(from, proposal.clone()).await;
    let expected = result(&lab, expected["id"].as_str().unwrap()).await;
    assert_ne!(expected["totals"][0]["rose"], 0, "{expected:#}");
    let before = app.rows_but_log().await;

    let id = lab.enter_until(from, expected["to"].as_str().unwrap(), proposal).await;
    let mut programs = Vec::new();
    for _ in 0..if app.is_postgres() { 2 } else { 1 } {
        programs.push(Program::begin(&app, "").await);
    }
    let mut cut = 0;
    for kill in 0..KILLS {
        let (_, at) = progress(&lab, &id).await;
        // Of some partners it is written what they came to, or it has only begun.
        let is_enough = |status: &str, events: i64| match kill % 2 {
            0 => events > at,
            _ => status == "RUNNING",
        };
        let (mut status, mut events) = progress(&lab, &id).await;
        while status != "DONE" && !is_enough(&status, events) {
            tokio::time::sleep(Duration::from_millis(1)).await;
            (status, events) = progress(&lab, &id).await;
        }
        if status == "DONE" {
            break;
        }
        cut += 1;
        drop(programs.swap_remove(fastrand::usize(..programs.len())));
        // As if its time were over. Where the other one was at it, that finds that it holds it no longer.
        app.execute("UPDATE backtest SET held_until = NULL WHERE status = 'RUNNING'")
            .await;
        programs.push(Program::begin(&app, "").await);
    }
    while progress(&lab, &id).await.0 != "DONE" {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(programs);
    assert!(cut >= 2, "killed {cut} times");
    assert_eq!(result(&lab, &id).await, expected);
    let mut after = app.rows_but_log().await;
    let mut before = before;
    for rows in [&mut before, &mut after] {
        // Programs remove from the outbox what is old.
        rows.retain(|table, _| !table.starts_with("backtest") && !table.starts_with("outbox"));
    }
    for (table, rows) in &before {
        assert!(after.get(table) == Some(rows), "{table} was written");
    }
}
