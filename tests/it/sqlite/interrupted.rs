//! Statements that take too long, and those for which nobody waits any more.

use std::time::Duration;

use sea_orm::ConnectionTrait;

use super::{file_of, open, sqlite};
use crate::support::TestApp;

/// Never comes to its end.
const ENDLESS: &str = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c";
/// Takes longer than some milliseconds.
const LONG: &str =
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 300000) SELECT max(n) FROM c";
const RENAME: &str = "UPDATE tenant SET name = name || '!'";

const PATIENT: Duration = Duration::from_secs(300);

#[tokio::test]
async fn statements_are_interrupted_at_their_limit_and_patient_ones_are_not() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let store = open(&file_of(&app), PATIENT, Duration::from_millis(5)).await;
    for _ in 0..2 {
        let late = store.reader().query_all_raw(sqlite(ENDLESS)).await;
        let late = tributary::store::StoreError::from(late.expect_err("it is interrupted"));
        assert!(late.is_timeout(), "{late}");
        let transaction = store.begin_unaudited().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        assert!(transaction.query_one_raw(sqlite(ENDLESS)).await.is_err());
        assert!(transaction.commit().await.is_err());
        assert!(store.reader().query_one_raw(sqlite(LONG)).await.is_err());
        // Work that takes its time.
        for patient in [store.begin_long().await, store.snapshot().await] {
            let patient = patient.expect("it begins");
            patient.query_one_raw(sqlite(LONG)).await.expect("it takes its time");
            patient.rollback().await.expect("it ends");
        }
    }
    assert_eq!(app.texts("SELECT name FROM tenant").await, ["acme"]);
}

#[tokio::test]
async fn a_statement_that_was_given_up_gives_its_connection_back() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let store = open(&file_of(&app), PATIENT, PATIENT).await;
    for _ in 0..3 {
        drop(futures::poll!(Box::pin(store.reader().query_all_raw(sqlite(ENDLESS)))));
        let given_up = tokio::time::timeout(Duration::from_millis(20), store.reader().query_all_raw(sqlite(ENDLESS)));
        assert!(given_up.await.is_err());
        // There is no other connection.
        store
            .reader()
            .query_one_raw(sqlite("SELECT 1"))
            .await
            .expect("it is free");
        let transaction = store.begin_unaudited().await.expect("it begins");
        transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
        drop(futures::poll!(Box::pin(transaction.query_all_raw(sqlite(ENDLESS)))));
        drop(transaction);
    }
    let transaction = store.begin_unaudited().await.expect("it begins");
    transaction.execute_raw(sqlite(RENAME)).await.expect("it writes");
    transaction.commit().await.expect("it lasts");
    assert_eq!(app.texts("SELECT name FROM tenant").await, ["acme!"]);
}
