//! How partnerships and campaigns move, what is in use, and what is given twice.

use serde_json::{Value, json};

use super::problems;
use crate::support::both_databases;
use crate::support::programme::Programme;

#[apply(both_databases)]
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
    for (number, way) in [
        vec![],
        vec!["activatePartner"],
        vec!["suspendPartner"],
        vec!["revokePartner"],
    ]
    .into_iter()
    .enumerate()
    {
        for transition in moves {
            let new = json!({ "name": "N", "email": format!("{transition}-{number}@n.example"), "sendInvite": true });
            let mut partner = p.staff.done("createPartner", new, "partner { id status }").await["partner"].clone();
            for step in &way {
                partner = p
                    .staff
                    .done(step, input(step, &partner["id"]), "partner { id status }")
                    .await["partner"]
                    .clone();
            }
            let status = partner["status"].as_str().unwrap();
            if allowed(status).contains(&transition) {
                p.staff
                    .done(transition, input(transition, &partner["id"]), "partner { status }")
                    .await;
            } else {
                let before = app.rows().await;
                assert_eq!(
                    problems(&p, transition, input(transition, &partner["id"])).await,
                    ["INVALID_TRANSITION id"],
                    "{transition} from {status}"
                );
                assert_eq!(app.rows().await, before);
            }
        }
    }
}

#[apply(both_databases)]
async fn whoever_takes_the_wrong_way_back_is_told_the_right_one(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for (away, wrong, right) in [
        ("suspendPartner", "reinstatePartner", "activatePartner"),
        ("revokePartner", "activatePartner", "reinstatePartner"),
    ] {
        p.staff
            .done(away, json!({ "id": p.b, "reason": "check" }), "partner { id }")
            .await;
        let refused = p.staff.mutate(wrong, json!({ "id": p.b }), "partner { id }").await;
        let text = refused["userErrors"][0]["message"].as_str().unwrap();
        assert!(text.contains(right), "{text}");
        p.staff.done(right, json!({ "id": p.b }), "partner { id }").await;
    }
}

#[apply(both_databases)]
async fn in_use_names_the_count_and_nothing_in_use_goes(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    // Revoked partners count.
    p.staff
        .done(
            "revokePartner",
            json!({ "id": p.b, "reason": "fraud" }),
            "partner { id }",
        )
        .await;
    for (mutation, id, text) in [
        ("deletePartnerGroup", &p.group, "2 partners"),
        ("deletePartnerTier", &p.tier, "2 partners"),
        ("deletePartnerCategory", &p.category, "2 partners"),
        ("deleteAdvertiser", &p.advertiser, "3 campaigns, 1 tiered commissions"),
        (
            "deleteCampaign",
            &p.campaign,
            "3 commission snapshots, 1 partnership requests, 2 partners, 2 tiered commissions",
        ),
        ("deletePartnerGroup", &p.default_group, "default"),
    ] {
        let payload = p.staff.mutate(mutation, json!({ "id": id }), "deletedId").await;
        assert!(
            payload["userErrors"][0]["message"].as_str().unwrap().contains(text),
            "{mutation}: {payload}"
        );
    }
    let free = json!({ "groupId": null, "tierId": null, "categoryIds": [] });
    for id in [&p.a, &p.b] {
        let mut input = free.clone();
        input["id"] = json!(id);
        p.staff.done("updatePartner", input, "partner { id }").await;
    }
    for id in [&p.campaign, &p.second_campaign, &p.other_campaign] {
        p.staff
            .done(
                "updateCampaign",
                json!({ "id": id, "advertiserId": null }),
                "campaign { id }",
            )
            .await;
    }
    let tier = json!({ "id": p.other_tiered, "advertiserIds": [] });
    p.staff
        .done("updateTieredCommission", tier, "tieredCommission { id }")
        .await;
    for (mutation, id) in [
        ("deletePartnerGroup", &p.group),
        ("deletePartnerTier", &p.tier),
        ("deletePartnerCategory", &p.category),
        ("deleteAdvertiser", &p.advertiser),
    ] {
        assert_eq!(
            p.staff.done(mutation, json!({ "id": id }), "deletedId").await["deletedId"],
            **id
        );
        assert_eq!(problems(&p, mutation, json!({ "id": id })).await, ["NOT_FOUND id"]);
        assert!(p.staff.data(&format!("{{ node(id: {id:?}) {{ id }} }}")).await["node"].is_null());
    }
}

