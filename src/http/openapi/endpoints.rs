//! The endpoints with constant paths, and how requests fail.

use serde_json::{Map, Value, json};

use super::{TOKEN, component, text};
use crate::http::HttpOptions;

/// The statuses of failures, the name of each in the document, what it means, and the header that comes with it.
const FAILURES: [(&str, &str, &str, Option<&str>); 10] = [
    ("400", "BadRequest", "Something about the request is wrong.", None),
    (
        "401",
        "Unauthenticated",
        "There is no token or API key, or it is not accepted.",
        Some("www-authenticate"),
    ),
    ("403", "Forbidden", "The caller may not do this.", None),
    (
        "406",
        "NotAcceptable",
        "No media type that is accepted is offered.",
        None,
    ),
    ("413", "TooLarge", "The body is too large.", None),
    ("415", "UnsupportedMediaType", "The body is not application/json.", None),
    (
        "429",
        "Throttled",
        "Too much was asked for in a short time.",
        Some("retry-after"),
    ),
    ("500", "Internal", "An internal fault, which the log tells about.", None),
    (
        "503",
        "Unavailable",
        "There is no place, or the database cannot be reached.",
        Some("retry-after"),
    ),
    ("504", "Timeout", "It took too long.", None),
];

/// The failures as components of the document.
pub fn failures() -> Map<String, Value> {
    let response = |(_, name, description, header): (&str, &str, &str, Option<&str>)| {
        let mut response = json!({
            "description": description,
            "content": { "application/json": { "schema": component("schemas", "Errors") } },
        });
        if let Some(header) = header {
            response["headers"] = json!({ header: { "schema": { "type": "string" } } });
        }
        (name.to_owned(), response)
    };
    FAILURES.into_iter().map(response).collect()
}

/// The responses with these statuses.
pub fn fails(statuses: &[&str]) -> Map<String, Value> {
    let failures = FAILURES.iter().filter(|(status, ..)| statuses.contains(status));
    failures
        .map(|(status, name, ..)| ((*status).to_owned(), component("responses", name)))
        .collect()
}

/// The endpoints that are served besides exports.
pub fn paths(options: &HttpOptions) -> Map<String, Value> {
    let mut paths = Map::new();
    paths.insert("/graphql".to_owned(), graphql());
    paths.insert(
        "/healthz".to_owned(),
        plain("liveness", "Whether the process answers.", "It does.", None),
    );
    let unready = Some("The database cannot serve, or the gateway is about to end.");
    paths.insert(
        "/readyz".to_owned(),
        plain("readiness", "Whether requests can be served.", "It does.", unready),
    );
    if !options.production && !options.metrics_elsewhere {
        let description = "Metrics in Prometheus' text format. In production they are at an address of their own.";
        paths.insert(
            "/metrics".to_owned(),
            plain("metrics", description, "The metrics.", None),
        );
    }
    paths.insert("/r/{tenant}/{key}".to_owned(), link());
    paths.insert("/t/{name}".to_owned(), tracking());
    paths.insert("/openapi.json".to_owned(), openapi(options.production));
    paths
}

/// A page of text that needs no token.
fn plain(id: &str, description: &str, success: &str, unavailable: Option<&str>) -> Value {
    let mut responses = json!({ "200": text(success) });
    if let Some(unavailable) = unavailable {
        responses["503"] = text(unavailable);
    }
    json!({ "get": {
        "operationId": id,
        "tags": ["operations"],
        "description": description,
        "security": [],
        "responses": responses,
    } })
}

fn openapi(is_production: bool) -> Value {
    let mut responses = fails(if is_production {
        &["401", "403", "429", "503"]
    } else {
        &[]
    });
    let found = json!({ "description": "It.", "content": { "application/json": { "schema": { "type": "object" } } } });
    responses.insert("200".to_owned(), found);
    json!({ "get": {
        "operationId": "openapi",
        "tags": ["operations"],
        "description": "This document. In production only callers with the scope admin get it.",
        "security": if is_production { json!([{ TOKEN: ["admin"] }]) } else { json!([]) },
        "responses": responses,
    } })
}

