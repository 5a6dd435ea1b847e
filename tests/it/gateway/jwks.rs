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

use super::key_pair::{KeyPair, SHORT_RSA, pem};
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

/// An RSA key of 1024 bits as an entry of a JWKS.
fn short_rsa(id: &str) -> Value {
    json!({ "kty": "RSA", "use": "sig", "alg": "RS256", "kid": id, "n": SHORT_RSA.2, "e": "AQAB" })
}

fn pem_of(label: &str, base64: &str) -> String {
    format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n")
}

/// Why these files are refused.
fn refusal(public: &Path, private: Option<&Path>) -> String {
    let keys = Keys::from_files(public, private, "tributary", "tributary");
    keys.err().expect("they must be refused").to_string()
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
}

#[tokio::test]
async fn keys_that_are_taken_away_open_nothing_any_more() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let pair = KeyPair::generate(Algorithm::ES256);
    let token = pair.sign(&header(&pair, "a"), &app.claims(&json!({})));
    put(&file, &[pair.jwk("a")]);
    let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
    let open = || status(&router, token.clone());
    let mut for_encryption = pair.jwk("a");
    for_encryption["use"] = json!("enc");

    assert_eq!(open().await, StatusCode::OK);
    std::fs::remove_file(&file).unwrap();
    assert_eq!(open().await, StatusCode::UNAUTHORIZED, "without the file");
    put(&file, &[pair.jwk("a")]);
    assert_eq!(open().await, StatusCode::OK, "the file is back");
    for (what, text) in [
        ("an empty file", String::new()),
        ("an empty line", "\n".to_owned()),
        ("an empty set", json!({ "keys": [] }).to_string()),
        (
            "a set for other purposes",
            json!({ "keys": [for_encryption] }).to_string(),
        ),
        ("a short RSA key", json!({ "keys": [short_rsa("a")] }).to_string()),
    ] {
        std::fs::write(&file, text).unwrap();
        assert_eq!(open().await, StatusCode::UNAUTHORIZED, "{what}");
        put(&file, &[pair.jwk("a")]);
        assert_eq!(open().await, StatusCode::OK, "after {what}");
    }
}

#[tokio::test]
async fn a_file_that_makes_no_sense_leaves_the_keys_for_a_minute() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let (old, new) = (KeyPair::generate(Algorithm::ES256), KeyPair::generate(Algorithm::ES256));
    let claims = app.claims(&json!({}));
    let (of_old, of_new) = (
        old.sign(&header(&old, "old"), &claims),
        new.sign(&header(&new, "new"), &claims),
    );
    put(&file, &[old.jwk("old")]);
    let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
    let open = |token: &String| status(&router, token.clone());
    for text in ["{ \"keys\": [", "nonsense", "[]"] {
        assert_eq!(open(&of_old).await, StatusCode::OK);
        std::fs::write(&file, text).unwrap();
        assert_eq!(open(&of_old).await, StatusCode::OK, "{text}: it may be half written");
        app.clock.advance(Duration::from_secs(60));
        assert_eq!(open(&of_old).await, StatusCode::OK, "{text}");
        app.clock.advance(Duration::from_secs(1));
        assert_eq!(open(&of_old).await, StatusCode::UNAUTHORIZED, "{text}: nobody mends it");
        put(&file, &[old.jwk("old")]);
        assert_eq!(open(&of_old).await, StatusCode::OK, "{text}: it is mended");
    }
    // Written to its end, it counts at once; what went before is forgotten.
    std::fs::write(&file, "{").unwrap();
    assert_eq!(open(&of_old).await, StatusCode::OK);
    put(&file, &[new.jwk("new")]);
    assert_eq!(
        (open(&of_old).await, open(&of_new).await),
        (StatusCode::UNAUTHORIZED, StatusCode::OK)
    );
    app.clock.advance(Duration::from_secs(120));
    std::fs::write(&file, "{").unwrap();
    assert_eq!(open(&of_new).await, StatusCode::OK);
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

#[tokio::test]
async fn the_private_key_may_be_what_openssl_writes_of_an_elliptic_curve() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let pair = KeyPair::generate(Algorithm::ES256);
    std::fs::write(path("public.pem"), &pair.public).unwrap();
    // `openssl ecparam -genkey` says first which curve it is.
    let curve = pem_of("EC PARAMETERS", "BggqhkjOPQMBBw==");
    for private in [pair.sec1.clone(), format!("{curve}{}", pair.sec1)] {
        std::fs::write(path("private.pem"), private).unwrap();
        let keys = Keys::from_files(
            &path("public.pem"),
            Some(&path("private.pem")),
            "tributary",
            "tributary",
        )
        .unwrap();
        let now = app.clock.now();
        let token = keys
            .mint("ann", "acme", "admin", None, now, now + Duration::from_secs(60))
            .unwrap();
        assert_eq!(status(&router(&app, keys), token).await, StatusCode::OK);
    }
}

