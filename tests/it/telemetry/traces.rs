//! Spans arrive at a collector, below the caller's, and hold no secrets.

use std::io::{Read, Seek};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::json;
use tributary::domain::webhook::address::AddressPolicy;
use tributary::outgoing::{Authorities, DnsResolver, Outgoing};

use super::collector::{Collector, attribute};
use crate::support::dns::{DEAD, LATE, NameServer, SLOW};
use crate::support::program::Program;
use crate::support::{TestApp, both_databases};
use crate::webhooks::authorities::{acceptor, file};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A program whose traces go to `endpoint`.
fn traced(app: &TestApp, endpoint: &str) -> Program {
    // Whatever is logged: traces are another matter.
    Program::launch(
        app,
        &format!("otlp_endpoint = {}", json!(endpoint)),
        "127.0.0.1:0",
        &["--log", "error"],
        Stdio::inherit(),
    )
}

/// Asks below a caller's span.
fn ask(program: &Program, flags: &str, document: &str, variables: &serde_json::Value) -> u16 {
    let body = json!({ "query": document, "variables": variables }).to_string();
    let header = format!("traceparent: 00-{TRACE}-{PARENT}-{flags}\r\nx-request-id: traced-1\r\n");
    program.send(&program.post(&header, body.as_bytes())).status
}

fn one<'spans>(spans: &'spans [Span], name: &str) -> &'spans Span {
    let found: Vec<_> = spans.iter().filter(|span| span.name == name).collect();
    let names: Vec<_> = spans.iter().map(|span| &span.name).collect();
    assert_eq!(found.len(), 1, "{name}: {names:?}");
    found[0]
}

#[apply(both_databases)]
async fn spans_arrive_with_their_parents_and_without_secrets(app: TestApp) {
    let client = app.admin().await;
    let input = json!({ "name": "One", "rules": [{ "recurring": { "percentage": "10" } }] });
    let group = client.done("createPartnerGroup", input, "partnerGroup { id }").await["partnerGroup"]["id"].clone();
    let input = json!({ "name": "P", "email": "p@p.example", "groupId": group });
    client.done("createPartner", input, "partner { id }").await;

    let collector = Collector::start();
    let program = traced(&app, &format!("http://{}/", collector.address));
    let document = "query Groups($secret: String) { partners(first: 5, filter: { search: $secret }) { totalCount } all: partners(first: 5) { nodes { hushField: id group { name } } } }";
    assert_eq!(
        ask(&program, "01", document, &json!({ "secret": "s3cretVariable" })),
        200
    );
    assert_eq!(
        program
            .send(&program.request("POST /graphql", "content-length: 0\r\n", b""))
            .status,
        415
    );
    let token = program.token.clone();
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));

    let spans = collector.spans();
    let request = spans
        .iter()
        .find(|span| hex(&span.trace_id) == TRACE && span.name == "POST /graphql")
        .expect("the request's span");
    assert_eq!(hex(&request.parent_span_id), PARENT);
    assert_eq!(request.kind, 2, "a server's");
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/graphql"),
        ("http.response.status_code", "200"),
        ("tributary.request_id", "traced-1"),
    ] {
        assert_eq!(attribute(request, key), value, "{key}");
    }
    let operation = one(&spans, "query Groups");
    assert_eq!(
        (&operation.trace_id, &operation.parent_span_id),
        (&request.trace_id, &request.span_id)
    );
    assert_eq!(attribute(operation, "graphql.operation.name"), "Groups");
    assert_eq!(attribute(operation, "graphql.operation.type"), "query");
    let batch = one(&spans, "load PartnerConnection");
    assert_eq!(
        (&batch.trace_id, &batch.parent_span_id),
        (&request.trace_id, &operation.span_id)
    );
    assert_eq!(attribute(batch, "tributary.keys"), "1");
    assert!(request.start_time_unix_nano <= operation.start_time_unix_nano);
    assert!(operation.start_time_unix_nano <= batch.start_time_unix_nano);
    // A batch is read in a task of its own, which may end a moment after its answer was taken.
    assert!(batch.start_time_unix_nano <= operation.end_time_unix_nano);
    assert!(operation.end_time_unix_nano <= request.end_time_unix_nano);
    let refused = spans
        .iter()
        .find(|span| attribute(span, "error.type") == "BAD_REQUEST")
        .expect("the other request's");
    assert_ne!(hex(&refused.trace_id), TRACE, "a trace of its own");
    assert!(refused.parent_span_id.is_empty());

    let bytes = String::from_utf8_lossy(&collector.bytes()).into_owned();
    let signature = token.rsplit('.').next().expect("three parts");
    for secret in [
        token.as_str(),
        signature,
        "Bearer",
        "s3cretVariable",
        "hushField",
        "totalCount",
        "postgres://",
        "SELECT",
    ] {
        assert!(!bytes.contains(secret), "{secret}");
    }
}

