//! `GET /openapi.json`: an OpenAPI document of what is served over HTTP beside the GraphQL schema. It is made of the tables
//! that the code itself reads: the exports, their parameters and formats, the types of the schema, the codes of errors.

mod endpoints;
mod exports;
mod parameters;
mod schemas;

use axum::body::Bytes;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::admission::{self, Requester};
use super::authentication::identify;
use super::errors::refusal;
use super::negotiate::MediaType;
use super::request_id::RequestId;
use super::{HttpOptions, HttpState, codes, cost, response};
use crate::export::Exports;

/// The name of the way in which callers say who they are.
const TOKEN: &str = "token";

const SUMMARY: &str = "A GraphQL gateway for partner programmes. The API itself is GraphQL, at /graphql, and described by its \
     schema: `tributary schema` prints it, and introspection returns it. This document describes everything else. Every \
     response has the header x-request-id: the caller's own, if it is well-formed, otherwise a new one.";

/// The document of a gateway with these options.
fn document(exports: &Exports, options: &HttpOptions) -> Bytes {
    let mut paths = endpoints::paths(options);
    paths.extend(exports::paths(exports));
    let document = json!({
        "openapi": "3.1.1",
        "info": {
            "title": "Tributary",
            "version": env!("CARGO_PKG_VERSION"),
            "summary": env!("CARGO_PKG_DESCRIPTION"),
            "description": SUMMARY,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "servers": [{ "url": "/" }],
        "paths": paths,
        "components": {
            "schemas": schemas::components(exports),
            "responses": endpoints::failures(),
            "securitySchemes": {
                TOKEN: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "A token (JWT), or an API key. The roles that an operation lists are scopes.",
                },
            },
        },
    });
    document.to_string().into()
}

/// Like the schema, in production only admins get it.
pub async fn get(
    State(state): State<HttpState>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    headers: HeaderMap,
) -> Response {
    if state.options.production
        && let Err(refused) = admit(&state, &headers, request_id).await
    {
        return refused;
    }
    let json = HeaderValue::from_static("application/json");
    let made = state.openapi.get_or_init(|| document(&state.exports, &state.options));
    ([(header::CONTENT_TYPE, json)], made.clone()).into_response()
}

async fn admit(state: &HttpState, headers: &HeaderMap, request_id: String) -> Result<(), Response> {
    let caller = identify(state, headers, &request_id).await?;
    let requester = Requester::confirmed(caller, request_id);
    let request_id = &requester.request_id;
    admission::charge(state, &admission::payer(&requester), cost::of_refusal(0))
        .map_err(|refused| response::refusal_of(refused, MediaType::Json, request_id))?;
    if admission::may_introspect(state, &requester) {
        return Ok(());
    }
    let message = "only a token with the scope admin may read the description of the API";
    Err(refusal(StatusCode::FORBIDDEN, codes::FORBIDDEN, message, request_id))
}

/// A response of this description with a body of text.
fn text(description: &str) -> Value {
    json!({ "description": description, "content": { "text/plain": { "schema": { "type": "string" } } } })
}

/// A reference to one of the components.
fn component(kind: &str, name: &str) -> Value {
    json!({ "$ref": format!("#/components/{kind}/{name}") })
}