#[test]
fn refusals_say_what_is_wrong_with_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let (public, private) = (folder.path().join("public"), folder.path().join("private"));
    let (pair, rsa) = (KeyPair::generate(Algorithm::ES256), KeyPair::generate(Algorithm::RS256));
    let p384 = pem_of(
        "EC PRIVATE KEY",
        "MIGkAgEBBDBjURldmdESsAdSH4JWtoBZL4dGYbH44qFuFJuZYwhnk59QDjgzI1eNBvylhxWWXlOgBwYFK4EEACKhZANiAASl",
    );
    let (short_private, short_public, _) = SHORT_RSA;
    for (text, says) in [
        (pem_of("PUBLIC KEY", short_public), "an RSA key of 1024 bits"),
        (
            json!({ "keys": [short_rsa("a")] }).to_string(),
            "an RSA key of 1024 bits",
        ),
        (json!({ "keys": [] }).to_string(), "no signature keys"),
        (pair.private.clone(), "openssl pkey -in FILE -pubout"),
        (pair.sec1.clone(), "openssl pkey -in FILE -pubout"),
    ] {
        std::fs::write(&public, &text).unwrap();
        let refusal = refusal(&public, None);
        assert!(refusal.contains(says), "{refusal}");
    }
    std::fs::write(&public, &rsa.public).unwrap();
    for (text, says) in [
        (
            pem_of("PRIVATE KEY", short_private),
            "not a private RSA key of 2048 to 8192 bits",
        ),
        (p384, "not a P-256 key"),
        (
            pem_of("EC PRIVATE KEY", "Proc-Type: 4,ENCRYPTED"),
            "openssl pkcs8 -topk8 -nocrypt",
        ),
        (pem_of("ENCRYPTED PRIVATE KEY", "MIIB"), "openssl pkcs8 -topk8 -nocrypt"),
        (rsa.public.clone(), "not a private RSA key"),
        ("nonsense".to_owned(), "not a private RSA, P-256 or Ed25519 key"),
        (pair.private.clone(), "belongs to none of the public keys"),
        (pair.sec1.clone(), "belongs to none of the public keys"),
    ] {
        std::fs::write(&private, &text).unwrap();
        let refusal = refusal(&public, Some(&private));
        assert!(refusal.contains(says), "{refusal}");
    }
}

#[tokio::test]
async fn of_a_set_only_the_sound_keys_are_taken() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let pair = KeyPair::generate(Algorithm::RS256);
    put(&file, &[short_rsa("short"), pair.jwk("sound")]);
    let keys = Keys::from_files(&file, None, "tributary", "tributary").unwrap();
    let token = pair.sign(&header(&pair, "sound"), &app.claims(&json!({})));
    assert_eq!(status(&router(&app, keys), token).await, StatusCode::OK);
}

#[tokio::test]
async fn a_second_entry_of_a_name_locks_nobody_out() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let pair = KeyPair::generate(Algorithm::RS256);
    let other = KeyPair::generate(Algorithm::ES256);
    let changed = |changes: Value| {
        let mut key = pair.jwk("a");
        for (name, value) in changes.as_object().unwrap() {
            match value {
                Value::Null => drop(key.as_object_mut().unwrap().remove(name)),
                value => key[name] = value.clone(),
            }
        }
        key
    };
    let token = pair.sign(&header(&pair, "a"), &app.claims(&json!({})));
    let forged = other.sign(&header(&pair, "a"), &app.claims(&json!({})));
    for second in [
        changed(json!({ "alg": null, "x5t": "T" })),
        changed(json!({ "alg": "RS512" })),
        changed(json!({ "use": "enc" })),
        other.jwk("a"),
        KeyPair::generate(Algorithm::RS256).jwk("a"),
        short_rsa("a"),
        json!({ "kty": "unheard of", "kid": "a" }),
        json!({ "kid": "a" }),
    ] {
        for entries in [[pair.jwk("a"), second.clone()], [second.clone(), pair.jwk("a")]] {
            put(&file, &entries);
            let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
            assert_eq!(status(&router, token.clone()).await, StatusCode::OK, "{second}");
            assert_eq!(
                status(&router, forged.clone()).await,
                StatusCode::UNAUTHORIZED,
                "{second}"
            );
        }
    }
    // Each of two keys of one name opens.
    put(&file, &[pair.jwk("a"), other.jwk("a")]);
    let router = router(&app, Keys::from_files(&file, None, "tributary", "tributary").unwrap());
    let of_other = other.sign(&header(&other, "a"), &app.claims(&json!({})));
    assert_eq!(status(&router, of_other).await, StatusCode::OK);
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
    ] {
        std::fs::write(&file, text).unwrap();
        assert!(
            Keys::from_files(&file, None, "tributary", "tributary").is_err(),
            "{name}"
        );
    }
    assert!(Keys::from_files(&folder.path().join("absent"), None, "tributary", "tributary").is_err());
}
