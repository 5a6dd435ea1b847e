//! Whoever writes while a statement is read is waited for: its time may be earlier than the statement's end.

use std::future::Future;
use std::pin::pin;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;

use super::{statement, told};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// Whether something is still not done when others have been answered many times.
async fn waits<T>(app: &TestApp, what: impl Future<Output = T>) -> bool {
    let mut what = pin!(what);
    let others = async {
        for _ in 0..300 {
            app.texts("SELECT name FROM partner").await;
        }
    };
    tokio::select! {
        biased;
        _ = &mut what => false,
        () = others => true,
    }
}

#[apply(both_databases)]
async fn a_statement_waits_for_who_holds_the_partners_lock(app: TestApp) {
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("10").await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    shop.sale("1", &ann, &campaign, "100").await;
    shop.days_later(1);
    let staff = shop.staff();
    let now = "2026-03-02T12:00:00Z";
    let read = || statement(&staff, &ann, "2026-03-01T00:00:00Z", now);
    read().await;

    let writer = app.store().begin_unaudited().await.unwrap();
    if writer.get_database_backend() == DbBackend::Postgres {
        let lock = "SELECT FROM partner WHERE name = 'ann' FOR NO KEY UPDATE";
        writer
            .execute_raw(Statement::from_string(DbBackend::Postgres, lock))
            .await
            .unwrap();
        // Others are not held up.
        statement(&staff, &ben, "2026-03-01T00:00:00Z", now).await;
    }
    assert!(waits(&app, read()).await);
    let all = "{ partners { nodes { balancesAsOf(at: \"2026-03-02T12:00:00Z\") { accrued } } } }";
    assert!(waits(&app, staff.data(all)).await);
    // Before what has happened since nothing is written any more, whoever holds the lock.
    let past = || statement(&staff, &ann, "2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z");
    past().await;

    let (_, read) = tokio::join!(async { writer.rollback().await.unwrap() }, read());
    assert_eq!(told(&read), ["03-01 ACCRUED 10.00 10.00"]);
    assert_eq!(told(&past().await), [""; 0]);
    assert_eq!(
        staff.data(all).await,
        json!({ "partners": { "nodes": [{ "balancesAsOf": [] }, { "balancesAsOf": [{ "accrued": "10.00" }] }] } })
    );
}
