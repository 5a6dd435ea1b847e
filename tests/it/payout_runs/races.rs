//! Runs, settlements, refunds, approvals and reversals over the same rows, on two gateways at once.

use std::collections::HashSet;
use std::sync::Arc;

use futures::future::join_all;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::auth::Caller;
use tributary::domain::commission::PayoutSettlement;
use tributary::service::ledger::payout::{NewPayoutRun, Settlement, create_run, preview_run, settle_many, settle_run};
use tributary::service::ledger::review::{approve_matured, reverse};
use tributary::store;

use super::Office;
use crate::ledger::{charge, decimal, refund, text};
use crate::ledger_races::two_gateways;
use crate::support::both_databases;

const PARTNERS: usize = 6;
const SALES: usize = 60;

/// Every payout of every run, with the rows that were ever in it and the run's cut-off.
async fn payouts(office: &Office<'_>) -> Vec<Value> {
    let document = "{ payouts(first: 500) { pageInfo { hasNextPage } nodes { id status run { accruedBefore }
        commissions(first: 500) { nodes { id kind accruedAt adjusts { id } } } } } }";
    let data = office.staff().data(document).await["payouts"].clone();
    assert_eq!(data["pageInfo"]["hasNextPage"], false);
    data["nodes"].as_array().unwrap().clone()
}

async fn work(gateway: Arc<App>, caller: Caller, rows: Vec<String>, round: usize) {
    let cut_off = round.is_multiple_of(2).then(|| gateway.clock.now());
    let run = NewPayoutRun {
        accrued_before: cut_off,
        ..NewPayoutRun::default()
    };
    approve_matured(&gateway, 20).await.expect("no fault");
    preview_run(&gateway, &caller, run.clone()).await.expect("no fault");
    let made = create_run(&gateway, &caller, run).await.expect("no fault");
    reverse(&gateway, &caller, rows, "race").await.expect("no fault");
    let status = [
        PayoutSettlement::Paid,
        PayoutSettlement::Failed,
        PayoutSettlement::Canceled,
    ][round % 3];
    let scope = tributary::auth::Scope::tenant_wide(caller.tenant());
    let some = store::payout::pending_of_run(gateway.store.reader(), &scope, made.id, 2)
        .await
        .expect("payouts");
    let list = some.iter().map(|id| Settlement {
        id: id.to_string(),
        status: PayoutSettlement::Paid,
        reference: None,
        reason: None,
    });
    let list: Vec<_> = list.collect();
    if !list.is_empty() {
        settle_many(&gateway, &caller, list).await.expect("no fault");
    }
    if round != 4 {
        settle_run(&gateway, &caller, &made.id.to_string(), status, None)
            .await
            .expect("no fault");
    }
    approve_matured(&gateway, 500).await.expect("no fault");
}

#[apply(both_databases)]
async fn whatever_runs_at_once_no_row_is_paid_twice_and_every_line_is_true(app: TestApp) {
    let office = Office::new(&app).await;
    let campaign = office
        .campaign_with(json!({ "holdbackDays": 0, "terms": [{ "basis": "PERCENT", "value": "10" }] }))
        .await;
    let mut partners = Vec::new();
    for number in 0..PARTNERS {
        partners.push(office.partner(&format!("p{number}")).await);
    }
    let mut rows = Vec::new();
    for sale in 0..SALES {
        rows.push(
            office
                .sale(&format!("e{sale}"), &partners[sale % PARTNERS], &campaign, "100")
                .await,
        );
    }
    app.clock.advance(std::time::Duration::from_secs(3600));
    let gateways = two_gateways(&app).await;
    let caller = Caller::operator(office.tenant.id, "ann");
    let mut tasks = Vec::new();
    for round in 0..6 {
        let some = rows[round * 8..round * 8 + 4].to_vec();
        tasks.push(tokio::spawn(work(
            gateways[round % 2].clone(),
            caller.clone(),
            some,
            round,
        )));
    }
    for part in 0..4 {
        let staff = office.staff();
        let refunds: Vec<_> = (0..SALES).filter(|sale| sale % 4 == part).collect();
        tasks.push(tokio::spawn(async move {
            for sale in refunds {
                let input = refund(&format!("r{sale}"), &format!("e{sale}"), Some("30"));
                staff.done("recordEvent", input, "event { id }").await;
            }
        }));
    }
    let (staff, late, campaign) = (office.staff(), office.partner("late").await, campaign.clone());
    tasks.push(tokio::spawn(async move {
        for sale in 0..20 {
            staff
                .done(
                    "recordEvent",
                    charge(&format!("late{sale}"), &late, &campaign, "50"),
                    "event { id }",
                )
                .await;
        }
    }));
    for done in join_all(tasks).await {
        done.expect("no worker failed");
    }
    office.assert_verified().await;

    let mut held = HashSet::new();
    for payout in payouts(&office).await {
        let rows = payout["commissions"]["nodes"].as_array().unwrap();
        let ids: HashSet<_> = rows.iter().map(|row| text(&row["id"])).collect();
        if payout["status"] == "PENDING" || payout["status"] == "PAID" {
            assert!(
                ids.iter().all(|id| held.insert(id.clone())),
                "{payout} holds what another one holds"
            );
        }
        let Some(before) = payout["run"]["accruedBefore"].as_str() else {
            continue;
        };
        let before: tributary::domain::Timestamp = before.parse().unwrap();
        for row in rows {
            let accrued_at: tributary::domain::Timestamp = text(&row["accruedAt"]).parse().unwrap();
            let goes_with =
                row["kind"] == "CLAWBACK" && row["adjusts"]["id"].as_str().is_some_and(|id| ids.contains(id));
            assert!(accrued_at < before || goes_with, "{row} of {payout}");
        }
    }

    // Two runs at once share what is left without a rest.
    let payable = "{ partners(first: 50) { nodes { balances { payable } } } }";
    let sum = |data: &Value| {
        let partners = data["partners"]["nodes"].as_array().unwrap().iter();
        partners
            .flat_map(|partner| partner["balances"].as_array().unwrap().clone())
            .map(|balance| decimal(&balance["payable"]))
            .sum::<rust_decimal::Decimal>()
    };
    let before = sum(&office.staff().data(payable).await);
    let runs = gateways
        .iter()
        .map(|gateway| create_run(gateway, &caller, NewPayoutRun::default()));
    let runs: Vec<_> = join_all(runs)
        .await
        .into_iter()
        .map(|run| run.expect("no fault").id.to_string())
        .collect();
    let mut paid_out = rust_decimal::Decimal::ZERO;
    for run in &runs {
        let document = "query($id: ID!) { payoutRun(id: $id) { totals { outcome amount { amount } } } }";
        let data = office.staff().data_with(document, json!({ "id": run })).await;
        let totals = data["payoutRun"]["totals"].as_array().unwrap().iter();
        paid_out += totals
            .filter(|total| total["outcome"] == "PAID_OUT")
            .map(|total| decimal(&total["amount"]["amount"]))
            .sum::<rust_decimal::Decimal>();
    }
    assert_eq!(before - paid_out, sum(&office.staff().data(payable).await));
    office.assert_verified().await;
}
