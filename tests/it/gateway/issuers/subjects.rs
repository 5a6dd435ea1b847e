//! Issuers give names independently: "ann" of one is not "ann" of another, wherever a caller is remembered.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{StatusCode, header};
use serde_json::{Value, json};
use tributary::app::App;
use tributary::http::{self, HttpOptions, SubscriptionsSection, ThrottleSection};

use super::provider::Provider;
use super::{Signer, issuers, usual};
use crate::support::{Client, TestApp, both_databases};

/// "ann" of two providers and of our own, at one gateway.
struct Anns {
    /// How histories name them, and their tokens.
    known: Vec<(String, String)>,
    router: Router,
    _providers: [Provider; 2],
}

impl Anns {
    async fn at(app: &TestApp, options: HttpOptions) -> Self {
        let providers = [Provider::start().await, Provider::start().await];
        let settings = [("a", usual(&providers[0])), ("b", usual(&providers[1]))];
        let with_issuers = Arc::new(App::clone(&app.app).with_issuers(issuers(settings)));
        let (_, ending) = tokio::sync::watch::channel(false);
        let router = http::router(with_issuers, options, ending).unwrap();
        let mut known = vec![("ann".to_owned(), app.sign(&json!({})))];
        for provider in &providers {
            let key = Signer::new("a");
            provider.serve(&[key.jwk()]);
            known.push((format!("{}|ann", provider.issuer()), key.token(app, provider)));
        }
        Self {
            known,
            router,
            _providers: providers,
        }
    }

    fn client(&self, token: &str) -> Client {
        Client::new(self.router.clone(), Some(token.to_owned()))
    }
}

#[apply(both_databases)]
async fn a_key_for_repetitions_is_of_one_issuer_s_name(app: TestApp) {
    app.tenant("acme").await;
    let anns = Anns::at(&app, HttpOptions::default()).await;
    let mut made = Vec::new();
    for (subject, token) in &anns.known {
        let client = anns.client(token);
        let input = json!({ "label": subject, "idempotencyKey": "k" });
        for _ in 0..2 {
            let tier = client
                .done("createPartnerTier", input.clone(), "partnerTier { id label }")
                .await;
            assert_eq!(tier["partnerTier"]["label"], subject.as_str());
            made.push(tier["partnerTier"]["id"].as_str().unwrap().to_owned());
        }
    }
    made.dedup();
    assert_eq!(made.len(), 3, "one for each, and the same again: {made:?}");

    let staff = anns.client(&anns.known[0].1);
    for (subject, _) in &anns.known {
        let data = staff
            .data_with(
                "query($actor: String) { auditLog(filter: { actor: $actor, operation: \"createPartnerTier\" }) {
                 nodes { actor } } }",
                json!({ "actor": subject }),
            )
            .await;
        assert_eq!(data["auditLog"]["nodes"], json!([{ "actor": subject }]));
    }
}

#[apply(both_databases)]
async fn histories_name_the_issuer(app: TestApp) {
    app.tenant("acme").await;
    let anns = Anns::at(&app, HttpOptions::default()).await;
    for (index, (subject, token)) in anns.known.iter().enumerate() {
        let client = anns.client(token);
        assert_eq!(
            client.data("{ viewer { subject } }").await["viewer"]["subject"],
            subject.as_str()
        );
        let input = json!({ "name": "A", "email": format!("{index}@a.example") });
        let partner = client.done("createPartner", input, "partner { id }").await["partner"]["id"].clone();
        let input = json!({ "id": partner, "reason": "a reason" });
        let moved = client
            .done("suspendPartner", input, "partner { transitions { actor } }")
            .await;
        let actors = moved["partner"]["transitions"].as_array().unwrap();
        assert!(
            !actors.is_empty() && actors.iter().all(|one| one["actor"] == subject.as_str()),
            "{moved}"
        );
    }
}

#[apply(both_databases)]
async fn each_has_a_bucket_and_places_of_its_own(app: TestApp) {
    app.tenant("acme").await;
    let throttle = ThrottleSection {
        maximum: 40,
        restore_per_second: 1,
        ..ThrottleSection::default()
    };
    let subscriptions = SubscriptionsSection {
        per_subject: 1,
        ..SubscriptionsSection::default()
    };
    let anns = Anns::at(
        &app,
        HttpOptions {
            throttle,
            subscriptions,
            ..HttpOptions::default()
        },
    )
    .await;
    let listening = json!({ "query": "subscription { commissionChanged { id } }" });
    let mut streams = Vec::new();
    for (subject, token) in &anns.known {
        let client = anns.client(token);
        for expected in [StatusCode::OK, StatusCode::TOO_MANY_REQUESTS] {
            let request = client.post(&listening, Some("text/event-stream"));
            let stream = tower::ServiceExt::oneshot(anns.router.clone(), request).await.unwrap();
            assert_eq!(stream.status(), expected, "{subject}");
            if expected == StatusCode::TOO_MANY_REQUESTS {
                assert!(stream.headers().contains_key(header::RETRY_AFTER));
            }
            streams.push(stream);
        }
        let mut refused = 0;
        while refused == 0 {
            refused = match client.ask("{ partners(first: 5) { nodes { id } } }").await {
                answer if answer.status == StatusCode::TOO_MANY_REQUESTS => 1,
                answer => {
                    answer.data();
                    0
                }
            };
        }
    }
    drop(streams);
}

#[tokio::test]
async fn nobody_may_be_called_like_somebody_of_ours() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let provider = Provider::start().await;
    let key = Signer::new("a");
    provider.serve(&[key.jwk()]);
    let with_issuers = Arc::new(App::clone(&app.app).with_issuers(issuers([("a", usual(&provider))])));
    let router = super::router(&with_issuers);
    let status = |sub: Value| {
        let token = key.token_with(&app, &json!({ "iss": provider.issuer(), "sub": sub }));
        super::status(&router, token)
    };
    app.clock.advance(Duration::from_secs(60));
    assert_eq!(status(json!("auth0|5f7c8ec7")).await, super::OK);
    for name in [
        "par_01h2xcejqtf2nbrexx3vqjhp41",
        "whe_01h2xcejqtf2nbrexx3vqjhp41",
        "staff",
        "operator",
        "system",
    ] {
        assert_eq!(status(json!(name)).await, super::NO, "{name}");
    }
}
