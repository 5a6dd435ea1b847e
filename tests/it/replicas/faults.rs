//! A standby that dies, falls silent, or ends what reads there: whoever asked gets an answer all the same.

use std::time::Duration;

use futures::future::join;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Caller, NEVER, Pair, seen};
use crate::support::TestApp;
use crate::support::cluster::Server;
use crate::support::proxy::{Proxy, Way};

#[tokio::test]
async fn a_standby_that_dies_is_left_at_once_and_taken_back() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let (ann, bob) = (pair.caller("ann"), pair.caller("bob"));
    ann.writes("Gold").await;
    pair.catch_up().await;
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [0, 1, 0]);
    pair.standby.kill();
    // Nobody has looked since: the first who reads there finds out, and is answered by the primary.
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [0, 1, 1]);
    assert!(pair.left().is_some());
    // The others do not try.
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [1, 1, 1]);
    pair.app.store().look_at_standbys().await;
    assert!(pair.left().is_some());
    pair.standby.start();
    pair.catch_up().await;
    assert_eq!(pair.left(), None);
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [1, 2, 1]);
}

#[tokio::test]
async fn whoever_waits_for_a_silent_standby_is_answered_by_the_primary() {
    let Some(primary) = Server::primary() else { return };
    let standby = primary.standby("");
    let proxy = Proxy::before(&standby.url()).await;
    let app = TestApp::over(primary.url(), vec![proxy.url(&standby.url())], NEVER).await;
    app.tenant("acme").await;
    standby.catches_up_with(&primary).await;
    let bob = Caller::of(&app, "bob");
    app.store().look_at_standbys().await;
    bob.tiers(None).await;
    assert_eq!(super::reads(&app), [0, 1, 0]);
    // Connections that there are say nothing any more, and nobody gets new ones.
    proxy.fail(Way::Down);
    proxy.freeze();
    let asked = join(bob.tiers(None), app.store().look_at_standbys());
    tokio::time::timeout(Duration::from_secs(30), asked)
        .await
        .expect("nobody waits for long");
    assert_eq!(super::reads(&app), [0, 1, 1]);
    assert!(app.store().standbys()[0].1.is_err());
}

/// What a reader there sees has to go, since it went on the primary (SQLSTATE 40001).
#[tokio::test]
async fn a_read_that_recovery_ends_is_read_again_on_the_primary() {
    let Some(primary) = Server::primary() else { return };
    let standby = primary.standby("max_standby_streaming_delay = 0");
    let app = TestApp::over(primary.url(), vec![standby.url()], NEVER).await;
    app.tenant("acme").await;
    standby.catches_up_with(&primary).await;
    seen(&app, &standby, "").await;
    let (store, mut watch) = app.store().on_standby("bob", None).expect("the standby has all");
    let slow = "SELECT count(*) FROM tenant, pg_sleep(60)";
    let slow = store
        .reader()
        .query_one_raw(Statement::from_string(DbBackend::Postgres, slow));
    let conflict = async {
        let reads = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'SELECT count(*) FROM tenant%' AND state = 'active'";
        while standby.sql(reads).await.as_deref() == Some("0") {
            tokio::task::yield_now().await;
        }
        let lock = "DO $$ BEGIN LOCK TABLE tenant IN ACCESS EXCLUSIVE MODE; END $$";
        primary.sql(lock).await;
    };
    let (answer, ()) = join(slow, conflict).await;
    let error = answer.expect_err("recovery ends it").to_string();
    assert!(error.contains("conflict with recovery"), "{error}");
    assert!(watch.has_ended());
    watch.end().await;
    // It lives, and others may read there.
    seen(&app, &standby, "").await;
}

/// Nobody writes while a standby is all there is, and nobody is told anything else.
#[tokio::test]
async fn a_standby_is_read_from_while_the_primary_starts_again() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let (ann, bob) = (pair.caller("ann"), pair.caller("bob"));
    ann.writes("Gold").await;
    pair.catch_up().await;
    pair.primary.kill();
    seen(&pair.app, &pair.standby, "").await;
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(ann.tiers(None).await, ["Gold"]);
    let answer = ann.write("Silver").await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (503, vec!["UNAVAILABLE"]),
        "{}",
        answer.body
    );
    // Nothing was written, so that there is nothing that the standby lacks.
    assert_eq!(ann.tiers(None).await, ["Gold"]);
    pair.primary.start();
    let written = ann.writes("Silver").await;
    assert_eq!(ann.tiers(None).await, ["Gold", "Silver"]);
    pair.catch_up().await;
    assert_eq!(bob.tiers(Some(&written)).await, ["Gold", "Silver"]);
    assert_eq!(pair.reads(), [1, 4, 0]);
}

/// A commit without an answer may have been done: its caller reads where it would be found.
#[tokio::test]
async fn whoever_sent_a_commit_that_was_not_answered_reads_from_the_primary() {
    let Some(primary) = Server::primary() else { return };
    let standby = primary.standby("");
    let proxy = Proxy::before(&primary.url()).await;
    let app = TestApp::over(proxy.url(&primary.url()), vec![standby.url()], NEVER).await;
    app.tenant("acme").await;
    standby.catches_up_with(&primary).await;
    let (ann, bob) = (Caller::of(&app, "ann"), Caller::of(&app, "bob"));
    seen(&app, &standby, "").await;
    standby.sql("SELECT pg_wal_replay_pause()::text").await;
    proxy.fail(Way::CutAtCommit { after: true });
    assert_eq!(ann.write("Gold").await.codes(), ["OUTCOME_UNKNOWN"]);
    proxy.fail(Way::Open);
    assert_eq!(ann.tiers(None).await, ["Gold"]);
    assert_eq!(bob.tiers(None).await, Vec::<String>::new());
    assert_eq!(super::reads(&app), [1, 1, 0]);
}
