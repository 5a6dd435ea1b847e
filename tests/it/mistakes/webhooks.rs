//! Webhooks.

use serde_json::json;

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    let create = |changes, problems: &[&str]| case("createWebhookEndpoint", changes, problems);
    let update = |changes, problems: &[&str]| case("updateWebhookEndpoint", changes, problems);
    let again = |what, problems: &[&str]| case("redeliverWebhook", json!({ "what": what }), problems);
    let strange = unknown(&p.webhook_endpoint);
    vec![
        create(json!({ "url": "" }), &["INVALID url"]),
        create(json!({ "url": "ftp://example.com" }), &["INVALID url"]),
        create(json!({ "url": "https://10.0.0.1/" }), &["INVALID url"]),
        create(json!({ "url": "https://ann:secret@example.com/" }), &["INVALID url"]),
        create(
            json!({ "url": "nonsense", "description": "x".repeat(10_000) }),
            &["INVALID description", "INVALID url"],
        ),
        update(json!({ "id": strange }), &["NOT_FOUND id"]),
        update(json!({ "id": p.a }), &["INVALID id"]),
        update(json!({ "url": "nonsense" }), &["INVALID url"]),
        update(
            json!({ "url": null, "active": null }),
            &["REQUIRED active", "REQUIRED url"],
        ),
        case("rotateWebhookSecret", json!({ "id": strange }), &["NOT_FOUND id"]),
        case("deleteWebhookEndpoint", json!({ "id": strange }), &["NOT_FOUND id"]),
        case("deleteWebhookEndpoint", json!({ "id": "" }), &["INVALID id"]),
        case(
            "sendTestWebhook",
            json!({ "endpointId": strange }),
            &["NOT_FOUND endpointId"],
        ),
        again(
            json!({ "deliveryId": unknown(&p.webhook_delivery) }),
            &["NOT_FOUND what.deliveryId"],
        ),
        // It waits to be sent.
        again(
            json!({ "deliveryId": p.webhook_delivery }),
            &["CONFLICT what.deliveryId"],
        ),
        again(
            json!({ "since": { "endpointId": strange, "since": "2026-03-01T00:00:00Z" } }),
            &["NOT_FOUND what.since.endpointId"],
        ),
    ]
}

#[apply(both_databases)]
async fn wrong_webhooks_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
