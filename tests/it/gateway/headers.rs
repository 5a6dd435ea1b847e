//! Headers that a request has once.

use serde_json::json;

use crate::support::both_databases;
use crate::support::program::Program;

#[apply(both_databases)]
async fn a_second_host_type_or_origin_is_refused(app: TestApp) {
    app.tenant("acme").await;
    let program = Program::start(&app, "");
    let body = json!({ "query": "{ viewer { subject } }" }).to_string();
    let host = format!("host: {}\r\n", program.address);
    for (header, name) in [
        ("host: other.example\r\n", "host"),
        (host.as_str(), "host"),
        ("content-type: application/json\r\n", "content-type"),
        ("origin: https://a.example\r\norigin: https://b.example\r\n", "origin"),
    ] {
        let reply = program.send(&program.post(header, body.as_bytes()));
        assert_eq!(
            (reply.status, reply.code().as_str()),
            (400, "BAD_REQUEST"),
            "{header}: {}",
            reply.body
        );
        assert!(
            reply.body.contains(&format!("the header {name} is given twice")),
            "{}",
            reply.body
        );
    }
    for path in ["/healthz", "/export/partners", "/metrics", "/nothing"] {
        let reply = program.send(&program.request(&format!("GET {path}"), "host: other.example\r\n", b""));
        assert_eq!(reply.status, 400, "{path}: {}", reply.body);
    }
    program.is_well();
}
