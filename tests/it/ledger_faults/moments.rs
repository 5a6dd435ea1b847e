//! The time of a write is the time at which it held its partner's lock, however long it waited: what others did
//! meanwhile is earlier.

use std::pin::pin;
use std::time::Duration;

use futures::poll;
use serde_json::{Value, json};
use tributary::auth::Scope;
use tributary::domain::id::PartnerId;
use tributary::store;

use crate::ledger::{Shop, euros, text};
use crate::support::both_databases;

/// Starts a mutation while another writer holds the partner, lets a second pass, and gives the mutation's payload.
async fn after_waiting(shop: &Shop<'_>, partner: &str, field: &str, input: Value, selection: &str) -> Value {
    let app = shop.app;
    let partner: PartnerId = partner.parse().unwrap();
    let scope = Scope::tenant_wide(shop.tenant.id);
    let holder = app.store().begin_unaudited().await.unwrap();
    store::partner::lock_all(&holder, &scope, &[], &[partner])
        .await
        .unwrap();
    let staff = shop.staff();
    let mut mutation = pin!(staff.done(field, input, selection));
    // PostgreSQL's writer waits for the row, which its server tells; SQLite's waits for its turn from the first poll on.
    let waiting = "SELECT CAST(COUNT(*) AS TEXT) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    loop {
        assert!(poll!(mutation.as_mut()).is_pending(), "{field} did not wait");
        if !app.is_postgres() || app.texts(waiting).await != ["0"] {
            break;
        }
    }
    app.clock.advance(Duration::from_secs(1));
    holder.rollback().await.unwrap();
    mutation.await
}

#[apply(both_databases)]
async fn a_write_that_waited_has_the_time_at_which_its_turn_came(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let now = || app.clock.now();
    let is_now = |at: &Value| text(at).parse::<tributary::domain::Timestamp>().unwrap() == now();
    let manual = json!({ "partnerId": partner, "amount": euros("5"), "reason": "agreed" });
    let made = after_waiting(
        &shop,
        &partner,
        "createManualCommission",
        manual,
        "commission { id accruedAt }",
    )
    .await;
    assert!(is_now(&made["commission"]["accruedAt"]), "{made}");
    shop.approve(&[&text(&made["commission"]["id"])]).await;

    let selection = "payoutRun { createdAt payouts { nodes { id createdAt } } }";
    let run = after_waiting(&shop, &partner, "createPayoutRun", json!({}), selection).await;
    let payout = &run["payoutRun"]["payouts"]["nodes"][0];
    assert!(
        is_now(&run["payoutRun"]["createdAt"]) && is_now(&payout["createdAt"]),
        "{run}"
    );

    let settle = json!({ "id": payout["id"], "status": "PAID" });
    let selection = "payout { settledAt commissions { nodes { paidAt } } }";
    let settled = after_waiting(&shop, &partner, "settlePayout", settle, selection).await;
    assert!(is_now(&settled["payout"]["settledAt"]), "{settled}");
    assert!(
        is_now(&settled["payout"]["commissions"]["nodes"][0]["paidAt"]),
        "{settled}"
    );
    shop.assert_sound(&partner).await;
}
