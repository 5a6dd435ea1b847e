//! Which keys of an issuer are good, and when they are fetched.

use std::time::Duration;

use axum::http::StatusCode;
use futures::future::join_all;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;
use tributary::auth::IssuerSettings;
use tributary::metrics::Metrics;

use super::super::key_pair::{KeyPair, SHORT_RSA, sign};
use super::provider::Provider;
use super::{Gateway, NO, OK, Signer, issuers, router, status, try_issuers, usual};
use crate::support::TestApp;
use crate::support::token::SECRET;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

#[tokio::test]
async fn keys_are_fetched_once_for_all_who_come_at_the_same_time() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    let token = key.token(&app, &gateway.provider);
    let all = join_all((0..20).map(|_| gateway.status(token.clone()))).await;
    assert_eq!(all, [OK; 20]);
    assert_eq!((gateway.provider.discovered(), gateway.provider.asked()), (1, 1));
}

#[tokio::test]
async fn keys_are_rotated_and_those_that_are_taken_away_open_nothing_any_more() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    let (of_old, of_new) = (old.token(&app, &gateway.provider), new.token(&app, &gateway.provider));
    let open = async || {
        (
            gateway.status(of_old.clone()).await,
            gateway.status(of_new.clone()).await,
        )
    };
    gateway.provider.serve(&[old.jwk()]);
    gateway.refresh().await;
    assert_eq!(open().await, (OK, NO));

    // The new key is looked for when a token names it, though not at once again.
    gateway.provider.serve(&[old.jwk(), new.jwk()]);
    app.clock.advance(seconds(9));
    assert_eq!(open().await, (OK, NO));
    app.clock.advance(seconds(1));
    assert_eq!(open().await, (OK, OK));

    // Nobody asks for what is gone: it is found out when it is time.
    gateway.provider.serve(&[new.jwk()]);
    app.clock.advance(seconds(299));
    gateway.refresh().await;
    assert_eq!(open().await, (OK, OK));
    app.clock.advance(seconds(1));
    gateway.refresh().await;
    assert_eq!(open().await, (NO, OK));

    gateway.provider.serve(&[]);
    app.clock.advance(seconds(300));
    gateway.refresh().await;
    assert_eq!(open().await, (NO, NO), "the set is empty");
}

#[tokio::test]
async fn made_up_names_of_keys_cause_no_load() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    gateway.refresh().await;
    let claims = app.claims(&json!({ "iss": gateway.provider.issuer() }));
    let made_up = |id: usize| {
        key.pair
            .sign(&json!({ "alg": "ES256", "kid": format!("made up {id}") }), &claims)
    };
    for (round, expected) in [(0, 1), (1, 2), (2, 3)] {
        let all = join_all((0..50).map(|id| gateway.status(made_up(50 * round + id)))).await;
        assert_eq!(all, [NO; 50]);
        assert_eq!(gateway.provider.asked(), expected);
        app.clock.advance(seconds(10));
    }
    // What is refused whatever its key is causes none at all.
    for (changes, alg) in [
        (json!({ "aud": "billing" }), "ES256"),
        (json!({ "exp": 0 }), "ES256"),
        (json!({ "tenant": ["acme"] }), "ES256"),
        (json!({}), "HS256"),
        (json!({}), "ES384"),
    ] {
        let mut all = json!({ "iss": gateway.provider.issuer() });
        all.as_object_mut()
            .unwrap()
            .extend(changes.as_object().unwrap().clone());
        let token = key.pair.sign(&json!({ "alg": alg, "kid": "b" }), &app.claims(&all));
        assert_eq!(gateway.status(token).await, NO);
    }
    assert_eq!(gateway.provider.asked(), 3);
}

