//! `/openapi.json` says what is served: it is compared with what the gateway does when it is asked.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use tokio::sync::watch;
use tributary::http::HttpOptions;

use crate::support::{Client, TestApp, both_databases};

async fn document(client: &Client) -> Value {
    let answer = client.at_path(Method::GET, "/openapi.json").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["content-type"], "application/json");
    serde_json::from_str(answer.sent()).unwrap()
}

/// What the gateway says to a request for an export: the status, and the errors' texts.
async fn asked(client: &Client, path: &str) -> (StatusCode, String) {
    let answer = client.at_path(Method::GET, path).await;
    (answer.status, answer.sent().to_owned())
}

/// Whether an export with these parameters could begin.
async fn is_taken(client: &Client, path: &str) -> bool {
    match client.at_path(Method::HEAD, path).await.status {
        StatusCode::OK => true,
        StatusCode::BAD_REQUEST => false,
        other => panic!("{path}: {other}"),
    }
}

/// The schema of a parameter, without the indirection of a reference; of a list, that of an entry.
fn schema<'a>(document: &'a Value, parameter: &'a Value) -> &'a Value {
    let schema = &parameter["schema"];
    let schema = if schema["type"] == "array" {
        &schema["items"]
    } else {
        schema
    };
    match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).expect(reference),
        None => schema,
    }
}

