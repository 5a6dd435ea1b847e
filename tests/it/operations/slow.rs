//! What is slow is logged with the hash of its document, and nothing else of it.

use std::io::{Read, Seek};

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::program::Program;
use crate::support::{TestApp, both_databases};

const DOCUMENT: &str = "query Searched($text: String) { partners(first: 5, filter: { search: $text }) { hushField: totalCount nodes { id } } }";

/// What a gateway with these settings logs that is asked for something by a request called "asked".
fn logged(app: &TestApp, settings: &str) -> Vec<Value> {
    let mut log = tempfile::tempfile().unwrap();
    let arguments = ["--log-format", "json", "--log", "warn"];
    let program = Program::launch(app, settings, "127.0.0.1:0", &arguments, log.try_clone().unwrap());
    let body = json!({ "query": DOCUMENT, "variables": { "text": "s3cretVariable" } }).to_string();
    let reply = program.send(&program.post("x-request-id: asked\r\n", body.as_bytes()));
    assert_eq!(reply.status, 200, "{}", reply.body);
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    for secret in ["s3cret", "hushField", "postgres://"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    text.lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn of<'a>(lines: &'a [Value], message: &str) -> Vec<&'a Value> {
    let fields = lines.iter().map(|line| &line["fields"]);
    fields.filter(|fields| fields["message"] == message).collect()
}

#[apply(both_databases)]
async fn what_is_slow_is_named_by_its_document(app: TestApp) {
    app.tenant("acme").await;
    let lines = logged(&app, "[slow]\noperation_milliseconds = 0\nstatement_milliseconds = 0");
    let document: String = Sha256::digest(DOCUMENT)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let operations = of(&lines, "slow operation");
    let [operation] = operations[..] else {
        panic!("{operations:?}")
    };
    assert_eq!(
        (&operation["request"], &operation["document"]),
        (&json!("asked"), &json!(document))
    );
    assert_eq!(
        (&operation["kind"], &operation["operation"]),
        (&json!("query"), &json!("Searched"))
    );
    assert!(
        operation["milliseconds"].as_f64().unwrap() > 0.0 && operation["cost"].is_u64(),
        "{operation}"
    );
    let statements = of(&lines, "slow statement");
    // The token's partner and the like are looked up before there is a document, and background work has none.
    let of_it: Vec<_> = statements
        .iter()
        .filter(|line| line["document"] == json!(document))
        .collect();
    assert!(!of_it.is_empty() && of_it.len() < statements.len(), "{statements:?}");
    assert!(of_it.iter().all(|line| line["request"] == "asked"), "{of_it:?}");
    let texts: Vec<_> = of_it.iter().map(|line| line["statement"].as_str().unwrap()).collect();
    assert!(
        texts
            .iter()
            .any(|text| text.starts_with("SELECT ") && text.contains("\"partner\"")),
        "{texts:?}"
    );
}

#[apply(both_databases)]
async fn what_is_not_slow_is_not_named(app: TestApp) {
    app.tenant("acme").await;
    let lines = logged(
        &app,
        "[slow]\noperation_milliseconds = 600000\nstatement_milliseconds = 600000",
    );
    assert_eq!(
        of(&lines, "slow operation").len() + of(&lines, "slow statement").len(),
        0,
        "{lines:?}"
    );
}
