//! A tenant that asks for much, with as many callers as it likes, is told so: other tenants notice nothing.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;
use tributary::app::App;
use tributary::http::{self, HttpOptions, RequestsSection, ThrottleSection};
use tributary::service::app::CredentialLimits;

use super::{gateway, message, run};
use crate::support::{Client, TestApp, both_databases};

const VIEWER: &str = "{ viewer { subject } }";

/// A client of a tenant, whose token names this subject.
fn caller(app: &TestApp, router: &axum::Router, tenant: &str, subject: &str) -> Client {
    let token = app.sign(&json!({ "tenant": tenant, "sub": subject }));
    Client::new(router.clone(), Some(token))
}

/// A client of `acme` at a gateway that allows so many keys and tokens.
fn limited(app: &TestApp, limits: CredentialLimits) -> Client {
    let app_with = App::clone(&app.app).with_credential_limits(limits);
    let (_, ending) = watch::channel(false);
    let router = http::router(Arc::new(app_with), HttpOptions::default(), ending).expect("sound options");
    caller(app, &router, "acme", "ann")
}

async fn key(staff: &Client, name: &str, expires_at: Option<&str>) -> Value {
    let input = json!({ "name": name, "scopes": ["partners:read"], "expiresAt": expires_at });
    staff.mutate("createApiKey", input, "apiKey { id }").await
}

#[apply(both_databases)]
async fn the_callers_of_a_tenant_share_a_bucket(app: TestApp) {
    app.tenant("acme").await;
    app.tenant("calm").await;
    let throttle = ThrottleSection {
        maximum: 1_000,
        restore_per_second: 1,
        tenant_maximum: 1_500,
        tenant_restore_per_second: 1,
    };
    let router = gateway(
        &app,
        HttpOptions {
            throttle,
            ..HttpOptions::default()
        },
    );
    // Counting costs 100, however little there is.
    let counts: String = (0..5).map(|n| format!("c{n}: partners {{ totalCount }} ")).collect();
    let document = format!("{{ {counts} }}");
    let mut refused = Vec::new();
    for number in 0..5 {
        let answer = caller(&app, &router, "acme", &format!("ann {number}"))
            .ask(&document)
            .await;
        if answer.status == 429 {
            assert_eq!(answer.codes(), ["THROTTLED"]);
            assert!(
                message(&answer.body).contains("the rate limit of this tenant is exceeded"),
                "{}",
                answer.body
            );
            assert!(answer.headers["retry-after"].to_str().unwrap().parse::<u64>().is_ok());
            refused.push(number);
        }
    }
    assert_eq!(refused, [2, 3, 4], "none of them has used up its own bucket");
    caller(&app, &router, "calm", "bob").ask(&document).await.data();
}

