//! What was in force comes to what there is, whatever happened.

use super::programme::{Programme, commands};
use super::{Lab, assert_same, nothing};
use crate::ledger::decimal;
use crate::support::{TestApp, both_databases};

async fn told(app: TestApp, seed: u64) {
    let mut programme = Programme::new(&app, "acme", None).await;
    let from = app.clock.now().to_rfc3339();
    programme.shop.days_later(1);
    let commands = commands(seed, 90);
    let mut middle = from.clone();
    for (number, command) in commands.iter().enumerate() {
        if number == 40 {
            programme.shop.days_later(1);
            middle = app.clock.now().to_rfc3339();
        }
        programme.act(command).await;
    }
    programme.shop.days_later(1);
    let shop = crate::ledger::Shop {
        app: &app,
        tenant: programme.shop.tenant.clone(),
    };
    let lab = Lab(shop);
    let before = app.rows().await;
    let whole = lab.backtest(&from, nothing(&programme.campaigns)).await;
    assert_same(&whole);
    let partners = lab.partners(&whole["id"], "EUR").await;
    for partner in &programme.partners {
        let actual = partners
            .get(partner)
            .map(|difference| decimal(&difference["actual"]["amount"]));
        assert_eq!(
            actual.unwrap_or_default(),
            programme.earned(partner).await,
            "seed {seed}"
        );
    }
    assert_same(&lab.backtest(&middle, nothing(&programme.campaigns)).await);
    // Nothing but the backtests was touched, and what is told of them.
    let mut after = app.rows().await;
    let mut before = before;
    for rows in [&mut before, &mut after] {
        rows.retain(|table, _| !table.starts_with("backtest") && !table.starts_with("audit"));
    }
    assert_eq!(before, after);
}

both_databases! {
    async fn whatever_happened_nothing_new_changes_nothing(app: TestApp) {
        told(app, 1).await;
    }

    async fn nor_does_it_in_another_story(app: TestApp) {
        told(app, 2).await;
    }

    async fn nor_in_a_third(app: TestApp) {
        told(app, 3).await;
    }

    async fn nor_in_a_fourth(app: TestApp) {
        told(app, 4).await;
    }
}
