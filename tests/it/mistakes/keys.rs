//! API keys.

use serde_json::json;

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    let long = "x".repeat(300);
    let create = |changes, problems: &[&str]| case("createApiKey", changes, problems);
    vec![
        create(
            json!({ "name": " ", "scopes": ["partners:read", "partners"], "partnerId": p.campaign, "expiresAt": "2020-01-01T00:00:00Z" }),
            &[
                "REQUIRED name",
                "INVALID scopes.1",
                "INVALID partnerId",
                "INVALID expiresAt",
            ],
        ),
        create(json!({ "name": long }), &["INVALID name"]),
        create(json!({ "name": "a\u{1}b" }), &["INVALID name"]),
        create(json!({ "scopes": [] }), &["REQUIRED scopes"]),
        create(json!({ "scopes": [] , "partnerId": null }), &["REQUIRED scopes"]),
        // What a key bound to a partner never opens.
        create(json!({ "scopes": ["partners:write"] }), &["INVALID scopes.0"]),
        create(json!({ "partnerId": unknown(&p.a) }), &["NOT_FOUND partnerId"]),
        case("revokeApiKey", json!({ "id": unknown(&p.api_key) }), &["NOT_FOUND id"]),
        case("revokeApiKey", json!({ "id": p.a }), &["INVALID id"]),
        case("revokeApiKey", json!({ "id": "" }), &["INVALID id"]),
    ]
}

#[apply(both_databases)]
async fn wrong_api_keys_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
