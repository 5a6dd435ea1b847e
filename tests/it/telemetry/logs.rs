//! One line a request, which holds no secrets however much is logged.

use std::io::{Read, Seek};

use serde_json::{Value, json};

use crate::support::program::Program;
use crate::support::{TestApp, both_databases};

/// What a program logs that is asked for a little of everything, with its token.
fn logged(app: &TestApp, arguments: &[&str]) -> (String, String) {
    let mut log = tempfile::tempfile().unwrap();
    let program = Program::launch(app, "", "127.0.0.1:0", arguments, log.try_clone().unwrap());
    let named = |id: &str| format!("x-request-id: {id}\r\n");
    let ask = |id: &str, body: &Value| program.send(&program.post(&named(id), body.to_string().as_bytes()));
    let document =
        "query Searched($text: String) { partners(first: 5, filter: { search: $text }) { hushField: totalCount } }";
    assert_eq!(
        ask(
            "good",
            &json!({ "query": document, "variables": { "text": "s3cretVariable" } })
        )
        .status,
        200
    );
    assert_eq!(ask("wrong", &json!({ "query": "{ s3cretField }" })).status, 200);
    let get = "GET /graphql?query=%7Bviewer%7BhushField:subject%7D%7D&variables=%7B%22a%22:%22s3cretVariable%22%7D";
    assert_eq!(
        program
            .send(&program.request(get, &format!("graphql-require-preflight: 1\r\n{}", named("get")), b""))
            .status,
        200
    );
    let stranger = format!(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\nauthorization: Bearer s3cretToken\r\n{}\r\n{{}}",
        named("stranger")
    );
    assert_eq!(program.send(stranger.as_bytes()).status, 401);
    let token = program.token.clone();
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    (text, token)
}

fn holds_no_secret(text: &str, token: &str) {
    let signature = token.rsplit('.').next().expect("three parts");
    for secret in [token, signature, "Bearer", "s3cret", "hushField", "postgres://"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[apply(both_databases)]
async fn every_request_is_one_line_of_json(app: TestApp) {
    app.tenant("acme").await;
    let (text, token) = logged(&app, &["--log-format", "json"]);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let answered: Vec<_> = lines
        .iter()
        .filter(|line| line["fields"]["message"] == "answered")
        .collect();
    assert_eq!(answered.len(), 4, "{text}");
    for (line, (id, method, status)) in answered.iter().zip([
        ("good", "POST", 200),
        ("wrong", "POST", 200),
        ("get", "GET", 200),
        ("stranger", "POST", 401),
    ]) {
        let fields = &line["fields"];
        assert_eq!(
            (&line["span"]["id"], &fields["method"], &fields["status"]),
            (&json!(id), &json!(method), &json!(status))
        );
        assert_eq!(fields["path"], "/graphql");
        assert!(fields["milliseconds"].as_f64().unwrap() > 0.0);
        assert_eq!(fields.get("operation"), (id == "good").then_some(&json!("Searched")));
        assert_eq!(
            fields.get("kind"),
            (id == "good" || id == "get").then_some(&json!("query"))
        );
        assert_eq!(fields.get("cost").is_some(), id == "good" || id == "get");
    }
    assert_eq!(answered[1]["fields"]["code"], "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answered[3]["fields"]["code"], "UNAUTHENTICATED");
    holds_no_secret(&text, &token);
}

#[apply(both_databases)]
async fn every_request_is_one_line_for_people(app: TestApp) {
    app.tenant("acme").await;
    let (text, token) = logged(&app, &[]);
    let answered: Vec<_> = text.lines().filter(|line| line.contains("answered")).collect();
    assert_eq!(answered.len(), 4, "{text}");
    for (line, id) in answered.iter().zip(["good", "wrong", "get", "stranger"]) {
        assert!(line.contains(id) && line.contains("INFO"), "{line}");
    }
    holds_no_secret(&text, &token);
}

#[apply(both_databases)]
async fn not_even_everything_that_can_be_logged_holds_a_secret(app: TestApp) {
    app.tenant("acme").await;
    let (text, token) = logged(&app, &["--log", "trace"]);
    assert!(
        text.lines().filter(|line| line.contains("answered")).count() == 4,
        "{text}"
    );
    holds_no_secret(&text, &token);
}
