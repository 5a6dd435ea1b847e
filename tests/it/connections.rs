//! Connections to PostgreSQL that were given up in the middle of something are never used again.

use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use tributary::store::{self, Store, StoreOptions};

use crate::support::TestApp;

fn select(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, sql)
}

async fn number(database: &impl ConnectionTrait, sql: &str) -> i32 {
    let row = database.query_one_raw(select(sql)).await.expect("it answers");
    row.expect("a row").try_get_by_index(0).expect("a number")
}

/// A second program over the same database, with one connection.
async fn single(app: &TestApp) -> Store {
    let timeout = Duration::from_secs(5);
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 1,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        ..StoreOptions::default()
    };
    store::connect(&options).await.expect("the database opens")
}

#[tokio::test]
async fn a_statement_that_was_given_up_answers_nobody_else() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let store = single(&app).await;
    for _ in 0..3 {
        let slow = store.reader().query_one_raw(select("SELECT 1 FROM pg_sleep(0.2)"));
        assert!(tokio::time::timeout(Duration::from_millis(20), slow).await.is_err());
        assert_eq!(number(store.reader(), "SELECT 2").await, 2);
    }
    // What the server itself refuses leaves the connection as it was.
    let process = number(store.reader(), "SELECT pg_backend_pid()").await;
    assert!(store.reader().query_one_raw(select("SELECT nonsense")).await.is_err());
    assert_eq!(number(store.reader(), "SELECT pg_backend_pid()").await, process);
}

#[tokio::test]
async fn a_transaction_that_was_given_up_while_it_began_is_none() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let (store, other) = (single(&app).await, single(&app).await);
    let open = "SELECT count(*)::int FROM pg_stat_activity
                WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    for _ in 0..10 {
        // BEGIN is on its way, unless the server was faster; then a transaction is dropped.
        drop(futures::poll!(Box::pin(store.begin_unaudited())));
        assert_eq!(number(store.reader(), "SELECT 2").await, 2);
        assert_eq!(number(other.reader(), open).await, 0);
    }
}

#[tokio::test]
async fn a_transaction_that_is_dropped_is_undone() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let (store, other) = (single(&app).await, single(&app).await);
    let rename = || select("UPDATE tenant SET name = 'renamed'");
    let names = "SELECT count(*)::int FROM tenant WHERE name = 'renamed'";
    for given_up in [false, true] {
        let transaction = store.begin_unaudited().await.expect("it begins");
        transaction.execute_raw(rename()).await.expect("it writes");
        if given_up {
            let slow = transaction.query_one_raw(select("SELECT 1 FROM pg_sleep(0.2)"));
            assert!(tokio::time::timeout(Duration::from_millis(20), slow).await.is_err());
        }
        drop(transaction);
        // Waits for the lock of the row, which whoever is not undone keeps.
        let waiting = other.begin_unaudited().await.expect("it begins");
        waiting.execute_raw(rename()).await.expect("the row is free");
        waiting.rollback().await.expect("it ends");
        assert_eq!(number(store.reader(), names).await, 0);
    }
    let transaction = store.begin_unaudited().await.expect("it begins");
    transaction.execute_raw(rename()).await.expect("it writes");
    transaction.commit().await.expect("it lasts");
    assert_eq!(number(other.reader(), names).await, 1);
}
