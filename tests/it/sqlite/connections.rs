//! Transactions that failed or were given up leave nothing behind, and nothing that comes after them is lost.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use tributary::store::{self, Store};

use super::{file_of, open, sqlite};
use crate::support::TestApp;

const SLOW: &str =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) SELECT max(n) FROM c";
const RENAME: &str = "UPDATE tenant SET name = name || '!'";

/// Another process over the same file.
async fn another(app: &TestApp, timeout: Duration) -> Store {
    open(&file_of(app), timeout, Duration::from_secs(30)).await
}

/// What another connection sees.
async fn name(app: &TestApp) -> String {
    app.texts("SELECT name FROM tenant").await.remove(0)
}

/// A transaction that lasts.
async fn rename(store: &Store) {
    let transaction = store.begin_unaudited().await.expect("it begins");
    transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
    transaction.commit().await.expect("it lasts");
}

#[tokio::test]
async fn nothing_happens_in_a_transaction_after_a_statement_that_failed() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    for ends_by_commit in [true, false] {
        let transaction = app.store().begin_unaudited().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        // As SQLite does by itself where the disk is full.
        let gone = "INSERT OR ROLLBACK INTO tenant SELECT * FROM tenant";
        assert!(transaction.execute_raw(sqlite(gone)).await.is_err());
        assert!(transaction.execute_raw(sqlite(RENAME)).await.is_err());
        if ends_by_commit {
            assert!(transaction.commit().await.is_err());
        } else {
            transaction.rollback().await.expect("nothing lasts");
        }
    }
    assert_eq!(name(&app).await, "acme");
    rename(app.store()).await;
    assert_eq!(name(&app).await, "acme!");
}

#[tokio::test]
async fn transactions_that_were_given_up_at_any_point_are_none_or_whole() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    for _ in 0..5 {
        // BEGIN is on its way.
        drop(futures::poll!(Box::pin(app.store().begin_unaudited())));
        // A statement is on its way.
        let transaction = app.store().begin_unaudited().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        drop(futures::poll!(Box::pin(transaction.query_one_raw(sqlite(SLOW)))));
        assert!(transaction.execute_raw(sqlite(RENAME)).await.is_err());
        drop(transaction);
    }
    assert_eq!(name(&app).await, "acme");
    let mut lasted = name(&app).await;
    for _ in 0..5 {
        let transaction = app.store().begin_unaudited().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        // COMMIT is on its way.
        drop(futures::poll!(Box::pin(transaction.commit())));
        rename(app.store()).await;
        let after = name(&app).await;
        assert!(
            after == format!("{lasted}!") || after == format!("{lasted}!!"),
            "{after}"
        );
        lasted = after;
    }
}

#[tokio::test]
async fn a_lock_that_another_process_holds_is_waited_for_and_given_up() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let (patient, hurried) = (
        another(&app, Duration::from_secs(30)).await,
        another(&app, Duration::from_millis(100)).await,
    );
    let holder = app.store().begin_unaudited().await.expect("it begins");
    for _ in 0..3 {
        let refused = hurried.begin_unaudited().await.err().expect("somebody else writes");
        assert!(refused.is_timeout(), "{refused}");
    }
    let waiting = tokio::spawn(async move {
        rename(&patient).await;
        patient
    });
    tokio::task::yield_now().await;
    holder.rollback().await.expect("it ends");
    let patient = waiting.await.expect("it was waited for");
    rename(&hurried).await;
    rename(&patient).await;
    assert_eq!(name(&app).await, "acme!!!");
}

#[tokio::test]
async fn a_file_that_was_closed_is_complete_in_itself() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    rename(app.store()).await;
    store::migrate(app.store()).await.expect("nothing is in the way");
    app.store().clone().close().await;
    let file = file_of(&app);
    assert!(file.exists());
    assert!(!file.with_extension("db-wal").exists(), "no log is left");
}

#[test]
fn the_end_of_the_program_amid_a_transaction_is_quiet() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let app = runtime.block_on(TestApp::on_sqlite());
    let (begun, told) = tokio::sync::oneshot::channel();
    let store = app.store().clone();
    runtime.spawn(async move {
        let transaction = store.begin_unaudited().await.expect("it begins");
        begun.send(()).expect("somebody listens");
        let slow = transaction.query_one_raw(sqlite(SLOW)).await;
        drop((transaction, slow));
        std::future::pending::<()>().await;
    });
    runtime.block_on(told).expect("it has begun");
    drop(runtime);
}