#[tokio::test]
async fn of_what_is_served_only_sound_keys_for_signatures_are_taken() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let sound = Signer::new("sound");
    let encrypts = Signer::new("encrypts");
    let (one, other) = (Signer::new("twice"), Signer::new("twice"));
    let mut for_encryption = encrypts.jwk();
    for_encryption["use"] = json!("enc");
    let secret = [5; 32];
    gateway.provider.serve(&[
        json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": "short", "n": SHORT_RSA.2, "e": "AQAB" }),
        json!({ "kty": "oct", "alg": "HS256", "kid": "secret", "k": super::super::key_pair::encode(secret) }),
        for_encryption,
        one.jwk(),
        other.jwk(),
        sound.jwk(),
    ]);
    let claims = app.claims(&json!({ "iss": gateway.provider.issuer() }));
    let header = json!({ "alg": "HS256", "kid": "secret" });
    let by_secret = sign(&header, &claims, &EncodingKey::from_secret(&secret), Algorithm::HS256);
    assert_eq!(gateway.status(sound.token(&app, &gateway.provider)).await, OK);
    assert_eq!(gateway.status(by_secret).await, NO);
    // Two keys of one name are both good.
    for (key, expected) in [(&encrypts, NO), (&one, OK), (&other, OK)] {
        assert_eq!(
            gateway.status(key.token(&app, &gateway.provider)).await,
            expected,
            "{}",
            key.id
        );
    }
}

#[tokio::test]
async fn nobodys_key_is_good_for_another_issuers_tokens() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let (ann, bob) = (Provider::start().await, Provider::start().await);
    // Both call their keys the same.
    let (of_ann, of_bob) = (Signer::new("key"), Signer::new("key"));
    ann.serve(&[of_ann.jwk()]);
    bob.serve(&[of_bob.jwk()]);
    let mut stranger = usual(&bob);
    stranger.audiences = vec!["another".to_owned()];
    let issuers = issuers([("ann", usual(&ann)), ("bob", stranger)]);
    let app_with = std::sync::Arc::new(tributary::app::App::clone(&app.app).with_issuers(issuers));
    let router = router(&app_with);
    let by_bob = |changes| of_bob.token_with(&app, &changes);
    for (what, token, expected) in [
        ("ann's own", of_ann.token(&app, &ann), OK),
        ("our own", app.sign(&json!({})), OK),
        (
            "bob's own",
            by_bob(json!({ "iss": bob.issuer(), "aud": "another" })),
            OK,
        ),
        ("bob's for another audience", by_bob(json!({ "iss": bob.issuer() })), NO),
        ("bob's as ann", by_bob(json!({ "iss": ann.issuer() })), NO),
        (
            "ann's as bob",
            of_ann.token_with(&app, &json!({ "iss": bob.issuer(), "aud": "another" })),
            NO,
        ),
        ("ann's as ours", of_ann.token_with(&app, &json!({})), NO),
        ("ours as ann's", app.sign(&json!({ "iss": ann.issuer() })), NO),
        ("a stranger's", by_bob(json!({ "iss": "https://mallory.example" })), NO),
    ] {
        assert_eq!(status(&router, token).await, expected, "{what}");
    }
    // What everybody knows of a key is no secret.
    let public = of_ann.jwk().to_string();
    let claims = app.claims(&json!({ "iss": ann.issuer() }));
    for secret in [public.as_bytes(), of_ann.pair.public.as_bytes(), &SECRET] {
        let header = json!({ "alg": "HS256", "kid": "key" });
        let token = sign(&header, &claims, &EncodingKey::from_secret(secret), Algorithm::HS256);
        assert_eq!(status(&router, token).await, NO);
    }
}

