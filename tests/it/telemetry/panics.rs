//! Code that panics costs one request, and nothing else.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tributary::app::App;
use tributary::auth::Keys;
use tributary::http::{self, HttpOptions};
use tributary::store::{self, StoreOptions};

use super::scrape;
use crate::support::token::SECRET;
use crate::support::{Client, TestApp, both_databases};

/// A gateway over the test's database, in which whoever sends a statement about `word` panics while `armed`, in the middle
/// of whatever it is doing.
async fn treacherous(app: &TestApp, word: &'static str) -> (Client, Arc<AtomicBool>) {
    let options = StoreOptions {
        url: app.database_url(),
        max_connections: 2,
        acquire_timeout: Duration::from_secs(5),
        statement_timeout: Duration::from_secs(5),
        ..StoreOptions::default()
    };
    let mut store = store::connect(&options).await.unwrap();
    let armed = Arc::new(AtomicBool::new(false));
    let trap = armed.clone();
    store.observe(move |sql| {
        assert!(
            !(trap.load(Ordering::SeqCst) && sql.contains(word)),
            "a secret of the inside"
        );
    });
    let keys = Keys::from_secret(&SECRET, "tributary", "tributary").unwrap();
    let app_of_its_own = Arc::new(App::new(store, app.clock.clone(), keys));
    let (_, ending) = watch::channel(false);
    let router = http::router(app_of_its_own, HttpOptions::default(), ending).unwrap();
    (Client::new(router, Some(app.sign(&json!({})))), armed)
}

#[apply(both_databases)]
async fn a_resolver_that_panics_costs_its_request_only(app: TestApp) {
    app.tenant("acme").await;
    let (client, armed) = treacherous(&app, "partner_tier").await;
    let add = |label: &str| {
        format!("mutation Add {{ createPartnerTier(input: {{ label: \"{label}\" }}) {{ partnerTier {{ id }} }} }}")
    };
    client.data(&add("before")).await;
    armed.store(true, Ordering::SeqCst);
    // More often than there are connections: none is lost with the request, nor is the transaction left open.
    for round in 0..6 {
        for document in [
            "query Tiers { partnerTiers { label } }",
            &add(&format!("during {round}")),
        ] {
            let answer = client.ask(document).await;
            assert_eq!(
                (answer.status.as_u16(), answer.codes()),
                (500, vec!["INTERNAL_SERVER_ERROR"]),
                "{}",
                answer.body
            );
            assert!(answer.body.get("data").is_none());
            let error = &answer.body["errors"][0];
            assert_eq!(error["message"], "an internal error occurred");
            assert_eq!(
                answer.headers["x-request-id"],
                error["extensions"]["requestId"].as_str().unwrap()
            );
        }
    }
    armed.store(false, Ordering::SeqCst);
    client.data(&add("after")).await;
    let tiers = client.data("query Tiers { partnerTiers { label } }").await;
    let labels: Vec<_> = tiers["partnerTiers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tier| tier["label"].clone())
        .collect();
    assert_eq!(labels.len(), 2, "{labels:?}");
    let text = scrape(&client).await;
    assert_eq!(
        text.value(r#"tributary_errors_total{code="INTERNAL_SERVER_ERROR"}"#),
        12.0
    );
    assert_eq!(
        text.value(r#"tributary_operations_total{operation_name="Tiers",operation_type="query",result="errors"}"#),
        6.0
    );
    assert_eq!(
        text.value(r#"tributary_http_requests_total{route="/graphql",status="5xx"}"#),
        12.0
    );
}

#[apply(both_databases)]
async fn code_around_the_resolvers_that_panics_costs_its_request_only(app: TestApp) {
    app.tenant("acme").await;
    // The first request of a tenant looks it up, before anything is executed.
    let (client, armed) = treacherous(&app, "tenant").await;
    armed.store(true, Ordering::SeqCst);
    let answer = client.ask("{ viewer { subject } }").await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (500, vec!["INTERNAL_SERVER_ERROR"]),
        "{}",
        answer.body
    );
    assert!(!answer.sent().contains("secret"), "{}", answer.body);
    assert!(answer.headers.contains_key("x-request-id") && answer.headers["cache-control"] == "no-store");
    armed.store(false, Ordering::SeqCst);
    client.data("{ viewer { subject } }").await;
    let text = scrape(&client).await;
    assert_eq!(
        text.value(r#"tributary_refusal_duration_seconds_count{reason="fault"}"#),
        1.0
    );
}
