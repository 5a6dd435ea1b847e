//! Coupons, visitors, and what touches lead to.

use serde_json::json;

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

pub fn cases(p: &Programme) -> Vec<Case> {
    let mut cases = vec![
        case(
            "createCoupon",
            json!({ "partnerId": unknown(&p.a), "campaignId": p.a, "code": " " }),
            &["NOT_FOUND partnerId", "INVALID campaignId", "REQUIRED code"],
        ),
        case("createCoupon", json!({ "code": " ALPHA-10 " }), &["TAKEN code"]),
        case("createCoupon", json!({ "code": "Ａlpha－１0" }), &["TAKEN code"]),
        case("createCoupon", json!({ "code": "x".repeat(65) }), &["INVALID code"]),
        case("updateCoupon", json!({ "id": unknown(&p.coupon) }), &["NOT_FOUND id"]),
        case("updateCoupon", json!({ "status": null }), &["REQUIRED status"]),
        case("deleteCoupon", json!({ "id": unknown(&p.coupon) }), &["NOT_FOUND id"]),
        case(
            "identifyCustomer",
            json!({ "visitorId": "short", "customerExternalId": " ", "acquiredAt": "2999-01-01T00:00:00Z" }),
            &["INVALID visitorId", "REQUIRED customerExternalId", "INVALID acquiredAt"],
        ),
        case(
            "simulateAttribution",
            json!({
                "campaigns": [{ "name": "one" }, { "name": "one" }, { "name": "two", "attribution": { "windowDays": 0 } }],
                "touches": [{ "partner": "a", "campaign": "none", "occurredAt": "2026-02-28T00:00:00Z" }],
                "amount": { "amount": "-1", "currency": "EUR" },
            }),
            &[
                "INVALID campaigns.1.name",
                "INVALID campaigns.2.attribution.windowDays",
                "NOT_FOUND touches.0.campaign",
                "INVALID amount.amount",
            ],
        ),
    ];
    for mutation in ["createCoupon", "updateCoupon"] {
        let at = "2026-02-01T00:00:00Z";
        let empty = json!({ "startsAt": at, "endsAt": at });
        cases.push(case(mutation, empty, &["INVALID endsAt"]));
        let zero = json!({ "startsAt": "1970-01-01T00:00:00Z" });
        cases.push(case(mutation, zero, &["INVALID startsAt"]));
        let long = json!({ "customerBenefit": "x".repeat(201) });
        cases.push(case(mutation, long, &["INVALID customerBenefit"]));
    }
    cases
}

#[apply(both_databases)]
async fn wrong_coupons_are_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
