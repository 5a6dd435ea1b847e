//! Public keys in files: which are taken, and how they change while the gateway runs.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::auth::{KeyError, Keys};
use tributary::http::HttpOptions;

use super::key_pair::{KeyPair, pem};
use crate::support::{Client, TestApp};

const KINDS: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

/// Replaces the file at once, as one should.
fn put(file: &Path, keys: &[Value]) {
    let next = file.with_extension("next");
    std::fs::write(&next, json!({ "keys": keys }).to_string()).unwrap();
    std::fs::rename(next, file).unwrap();
}

fn router(app: &TestApp, keys: Keys) -> Router {
    let app = Arc::new(App::new(app.store().clone(), app.clock.clone(), keys));
    let (_, ending) = tokio::sync::watch::channel(false);
    tributary::http::router(app, HttpOptions::default(), ending).unwrap()
}

async fn status(router: &Router, token: String) -> StatusCode {
    Client::new(router.clone(), Some(token))
        .ask("{ viewer { subject } }")
        .await
        .status
}

fn header(pair: &KeyPair, id: &str) -> Value {
    json!({ "alg": format!("{:?}", pair.algorithm), "kid": id })
}

#[tokio::test]
async fn keys_are_rotated_without_a_restart() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let (old, new) = (KeyPair::generate(Algorithm::ES256), KeyPair::generate(Algorithm::EdDSA));
    let claims = app.claims(&json!({}));
    let (of_old, of_new) = (
        old.sign(&header(&old, "old"), &claims),
        new.sign(&header(&new, "new"), &claims),
    );
    put(&file, &[old.jwk("old")]);
    let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
    let open = |token: &String| status(&router, token.clone());

    assert_eq!(
        (open(&of_old).await, open(&of_new).await),
        (StatusCode::OK, StatusCode::UNAUTHORIZED)
    );
    put(&file, &[old.jwk("old"), new.jwk("new")]);
    assert_eq!(
        (open(&of_old).await, open(&of_new).await),
        (StatusCode::OK, StatusCode::OK)
    );
    put(&file, &[new.jwk("new")]);
    assert_eq!(
        (open(&of_old).await, open(&of_new).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    // Half of a file is no reason to lock everybody out, and neither is none.
    std::fs::write(&file, "{ \"keys\": [").unwrap();
    assert_eq!(open(&of_new).await, StatusCode::OK);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(open(&of_new).await, StatusCode::OK);
    put(&file, &[old.jwk("old")]);
    assert_eq!(
        (open(&of_old).await, open(&of_new).await),
        (StatusCode::OK, StatusCode::UNAUTHORIZED)
    );
}

#[tokio::test]
async fn a_token_is_checked_by_the_key_that_it_names_and_by_no_other() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let pairs: Vec<_> = KINDS.into_iter().map(KeyPair::generate).collect();
    let entries: Vec<_> = pairs
        .iter()
        .zip(["a", "b", "c"])
        .map(|(pair, id)| pair.jwk(id))
        .collect();
    put(&file, &entries);
    let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
    let claims = app.claims(&json!({}));
    for (index, pair) in pairs.iter().enumerate() {
        for (named, id) in ["a", "b", "c", "d", "../a", "a' OR 1=1", "A"].into_iter().enumerate() {
            let expected = if named == index {
                StatusCode::OK
            } else {
                StatusCode::UNAUTHORIZED
            };
            let token = pair.sign(&header(pair, id), &claims);
            assert_eq!(status(&router, token).await, expected, "{:?} as {id}", pair.algorithm);
        }
        // Among several, a token must say which.
        let nameless = pair.sign(&json!({ "alg": format!("{:?}", pair.algorithm) }), &claims);
        assert_eq!(status(&router, nameless).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn tokens_are_made_by_the_private_key_where_there_is_one() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for algorithm in KINDS {
        let (pair, other) = (KeyPair::generate(algorithm), KeyPair::generate(algorithm));
        std::fs::write(path("public.pem"), &pair.public).unwrap();
        std::fs::write(path("private.pem"), &pair.private).unwrap();
        put(&path("keys.json"), &[other.jwk("other"), pair.jwk("ours")]);
        for public in ["public.pem", "keys.json"] {
            let keys = Keys::from_files(&path(public), Some(&path("private.pem")), "tributary", "tributary").unwrap();
            let now = app.clock.now();
            let token = keys
                .mint("ann", "acme", "admin", None, now, now + Duration::from_secs(60))
                .unwrap();
            assert_eq!(
                status(&router(&app, keys), token).await,
                StatusCode::OK,
                "{algorithm:?} {public}"
            );
        }
        std::fs::write(path("private.pem"), &other.private).unwrap();
        let refused = Keys::from_files(
            &path("public.pem"),
            Some(&path("private.pem")),
            "tributary",
            "tributary",
        );
        assert!(matches!(refused, Err(KeyError::NotAPair(_))), "{algorithm:?}");
    }
}

#[tokio::test]
async fn without_a_private_key_no_token_is_issued_and_the_caller_is_told() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("public.pem");
    let pair = KeyPair::generate(Algorithm::EdDSA);
    std::fs::write(&file, &pair.public).unwrap();
    let keys = Keys::from_files(&file, None, "tributary", "tributary").unwrap();
    let token = pair.sign(&json!({ "alg": "EdDSA" }), &app.claims(&json!({})));
    let client = Client::new(router(&app, keys), Some(token));
    let partner = client
        .done(
            "createPartner",
            json!({ "name": "A", "email": "a@a.example" }),
            "partner { id }",
        )
        .await;
    let input = json!({ "partnerId": partner["partner"]["id"] });
    assert_eq!(
        client.problems("issuePartnerToken", input, "token").await,
        ["CONFLICT partnerId"]
    );
}

#[test]
fn files_that_hold_no_usable_public_key_are_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let pair = KeyPair::generate(Algorithm::ES256);
    let secret = json!({ "kty": "oct", "k": "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc", "kid": "s" });
    let mut encrypts = pair.jwk("a");
    encrypts["use"] = json!("enc");
    let mut misnamed = pair.jwk("a");
    misnamed["alg"] = json!("ES384");
    for (name, text) in [
        ("nothing", String::new()),
        ("nonsense", "key".to_owned()),
        ("a private key", pair.private.clone()),
        ("a public key of nonsense", pem("PUBLIC KEY", b"nonsense")),
        ("a certificate", pem("CERTIFICATE", b"nonsense")),
        ("no keys", json!({ "keys": [] }).to_string()),
        ("a set that is none", json!({}).to_string()),
        ("a secret", json!({ "keys": [secret] }).to_string()),
        ("a key for encryption", json!({ "keys": [encrypts] }).to_string()),
        ("a key of another algorithm", json!({ "keys": [misnamed] }).to_string()),
        (
            "two keys of one name",
            json!({ "keys": [pair.jwk("a"), KeyPair::generate(Algorithm::EdDSA).jwk("a")] }).to_string(),
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        assert!(
            Keys::from_files(&file, None, "tributary", "tributary").is_err(),
            "{name}"
        );
    }
    assert!(Keys::from_files(&folder.path().join("absent"), None, "tributary", "tributary").is_err());
}
