//! A primary dies and a standby is promoted: gateways that know both find it.

use std::time::{Duration, Instant};

use super::{Caller, NEVER, position, seen};
use crate::support::TestApp;
use crate::support::cluster::Server;

/// How long it may take until writes work again.
const SOON: Duration = Duration::from_secs(15);

/// A URL that names several servers.
fn all(servers: &[&Server]) -> String {
    let names: Vec<_> = servers.iter().map(|server| server.name()).collect();
    format!(
        "postgres://postgres@{}/postgres?target_session_attrs=read-write",
        names.join(",")
    )
}

#[tokio::test]
async fn a_promoted_standby_is_found_and_the_others_are_told_by_their_timelines() {
    let Some(old) = Server::primary() else { return };
    let new = old.standby("");
    // One follows whoever is promoted, the other stays with the old one.
    let follower = old.standby(&format!(
        "primary_conninfo = 'host=127.0.0.1,127.0.0.1 port={},{} user=postgres target_session_attrs=read-write'",
        old.port, new.port
    ));
    let stray = old.standby("");
    let standbys = [&new, &follower, &stray];
    let urls = standbys.map(Server::url).to_vec();
    // The standby comes first: which one takes writes is found out.
    let app = TestApp::over(all(&[&new, &old]), urls, NEVER).await;
    app.tenant("acme").await;
    let ann = Caller::of(&app, "ann");
    let before = ann.writes("Gold").await;
    assert!(before.starts_with("1-"), "{before}");
    for standby in standbys {
        standby.catches_up_with(&old).await;
    }
    for standby in standbys {
        seen(&app, standby, "").await;
    }

    old.kill();
    let fails = ann.write("Silver").await;
    assert_eq!(fails.codes(), ["UNAVAILABLE"], "{}", fails.body);
    new.promote();
    let began = Instant::now();
    let after = loop {
        let answer = ann.write("Silver").await;
        match position(&answer) {
            Some(position) if answer.codes().is_empty() => break position.to_owned(),
            _ => assert!(began.elapsed() < SOON, "{}", answer.body),
        }
    };
    println!("writes work {:?} after the promotion", began.elapsed());
    assert!(after.starts_with("2-"), "{after}");
    seen(&app, &new, "it is not a standby").await;
    // Nobody who remembers the old primary's log is told that it is this one's.
    let behind = "it is on timeline 1, and the primary on 2";
    seen(&app, &stray, behind).await;
    assert_eq!(ann.tiers(None).await, ["Gold", "Silver"]);

    // The follower goes on with the new primary.
    follower.catches_up_with(&new).await;
    seen(&app, &follower, "").await;
    let reads = super::reads(&app);
    for position in [&before, &after] {
        assert_eq!(ann.tiers(Some(position)).await, ["Gold", "Silver"]);
    }
    assert_eq!(super::reads(&app)[1], reads[1] + 2);

    // The old one comes back and believes that nothing has happened: nobody writes there, and nobody reads from who follows it.
    old.start();
    old.sql("CREATE TABLE elsewhere AS SELECT repeat('x', 1000) FROM generate_series(1, 10000)")
        .await;
    stray.catches_up_with(&old).await;
    seen(&app, &stray, behind).await;
    ann.writes("Platinum").await;
    assert_eq!(
        new.sql("SELECT count(*)::text FROM partner_tier").await.as_deref(),
        Some("3")
    );
}

/// Followers of the outbox hear the new primary.
#[tokio::test]
async fn listeners_hear_who_was_promoted() {
    let Some(old) = Server::primary() else { return };
    let new = old.standby("");
    let app = TestApp::over(all(&[&old, &new]), Vec::new(), NEVER).await;
    app.tenant("acme").await;
    let mut wakes = app.store().wakes().await.unwrap();
    new.catches_up_with(&old).await;
    old.kill();
    new.promote();
    let heard = async {
        loop {
            wakes.next().await;
            // It wakes when it is made again, too: only then does the server know who listens.
            let listens = "SELECT count(*)::text FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
            if new.sql(listens).await.as_deref() == Some("1") {
                return;
            }
        }
    };
    tokio::time::timeout(SOON, heard).await.expect("it listens there");
}
