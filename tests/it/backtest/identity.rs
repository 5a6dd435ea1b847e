//! What was in force comes to what there is, whatever happened.

use serde_json::{Value, json};

use super::programme::{Command, Programme, commands, with_moves};
use super::{Lab, assert_equal, assert_same, nothing, terms};
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

/// With moves between partners, refunds after them, clawbacks and new tiers; also of ranges that end or begin amid them.
async fn moved(app: TestApp, seed: u64) {
    let mut programme = Programme::new(&app, "acme", None).await;
    let from = app.clock.now().to_rfc3339();
    programme.shop.days_later(1);
    let commands = with_moves(seed, commands(seed, 90));
    let mut middle = from.clone();
    let half = commands.len() / 2;
    let mut moves = 0;
    for (number, command) in commands.iter().enumerate() {
        if number == half {
            programme.shop.days_later(1);
            middle = app.clock.now().to_rfc3339();
        }
        let is_move = matches!(command, Command::Reassign { .. } | Command::Attribute { .. });
        moves += usize::from(programme.act(command).await && is_move);
    }
    assert!(moves > 3, "seed {seed}: {moves}");
    programme.shop.days_later(1);
    let lab = Lab(crate::ledger::Shop {
        app: &app,
        tenant: programme.shop.tenant.clone(),
    });
    let whole = lab.backtest(&from, nothing(&programme.campaigns)).await;
    assert_equal(&whole);
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
    let first = lab.backtest_until(&from, &middle, nothing(&programme.campaigns)).await;
    assert_equal(&first);
    let second = lab.backtest(&middle, nothing(&programme.campaigns)).await;
    assert_equal(&second);
}

/// The campaign always has the same terms, and so have its snapshots: reading these with the campaign's terms changes
/// nothing. `promised` is what a snapshot says.
async fn replaced(app: TestApp, seed: u64, own: Value, promised: Value) {
    let mut programme = Programme::new(&app, "acme", Some(own.clone())).await;
    let from = app.clock.now().to_rfc3339();
    for command in with_moves(seed, commands(seed, 80)) {
        let command = match command {
            Command::Terms(0, _) => continue,
            Command::Terms(_, _) => Command::Amend(1, Some(0), promised.clone()),
            Command::Amend(partner, Some(0), _) => Command::Amend(partner, Some(0), promised.clone()),
            command => command,
        };
        programme.act(&command).await;
    }
    programme.shop.days_later(1);
    let lab = Lab(crate::ledger::Shop {
        app: &app,
        tenant: programme.shop.tenant.clone(),
    });
    let mut proposal = terms(&programme.campaigns[0], own);
    proposal["campaignTerms"]["replaceSnapshots"] = json!(true);
    assert_equal(&lab.backtest(&from, proposal).await);
}

#[apply(both_databases)]
async fn whatever_happened_nothing_new_changes_nothing(app: TestApp) {
    told(app, 1).await;
}

#[apply(both_databases)]
async fn nor_does_it_in_another_story(app: TestApp) {
    told(app, 2).await;
}

#[apply(both_databases)]
async fn nor_in_a_third(app: TestApp) {
    told(app, 3).await;
}

#[apply(both_databases)]
async fn nor_in_a_fourth(app: TestApp) {
    told(app, 4).await;
}

#[apply(both_databases)]
async fn nor_where_events_were_moved(app: TestApp) {
    moved(app, 21).await;
}

#[apply(both_databases)]
async fn nor_where_others_were(app: TestApp) {
    moved(app, 22).await;
}

#[apply(both_databases)]
async fn nor_where_yet_others_were(app: TestApp) {
    moved(app, 23).await;
}

#[apply(both_databases)]
async fn snapshots_replaced_by_the_same_terms_change_nothing(app: TestApp) {
    let own =
        json!([{ "basis": "PERCENT", "value": "12.5" }, { "basis": "FIXED", "value": "1", "eventType": "purchase" }]);
    replaced(app, 31, own.clone(), own).await;
}

#[apply(both_databases)]
async fn nor_do_those_replaced_by_none(app: TestApp) {
    replaced(app, 32, json!([]), json!([{ "basis": "GROUP_RULES" }])).await;
}