#[apply(both_databases)]
async fn what_the_caller_does_not_record_is_not_recorded(app: TestApp) {
    app.tenant("acme").await;
    let collector = Collector::start();
    let program = traced(&app, &format!("http://{}", collector.address));
    assert_eq!(ask(&program, "00", "{ viewer { subject } }", &json!({})), 200);
    for header in [
        "traceparent: nonsense\r\n",
        "traceparent: 00-00000000000000000000000000000000-0000000000000000-01\r\n",
    ] {
        let body = json!({ "query": "{ viewer { subject } }" }).to_string();
        assert_eq!(program.send(&program.post(header, body.as_bytes())).status, 200);
    }
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    let spans = collector.spans();
    assert!(spans.iter().all(|span| hex(&span.trace_id) != TRACE));
    let own = spans.iter().filter(|span| span.name == "POST /graphql");
    assert_eq!(own.count(), 2, "bad headers are none");
}

#[apply(both_databases)]
async fn a_collector_behind_a_slow_name_server_gets_its_spans(app: TestApp) {
    app.tenant("acme").await;
    let (server, collector) = (NameServer::start(), Collector::start());
    let settings = format!(
        "otlp_endpoint = \"http://collector{SLOW}:{}\"\n[dns]\n{}",
        collector.address.port(),
        server.setting()
    );
    let program = Program::launch(&app, &settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
    // It has begun to serve.
    program.is_well();
    let start = Instant::now();
    for _ in 0..20 {
        program.is_well();
    }
    assert!(start.elapsed() < LATE * 2, "{:?}", start.elapsed());
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert_eq!(
        collector
            .spans()
            .iter()
            .filter(|span| span.name == "POST /graphql")
            .count(),
        21
    );
}

#[apply(both_databases)]
async fn a_collector_without_a_name_server_holds_nobody_up(app: TestApp) {
    app.tenant("acme").await;
    let server = NameServer::start();
    let settings = format!(
        "otlp_endpoint = \"http://collector{DEAD}:4318\"\n[dns]\n{}",
        server.setting()
    );
    let program = Program::launch(&app, &settings, "127.0.0.1:0", &["--log", "error"], Stdio::inherit());
    let start = Instant::now();
    while server.names(DEAD).is_empty() {
        program.is_well();
        assert!(start.elapsed() < Duration::from_secs(30));
    }
    let start = Instant::now();
    for _ in 0..20 {
        program.is_well();
    }
    assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[apply(both_databases)]
async fn a_collector_that_is_not_there_holds_nobody_up(app: TestApp) {
    app.tenant("acme").await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let mut log = tempfile::tempfile().unwrap();
    let settings = format!("otlp_endpoint = \"http://{nobody}\"");
    let program = Program::launch(
        &app,
        &settings,
        "127.0.0.1:0",
        &["--log", "warn"],
        log.try_clone().unwrap(),
    );
    for _ in 0..20 {
        program.is_well();
    }
    let start = Instant::now();
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    let mut text = String::new();
    log.rewind().unwrap();
    log.read_to_string(&mut text).unwrap();
    assert_eq!(text.matches("the collector refuses traces").count(), 1, "{text}");
    assert!(text.contains("no connection could be made"), "{text}");
}

#[tokio::test]
async fn a_collector_behind_tls_gets_its_spans_with_the_operator_s_headers() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let settings = |collector: &Collector, authorities: &str| {
        format!(
            "otlp_endpoint = \"https://{}\"\noutgoing_ca_file = {}",
            collector.address,
            json!(file(authorities))
        )
    };
    let variable = "OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20s3cret";
    for (authorities, is_trusted) in [("authority.pem", true), ("other.pem", false)] {
        let collector = Collector::start_tls(acceptor());
        let program = Program::with_variable(&app, &settings(&collector, authorities), variable);
        program.is_well();
        program.terminate();
        assert_eq!(program.wait().code(), Some(0));
        assert_eq!(!collector.spans().is_empty(), is_trusted, "{authorities}");
        let sent = collector.headers("authorization");
        assert!(sent.iter().all(|value| value == "Bearer s3cret"), "{sent:?}");
        assert_eq!(sent.is_empty(), !is_trusted, "{authorities}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_a_collector_s_is_refused() {
    let outgoing = || {
        Outgoing::new(
            AddressPolicy::of_operator(),
            Arc::new(DnsResolver::default()),
            Duration::from_secs(5),
            &Authorities::default(),
        )
    };
    for endpoint in ["ftp://collector.example", "collector:4318", "/v1/traces", "http://"] {
        let error = tributary::telemetry::SpanExport::to(endpoint, outgoing())
            .err()
            .expect("it cannot be used")
            .to_string();
        assert!(error.contains(endpoint) && error.contains("http://"), "{error}");
    }
}
