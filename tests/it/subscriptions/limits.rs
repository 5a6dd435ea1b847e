//! What operations over sockets and streams may ask for: what they may ask for over HTTP.

use serde_json::{Value, json};
use tributary::http::{HttpOptions, Limits, SubscriptionsSection, ThrottleSection};

use super::{CHANGES, Events, Gateway, codes, summary, token, until_listening};
use crate::ledger::Shop;
use crate::support::both_databases;

/// Documents that are refused, and with which codes.
fn refused() -> Vec<(Value, &'static str)> {
    let query = |text: &str| json!({ "query": text });
    let deep = format!(
        "subscription {{ commissionChanged {{ {}id{} }} }}",
        "partner { commissions(first: 1) { nodes { ".repeat(5),
        "} } } ".repeat(5)
    );
    vec![
        (query("subscription {"), "GRAPHQL_PARSE_FAILED"),
        (
            query("subscription { commissionChanged { nonsense } }"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (query("subscription { __typename }"), "GRAPHQL_VALIDATION_FAILED"),
        (
            query("subscription { a: commissionChanged { id } b: commissionChanged { id } }"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query(
                "subscription { ...F ...G } fragment F on Subscription { a: commissionChanged { id } } fragment G on Subscription { b: commissionChanged { id } }",
            ),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (query(&deep), "QUERY_TOO_COMPLEX"),
        (
            query(
                "subscription { commissionChanged { partner { commissions(first: 500) { nodes { adjustments(first: 500) { nodes { id } } } } } } }",
            ),
            "QUERY_TOO_COMPLEX",
        ),
        (
            query("subscription($id: ID!) { commissionChanged(partnerId: $id) { id } }"),
            "BAD_USER_INPUT",
        ),
        (
            query("subscription { commissionChanged(partnerId: 1.5) { id } }"),
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("subscription { commissionChanged @include(if: false) { id } }"),
            "BAD_USER_INPUT",
        ),
        (
            query("subscription A { commissionChanged { id } } subscription B { commissionChanged { id } }"),
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } }),
            "PERSISTED_QUERY_NOT_FOUND",
        ),
    ]
}

#[apply(both_databases)]
async fn what_http_refuses_is_refused_everywhere(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let mut socket = gateway.socket(&admin).await;
    for (payload, code) in refused() {
        socket
            .say(json!({ "type": "subscribe", "id": "1", "payload": payload }))
            .await;
        let answer = socket.hear().await;
        assert_eq!(
            (&answer["type"], &answer["id"]),
            (&json!("error"), &json!("1")),
            "{payload}: {answer}"
        );
        assert_eq!(codes(&answer["payload"])[0], code, "{payload}: {answer}");
        assert!(answer["payload"][0]["extensions"]["requestId"].is_string(), "{answer}");
        let mut stream = Events::of(gateway.stream(&admin, &payload).await);
        let result = stream.next().await;
        assert_eq!(codes(&result["errors"])[0], code, "{payload}: {result}");
        assert!(result.get("data").is_none(), "{result}");
        assert_eq!(stream.piece().await.as_deref(), Some("event: complete\ndata:"));
        assert_eq!(stream.piece().await, None);
    }
    assert_eq!(app.app.changes.listeners(), 0);
    // One request has one answer: what it is for is another way.
    let answer = app.client(Some(admin)).ask(CHANGES).await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (405, vec!["BAD_REQUEST"]),
        "{}",
        answer.body
    );
}

#[apply(both_databases)]
async fn queries_and_mutations_are_answered_over_sockets_too(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let mut socket = gateway.socket(&token(&app, json!({}))).await;
    for (id, document, expected) in [
        (
            "q",
            "query($a: Boolean = true) { viewer { subject @include(if: $a) } }",
            json!({ "viewer": { "subject": "ann" } }),
        ),
        (
            "m",
            "mutation { createPartnerTier(input: { label: \"Gold\" }) { partnerTier { label } userErrors { code } } }",
            json!({ "createPartnerTier": { "partnerTier": { "label": "Gold" }, "userErrors": [] } }),
        ),
        ("e", "{ node(id: \"x\") { id } }", json!({ "node": null })),
    ] {
        socket.start(id, document).await;
        let answer = socket.hear().await;
        assert_eq!(
            (&answer["type"], &answer["id"]),
            (&json!("next"), &json!(id)),
            "{answer}"
        );
        assert_eq!(answer["payload"]["data"], expected);
        assert_eq!(answer["payload"].get("errors").is_some(), id == "e");
        assert!(answer["payload"]["extensions"]["cost"]["requestedQueryCost"].is_u64());
        assert_eq!(socket.hear().await, json!({ "id": id, "type": "complete" }));
    }
}

#[apply(both_databases)]
async fn a_socket_runs_so_many_operations_at_once(app: TestApp) {
    let shop = Shop::new(&app).await;
    let options = HttpOptions {
        subscriptions: SubscriptionsSection {
            operations: 3,
            ..SubscriptionsSection::default()
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let mut socket = gateway.socket(&shop.app.sign(&json!({}))).await;
    for id in ["1", "2", "3"] {
        socket.subscribe(id, CHANGES).await;
    }
    socket.start("4", CHANGES).await;
    let refused = socket.hear().await;
    assert_eq!((&refused["type"], &refused["id"]), (&json!("error"), &json!("4")));
    assert_eq!(codes(&refused["payload"]), ["THROTTLED"]);
    socket.say(json!({ "type": "complete", "id": "2" })).await;
    socket.subscribe("4", CHANGES).await;
    until_listening(&app.app, 3).await;
}

#[apply(both_databases)]
async fn events_are_paid_for_and_wait_until_they_can_be(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    // An event of two objects costs 2; the bucket has 5, and gets 2 a second.
    let options = HttpOptions {
        throttle: ThrottleSection {
            maximum: 5,
            restore_per_second: 2,
            ..ThrottleSection::default()
        },
        limits: Limits::default(),
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let mut stream = gateway.events(&token(&app, json!({})), CHANGES).await;
    let start = std::time::Instant::now();
    let mut events = Vec::new();
    for number in 0..4 {
        let row = shop.sale(&number.to_string(), &ann, &campaign, "100").await;
        events.push((row, stream.next().await));
    }
    let left = |event: &Value| {
        event["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
            .as_u64()
            .expect("a number")
    };
    assert!(left(&events[0].1) < 5, "{}", events[0].1);
    for (row, event) in &events {
        assert_eq!(summary(event), format!("ACCRUED {row}"));
    }
    // 8 were needed, 5 were there.
    assert!(start.elapsed().as_millis() >= 1400, "{:?}", start.elapsed());
}
