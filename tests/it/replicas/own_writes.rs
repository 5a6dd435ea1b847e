//! Whoever wrote something finds it, however far behind the standbys are.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, header};
use tokio::sync::watch;
use tributary::http::{self, HttpOptions};

use super::{Caller, NEVER, POSITION, Pair, TIERS, position, reads};
use crate::support::TestApp;

#[tokio::test]
async fn a_caller_finds_what_it_wrote_under_lag() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let (ann, bob) = (pair.caller("ann"), pair.caller("bob"));
    assert_eq!(ann.tiers(None).await, Vec::<String>::new());
    assert_eq!(pair.reads(), [0, 1, 0]);
    pair.pause().await;
    let written = ann.writes("Gold").await;
    // Who wrote reads from the primary; who did not may see what was before.
    assert_eq!(ann.tiers(None).await, ["Gold"]);
    assert_eq!(bob.tiers(None).await, Vec::<String>::new());
    assert_eq!(pair.reads(), [1, 2, 0]);
    // Who is told of it and says so finds it, too.
    assert_eq!(bob.tiers(Some(&written)).await, ["Gold"]);
    assert_eq!(pair.reads(), [2, 2, 0]);
    // The standby has it once it has replayed so far.
    pair.resume().await;
    assert_eq!(ann.tiers(None).await, ["Gold"]);
    assert_eq!(bob.tiers(Some(&written)).await, ["Gold"]);
    assert_eq!(pair.reads(), [2, 4, 0]);
}

#[tokio::test]
async fn another_gateway_is_told_by_the_header() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let other = pair.app.replica().await;
    other.store.look_at_standbys().await;
    let (_, ending) = watch::channel(false);
    let router = http::router(other, HttpOptions::default(), ending).unwrap();
    let there = Caller::at(router, &pair.app, "ann");
    pair.pause().await;
    let written = pair.caller("ann").writes("Gold").await;
    // It does not know what was written elsewhere.
    assert_eq!(there.tiers(None).await, Vec::<String>::new());
    assert_eq!(there.tiers(Some(&written)).await, ["Gold"]);
}

#[tokio::test]
async fn what_callers_make_up_is_refused_or_read_from_the_primary() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let ann = pair.caller("ann");
    for far in ["ffffffff-0", "1-ffffffffffffffff", "ffffffff-ffffffffffffffff"] {
        ann.tiers(Some(far)).await;
    }
    assert_eq!(pair.reads(), [3, 0, 0]);
    for near in ["0-0", "1-1"] {
        ann.tiers(Some(near)).await;
    }
    assert_eq!(pair.reads(), [3, 2, 0]);
    for garbled in ["", "x", "1", "1-", "1-g", "0/16B3748", "1-1 2-2", "1-00000000000000001"] {
        let answer = ann.ask(TIERS, Some(garbled)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (400, vec!["BAD_REQUEST"]),
            "{garbled:?}"
        );
        assert!(answer.body.to_string().contains(POSITION), "{}", answer.body);
    }
    let twice = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", ann.token))
        .header(POSITION, "1-1")
        .header(POSITION, "1-1")
        .body(Body::from("{\"query\":\"{ __typename }\"}"))
        .unwrap();
    let answer = pair.app.client(None).send(twice).await;
    assert_eq!(answer.status.as_u16(), 400, "{}", answer.body);
}

#[tokio::test]
async fn a_mutation_asks_for_its_place_on_the_way_of_its_commit() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let ann = pair.caller("ann");
    // Statements are read and kept the first time.
    ann.writes("Bronze").await;
    pair.app.reset_statements();
    ann.writes("Silver").await;
    let with = pair.app.statements();
    let plain = TestApp::over(pair.primary.url(), Vec::new(), NEVER).await;
    let there = Caller::of(&plain, "ann");
    there.write("Gold").await.data();
    plain.reset_statements();
    let answer = there.write("Platinum").await;
    assert_eq!(with, plain.statements());
    // Nobody needs it there.
    assert_eq!(position(&answer), None);
    there.tiers(None).await;
    assert_eq!(reads(&plain), [1, 0, 0]);
}

/// What refused it is there, and may be what the caller looks for next.
#[tokio::test]
async fn a_mutation_that_wrote_nothing_says_where_it_looked() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let (ann, bob) = (pair.caller("ann"), pair.caller("bob"));
    pair.pause().await;
    ann.writes("Gold").await;
    let refused = bob.write("Gold").await;
    assert!(position(&refused).is_some());
    let data = refused.data();
    assert_eq!(data["createPartnerTier"]["userErrors"][0]["code"], "TAKEN", "{data}");
    assert_eq!(bob.tiers(None).await, ["Gold"]);
}

/// What waits for those who write can be read only where they do.
#[tokio::test]
async fn queries_that_lock_are_read_from_the_primary() {
    let Some(pair) = Pair::new(NEVER).await else { return };
    let ann = pair.caller("ann");
    let input = r#"{ name: "Ann's shop", email: "ann@shop.example" }"#;
    let made = format!("mutation {{ createPartner(input: {input}) {{ partner {{ id }} userErrors {{ code }} }} }}");
    let made = ann.ask(&made, None).await.data();
    let partner = made["createPartner"]["partner"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    pair.catch_up().await;
    // Nothing has happened to the partner since, so that somebody could still be writing into the range.
    pair.app.clock.advance(Duration::from_secs(60 * 24 * 3600));
    let ann = pair.caller("ann");
    let statement = format!(
        r#"{{ statement(partnerId: "{partner}", currency: "EUR", from: "2026-01-01T00:00:00Z", to: "2026-04-01T00:00:00Z") {{
            closing {{ amount }} }} }}"#
    );
    let answer = ann.ask(&statement, None).await.data();
    assert_eq!(answer["statement"]["closing"]["amount"], "0.00", "{answer}");
    assert_eq!(pair.reads(), [0, 0, 1]);
    // It is not the standby's fault.
    assert_eq!(pair.left(), None);
}
