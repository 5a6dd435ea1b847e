//! Documents by their hash: Apollo's automatic persisted queries, and the safelist.

use std::io::Write;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tributary::http::{HttpOptions, PersistedSection, Safelist};

use axum::body::Body;
use axum::http::Request;

use super::{admin, message, start_error};
use crate::support::{Answer, Client, TestApp, both_databases};

const VIEWER: &str = "{ viewer { subject } }";
const TYPE: &str = "{ __typename }";

fn hash(document: &str) -> String {
    let hash = Sha256::digest(document.as_bytes());
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn named(hash: &str) -> Value {
    json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } })
}

/// The admin asks with this whole body.
async fn ask(app: &TestApp, client: &Client, body: Value) -> Answer {
    ask_of(app, client, "acme", body).await
}

/// The same of any tenant's admin.
async fn ask_of(app: &TestApp, client: &Client, tenant: &str, body: Value) -> Answer {
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header(
            "authorization",
            format!("Bearer {}", app.sign(&json!({ "tenant": tenant }))),
        );
    client.send(request.body(Body::from(body.to_string())).unwrap()).await
}

fn with(persisted: PersistedSection) -> HttpOptions {
    HttpOptions {
        persisted,
        ..HttpOptions::default()
    }
}

/// A manifest file with this text; it is there as long as the handle.
fn manifest(text: &Value) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.to_string().as_bytes()).unwrap();
    file
}

#[apply(both_databases)]
async fn a_document_is_sent_once_and_then_named(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let by_hash = json!({ "extensions": named(&hash(VIEWER)) });
    let unknown = ask(&app, &client, by_hash.clone()).await;
    assert_eq!(
        (unknown.status.as_u16(), unknown.codes()),
        (200, vec!["PERSISTED_QUERY_NOT_FOUND"])
    );
    assert_eq!(
        message(&unknown.body),
        "PersistedQueryNotFound",
        "Apollo's clients look at the text, too"
    );
    assert!(unknown.body.get("data").is_none());
    let sent = ask(
        &app,
        &client,
        json!({ "query": VIEWER, "extensions": named(&hash(VIEWER)) }),
    )
    .await;
    let known = ask(&app, &client, by_hash).await;
    assert_eq!(known.data(), sent.data());
    let shouted = ask(
        &app,
        &client,
        json!({ "query": null, "extensions": named(&hash(VIEWER).to_uppercase()) }),
    )
    .await;
    shouted.data();
    // By GET, as caches between like it.
    let path = format!(
        "/graphql?extensions=%7B%22persistedQuery%22:%7B%22version%22:1,%22sha256Hash%22:%22{}%22%7D%7D",
        hash(VIEWER)
    );
    let get = Request::get(path)
        .header("apollo-require-preflight", "1")
        .header("authorization", format!("Bearer {}", app.sign(&json!({}))));
    assert_eq!(
        client.send(get.body(Body::empty()).unwrap()).await.data()["viewer"]["subject"],
        "ann"
    );
}

#[apply(both_databases)]
async fn a_hash_finds_what_its_own_tenant_has_sent(app: TestApp) {
    app.tenant("acme").await;
    app.tenant("zulu").await;
    let client = admin(&app, HttpOptions::default());
    let by_hash = json!({ "extensions": named(&hash(VIEWER)) });
    let with_text = json!({ "query": VIEWER, "extensions": named(&hash(VIEWER)) });
    ask_of(&app, &client, "acme", with_text.clone()).await.data();
    ask_of(&app, &client, "acme", by_hash.clone()).await.data();
    for _ in 0..2 {
        let answer = ask_of(&app, &client, "zulu", by_hash.clone()).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (200, vec!["PERSISTED_QUERY_NOT_FOUND"])
        );
        // Sent without its hash it is not registered.
        ask_of(&app, &client, "zulu", json!({ "query": VIEWER })).await.data();
    }
    ask_of(&app, &client, "zulu", with_text).await.data();
    ask_of(&app, &client, "zulu", by_hash.clone()).await.data();
    ask_of(&app, &client, "acme", by_hash.clone()).await.data();
    // A manifest is for all.
    let map: Map<_, _> = [(hash(VIEWER), json!(VIEWER))].into_iter().collect();
    let file = manifest(&Value::Object(map));
    let client = admin(
        &app,
        with(PersistedSection {
            manifest: Some(file.path().to_owned()),
            ..PersistedSection::default()
        }),
    );
    for tenant in ["acme", "zulu"] {
        ask_of(&app, &client, tenant, by_hash.clone()).await.data();
    }
}