#[tokio::test]
async fn a_key_is_good_for_the_algorithms_of_the_settings_only() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let pair = KeyPair::generate(Algorithm::RS256);
    for (algorithm, named, expected) in [
        (Algorithm::RS256, None, OK),
        (Algorithm::RS256, Some("PS256"), NO),
        (Algorithm::PS256, Some("PS256"), OK),
        (Algorithm::RS512, Some("RS512"), NO),
    ] {
        let provider = Provider::start().await;
        let mut jwk = pair.jwk("a");
        jwk.as_object_mut().unwrap().remove("alg");
        if let Some(named) = named {
            jwk["alg"] = json!(named);
        }
        provider.serve(&[jwk]);
        let settings = IssuerSettings {
            algorithms: vec![Algorithm::RS256, Algorithm::PS256],
            ..usual(&provider)
        };
        let claims = app.claims(&json!({ "iss": provider.issuer() }));
        let gateway = Gateway::with(&app, provider, settings);
        let header = json!({ "alg": format!("{algorithm:?}"), "kid": "a" });
        let token = sign(&header, &claims, &pair.signing, algorithm);
        assert_eq!(gateway.status(token).await, expected, "{algorithm:?} {named:?}");
    }
}

#[tokio::test]
async fn a_partners_token_is_dead_with_the_partner() {
    let app = TestApp::on_sqlite().await;
    let admin = app.admin().await;
    let input = json!({ "name": "A", "email": "a@a.example" });
    let made = admin.done("createPartner", input, "partner { id }").await;
    let partner = made["partner"]["id"].as_str().unwrap().to_owned();
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    let bound = json!({ "iss": gateway.provider.issuer(), "partner": partner, "iat": app.clock.now().timestamp() });
    let token = key.token_with(&app, &bound);
    assert_eq!(gateway.status(token.clone()).await, OK);
    let input = json!({ "id": partner, "reason": "a test" });
    admin.done("revokePartner", input, "partner { id }").await;
    assert_eq!(gateway.status(token.clone()).await, NO);
    app.clock.advance(seconds(10));
    let input = json!({ "id": partner });
    admin.done("reinstatePartner", input, "partner { id }").await;
    assert_eq!(gateway.status(token).await, NO, "from before the revocation");
}

#[tokio::test]
async fn addresses_are_https_on_the_internet_unless_the_operator_says_otherwise() {
    let metrics = Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
    let provider = Provider::start().await;
    let at = |url: &str| IssuerSettings {
        jwks_url: Some(url.to_owned()),
        ..usual(&provider)
    };
    let refusal = |settings, network| match try_issuers([("default", settings)], network, &metrics) {
        Ok(_) => String::new(),
        Err(error) => error.to_string(),
    };
    assert_eq!(refusal(at(&provider.keys_url()), "127.0.0.0/8"), "");
    assert_eq!(refusal(at("https://login.example/keys"), "10.0.0.0/8"), "");
    for url in [
        "login.example/keys",
        "file:///etc/keys.json",
        "https://ann:secret@login.example/keys",
        "http://93.184.215.14/keys",
        "https://93.184.215.14:8443/keys",
        "https://169.254.169.254/keys",
        &provider.keys_url(),
    ] {
        assert!(
            refusal(at(url), "10.0.0.0/8").starts_with("issuers.default: the address "),
            "{url}"
        );
    }
    // Two must not be told by one name, nor one by ours.
    let both = [("a", at("https://a.example")), ("b", at("https://b.example"))];
    assert!(try_issuers(both, "10.0.0.0/8", &metrics).is_err());
    let mut ours = at("https://a.example");
    ours.issuer = "ourselves".to_owned();
    assert!(try_issuers([("a", ours)], "10.0.0.0/8", &metrics).is_err());
}

/// A discovery document may lead anywhere, and what it leads to is looked at like every address.
#[tokio::test]
async fn a_discovery_document_leads_to_no_address_that_is_not_allowed() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    for url in ["http://169.254.169.254/keys", "file:///keys", "http://[::1]:1/keys", ""] {
        gateway.provider.lead_to(url);
        assert_eq!(
            gateway.status(key.token(&app, &gateway.provider)).await,
            StatusCode::UNAUTHORIZED,
            "{url}"
        );
        app.clock.advance(seconds(60));
    }
    assert_eq!((gateway.provider.discovered(), gateway.provider.asked()), (4, 0));
}
