//! What the state of things does not allow: moves, deletions, windows, defaults, lists.

use serde_json::{Value, json};

use super::{Case, case, check, problems};
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
        case("deletePartnerGroup", json!({ "id": p.default_group }), &["IN_USE id"]),
        case("deletePartnerGroup", json!({ "id": p.group }), &["IN_USE id"]),
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
                json!([long, "fine", "a\u{0}", "a\nb"]),
                vec!["INVALID tags.0", "INVALID tags.2", "INVALID tags.3"],
            ),
        ] {
            cases.push(case(mutation, json!({ "tags": tags }), &problems));
        }
    }
    for mutation in ["createPartner", "updatePartner"] {
        let deep = (0..20).fold(json!("a\u{0}"), |inner, _| json!([{ "inner": inner }]));
        for metadata in [
            json!("x".repeat(16 * 1024)),
            json!({ "a": ["b\u{0}"] }),
            json!({ "a\u{0}": 1 }),
            json!("\u{0}"),
            deep,
        ] {
            cases.push(case(mutation, json!({ "metadata": metadata }), &["INVALID metadata"]));
        }
    }
    for mutation in ["createPartnerGroup", "updatePartnerGroup"] {
        for wrong in ["a\u{0}".to_owned(), "x".repeat(5001)] {
            cases.push(case(
                mutation,
                json!({ "description": wrong }),
                &["INVALID description"],
            ));
        }
    }
    for wrong in ["a\u{0}".to_owned(), "x".repeat(5001)] {
        cases.push(case(
            "createPartnershipRequest",
            json!({ "message": wrong }),
            &["INVALID message"],
        ));
    }
    cases
}

