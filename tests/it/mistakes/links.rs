//! Links.

use serde_json::json;

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    vec![
        case(
            "createLink",
            json!({ "partnerId": unknown(&p.a), "campaignId": p.a, "key": "a b" }),
            &["INVALID key", "NOT_FOUND partnerId", "INVALID campaignId"],
        ),
        case("createLink", json!({ "partnerId": null }), &["REQUIRED partnerId"]),
        case("createLink", json!({ "key": "alpha-link" }), &["TAKEN key"]),
        case("createLink", json!({ "key": "x".repeat(65) }), &["INVALID key"]),
        case(
            "createLink",
            json!({ "externalId": "alpha-link-id" }),
            &["TAKEN externalId"],
        ),
        case(
            "createLink",
            json!({ "destinationUrl": null }),
            &["REQUIRED destinationUrl"],
        ),
        case(
            "createLink",
            json!({ "destinationUrl": "https://elsewhere.example/" }),
            &["INVALID destinationUrl"],
        ),
        case(
            "createLink",
            json!({ "destinationUrl": "https://ann:secret@shop.example/" }),
            &["INVALID destinationUrl"],
        ),
        case(
            "createLink",
            json!({ "destinationUrl": "javascript:alert(1)" }),
            &["INVALID destinationUrl"],
        ),
        case("updateLink", json!({ "id": unknown(&p.link) }), &["NOT_FOUND id"]),
        case("updateLink", json!({ "status": null }), &["REQUIRED status"]),
        case(
            "updateLink",
            json!({ "externalId": "bravo-link-id" }),
            &["TAKEN externalId"],
        ),
        case(
            "updateLink",
            json!({ "destinationUrl": null }),
            &["REQUIRED destinationUrl"],
        ),
        case("deleteLink", json!({ "id": unknown(&p.link) }), &["NOT_FOUND id"]),
    ]
}

#[apply(both_databases)]
async fn wrong_links_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
