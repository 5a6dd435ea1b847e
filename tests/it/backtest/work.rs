//! Working on backtests: who holds one, who goes on with it, and how it ends.

use std::time::Duration;

use serde_json::json;
use tributary::domain::backtest::{Difference, Tally};
use tributary::domain::money::Currency;
use tributary::service::backtest::{delete_expired, work};
use tributary::store::backtest::{FinishedPartners, LeasedBacktest, advance, claim};

use super::{Lab, terms, totals};
use crate::support::both_databases;

#[apply(both_databases)]
async fn another_replica_finishes_what_a_killed_one_held(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let id = lab
        .enter(&from, terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }])))
        .await;
    // It takes the backtest, and is killed.
    let held = LeasedBacktest {
        tenant: lab.tenant.id,
        id: id.parse().unwrap(),
        holder: uuid::Uuid::max(),
    };
    let now = app.clock.now();
    let transaction = app.store().begin_unaudited().await.unwrap();
    assert!(
        claim(&transaction, held, now, now + Duration::from_secs(60))
            .await
            .unwrap()
    );
    transaction.commit().await.unwrap();
    assert_eq!(work(&app.app, &|| false).await.unwrap(), 0);
    assert_eq!(lab.read(&id).await["status"], "RUNNING");
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(work(&app.app, &|| false).await.unwrap(), 1);
    let done = lab.read(&id).await;
    assert_eq!(done["status"], "DONE");
    assert_eq!(totals(&done), ["10.00 -> 20.00 = 10.00; +0 -0 ^1 v0 =0"]);
    // It was not killed after all, and finds that it holds nothing any more.
    let transaction = app.store().begin_unaudited().await.unwrap();
    let written = advance(
        &transaction,
        held,
        ann.parse().unwrap(),
        &FinishedPartners::default(),
        app.clock.now(),
    )
    .await;
    assert!(!written.unwrap());
    transaction.rollback().await.unwrap();
    assert_eq!(lab.read(&id).await, done);
}

#[apply(both_databases)]
async fn another_replica_goes_on_behind_the_last_partner_that_is_finished(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, ben, campaign) = (
        lab.partner("ann").await,
        lab.partner("ben").await,
        lab.percent("10").await,
    );
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.sale("2", &ben, &campaign, "100").await;
    lab.days_later(1);
    let id = lab
        .enter(&from, terms(&campaign, json!([{ "basis": "PERCENT", "value": "20" }])))
        .await;
    // It has finished Ann, and noted what nobody else would come to, when it is killed.
    let held = LeasedBacktest {
        tenant: lab.tenant.id,
        id: id.parse().unwrap(),
        holder: uuid::Uuid::max(),
    };
    let (now, euros) = (app.clock.now(), Currency::parse("EUR").unwrap());
    let until = now + Duration::from_secs(60);
    let difference = Difference {
        actual_minor: 1000,
        proposed_minor: 7777,
        rose: 1,
        ..Difference::default()
    };
    let tally = Tally {
        total: [(euros, difference)].into(),
        ..Tally::default()
    };
    let partner = ann.parse().unwrap();
    let batch = FinishedPartners {
        partners: vec![(partner, vec![(euros, difference)])],
        tally,
        changed: Vec::new(),
        events: 1,
        is_incomplete: false,
    };
    let transaction = app.store().begin_unaudited().await.unwrap();
    assert!(claim(&transaction, held, now, until).await.unwrap());
    assert!(advance(&transaction, held, partner, &batch, until).await.unwrap());
    transaction.commit().await.unwrap();
    app.clock.advance(Duration::from_secs(61));
    assert_eq!(work(&app.app, &|| false).await.unwrap(), 1);
    let done = lab.read(&id).await;
    assert_eq!(done["progress"], json!({ "events": 2, "ofEvents": 2 }));
    assert_eq!(totals(&done), ["20.00 -> 97.77 = 77.77; +0 -0 ^2 v0 =0"]);
}

#[apply(both_databases)]
async fn a_program_that_ends_lets_go(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let id = lab.enter(&from, terms(&campaign, json!([]))).await;
    let asked = std::sync::atomic::AtomicBool::new(false);
    // It is told to end once it has begun.
    let ending = || asked.swap(true, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(work(&app.app, &ending).await.unwrap(), 1);
    assert_eq!(lab.read(&id).await["status"], "RUNNING");
    assert_eq!(work(&app.app, &|| false).await.unwrap(), 1);
    assert_eq!(totals(&lab.read(&id).await), ["10.00 -> 0.00 = -10.00; +0 -1 ^0 v0 =0"]);
}

#[apply(both_databases)]
async fn it_can_be_canceled_until_it_has_ended(app: TestApp) {
    let lab = Lab::new(&app).await;
    let (ann, campaign) = (lab.partner("ann").await, lab.percent("10").await);
    let from = lab.now();
    lab.sale("1", &ann, &campaign, "100").await;
    lab.days_later(1);
    let id = lab.enter(&from, terms(&campaign, json!([]))).await;
    for _ in 0..2 {
        let canceled = lab
            .staff()
            .done("cancelBacktest", json!({ "id": id }), "backtest { status finishedAt }")
            .await;
        assert_eq!(canceled["backtest"]["status"], "CANCELED");
    }
    assert_eq!(work(&app.app, &|| false).await.unwrap(), 0);
    let done = lab.backtest(&from, terms(&campaign, json!([]))).await;
    let problems = lab
        .staff()
        .problems("cancelBacktest", json!({ "id": done["id"] }), "backtest { id }")
        .await;
    assert_eq!(problems.len(), 1, "{problems:?}");
    // What they came to is kept for 30 days.
    lab.days_later(29);
    assert_eq!(delete_expired(&app.app).await.unwrap(), 0);
    lab.days_later(2);
    assert_eq!(delete_expired(&app.app).await.unwrap(), 2);
    assert!(lab.read(&id).await.is_null());
}
