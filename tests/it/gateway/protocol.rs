//! GraphQL over HTTP, beside what the audits of graphql-http look at: headers, origins, GET, errors.

use axum::body::Body;
use axum::http::{Method, Request, header};
use serde_json::{Value, json};
use tributary::http::{CorsSection, HttpOptions};

use super::{admin, gateway, message, run, start_error};
use crate::support::{Answer, Client, TestApp, both_databases};

const VIEWER: &str = "{ viewer { subject } }";

/// Sends a request of the admin's with these headers.
async fn send(
    app: &TestApp,
    client: &Client,
    method: Method,
    path: &str,
    headers: &[(&str, &str)],
    body: Value,
) -> Answer {
    let mut request = Request::builder().method(&method).uri(path);
    if method == Method::POST {
        request = request.header(header::CONTENT_TYPE, "application/json");
    }
    if method != Method::OPTIONS {
        request = request.header(header::AUTHORIZATION, format!("Bearer {}", app.sign(&json!({}))));
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() {
        Body::empty()
    } else {
        Body::from(body.to_string())
    };
    client.send(request.body(body).unwrap()).await
}

async fn post(app: &TestApp, client: &Client, headers: &[(&str, &str)], body: Value) -> Answer {
    send(app, client, Method::POST, "/graphql", headers, body).await
}

#[apply(both_databases)]
async fn the_media_type_and_the_status_go_together(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let (graphql, json) = ("application/graphql-response+json", "application/json");
    for (accept, document, status, sent) in [
        (graphql, VIEWER, 200, graphql),
        (json, VIEWER, 200, json),
        ("*/*", VIEWER, 200, json),
        (graphql, "{", 400, graphql),
        (json, "{", 200, json),
        (graphql, "{ nothing }", 400, graphql),
        (json, "{ nothing }", 200, json),
        (graphql, "{ partner(id: \"no\") { id } }", 200, graphql),
        (
            "application/json;q=0.2, application/graphql-response+json;q=0.1",
            "{",
            200,
            json,
        ),
    ] {
        let answer = post(&app, &client, &[("accept", accept)], json!({ "query": document })).await;
        assert_eq!(answer.status, status, "{accept} {document}: {}", answer.body);
        assert_eq!(
            answer.headers["content-type"],
            format!("{sent}; charset=utf-8"),
            "{accept}"
        );
    }
    let without_token = Client::new(gateway(&app, HttpOptions::default()), None)
        .ask(VIEWER)
        .await;
    assert_eq!(
        (without_token.status.as_u16(), without_token.codes()),
        (401, vec!["UNAUTHENTICATED"])
    );
    assert_eq!(without_token.headers["www-authenticate"], "Bearer");
}

#[apply(both_databases)]
async fn every_request_has_an_id_and_every_answer_its_headers(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let long = "a".repeat(65);
    for (given, kept) in [
        ("req-1.A_b", true),
        ("", false),
        (long.as_str(), false),
        ("a b", false),
        ("<script>", false),
        ("é", false),
    ] {
        for document in [VIEWER, "{", "{ partner(id: \"no\") { id } }"] {
            let answer = post(&app, &client, &[("x-request-id", given)], json!({ "query": document })).await;
            let id = answer.headers["x-request-id"].to_str().unwrap();
            assert_eq!(id == given, kept, "{given:?}: {id:?}");
            assert_eq!(id.len() == 16, !kept, "{given:?}: {id:?}");
            for error in answer.body["errors"].as_array().into_iter().flatten() {
                assert_eq!(error["extensions"]["requestId"], id);
            }
        }
    }
    for path in [
        "/graphql",
        "/healthz",
        "/readyz",
        "/nothing",
        "/graphql?query={__typename}",
    ] {
        let answer = client.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(answer.headers["cache-control"], "no-store", "{path}");
        assert!(answer.headers.contains_key("x-request-id"), "{path}");
    }
}

#[apply(both_databases)]
async fn only_listed_origins_may_ask(app: TestApp) {
    app.tenant("acme").await;
    let cors = |origins: &[&str]| HttpOptions {
        cors: CorsSection {
            origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
            localhost: false,
        },
        ..HttpOptions::default()
    };
    let (portal, evil) = ("https://portal.example", "https://evil.example");
    for (listed, origin, allowed) in [
        (&[][..], portal, None),
        (&[portal], portal, Some(portal)),
        (
            &[portal, "http://localhost:3000"],
            "http://localhost:3000",
            Some("http://localhost:3000"),
        ),
        (&[portal], evil, None),
        (&[portal], "https://portal.example.evil.example", None),
        (&[portal], "http://portal.example", None),
        (&[portal], "null", None),
        (&["*"], evil, Some("*")),
    ] {
        let client = admin(&app, cors(listed));
        let asks = [
            ("origin", origin),
            ("access-control-request-method", "POST"),
            (
                "access-control-request-headers",
                "authorization, content-type, x-request-id, tributary-position",
            ),
        ];
        let leave = send(&app, &client, Method::OPTIONS, "/graphql", &asks, Value::Null).await;
        let asked = post(&app, &client, &[("origin", origin)], json!({ "query": VIEWER })).await;
        for answer in [&leave, &asked] {
            let given = answer
                .headers
                .get("access-control-allow-origin")
                .map(|value| value.to_str().unwrap());
            assert_eq!(given, allowed, "{listed:?} {origin}");
            assert!(!answer.headers.contains_key("access-control-allow-credentials"));
        }
        if allowed.is_some() {
            let headers = leave.headers["access-control-allow-headers"].to_str().unwrap();
            for header in [
                "authorization",
                "graphql-require-preflight",
                "x-request-id",
                "traceparent",
                "tracestate",
            ] {
                assert!(headers.contains(header), "{header}: {headers}");
            }
            let exposed = asked.headers["access-control-expose-headers"].to_str().unwrap();
            assert!(
                exposed.contains("x-request-id") && exposed.contains("tributary-position"),
                "{exposed}"
            );
        }
    }
    for wrong in [
        "portal.example",
        "https://portal.example/",
        "https://Portal.example",
        "https://*.portal.example",
        "",
    ] {
        assert!(
            start_error(&app, cors(&[wrong])).contains("is not an origin"),
            "{wrong}"
        );
    }
}

#[apply(both_databases)]
async fn long_answers_are_compressed_for_who_can_read_that(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let long = json!({ "query": "{ __schema { types { name description } } }" });
    let plain = post(&app, &client, &[], long.clone()).await;
    assert!(!plain.headers.contains_key("content-encoding") && plain.sent().len() > 10_000);
    let request = Request::post("/graphql")
        .header("content-type", "application/json")
        .header("accept-encoding", "gzip")
        .header("authorization", format!("Bearer {}", app.sign(&json!({}))));
    let (headers, bytes) = client.raw(request.body(Body::from(long.to_string())).unwrap()).await;
    assert_eq!(headers["content-encoding"], "gzip");
    assert!(bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() < plain.sent().len() / 3);
    let short = post(
        &app,
        &client,
        &[("accept-encoding", "gzip")],
        json!({ "query": VIEWER }),
    )
    .await;
    assert!(!short.headers.contains_key("content-encoding"));
}

#[apply(both_databases)]
async fn get_is_for_queries_of_pages_that_asked_for_leave(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    let before = app.rows().await;
    let get = |path: &'static str, headers: &'static [(&str, &str)]| {
        let (app, client) = (&app, &client);
        async move { send(app, client, Method::GET, path, headers, Value::Null).await }
    };
    for name in [
        "graphql-require-preflight",
        "apollo-require-preflight",
        "x-apollo-operation-name",
    ] {
        let request = Request::get("/graphql?query=%7Bviewer%7Bsubject%7D%7D").header(name, "1");
        let request = request.header("authorization", format!("Bearer {}", app.sign(&json!({}))));
        let answer = client.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.data(), json!({ "viewer": { "subject": "ann" } }), "{name}");
    }
    let preflight = &[
        ("graphql-require-preflight", "1"),
        ("accept", "application/graphql-response+json"),
    ];
    let with_variables = "/graphql?query=query%20A(%24n:Int)%7Bpartners(first:%24n)%7BtotalCount%7D%7D&variables=%7B%22n%22:1%7D&operationName=A";
    assert_eq!(
        get(with_variables, preflight).await.data(),
        json!({ "partners": { "totalCount": 0 } })
    );
    for (path, status, code) in [
        ("/graphql", 400, "BAD_REQUEST"),
        ("/graphql?query=", 400, "GRAPHQL_PARSE_FAILED"),
        (
            "/graphql?query=%7B__typename%7D&query=%7B__typename%7D",
            400,
            "BAD_REQUEST",
        ),
        ("/graphql?query=%7B__typename%7D&variables=nonsense", 400, "BAD_REQUEST"),
        ("/graphql?query=%7B__typename%7D&variables=[]", 400, "BAD_REQUEST"),
        (
            "/graphql?query=%7B__typename%7D&operationName=B",
            400,
            "OPERATION_RESOLUTION_FAILURE",
        ),
        (
            "/graphql?query=mutation%7BcreatePartnerTier(input:%7Blabel:%22A%22%7D)%7BpartnerTier%7Bid%7D%7D%7D",
            405,
            "BAD_REQUEST",
        ),
    ] {
        let answer = get(path, preflight).await;
        assert_eq!(
            (answer.status.as_u16(), answer.codes()),
            (status, vec![code]),
            "{path}: {}",
            answer.body
        );
        assert!(answer.body.get("data").is_none(), "{path}");
        assert_eq!(answer.headers.get("allow").is_some(), status == 405, "{path}");
    }
    let answer = get("/graphql?query=%7Bviewer%7Bsubject%7D%7D", &[]).await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (403, vec!["FORBIDDEN"]),
        "{}",
        answer.body
    );
    assert_eq!(app.rows().await, before);
}