#[apply(both_databases)]
async fn ending_a_campaign_ends_its_window_and_reopening_needs_a_later_end(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let change = |changes: Value| {
        let mut input = changes;
        input["id"] = json!(p.campaign);
        input
    };
    let ended = p
        .staff
        .done(
            "updateCampaign",
            change(json!({ "status": "ENDED" })),
            "campaign { endsAt }",
        )
        .await;
    assert_eq!(ended["campaign"]["endsAt"], "2026-03-01T12:00:01Z");
    app.clock.advance(std::time::Duration::from_secs(60));
    let renamed = p
        .staff
        .done(
            "updateCampaign",
            change(json!({ "name": "Other" })),
            "campaign { endsAt status }",
        )
        .await;
    assert_eq!(
        renamed["campaign"],
        json!({ "endsAt": "2026-03-01T12:00:01Z", "status": "ENDED" })
    );
    for changes in [
        json!({ "status": "ACTIVE" }),
        json!({ "status": "PAUSED" }),
        json!({ "status": "ACTIVE", "endsAt": "2026-03-01T12:01:01Z" }),
    ] {
        assert_eq!(
            problems(&p, "updateCampaign", change(changes)).await,
            ["INVALID endsAt"]
        );
    }
    let open = p
        .staff
        .done(
            "updateCampaign",
            change(json!({ "status": "ACTIVE", "endsAt": null })),
            "campaign { endsAt status }",
        )
        .await;
    assert_eq!(open["campaign"], json!({ "endsAt": null, "status": "ACTIVE" }));
    // One that never started can be ended too, and changed afterwards.
    let never = json!({ "name": "Never", "startsAt": "2027-01-01T00:00:00Z" });
    let id = p.staff.done("createCampaign", never, "campaign { id }").await["campaign"]["id"].clone();
    p.staff
        .done(
            "updateCampaign",
            json!({ "id": id, "status": "ENDED" }),
            "campaign { id }",
        )
        .await;
    p.staff
        .done(
            "updateCampaign",
            json!({ "id": id, "name": "Never again" }),
            "campaign { id }",
        )
        .await;
}

#[apply(both_databases)]
async fn ids_given_twice_count_once(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let terms = json!([{ "basis": "GROUP_RULES" }]);
    let input = json!({
        "name": "New", "email": "new@new.example", "categoryIds": [p.category, p.category], "tags": ["b", "a", "b", " a "],
        "campaignIds": [p.campaign, p.campaign], "commissionSnapshot": { "campaignId": p.campaign, "terms": terms },
    });
    let made = p
        .staff
        .done(
            "createPartner",
            input,
            "partner { id tags categories { id } campaigns { totalCount nodes { id } } }",
        )
        .await["partner"]
        .clone();
    assert_eq!(made["tags"], json!(["b", "a"]));
    assert_eq!(made["categories"], json!([{ "id": p.category }]));
    assert_eq!(
        made["campaigns"],
        json!({ "totalCount": 1, "nodes": [{ "id": p.campaign }] })
    );
    let input = json!({ "id": made["id"], "categoryIds": [p.category, p.category] });
    p.staff.done("updatePartner", input, "partner { id }").await;
    for _ in 0..2 {
        let input = json!({ "partnerId": made["id"], "campaignId": p.campaign });
        let joined = p
            .staff
            .done("addPartnerToCampaign", input, "partner { campaigns { totalCount } }")
            .await;
        assert_eq!(joined["partner"]["campaigns"]["totalCount"], 1);
    }
}
