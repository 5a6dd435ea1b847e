//! What graphql-js refuses is refused, whatever way it is asked; `scripts/graphql-js` compares many more.

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};

use super::{admin, message};
use crate::support::TestApp;

const INVALID: &str = "GRAPHQL_VALIDATION_FAILED";

#[tokio::test]
async fn documents_that_fit_no_schema_are_refused_and_nothing_runs() {
    let app = TestApp::on_sqlite().await;
    let admin = app.admin().await;
    let before = app.rows().await;
    let create = "createPartner(input: { name: \"A\", email: \"a@a.example\" }) { partner { id } }";
    for (document, text) in [
        (
            "{ node(id: \"par_01h2xcejqtf2nbrexx3vqjhp41\") { ... on Partner { x: name } ... on Campaign { x: status } } }",
            "fields x conflict, because they return the conflicting types String! and CampaignStatus!: use different aliases",
        ),
        (
            "mutation { createPartner(input: { name: \"A\", email: \"a@a.example\", name: \"B\" }) { partner { id } } }",
            "there can be only one input field named name",
        ),
        (
            "query($x: Float) { partners(first: $x) { totalCount } }",
            "there is no type \"Float\"",
        ),
        (
            "{ partners { totalCount @deprecated } }",
            "directive @deprecated may not be used here",
        ),
        (
            "query($x: ID!) { partners(after: $x) { totalCount } }",
            "variable $x of type ID! is used where String is expected",
        ),
        (
            "{ partners { totalCount } } { campaigns { totalCount } }",
            "an operation without a name must be the only one",
        ),
        (
            &format!("mutation {{ {create} }} mutation {{ {create} }}"),
            "an operation without a name must be the only one",
        ),
        (
            &format!("mutation A {{ {create} }} mutation A {{ {create} }}"),
            "there are two operations A",
        ),
        (
            "mutation { createPartner(input: { name: \"A\", email: \"a@a.example\" }) { partner { id } } \
             createPartner(input: { name: \"B\", email: \"b@b.example\" }) { partner { id } } }",
            "fields createPartner conflict, because they have differing arguments: use different aliases",
        ),
        (
            "{ partnrs { totalCount } }",
            "cannot query field \"partnrs\" on type \"Query\": did you mean partners, partner?",
        ),
    ] {
        let variables = match document.contains("Float") {
            true => json!({ "x": 1 }),
            false => json!({ "x": "1" }),
        };
        let answer = admin.ask_with(document, variables).await;
        assert_eq!(
            (answer.codes(), message(&answer.body)),
            (vec![INVALID], text),
            "{document}"
        );
        assert_eq!(answer.body.get("data"), None, "{document}");
    }
    assert_eq!(app.rows().await, before);
}

#[tokio::test]
async fn what_the_library_misread_is_read() {
    let app = TestApp::on_sqlite().await;
    let admin = app.admin().await;
    for (document, variables) in [
        (
            "query($ids: [ ID ! ] !) { nodes(ids: $ids) { id } }",
            json!({ "ids": [] }),
        ),
        (
            "query ($x: Boolean!) { ...F } fragment F on Query { partners { totalCount @skip(if: $x) } }",
            json!({ "x": false }),
        ),
        (
            "\"All of them.\" query All { partners(filter: { search: \"\\uD83D\\uDE00 \\u{1F600}\" }) { totalCount } }",
            json!({}),
        ),
        (
            "{ partners { ...on#all\nPartnerConnection { totalCount } } }",
            json!({}),
        ),
        (
            "query($first: Int = null) { partners(first: $first) { totalCount } }",
            json!({}),
        ),
    ] {
        let answer = admin.ask_with(document, variables).await;
        assert_eq!(answer.codes(), [""; 0], "{document}: {}", answer.body);
    }
}

#[tokio::test]
async fn production_suggests_no_names() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let options = tributary::http::HttpOptions {
        production: true,
        ..Default::default()
    };
    let answer = admin(&app, options).ask("{ partnrs { totalCount } }").await;
    assert_eq!(
        (answer.codes(), message(&answer.body)),
        (vec![INVALID], "cannot query field \"partnrs\" on type \"Query\"")
    );
}

#[tokio::test]
async fn the_status_is_that_of_the_media_type() {
    let app = TestApp::on_sqlite().await;
    let admin = app.admin().await;
    for (accept, status) in [
        ("application/graphql-response+json", StatusCode::BAD_REQUEST),
        ("application/json", StatusCode::OK),
    ] {
        let token = app.sign(&json!({}));
        let body = json!({ "query": "{ a } { b }" }).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept)
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = admin.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!((answer.status, answer.codes()), (status, vec![INVALID]), "{accept}");
        assert_eq!(
            answer.body["errors"][0]["locations"],
            json!([{ "line": 1, "column": 7 }]),
            "{accept}"
        );
        assert_eq!(answer.body["data"], Value::Null);
    }
}
