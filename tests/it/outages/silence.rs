//! Connections on which nothing comes any more, though nobody has closed them, while new ones work.

use std::time::Duration;

use futures::future::join_all;
use sea_orm::ConnectionTrait;

use super::{Behind, LONG, number, sql};
use crate::support::TestApp;

/// What the server lets a statement take.
const STATEMENT: Duration = Duration::from_secs(2);

/// What is free within this time was not waited for until TCP gave up.
const SOON: Duration = Duration::from_secs(15);

#[tokio::test]
async fn connections_that_fell_silent_are_given_up() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let behind = Behind::new(&app, 4, STATEMENT).await;
    let query = "{ partners { totalCount } }";
    // All connections are made, and idle.
    join_all((0..4).map(|_| number(behind.app.store.reader(), "SELECT 1 FROM pg_sleep(0.1)"))).await;
    behind.client.data(query).await;
    behind.proxy.freeze();
    let back = async {
        loop {
            let answer = behind.client.ask(query).await;
            match answer.codes().first().copied() {
                None => return,
                // Nobody who asked is told that it is a fault of ours.
                Some(code) => assert_eq!(code, "UNAVAILABLE", "{}", answer.body),
            }
        }
    };
    tokio::time::timeout(SOON, back).await.expect("it is back soon");
    // And wholly: the others that were idle are gone, too.
    for _ in 0..8 {
        behind.client.data(query).await;
    }
}

#[tokio::test]
async fn a_silent_transaction_does_not_hold_its_slot() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    for in_the_middle_of_a_statement in [false, true] {
        let behind = Behind::new(&app, 1, STATEMENT).await;
        let transaction = behind.app.store.begin_unaudited().await.unwrap();
        transaction
            .execute_raw(sql("SELECT pg_current_xact_id()"))
            .await
            .unwrap();
        if in_the_middle_of_a_statement {
            let slow = transaction.query_one_raw(sql("SELECT 1 FROM pg_sleep(1)"));
            assert!(tokio::time::timeout(Duration::from_millis(50), slow).await.is_err());
        }
        behind.proxy.freeze();
        drop(transaction);
        let next = number(behind.app.store.reader(), "SELECT 2");
        let next = tokio::time::timeout(SOON, next).await.expect("its slot is free soon");
        assert_eq!(next.unwrap(), 2);
    }
}

/// The connection by which a replica hears others is one of those.
#[tokio::test]
async fn a_listening_connection_that_fell_silent_is_made_again() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    app.tenant("acme").await;
    let behind = Behind::new(&app, 2, STATEMENT).await;
    let _listener = behind.app.changes.listen().await.unwrap();
    let listening = "SELECT count(*)::int FROM pg_stat_activity
        WHERE datname = current_database() AND query LIKE 'LISTEN%' AND backend_start > now() - interval '1 hour'";
    assert_eq!(number(app.store().reader(), listening).await.unwrap(), 1);
    behind.proxy.freeze();
    let again = async {
        // The server does not know that the first is forgotten.
        while number(app.store().reader(), listening).await.unwrap() < 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(LONG, again).await.expect("it listens again");
}
