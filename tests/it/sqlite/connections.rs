//! Transactions that failed or were given up leave nothing behind, and nothing that comes after them is lost.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tributary::store::{self, Store, StoreOptions};

use crate::support::TestApp;

fn sqlite(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

const SLOW: &str =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 1000000) SELECT max(n) FROM c";
const RENAME: &str = "UPDATE tenant SET name = name || '!'";

/// Another process over the same file.
async fn another(app: &TestApp, patience: Duration) -> Store {
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 1,
        acquire_timeout: patience,
        statement_timeout: Duration::from_secs(30),
    };
    store::connect(&options).await.expect("the file opens")
}

/// What another connection sees.
async fn name(app: &TestApp) -> String {
    app.texts("SELECT name FROM tenant").await.remove(0)
}

/// A transaction that lasts.
async fn rename(store: &Store) {
    let transaction = store.begin().await.expect("it begins");
    transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
    transaction.commit().await.expect("it lasts");
}

#[tokio::test]
async fn nothing_happens_in_a_transaction_after_a_statement_that_failed() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    for ends_by_commit in [true, false] {
        let transaction = app.store().begin().await.expect("it begins");
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
        drop(futures::poll!(Box::pin(app.store().begin())));
        // A statement is on its way.
        let transaction = app.store().begin().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        drop(futures::poll!(Box::pin(transaction.query_one_raw(sqlite(SLOW)))));
        assert!(transaction.execute_raw(sqlite(RENAME)).await.is_err());
        drop(transaction);
    }
    assert_eq!(name(&app).await, "acme");
    let mut lasted = name(&app).await;
    for _ in 0..5 {
        let transaction = app.store().begin().await.expect("it begins");
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
    let holder = app.store().begin().await.expect("it begins");
    for _ in 0..3 {
        let refused = hurried.begin().await.err().expect("somebody else writes");
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
    let url = app.database_url();
    let file = std::path::Path::new(url.strip_prefix("sqlite://").unwrap().split('?').next().unwrap());
    assert!(file.exists());
    assert!(!file.with_extension("db-wal").exists(), "no log is left");
}