fn in_path(name: &str, description: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "description": description, "schema": { "type": "string" } })
}

fn link() -> Value {
    json!({ "get": {
        "operationId": "followLink",
        "tags": ["tracking"],
        "description": "Leads to the destination of a partner's link, and records a click. The rest of the query is passed on.",
        "security": [],
        "parameters": [in_path("tenant", "The tenant's slug."), in_path("key", "The link's key.")],
        "responses": {
            "302": {
                "description": "The destination, with ref (the link's key) and tc (the click's id).",
                "headers": { "location": { "schema": { "type": "string" } } },
            },
            "404": text("There is no such link."),
            "503": text("The database cannot be reached, and where the link leads is not remembered."),
        },
    } })
}

fn tracking() -> Value {
    let message = json!({
        "type": "object",
        "required": ["visitor"],
        "properties": {
            "visitor": { "type": "string", "minLength": 8, "maxLength": 128 },
            "tc": { "type": "string", "description": "The id of a click." },
            "ref": { "type": "string", "description": "The key of a link." },
            "coupon": { "type": "string", "description": "The code of a coupon." },
        },
    });
    let script = json!({
        "description": "The script.",
        "content": { "text/javascript": { "schema": { "type": "string" } } },
    });
    json!({
        "get": {
            "operationId": "script",
            "tags": ["tracking"],
            "description": "The script for the pages of brands. A version never changes.",
            "security": [],
            "parameters": [in_path("name", "The version, such as 1.js.")],
            "responses": { "200": script, "404": text("There is no such version.") },
        },
        "post": {
            "operationId": "reportTouch",
            "tags": ["tracking"],
            "description": "What the script sends, from pages of the tenant's trackingOrigins: one of tc, ref and coupon, in \
                 at most 1 kB. The answer is the same whatever it says.",
            "security": [],
            "parameters": [in_path("name", "The tenant's slug.")],
            "requestBody": { "required": true, "content": { "text/plain": { "schema": message } } },
            "responses": { "204": { "description": "It was received." } },
        },
    })
}

fn graphql() -> Value {
    let media = json!({ "schema": { "type": "object", "properties": {
        "data": { "type": ["object", "null"] },
        "errors": { "type": "array" },
        "extensions": { "type": "object" },
    } } });
    let response = json!({
        "description": "The response. Errors of fields are in it, as GraphQL over HTTP specifies.",
        "content": { "application/graphql-response+json": media, "application/json": media },
    });
    let mut responses = fails(&["400", "401", "403", "406", "429", "500", "503", "504"]);
    responses.insert("200".to_owned(), response);
    let mut posted = fails(&["413", "415"]);
    posted.extend(responses.clone());
    let parameter = |name: &str, required: bool| json!({ "name": name, "in": "query", "required": required, "schema": { "type": "string" } });
    let header = json!({
        "name": "graphql-require-preflight",
        "in": "header",
        "required": true,
        "description": "Any value. A page of another site cannot send it without asking first.",
        "schema": { "type": "string" },
    });
    json!({
        "post": {
            "operationId": "graphql",
            "tags": ["graphql"],
            "description": "Runs a GraphQL operation; a subscription with accept: text/event-stream.",
            "security": [{ TOKEN: [] }],
            "requestBody": { "required": true, "content": { "application/json": { "schema": {
                "type": "object",
                "properties": {
                    "query": { "type": "string", "description": "A document of the schema." },
                    "operationName": { "type": ["string", "null"] },
                    "variables": { "type": ["object", "null"] },
                    "extensions": { "type": ["object", "null"] },
                },
            } } } },
            "responses": posted,
        },
        "get": {
            "operationId": "graphqlQuery",
            "tags": ["graphql"],
            "description": "Runs a query. A browser gets GraphiQL, except in production; a WebSocket of the protocol \
                 graphql-transport-ws is opened here, too.",
            "security": [{ TOKEN: [] }],
            "parameters": [
                header,
                parameter("query", false),
                parameter("operationName", false),
                parameter("variables", false),
                parameter("extensions", false),
            ],
            "responses": responses,
        },
    })
}