#[apply(both_databases)]
async fn production_shows_the_schema_to_admins_only(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let introspection = "{ __schema { queryType { name } } }";
    let page = || {
        Request::get("/graphql")
            .header("accept", "text/html")
            .body(Body::empty())
            .unwrap()
    };
    for production in [false, true] {
        let router = gateway(
            &app,
            HttpOptions {
                production,
                ..HttpOptions::default()
            },
        );
        let token = app.sign(&json!({ "scope": "partners:read", "tenant": tenant.slug }));
        let (staff, admin) = (
            Client::new(router.clone(), Some(token)),
            Client::new(router, Some(app.sign(&json!({})))),
        );
        assert_eq!(
            admin.data(introspection).await["__schema"]["queryType"]["name"],
            "Query"
        );
        for document in [
            introspection,
            "{ viewer { subject } ...F } fragment F on Query { a: __type(name: \"Partner\") { name } }",
            "{ _service { sdl } }",
        ] {
            let answer = staff.ask(document).await;
            assert_eq!(
                answer.codes().first().copied(),
                production.then_some("FORBIDDEN"),
                "{}",
                answer.body
            );
            assert_eq!(answer.body.get("data").is_some(), !production);
        }
        assert_eq!(staff.data("{ __typename }").await["__typename"], "Query");
        let misspelt = staff.ask("{ partnrs { totalCount } }").await;
        assert_eq!(
            message(&misspelt.body).contains("partners"),
            !production,
            "{}",
            misspelt.body
        );
        assert_eq!(staff.send(page()).await.sent().contains("<html"), !production);
    }
}

#[apply(both_databases)]
async fn faults_of_ours_are_not_shown(app: TestApp) {
    app.tenant("acme").await;
    let client = admin(&app, HttpOptions::default());
    client.data("{ advertisers { totalCount } }").await;
    let transaction = app.store().begin_unaudited().await.unwrap();
    run(&*transaction, "ALTER TABLE advertiser RENAME TO secret_table").await;
    transaction.commit().await.unwrap();
    let answer = client.ask("{ viewer { subject } advertisers { totalCount } }").await;
    assert_eq!(
        (answer.status.as_u16(), answer.codes()),
        (200, vec!["INTERNAL_SERVER_ERROR"]),
        "{}",
        answer.body
    );
    assert_eq!(message(&answer.body), "an internal error occurred");
    for inside in ["advertiser\"", "secret", "SELECT", "relation", "table", "sqlx"] {
        assert!(
            !answer.sent().replace("\"advertisers\"", "").contains(inside),
            "{inside}: {}",
            answer.body
        );
    }
}