#[apply(both_databases)]
async fn a_tenant_has_so_many_requests_in_flight(app: TestApp) {
    app.tenant("acme").await;
    app.tenant("calm").await;
    let requests = RequestsSection {
        per_tenant: 2,
        ..RequestsSection::default()
    };
    let router = gateway(
        &app,
        HttpOptions {
            requests,
            ..HttpOptions::default()
        },
    );
    let (ann, bob) = (
        caller(&app, &router, "acme", "ann"),
        caller(&app, &router, "calm", "bob"),
    );
    ann.data(VIEWER).await;
    // What writes for the tenant waits for this.
    let locked = app.store().begin_unaudited().await.expect("it begins");
    run(&*locked, "UPDATE tenant SET name = 'locked'").await;
    let waiting: Vec<_> = (0..2)
        .map(|number| {
            let ann = ann.clone();
            tokio::spawn(async move { key(&ann, &format!("K{number}"), None).await })
        })
        .collect();
    let refused = async {
        loop {
            let answer = ann.ask(VIEWER).await;
            if answer.status == 429 {
                break answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(4), refused)
        .await
        .expect("two are in flight");
    assert_eq!(refused.codes(), ["THROTTLED"]);
    assert!(
        message(&refused.body).contains("2 requests in flight"),
        "{}",
        refused.body
    );
    assert!(refused.headers.contains_key("retry-after"));
    bob.data(VIEWER).await;
    locked.rollback().await.expect("it ends");
    for made in waiting {
        assert!(made.await.unwrap()["apiKey"]["id"].is_string());
    }
    ann.data(VIEWER).await;
}

#[apply(both_databases)]
async fn everybody_together_has_so_many_requests_in_flight(app: TestApp) {
    app.tenant("acme").await;
    app.tenant("calm").await;
    let requests = RequestsSection {
        at_once: 1,
        ..RequestsSection::default()
    };
    let router = gateway(
        &app,
        HttpOptions {
            requests,
            ..HttpOptions::default()
        },
    );
    let (ann, bob) = (
        caller(&app, &router, "acme", "ann"),
        caller(&app, &router, "calm", "bob"),
    );
    bob.data(VIEWER).await;
    let locked = app.store().begin_unaudited().await.expect("it begins");
    run(&*locked, "UPDATE tenant SET name = 'locked'").await;
    let waiting = tokio::spawn(async move { key(&ann, "K", None).await });
    let refused = async {
        loop {
            let answer = bob.ask(VIEWER).await;
            if answer.status == 503 {
                break answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let refused = tokio::time::timeout(Duration::from_secs(4), refused)
        .await
        .expect("one is in flight");
    assert_eq!(refused.codes(), ["UNAVAILABLE"]);
    locked.rollback().await.expect("it ends");
    assert!(waiting.await.unwrap()["apiKey"]["id"].is_string());
    bob.data(VIEWER).await;
}

#[apply(both_databases)]
async fn a_tenant_has_so_many_keys_that_work(app: TestApp) {
    app.tenant("acme").await;
    app.tenant("calm").await;
    let limits = CredentialLimits {
        keys_per_tenant: 2,
        ..CredentialLimits::default()
    };
    let ann = limited(&app, limits);
    let first = key(&ann, "first", None).await;
    key(&ann, "second", Some("2026-03-01T13:00:00Z")).await;
    let refused = key(&ann, "third", None).await;
    assert_eq!(refused["apiKey"], Value::Null);
    assert_eq!(refused["userErrors"][0]["code"], "CONFLICT");
    assert!(
        refused["userErrors"][0]["message"]
            .as_str()
            .unwrap()
            .contains("at most 2 active API keys"),
        "{refused}"
    );
    // Those that are revoked or have expired make room.
    ann.done("revokeApiKey", json!({ "id": first["apiKey"]["id"] }), "deletedId")
        .await;
    assert!(key(&ann, "third", None).await["apiKey"]["id"].is_string());
    assert_eq!(key(&ann, "fourth", None).await["apiKey"], Value::Null);
    app.clock.advance(Duration::from_secs(3_600));
    let ann = limited(&app, limits);
    assert!(key(&ann, "fourth", None).await["apiKey"]["id"].is_string());
    // Two at once do not get the same place.
    ann.done(
        "revokeApiKey",
        json!({ "id": key_named(&ann, "fourth").await }),
        "deletedId",
    )
    .await;
    let (one, other) = tokio::join!(key(&ann, "one", None), key(&ann, "other", None));
    assert_eq!(
        [&one, &other].iter().filter(|made| made["apiKey"].is_object()).count(),
        1,
        "{one} {other}"
    );
}

#[apply(both_databases)]
async fn a_tenant_has_so_many_tokens_that_have_not_expired(app: TestApp) {
    app.tenant("acme").await;
    let ann = limited(
        &app,
        CredentialLimits {
            tokens_per_tenant: 2,
            ..CredentialLimits::default()
        },
    );
    let made = ann
        .done(
            "createPartner",
            json!({ "name": "P", "email": "p@example.com" }),
            "partner { id }",
        )
        .await;
    let issue = async |seconds: u32| {
        let input = json!({ "partnerId": made["partner"]["id"], "ttlSeconds": seconds });
        ann.mutate("issuePartnerToken", input, "token").await
    };
    assert!(issue(60).await["token"].is_string());
    assert!(issue(3_000).await["token"].is_string());
    let refused = issue(60).await;
    assert_eq!(
        (&refused["token"], &refused["userErrors"][0]["code"]),
        (&Value::Null, &json!("CONFLICT")),
        "{refused}"
    );
    assert_eq!(refused["userErrors"][0]["field"], json!(["ttlSeconds"]), "{refused}");
    app.clock.advance(Duration::from_secs(60));
    assert!(issue(60).await["token"].is_string());
    assert_eq!(issue(60).await["token"], Value::Null);
}

async fn key_named(staff: &Client, name: &str) -> Value {
    let data = staff.data("{ apiKeys(first: 50) { nodes { id name } } }").await;
    let keys = data["apiKeys"]["nodes"].as_array().expect("a list");
    keys.iter().find(|key| key["name"] == name).expect("a key")["id"].clone()
}