/// Values that fit a schema, and one that does not.
fn examples(schema: &Value) -> (Vec<String>, Option<&'static str>) {
    let one = |text: &str| vec![text.to_owned()];
    if let Some(words) = schema["enum"].as_array() {
        let words = words.iter().map(|word| word.as_str().unwrap().to_owned());
        return (words.collect(), Some("no such word"));
    }
    match (schema["type"].as_str().unwrap(), schema["format"].as_str()) {
        ("boolean", _) => (vec!["true".to_owned(), "false".to_owned()], Some("yes")),
        ("integer", _) => (one("1"), Some("one")),
        ("string", Some("date-time")) => (one("2026-03-01T12:00:00Z"), Some("yesterday")),
        ("string", Some("date")) => (one("2026-03-01"), Some("yesterday")),
        ("string", _) if schema["pattern"] == "^[A-Z]{3}$" => (one("EUR"), Some("euro")),
        ("string", _) if schema["minLength"] == 1 => (one("some_id"), Some("")),
        ("string", None) => (one("12.5"), None),
        other => panic!("{other:?}"),
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[apply(both_databases)]
async fn every_export_takes_exactly_the_parameters_that_are_described(app: TestApp) {
    let client = app.admin().await;
    let document = document(&client).await;
    let paths = document["paths"].as_object().unwrap();
    let exports: Vec<_> = paths.iter().filter(|(path, _)| path.starts_with("/export/")).collect();
    let (_, said) = asked(&client, "/export/nonsense").await;
    let (_, names) = said.split_once("the exports are ").unwrap();
    let (names, _) = names.split_once('"').unwrap();
    let described: BTreeSet<_> = exports
        .iter()
        .map(|(path, _)| path.trim_start_matches("/export/"))
        .collect();
    assert_eq!(described, names.split(", ").collect::<BTreeSet<_>>());

    for (path, item) in exports {
        let parameters = item["parameters"].as_array().unwrap();
        let (formats, others): (Vec<_>, Vec<_>) =
            parameters.iter().partition(|parameter| parameter["name"] == "format");
        let required: Vec<_> = others
            .iter()
            .filter(|parameter| parameter["required"] == true)
            .copied()
            .collect();
        for form in schema(&document, formats[0])["enum"].as_array().unwrap() {
            let form = form.as_str().unwrap();
            let mine = |parameter: &&&Value| {
                let text = parameter["description"].as_str().unwrap();
                text.split_once("Only with format=")
                    .is_none_or(|(_, only)| only.split([' ', '.']).any(|word| word == form))
            };
            let mine: Vec<_> = others.iter().filter(mine).copied().collect();
            // What the gateway itself says that there is. It names the format and a CSV's style only when they are wrong.
            let (status, said) = asked(&client, &format!("{path}?format={form}&nonsense=1")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST);
            let (_, names) = said.split_once("the parameters are ").unwrap();
            let (names, _) = names.split_once('"').unwrap();
            let style = ["separator", "decimal", "bom"];
            let described: BTreeSet<_> = mine
                .iter()
                .map(|parameter| parameter["name"].as_str().unwrap())
                .collect();
            let own: BTreeSet<_> = described.iter().copied().filter(|name| !style.contains(name)).collect();
            assert_eq!(own, names.split(", ").collect::<BTreeSet<_>>(), "{path} {form}");
            let has_style = form == "csv" && path != "/export/payout-file";
            assert!(
                style.iter().all(|name| described.contains(name) == has_style),
                "{path} {form}"
            );
            if path == "/export/personal-data" {
                // Exactly one person is named: `privacy::held`.
                continue;
            }

            let base: Vec<_> = required
                .iter()
                .map(|parameter| {
                    let (values, _) = examples(schema(&document, parameter));
                    (parameter["name"].as_str().unwrap(), values[0].clone())
                })
                .collect();
            let query = |name: &str, value: Option<&str>| {
                let others = base
                    .iter()
                    .filter(|(other, _)| *other != name)
                    .map(|(name, value)| (*name, value.as_str()));
                let all = others.chain(value.map(|value| (name, value)));
                let all = all.map(|(name, value)| format!("&{name}={}", encoded(value)));
                format!("{path}?format={form}{}", all.collect::<String>())
            };
            assert!(is_taken(&client, &query("", None)).await, "{path} {form}");
            for parameter in &required {
                assert!(
                    !is_taken(&client, &query(parameter["name"].as_str().unwrap(), None)).await,
                    "{path} {parameter}"
                );
            }
            for parameter in mine {
                let name = parameter["name"].as_str().unwrap();
                let (values, wrong) = examples(schema(&document, parameter));
                for value in &values {
                    assert!(
                        is_taken(&client, &query(name, Some(value))).await,
                        "{path} {form} {name}={value}"
                    );
                }
                if let Some(wrong) = wrong {
                    assert!(
                        !is_taken(&client, &query(name, Some(wrong))).await,
                        "{path} {form} {name}={wrong}"
                    );
                }
                let twice = format!("{}&{name}={}", query(name, Some(&values[0])), encoded(&values[0]));
                let is_list = parameter["schema"]["type"] == "array";
                assert_eq!(is_taken(&client, &twice).await, is_list, "{path} {form} {name} twice");
            }
        }
    }
}

#[apply(both_databases)]
async fn an_export_is_offered_in_the_media_types_that_are_described(app: TestApp) {
    let client = app.admin().await;
    let document = document(&client).await;
    for (path, item) in document["paths"].as_object().unwrap() {
        let Some(content) = item["get"]["responses"]["200"]["content"]
            .as_object()
            .filter(|_| path.starts_with("/export/"))
        else {
            continue;
        };
        for media in content.keys().map(String::as_str).chain(["image/png"]) {
            let (accept, parts) = ((header::ACCEPT, media), path.trim_start_matches("/export/"));
            let answer = client.begin(path, &[accept]).await;
            assert_eq!(
                answer.status() == StatusCode::NOT_ACCEPTABLE,
                media == "image/png",
                "{parts} as {media}"
            );
        }
    }
}

#[apply(both_databases)]
async fn each_export_names_the_scope_that_it_needs(app: TestApp) {
    let document = document(&app.admin().await).await;
    let tenant = app.tenant("zulu").await;
    for (path, item) in document["paths"].as_object().unwrap() {
        if !path.starts_with("/export/") {
            continue;
        }
        let scope = item["get"]["security"][0]["token"][0].as_str().unwrap();
        let refused =
            |client: Client| async move { client.at_path(Method::HEAD, path).await.status == StatusCode::FORBIDDEN };
        assert!(!refused(app.staff(&tenant, scope)).await, "{path} {scope}");
        assert!(refused(app.staff(&tenant, "campaigns:read")).await, "{path}");
        let stranger = app.client(None).at_path(Method::HEAD, path).await;
        assert_eq!(stranger.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

/// A client of a gateway in production.
fn in_production(app: &TestApp, token: Option<String>) -> Client {
    let options = HttpOptions {
        production: true,
        ..HttpOptions::default()
    };
    let (_, ending) = watch::channel(false);
    let router = tributary::http::router(app.app.clone(), options, ending).expect("the options are sound");
    Client::new(router, token)
}

#[tokio::test]
async fn in_production_only_admins_read_it_and_metrics_are_elsewhere() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let others = app.sign(&json!({ "scope": "partners:read" }));
    for (token, status) in [(None, StatusCode::UNAUTHORIZED), (Some(others), StatusCode::FORBIDDEN)] {
        let client = in_production(&app, token);
        assert_eq!(client.at_path(Method::GET, "/openapi.json").await.status, status);
    }
    let admin = in_production(&app, Some(app.sign(&json!({}))));
    let document = document(&admin).await;
    assert!(document["paths"]["/metrics"].is_null());
    assert_eq!(asked(&admin, "/metrics").await.0, StatusCode::NOT_FOUND);
}

/// Every route is described, and the other way round; docs/security.md has a line about each.
#[tokio::test]
async fn every_route_is_described_and_has_its_line_in_the_documentation() {
    let app = TestApp::on_sqlite().await;
    let document = document(&app.client(None)).await;
    let described: BTreeSet<_> = document["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let one_for_all = |path: &str| match path.starts_with("/export/") {
        true => "/export/{name}".to_owned(),
        false => path.to_owned(),
    };
    let described: BTreeSet<_> = described.into_iter().map(one_for_all).collect();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["src/http/mod.rs", "src/http/tracking/mod.rs"];
    let routes = files.map(|file| {
        std::fs::read_to_string(root.join(file))
            .unwrap()
            .replace("(\n            ", "(")
    });
    let routes: BTreeSet<_> = routes
        .iter()
        .flat_map(|text| text.split(".route(\"").skip(1))
        .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
        .filter(|route| !route.starts_with("/graphiql/"))
        .collect();
    assert_eq!(described, routes);
    let security = std::fs::read_to_string(root.join("docs/security.md")).unwrap();
    for route in described {
        assert!(
            security.contains(&format!("| `{route}` |")),
            "docs/security.md has no line about {route}"
        );
    }
}
