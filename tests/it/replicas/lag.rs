//! A standby that lags is left, and taken back when it has caught up.

use std::time::Duration;

use super::{NEVER, Pair, seen};
use crate::support::TestApp;
use crate::support::cluster::Server;

#[tokio::test]
async fn a_standby_that_lags_is_left_and_taken_back() {
    // Any lag is too much.
    let Some(pair) = Pair::new(Duration::ZERO).await else {
        return;
    };
    let (ann, bob) = (pair.caller("ann"), pair.caller("bob"));
    bob.tiers(None).await;
    assert_eq!(pair.reads(), [0, 1, 0]);
    pair.pause().await;
    ann.writes("Gold").await;
    seen(&pair.app, &pair.standby, "it lags by ").await;
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [1, 1, 0]);
    let text = pair.app.app.metrics.render(&[], None);
    let series = format!("tributary_database_replica_up{{server=\"{}\"}} ", pair.standby.name());
    assert!(text.contains(&format!("{series}0\n")), "{text}");
    pair.resume().await;
    assert_eq!(pair.left(), None);
    assert_eq!(bob.tiers(None).await, ["Gold"]);
    assert_eq!(pair.reads(), [1, 2, 0]);
    assert!(pair.app.app.metrics.render(&[], None).contains(&format!("{series}1\n")));
}

/// Nothing is compared that has nothing to do with each other.
#[tokio::test]
async fn only_standbys_of_the_primary_are_read_from() {
    let (Some(primary), Some(stranger)) = (Server::primary(), Server::primary()) else {
        return;
    };
    let strange = stranger.standby("");
    let urls = vec![strange.url(), stranger.url(), primary.url()];
    let app = TestApp::over(primary.url(), urls, NEVER).await;
    seen(&app, &strange, "it belongs to another database system").await;
    for server in [&stranger, &primary] {
        seen(&app, server, "it is not a standby").await;
    }
}