#[apply(both_databases)]
async fn a_hash_must_be_the_document_s(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let (right, other) = (hash(VIEWER), hash(TYPE));
    for extensions in [
        named(&other),
        named(""),
        named(&right[1..]),
        named(&"g".repeat(64)),
        json!({ "persistedQuery": { "version": 2, "sha256Hash": right } }),
        json!({ "persistedQuery": { "version": "1", "sha256Hash": right } }),
        json!({ "persistedQuery": { "sha256Hash": right } }),
        json!({ "persistedQuery": [right] }),
        json!({ "persistedQuery": right }),
    ] {
        let answer = ask(&app, &client, json!({ "query": VIEWER, "extensions": extensions })).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (400, vec!["BAD_REQUEST"]),
            "{extensions}: {}",
            answer.body
        );
    }
    // None of that was kept, nor is what the guard or the validator refuses.
    let invalid = ["{ nothing }", "{ ...A } fragment A on Query { ...A }", "{"];
    for document in invalid {
        let answer = ask(
            &app,
            &client,
            json!({ "query": document, "extensions": named(&hash(document)) }),
        )
        .await;
        assert!(!answer.codes().is_empty());
    }
    for document in invalid.into_iter().chain([VIEWER, TYPE]) {
        let answer = ask(&app, &client, json!({ "extensions": named(&hash(document)) })).await;
        assert_eq!(answer.codes(), ["PERSISTED_QUERY_NOT_FOUND"], "{document}");
    }
}

#[apply(both_databases)]
async fn registering_can_be_switched_off(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(
        &app,
        with(PersistedSection {
            automatic: false,
            ..PersistedSection::default()
        }),
    );
    for query in [json!(VIEWER), Value::Null] {
        let answer = ask(
            &app,
            &client,
            json!({ "query": query, "extensions": named(&hash(VIEWER)) }),
        )
        .await;
        assert_eq!(
            (answer.codes(), message(&answer.body)),
            (vec!["PERSISTED_QUERY_NOT_SUPPORTED"], "PersistedQueryNotSupported")
        );
    }
    client.data(VIEWER).await;
}

#[apply(both_databases)]
async fn the_safelist_is_off_or_watches_or_holds(app: TestApp) {
    app.tenant("acme").await;
    let apollo = manifest(&json!({
        "format": "apollo-persisted-query-manifest", "version": 1,
        "operations": [{ "id": hash(VIEWER), "name": "A", "type": "query", "body": VIEWER }],
    }));
    let map: Map<_, _> = [(hash(VIEWER), json!(VIEWER))].into_iter().collect();
    let map = manifest(&Value::Object(map));
    for file in [&apollo, &map] {
        for (safelist, automatic, others_run) in [
            (Safelist::Off, true, true),
            (Safelist::Audit, true, true),
            (Safelist::Enforce, true, false),
            (Safelist::Enforce, false, false),
        ] {
            let options = with(PersistedSection {
                safelist,
                automatic,
                manifest: Some(file.path().to_owned()),
                ..PersistedSection::default()
            });
            let client = admin(&app, options);
            // What is listed runs by its hash from the start, and by its text.
            ask(&app, &client, json!({ "extensions": named(&hash(VIEWER)) }))
                .await
                .data();
            client.data(VIEWER).await;
            for body in [
                json!({ "query": TYPE }),
                json!({ "query": TYPE, "extensions": named(&hash(TYPE)) }),
                json!({ "query": format!("{VIEWER} ") }),
            ] {
                let answer = ask(&app, &client, body.clone()).await;
                if others_run {
                    answer.data();
                } else {
                    assert_eq!(
                        (answer.status.as_u16(), answer.codes()),
                        (403, vec!["FORBIDDEN"]),
                        "{body}: {}",
                        answer.body
                    );
                    assert!(answer.body.get("data").is_none());
                }
            }
        }
    }
}

#[apply(both_databases)]
async fn a_manifest_that_cannot_be_meant_is_refused_at_the_start(app: TestApp) {
    app.tenant("acme").await;
    let enforce = |manifest| {
        with(PersistedSection {
            safelist: Safelist::Enforce,
            manifest,
            ..PersistedSection::default()
        })
    };
    assert!(start_error(&app, enforce(None)).contains("need a manifest"));
    let gone = std::path::PathBuf::from("no-such-manifest.json");
    assert!(start_error(&app, enforce(Some(gone))).contains("cannot read the manifest"));
    let wrong: Map<_, _> = [(hash(VIEWER), json!(TYPE))].into_iter().collect();
    for (text, says) in [
        (Value::Object(wrong), "for a document with a different hash"),
        (json!([VIEWER]), "is neither"),
        (json!({ "a": 1 }), "is neither"),
        (json!({ "operations": [{ "id": "a" }] }), "is neither"),
        (json!({ "operations": {} }), "is neither"),
    ] {
        let file = manifest(&text);
        let error = start_error(&app, enforce(Some(file.path().to_owned())));
        assert!(error.contains(says), "{text}: {error}");
    }
}