both_databases! {
    async fn what_the_state_of_things_does_not_allow_is_refused(app: TestApp) {
        let p = Programme::new(&app, "acme", "alpha", "bravo").await;
        check(&app, &p, cases(&p)).await;
    }

    async fn a_partnership_moves_along_its_state_machine_only(app: TestApp) {
        let p = Programme::new(&app, "acme", "alpha", "bravo").await;
        let moves = ["activatePartner", "suspendPartner", "revokePartner", "reinstatePartner"];
        let allowed = |status: &str| match status {
            "INVITED" => vec!["activatePartner", "suspendPartner", "revokePartner"],
            "ACTIVE" => vec!["suspendPartner", "revokePartner"],
            "SUSPENDED" => vec!["activatePartner", "revokePartner"],
            _ => vec!["reinstatePartner"],
        };
        let input = |mutation: &str, id: &Value| match mutation {
            "suspendPartner" | "revokePartner" => json!({ "id": id, "reason": "because" }),
            _ => json!({ "id": id }),
        };
        for (number, way) in [vec![], vec!["activatePartner"], vec!["suspendPartner"], vec!["revokePartner"]].into_iter().enumerate() {
            for the_move in moves {
                let new = json!({ "name": "N", "email": format!("{the_move}-{number}@n.example"), "sendInvite": true });
                let mut partner = p.staff.done("createPartner", new, "partner { id status }").await["partner"].clone();
                for step in &way {
                    partner = p.staff.done(step, input(step, &partner["id"]), "partner { id status }").await["partner"].clone();
                }
                let status = partner["status"].as_str().unwrap();
                if allowed(status).contains(&the_move) {
                    p.staff.done(the_move, input(the_move, &partner["id"]), "partner { status }").await;
                } else {
                    let before = app.rows().await;
                    assert_eq!(problems(&p, the_move, input(the_move, &partner["id"])).await, ["INVALID_TRANSITION id"], "{the_move} from {status}");
                    assert_eq!(app.rows().await, before);
                }
            }
        }
    }

    async fn in_use_names_the_count_and_nothing_in_use_goes(app: TestApp) {
        let p = Programme::new(&app, "acme", "alpha", "bravo").await;
        // Revoked partners count.
        p.staff.done("revokePartner", json!({ "id": p.b, "reason": "fraud" }), "partner { id }").await;
        for (mutation, id, text) in [
            ("deletePartnerGroup", &p.group, "2 partners"),
            ("deletePartnerTier", &p.tier, "2 partners"),
            ("deletePartnerCategory", &p.category, "2 partners"),
            ("deleteAdvertiser", &p.advertiser, "3 campaigns"),
            ("deleteCampaign", &p.campaign, "3 commission snapshots, 1 partnership requests, 2 partners"),
            ("deletePartnerGroup", &p.default_group, "default"),
        ] {
            let payload = p.staff.mutate(mutation, json!({ "id": id }), "deletedId").await;
            assert!(payload["userErrors"][0]["message"].as_str().unwrap().contains(text), "{mutation}: {payload}");
        }
        let free = json!({ "groupId": null, "tierId": null, "categoryIds": [] });
        for id in [&p.a, &p.b] {
            let mut input = free.clone();
            input["id"] = json!(id);
            p.staff.done("updatePartner", input, "partner { id }").await;
        }
        for id in [&p.campaign, &p.second_campaign, &p.other_campaign] {
            p.staff.done("updateCampaign", json!({ "id": id, "advertiserId": null }), "campaign { id }").await;
        }
        for (mutation, id) in [
            ("deletePartnerGroup", &p.group), ("deletePartnerTier", &p.tier), ("deletePartnerCategory", &p.category), ("deleteAdvertiser", &p.advertiser),
        ] {
            assert_eq!(p.staff.done(mutation, json!({ "id": id }), "deletedId").await["deletedId"], **id);
            assert_eq!(problems(&p, mutation, json!({ "id": id })).await, ["NOT_FOUND id"]);
            assert!(p.staff.data(&format!("{{ node(id: {id:?}) {{ id }} }}")).await["node"].is_null());
        }
    }

    async fn ending_a_campaign_ends_its_window_and_reopening_needs_a_later_end(app: TestApp) {
        let p = Programme::new(&app, "acme", "alpha", "bravo").await;
        let change = |changes: Value| {
            let mut input = changes;
            input["id"] = json!(p.campaign);
            input
        };
        let ended = p.staff.done("updateCampaign", change(json!({ "status": "ENDED" })), "campaign { endsAt }").await;
        assert_eq!(ended["campaign"]["endsAt"], "2026-03-01T12:00:01Z");
        app.clock.advance(std::time::Duration::from_secs(60));
        let renamed = p.staff.done("updateCampaign", change(json!({ "name": "Other" })), "campaign { endsAt status }").await;
        assert_eq!(renamed["campaign"], json!({ "endsAt": "2026-03-01T12:00:01Z", "status": "ENDED" }));
        for changes in [json!({ "status": "ACTIVE" }), json!({ "status": "PAUSED" }), json!({ "status": "ACTIVE", "endsAt": "2026-03-01T12:01:01Z" })] {
            assert_eq!(problems(&p, "updateCampaign", change(changes)).await, ["INVALID endsAt"]);
        }
        let open = p.staff.done("updateCampaign", change(json!({ "status": "ACTIVE", "endsAt": null })), "campaign { endsAt status }").await;
        assert_eq!(open["campaign"], json!({ "endsAt": null, "status": "ACTIVE" }));
        // One that never started can be ended too, and changed afterwards.
        let never = json!({ "name": "Never", "startsAt": "2027-01-01T00:00:00Z" });
        let id = p.staff.done("createCampaign", never, "campaign { id }").await["campaign"]["id"].clone();
        p.staff.done("updateCampaign", json!({ "id": id, "status": "ENDED" }), "campaign { id }").await;
        p.staff.done("updateCampaign", json!({ "id": id, "name": "Never again" }), "campaign { id }").await;
    }

    async fn ids_given_twice_count_once(app: TestApp) {
        let p = Programme::new(&app, "acme", "alpha", "bravo").await;
        let terms = json!([{ "basis": "GROUP_RULES" }]);
        let input = json!({
            "name": "New", "email": "new@new.example", "categoryIds": [p.category, p.category], "tags": ["b", "a", "b", " a "],
            "campaignIds": [p.campaign, p.campaign], "commissionSnapshot": { "campaignId": p.campaign, "terms": terms },
        });
        let made = p.staff.done("createPartner", input, "partner { id tags categories { id } campaigns { totalCount nodes { id } } }").await["partner"].clone();
        assert_eq!(made["tags"], json!(["b", "a"]));
        assert_eq!(made["categories"], json!([{ "id": p.category }]));
        assert_eq!(made["campaigns"], json!({ "totalCount": 1, "nodes": [{ "id": p.campaign }] }));
        let input = json!({ "id": made["id"], "categoryIds": [p.category, p.category] });
        p.staff.done("updatePartner", input, "partner { id }").await;
        for _ in 0..2 {
            let input = json!({ "partnerId": made["id"], "campaignId": p.campaign });
            let joined = p.staff.done("addPartnerToCampaign", input, "partner { campaigns { totalCount } }").await;
            assert_eq!(joined["partner"]["campaigns"]["totalCount"], 1);
        }
    }
}
