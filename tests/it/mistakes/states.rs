//! What the state of things does not allow: moves, deletions, windows, defaults, lists.

use serde_json::{Value, json};

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::Programme;

pub fn cases(p: &Programme) -> Vec<Case> {
    let end = |mutation, changes: Value| case(mutation, changes, &["INVALID endsAt"]);
    let (early, late) = ("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z");
    let mut cases = vec![
        // Both partners are active.
        case("activatePartner", json!({}), &["INVALID_TRANSITION id"]),
        case("reinstatePartner", json!({}), &["INVALID_TRANSITION id"]),
        case(
            "approvePartnershipRequest",
            json!({ "id": p.decided_request }),
            &["INVALID_TRANSITION id"],
        ),
        case(
            "rejectPartnershipRequest",
            json!({ "id": p.decided_request }),
            &["INVALID_TRANSITION id"],
        ),
        case(
            "addPartnerToCampaign",
            json!({ "partnerId": p.campaign, "campaignId": p.a }),
            &["INVALID campaignId", "INVALID partnerId"],
        ),
        case(
            "issuePartnerToken",
            json!({ "ttlSeconds": 0, "scopes": ["admin"] }),
            &["INVALID scopes.0", "INVALID ttlSeconds"],
        ),
        // It has a payout that is not settled.
        case(
            "erasePersonalData",
            json!({ "force": false }),
            &["CONFLICT subject.partnerId"],
        ),
        case("erasePersonalData", json!({ "reason": " " }), &["REQUIRED reason"]),
        case("deletePartnerGroup", json!({ "id": p.default_group }), &["IN_USE id"]),
        case("deletePartnerGroup", json!({ "id": p.group }), &["IN_USE id"]),
        case("deletePartner", json!({}), &["IN_USE id"]),
        case("deletePartner", json!({ "id": "x" }), &["INVALID id"]),
        case("deletePartnerTier", json!({}), &["IN_USE id"]),
        case("deletePartnerCategory", json!({}), &["IN_USE id"]),
        case("deleteAdvertiser", json!({}), &["IN_USE id"]),
        case("deleteCampaign", json!({}), &["IN_USE id"]),
        end("createCampaign", json!({ "startsAt": late, "endsAt": early })),
        end("createCampaign", json!({ "startsAt": late, "endsAt": late })),
        end(
            "createCampaign",
            json!({ "startsAt": late, "endsAt": early, "status": "ENDED" }),
        ),
        // The same microsecond, in other words.
        end(
            "createCampaign",
            json!({ "startsAt": "2026-06-01T00:00:00.0000001Z", "endsAt": "2026-06-01T02:00:00+02:00" }),
        ),
        end("updateCampaign", json!({ "startsAt": late, "endsAt": early })),
        end("updateCampaign", json!({ "startsAt": "2027-01-01T00:00:00Z" })),
        end("updateCampaign", json!({ "endsAt": "2026-01-01T00:00:00Z" })),
        end(
            "updateCampaign",
            json!({ "startsAt": late, "endsAt": early, "status": "ENDED" }),
        ),
        case("updateCampaign", json!({ "status": null }), &["REQUIRED status"]),
        case("updatePartner", json!({ "type": null }), &["REQUIRED type"]),
        case("updatePartnerGroup", json!({ "default": null }), &["REQUIRED default"]),
        case("updatePartnerGroup", json!({ "rules": null }), &["REQUIRED rules"]),
        case(
            "updateTenant",
            json!({ "timeZone": "Mars/Olympus" }),
            &["INVALID timeZone"],
        ),
        case("updateTenant", json!({ "timeZone": "" }), &["INVALID timeZone"]),
    ];
    let many: Vec<_> = (0..51).map(|tag| tag.to_string()).collect();
    let long = "x".repeat(101);
    for mutation in [
        "createPartner",
        "updatePartner",
        "createPartnerGroup",
        "updatePartnerGroup",
    ] {
        for (tags, problems) in [
            (json!(many), vec!["INVALID tags"]),
            (json!(["fine", " "]), vec!["REQUIRED tags.1"]),
            (
                json!([long, "fine", "a\u{1}", "a\nb"]),
                vec!["INVALID tags.0", "INVALID tags.2", "INVALID tags.3"],
            ),
        ] {
            cases.push(case(mutation, json!({ "tags": tags }), &problems));
        }
    }
    for mutation in ["createPartner", "updatePartner"] {
        let wide: serde_json::Map<_, _> = (0..500).map(|n| (n.to_string(), json!([n]))).collect();
        for metadata in [json!("x".repeat(16 * 1024)), json!(vec![1; 1_000]), json!(wide)] {
            cases.push(case(mutation, json!({ "metadata": metadata }), &["INVALID metadata"]));
        }
    }
    for mutation in ["createPartnerGroup", "updatePartnerGroup"] {
        for wrong in ["x".repeat(5001), "ä".repeat(5001)] {
            cases.push(case(
                mutation,
                json!({ "description": wrong }),
                &["INVALID description"],
            ));
        }
    }
    for wrong in ["x".repeat(5001), "ä".repeat(5001)] {
        cases.push(case(
            "createPartnershipRequest",
            json!({ "message": wrong }),
            &["INVALID message"],
        ));
    }
    cases
}

#[apply(both_databases)]
async fn what_the_state_of_things_does_not_allow_is_refused(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
