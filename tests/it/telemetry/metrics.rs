//! What is counted, and what is not.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tributary::http::{HttpOptions, Limits, ThrottleSection};

use super::{Exposition, admin, gateway, scrape};
use crate::support::program::{Program, Wire};
use crate::support::{Answer, Client, both_databases};

/// A request with these headers and this body.
async fn post(client: &Client, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::post("/graphql");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    client.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

/// What an answer says it cost.
fn cost(answer: &Answer, kind: &str) -> f64 {
    answer.body["extensions"]["cost"][kind].as_f64().expect("a cost")
}

#[apply(both_databases)]
async fn the_numbers_agree_with_what_was_asked(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let before = scrape(&client).await;
    assert_eq!(before.sum("tributary_operations_total"), 0.0);
    assert_eq!(before.sum("tributary_refusal_duration_seconds_count"), 0.0);

    let (mut requested, mut actual) = (0.0, 0.0);
    for _ in 0..3 {
        let answer = client
            .ask("query Tiers { partnerTiers { id } viewer { tenant { slug } } }")
            .await;
        assert_eq!(answer.codes(), Vec::<&str>::new());
        requested += cost(&answer, "requestedQueryCost");
        actual += cost(&answer, "actualQueryCost");
    }
    for _ in 0..2 {
        client.data("{ viewer { subject } }").await;
    }
    let add = "mutation Add($label: String!) { createPartnerTier(input: { label: $label }) { userErrors { code } } }";
    for label in ["A", "B", "A"] {
        // The last is taken: that is no error of the operation.
        client.data_with(add, json!({ "label": label })).await;
    }
    let forged = "query Forged { partners(first: 1, after: \"nonsense\") { totalCount } }";
    assert_eq!(client.ask(forged).await.codes(), ["BAD_USER_INPUT"]);

    for (document, code) in [
        ("query Misspelt { partnrs { totalCount } }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ partners { ", "GRAPHQL_PARSE_FAILED"),
        (
            "query A { __typename } query B { __typename }",
            "OPERATION_RESOLUTION_FAILURE",
        ),
        ("{ partners(first: 501) { totalCount } }", "BAD_USER_INPUT"),
        (
            "query Deep { __schema { types { fields { type { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { ofType { name } } } } } } } } } } } } } } } } }",
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        let answer = client.ask(document).await;
        assert_eq!(answer.codes().first(), Some(&code), "{}", answer.body);
    }
    let json_type = ("content-type", "application/json");
    assert_eq!(post(&client, &[json_type], "{}").await.status, 401);
    assert_eq!(post(&client, &[("content-type", "text/plain")], "{}").await.status, 415);
    let token = format!("Bearer {}", app.sign(&json!({})));
    let signed = [json_type, ("authorization", token.as_str())];
    assert_eq!(post(&client, &signed, &" ".repeat(2 * 1024 * 1024)).await.status, 413);
    let unknown = json!({ "extensions": { "persistedQuery": { "version": 1, "sha256Hash": "0".repeat(64) } } });
    assert_eq!(
        post(&client, &signed, &unknown.to_string()).await.codes(),
        ["PERSISTED_QUERY_NOT_FOUND"]
    );
    let get = Request::get("/graphql?query={__typename}").header("authorization", &token);
    assert_eq!(
        client.send(get.body(Body::empty()).unwrap()).await.codes(),
        ["FORBIDDEN"]
    );
    client.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    client
        .send(Request::get("/nothing/here").body(Body::empty()).unwrap())
        .await;

    let after = scrape(&client).await;
    for (series, value) in [
        (
            r#"tributary_operations_total{operation_name="Tiers",operation_type="query",result="ok"}"#,
            3.0,
        ),
        (
            r#"tributary_operations_total{operation_name="",operation_type="query",result="ok"}"#,
            2.0,
        ),
        (
            r#"tributary_operations_total{operation_name="Add",operation_type="mutation",result="ok"}"#,
            3.0,
        ),
        (
            r#"tributary_operations_total{operation_name="Forged",operation_type="query",result="errors"}"#,
            1.0,
        ),
        ("tributary_operations_total", 0.0),
        (
            r#"tributary_operation_duration_seconds_count{operation_name="Tiers",operation_type="query"}"#,
            3.0,
        ),
        (
            r#"tributary_operation_duration_seconds_count{operation_name="Add",operation_type="mutation"}"#,
            3.0,
        ),
        (
            r#"tributary_cost_requested_total{operation_name="Tiers",operation_type="query"}"#,
            requested,
        ),
        (
            r#"tributary_cost_actual_total{operation_name="Tiers",operation_type="query"}"#,
            actual,
        ),
        (r#"tributary_errors_total{code="BAD_USER_INPUT"}"#, 2.0),
        (r#"tributary_errors_total{code="GRAPHQL_VALIDATION_FAILED"}"#, 1.0),
        (r#"tributary_errors_total{code="UNAUTHENTICATED"}"#, 1.0),
        (r#"tributary_errors_total{code="INTERNAL_SERVER_ERROR"}"#, 0.0),
        (r#"tributary_errors_total{code="other"}"#, 0.0),
        (r#"tributary_refusal_duration_seconds_count{reason="document"}"#, 3.0),
        (r#"tributary_refusal_duration_seconds_count{reason="input"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="guard"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="auth"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="protocol"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="size"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="persisted"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="forbidden"}"#, 1.0),
        (r#"tributary_refusal_duration_seconds_count{reason="throttle"}"#, 0.0),
        (r#"tributary_http_requests_total{route="/readyz",status="2xx"}"#, 1.0),
        (r#"tributary_http_requests_total{route="other",status="4xx"}"#, 1.0),
        (r#"tributary_http_requests_total{route="/metrics",status="2xx"}"#, 1.0),
        (
            r#"tributary_http_request_duration_seconds_count{route="/graphql"}"#,
            19.0,
        ),
    ] {
        assert_eq!(after.value(series), value, "{series}");
    }
    assert_eq!(after.sum("tributary_refusal_duration_seconds_count"), 10.0);
    assert!(actual > 0.0 && actual <= requested);
    let names = after.label("operation_name");
    assert_eq!(
        names,
        BTreeSet::from(["", "Add", "Forged", "Tiers"]),
        "only valid documents have names"
    );
    assert!(after.value(r#"tributary_database_connections{pool="reader"}"#) >= 1.0);
    assert_eq!(after.value(r#"tributary_database_connections_max{pool="reader"}"#), 4.0);
    assert_eq!(
        after.value(r#"tributary_database_connections_waiting{pool="reader"}"#),
        0.0
    );
    // Every operation reads something or writes it, and says what is left.
    assert!(after.value("tributary_database_statement_duration_seconds_count") >= 8.0);
    assert!(after.value("tributary_database_wait_seconds_count") > 0.0);
    let ran = after.sum("tributary_operations_total");
    assert_eq!(after.value("tributary_throttle_level_ratio_count"), ran);
    assert_eq!(
        after.value("process_start_time_seconds") as i64,
        app.clock.now().timestamp()
    );
    assert!(after.value("process_resident_memory_bytes") > 1e6 && after.value("process_open_fds") >= 3.0);
}

#[apply(both_databases)]
async fn batches_of_loaders_are_counted_with_their_keys(app: TestApp) {
    let client = app.admin().await;
    for number in 0..6 {
        let input = json!({
            "name": format!("P{number}"), "email": format!("p{number}@p.example"),
        });
        client.done("createPartner", input, "partner { id }").await;
    }
    let before = scrape(&client).await;
    client
        .data("{ partners(first: 10) { nodes { id commissions { totalCount } } } }")
        .await;
    let after = scrape(&client).await;
    let grown = |name: &str| after.sum(name) - before.sum(name);
    assert_eq!(
        grown("tributary_loader_batch_keys_count"),
        1.0,
        "one statement for all partners"
    );
    assert_eq!(grown("tributary_loader_batch_keys_sum"), 6.0, "each is asked for once");
}

#[apply(both_databases)]
async fn labels_name_nobody_and_are_few(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let limit = 200;
    for number in 0..limit + 30 {
        client
            .data(&format!("query Name{number} {{ viewer {{ subject }} }}"))
            .await;
    }
    let id = tenant.id.to_string();
    for path in ["/acme", "/graphql/ann", &format!("/{id}")] {
        client.send(Request::get(path).body(Body::empty()).unwrap()).await;
    }
    let after = scrape(&client).await;
    let names = after.label("operation_name");
    assert_eq!(names.len(), limit + 1);
    let others = r#"tributary_operations_total{operation_name="other",operation_type="query",result="ok"}"#;
    assert_eq!(after.value(others), 30.0);
    let known = BTreeSet::from([
        "code",
        "job",
        "le",
        "operation_name",
        "operation_type",
        "place",
        "pool",
        "reason",
        "result",
        "route",
        "status",
        "version",
    ]);
    assert_eq!(after.label_names(), known);
    for label in known {
        for value in after.label(label) {
            assert!(
                !value.contains("acme") && !value.contains("ann") && !value.contains(&id),
                "{label}={value}"
            );
        }
    }
    assert_eq!(after.label("route").len(), 11);
    assert_eq!(after.label("code").len(), 16);
}

#[apply(both_databases)]
async fn production_shows_metrics_on_an_address_of_their_own_only(app: TestApp) {
    app.tenant("acme").await;
    let page = || Request::get("/metrics").body(Body::empty()).unwrap();
    for (production, metrics_elsewhere, status) in [
        (false, false, 200),
        (false, true, 404),
        (true, false, 404),
        (true, true, 404),
    ] {
        let options = HttpOptions {
            production,
            metrics_elsewhere,
            ..HttpOptions::default()
        };
        let answer = Client::new(gateway(&app, options), None).send(page()).await;
        assert_eq!(answer.status, status, "{production} {metrics_elsewhere}");
    }
    let free = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let program = Program::start(&app, &format!("production = true\nmetrics_listen = \"{free}\""));
    program.is_well();
    assert_eq!(program.send(&program.request("GET /metrics", "", b"")).status, 404);
    let mut wire = Wire::open(free).expect("it listens there, too");
    let mut scraped = || {
        wire.write(format!("GET /metrics HTTP/1.1\r\nhost: {free}\r\n\r\n").as_bytes());
        let reply = wire.read().expect("an answer");
        assert_eq!(reply.status, 200);
        Exposition::parse(&reply.body)
    };
    let unnamed = r#"tributary_operations_total{operation_name="",operation_type="query",result="ok"}"#;
    assert_eq!(scraped().value(unnamed), 1.0);
    // Connections are let in one after the other: the sixth is served when the five before it are there.
    let held: Vec<_> = (0..5).map(|_| program.connect()).collect();
    program.is_well();
    assert!(scraped().value("tributary_http_connections") >= 5.0);
    drop(held);
    let comes = |what: &dyn Fn(&Exposition) -> bool, scraped: &mut dyn FnMut() -> Exposition| {
        assert!((0..2_000).any(|_| what(&scraped())), "it comes to be");
    };
    comes(&|text| text.value("tributary_http_connections") == 0.0, &mut scraped);
    for job in [
        "approve_matured",
        "write_key_uses",
        "make_webhook_deliveries",
        "send_webhook_deliveries",
        "forget",
        "erase_personal_data",
    ] {
        let last = format!("tributary_job_last_success_timestamp_seconds{{job=\"{job}\"}}");
        comes(&|text| text.value(&last) > 1e9, &mut scraped);
        let text = scraped();
        assert!(text.value(&format!("tributary_job_duration_seconds_count{{job=\"{job}\"}}")) >= 1.0);
        assert_eq!(
            text.value(&format!("tributary_job_failures_total{{job=\"{job}\"}}")),
            0.0
        );
    }
    wire.write(format!("GET /graphql HTTP/1.1\r\nhost: {free}\r\n\r\n").as_bytes());
    assert_eq!(wire.read().expect("an answer").status, 404, "nothing else is there");
    program.terminate();
    assert_eq!(
        program.wait().code(),
        Some(0),
        "who stays connected there holds nothing up"
    );
}

#[apply(both_databases)]
async fn refusing_takes_less_than_five_milliseconds(app: TestApp) {
    app.tenant("acme").await;
    let limits = Limits {
        cost: 50,
        ..Limits::default()
    };
    let client = admin(
        &app,
        HttpOptions {
            limits,
            ..HttpOptions::default()
        },
    );
    let throttle = ThrottleSection {
        maximum: 40,
        restore_per_second: 1,
        ..ThrottleSection::default()
    };
    let throttled = admin(
        &app,
        HttpOptions {
            throttle,
            ..HttpOptions::default()
        },
    );
    let (deep, wide) = ("{ a ".repeat(300), "a ".repeat(3_000));
    let bomb: String = (0..22)
        .map(|level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1))
        .collect();
    // Empties the bucket, for longer than the test takes.
    let viewers: String = (0..20)
        .map(|number| format!("v{number}: viewer {{ subject }} "))
        .collect();
    for _ in 0..2 {
        throttled.data(&format!("{{ {viewers} }}")).await;
    }
    for (document, code) in [
        (format!("{deep}{}", "}".repeat(300)), "QUERY_TOO_COMPLEX"),
        (format!("{{ {wide} }}"), "QUERY_TOO_COMPLEX"),
        (
            format!("{{ ...F0 }} {bomb} fragment F22 on Query {{ __typename }}"),
            "QUERY_TOO_COMPLEX",
        ),
        (
            "{ partners(first: 400) { nodes { id } } }".to_owned(),
            "QUERY_TOO_COMPLEX",
        ),
        ("{ partners(first: 10) { nodes { id } } }".to_owned(), "THROTTLED"),
        ("{".to_owned(), "GRAPHQL_PARSE_FAILED"),
    ] {
        let mut best = Duration::MAX;
        // The machine may be busy with something else at times; not twenty times.
        for _ in 0..20 {
            let start = Instant::now();
            let answer = if code == "THROTTLED" { &throttled } else { &client }
                .ask(&document)
                .await;
            best = best.min(start.elapsed());
            assert_eq!(answer.codes().first(), Some(&code), "{}", answer.body);
        }
        assert!(best < Duration::from_millis(5), "{code}: {best:?}");
        println!("{code}: {best:?}");
    }
    let text = scrape(&client).await;
    let (guard, throttle) = ("{reason=\"guard\"}", "{reason=\"throttle\"}");
    assert_eq!(
        text.value(&format!("tributary_refusal_duration_seconds_count{guard}")),
        80.0
    );
    assert_eq!(
        text.value(&format!("tributary_refusal_duration_seconds_count{throttle}")),
        20.0
    );
    assert!(text.value(&format!("tributary_refusal_duration_seconds_sum{guard}")) > 0.0);
    assert_eq!(text.value(r#"tributary_errors_total{code="THROTTLED"}"#), 20.0);
}

#[test]
fn every_metric_is_documented() {
    let metrics = tributary::metrics::Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
    let query = async_graphql::parser::types::OperationType::Query;
    let ran = tributary::metrics::OperationRun {
        succeeded: true,
        took: Duration::ZERO,
        requested_cost: 1,
        actual_cost: 1,
    };
    metrics.operations.of(query, None).ran(&ran);
    metrics.issuers.of("default").failed();
    metrics.database.replica("db2:5432").seen(true, Duration::ZERO);
    let text = metrics.render(&[], None);
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    let shown: BTreeSet<&str> = document
        .split('`')
        .map(|word| word.split('{').next().unwrap_or(word))
        .filter(|word| word.starts_with("tributary_") || word.starts_with("process_"))
        .collect();
    let families = Exposition::parse(&text).families;
    let made: BTreeSet<&str> = families.keys().map(String::as_str).collect();
    assert_eq!(shown, made);
}

#[test]
fn every_setting_and_code_is_documented() {
    let document = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/operations.md")).unwrap();
    for line in tributary::config::SETTINGS.lines() {
        let setting = line.trim_start_matches("# ").split(" =").next().unwrap_or_default();
        if line.contains(" = ") && setting.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_') {
            assert!(
                document.contains(&format!("`{setting}`")) || document.contains(&format!(".{setting}`")),
                "{setting}"
            );
        }
    }
    let metrics = tributary::metrics::Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
    let text = Exposition::parse(&metrics.render(&[], None));
    for code in text.label("code").into_iter().filter(|code| *code != "other") {
        assert!(document.contains(code), "{code}");
    }
}
