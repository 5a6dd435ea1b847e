//! What there may be only one of, and what must not dangle.

use serde_json::{Value, json};

use super::{at_once, codes, one_winner};
use crate::support::programme::{Programme, made_id};
use crate::support::{Client, both_databases};

fn rules() -> Value {
    json!([{ "recurring": { "percentage": "1" } }])
}

async fn defaults(admin: &Client) -> Vec<String> {
    let data = admin
        .data("{ partnerGroups(first: 500) { nodes { id default } } }")
        .await;
    let groups = data["partnerGroups"]["nodes"].as_array().unwrap().iter();
    groups
        .filter(|group| group["default"] == true)
        .map(|group| group["id"].as_str().unwrap().to_owned())
        .collect()
}

#[apply(both_databases)]
async fn switches_of_the_default_group_leave_exactly_one(app: TestApp) {
    let admin = app.admin().await;
    let mut groups = Vec::new();
    for number in 0..8 {
        let input = json!({ "name": format!("G{number}"), "rules": rules(), "default": number == 0 });
        groups.push(made_id(&admin, "createPartnerGroup", "partnerGroup", input).await);
    }
    let switch = |id: &String| {
        (
            "updatePartnerGroup",
            json!({ "id": id, "default": true }),
            "partnerGroup { default }",
        )
    };
    for round in 0..20 {
        let (one, other) = (&groups[round % 8], &groups[(round + 3) % 8]);
        let answers = at_once(&admin, vec![switch(one), switch(other)]).await;
        assert!(codes(&answers).iter().all(Vec::is_empty), "{answers:?}");
        let left = defaults(&admin).await;
        assert!(
            left.len() == 1 && [one, other].contains(&&left[0]),
            "round {round}: {left:?}"
        );
    }
    for round in 0..5 {
        let mut mutations: Vec<_> = groups.iter().map(switch).collect();
        // Beside switches: a rename of the present default group, new default groups, and a default given up.
        mutations.push((
            "updatePartnerGroup",
            json!({ "id": defaults(&admin).await[0], "name": "Renamed" }),
            "partnerGroup { default }",
        ));
        mutations.push((
            "createPartnerGroup",
            json!({ "name": "New", "rules": rules(), "default": true }),
            "partnerGroup { default }",
        ));
        mutations.push((
            "createPartnerGroup",
            json!({ "name": "Newer", "rules": rules(), "default": true }),
            "partnerGroup { default }",
        ));
        let answers = at_once(&admin, mutations).await;
        assert!(codes(&answers).iter().all(Vec::is_empty), "round {round}: {answers:?}");
        assert_eq!(defaults(&admin).await.len(), 1, "round {round}");
    }
}

#[apply(both_databases)]
async fn of_two_with_the_same_email_or_external_id_one_wins(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for round in 0..5 {
        let email = |name: &str| json!({ "name": name, "email": format!("Same{round}@a.example") });
        let answers = at_once(
            &p.staff,
            ["A", "B", "C", "D"]
                .map(|name| ("createPartner", email(name), "partner { id }"))
                .into(),
        )
        .await;
        one_winner(&answers, "TAKEN");
        assert!(
            answers.iter().all(|answer| answer["userErrors"][0]["field"].is_null()
                || answer["userErrors"][0]["field"] == json!(["email"]))
        );
        for (mutation, mut input, selection) in [
            ("createPartner", json!({ "name": "N" }), "partner { id }"),
            ("createCampaign", json!({ "name": "N" }), "campaign { id }"),
            (
                "createPartnerGroup",
                json!({ "name": "N", "rules": rules() }),
                "partnerGroup { id }",
            ),
            ("createPartnerTier", json!({}), "partnerTier { id }"),
            ("createPartnerCategory", json!({}), "partnerCategory { id }"),
            ("createAdvertiser", json!({ "name": "N" }), "advertiser { id }"),
            (
                "createPaymentStage",
                json!({ "label": "N", "position": 1 }),
                "paymentStage { id }",
            ),
            (
                "createCustomField",
                json!({ "label": "N", "options": [{ "label": "O" }] }),
                "customField { id }",
            ),
            (
                "createDeal",
                json!({ "name": "N", "partnerId": p.a, "value": { "amount": "1", "currency": "EUR" } }),
                "deal { id }",
            ),
            (
                "createCommissionRule",
                json!({ "label": "N", "partnerType": "RESELLER", "entries": [{
                    "paymentStageId": p.pipeline.stage, "oneOff": { "valueType": "FIXED", "value": "1" },
                }] }),
                "commissionRule { id }",
            ),
        ] {
            input["externalId"] = json!(format!("same-{round}"));
            let inputs = (0..4).map(|number| {
                let mut input = input.clone();
                match mutation {
                    "createPartner" => input["email"] = json!(format!("e{round}-{number}@a.example")),
                    "createPartnerTier" | "createPartnerCategory" => {
                        input["label"] = json!(format!("L{round}-{number}"))
                    }
                    _ => {}
                }
                (mutation, input, selection)
            });
            let answers = at_once(&p.staff, inputs.collect()).await;
            one_winner(&answers, "TAKEN");
            let taken = answers
                .iter()
                .filter_map(|answer| answer["userErrors"][0]["field"].as_array());
            assert!(
                taken.into_iter().all(|path| *path == [json!("externalId")]),
                "{answers:?}"
            );
        }
        let labels = (0..4).map(|_| {
            (
                "createPartnerTier",
                json!({ "label": format!("Same {round}") }),
                "partnerTier { id }",
            )
        });
        one_winner(&at_once(&p.staff, labels.collect()).await, "TAKEN");
        let asked = json!({ "name": "N", "email": format!("asks{round}@a.example"), "campaignId": p.campaign });
        let asked = (0..4).map(|_| ("createPartnershipRequest", asked.clone(), "partnershipRequest { id }"));
        one_winner(&at_once(&p.staff, asked.collect()).await, "TAKEN");
    }
}

#[apply(both_databases)]
async fn what_is_deleted_while_somebody_joins_leaves_nothing_dangling(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    for round in 0..12 {
        let email = format!("n{round}@a.example");
        let group = made_id(
            &p.staff,
            "createPartnerGroup",
            "partnerGroup",
            json!({ "name": "G", "rules": rules() }),
        )
        .await;
        let tier = made_id(
            &p.staff,
            "createPartnerTier",
            "partnerTier",
            json!({ "label": format!("T{round}") }),
        )
        .await;
        let category = made_id(
            &p.staff,
            "createPartnerCategory",
            "partnerCategory",
            json!({ "label": format!("C{round}") }),
        )
        .await;
        let campaign = made_id(&p.staff, "createCampaign", "campaign", json!({ "name": "C" })).await;
        let new = json!({ "name": "N", "email": email, "groupId": group });
        let answers = at_once(
            &p.staff,
            vec![
                ("deletePartnerGroup", json!({ "id": group }), "deletedId"),
                ("createPartner", new, "partner { group { id } }"),
                ("deletePartnerTier", json!({ "id": tier }), "deletedId"),
                (
                    "updatePartner",
                    json!({ "id": p.a, "tierId": tier }),
                    "partner { tier { id } }",
                ),
                ("deletePartnerCategory", json!({ "id": category }), "deletedId"),
                (
                    "updatePartner",
                    json!({ "id": p.b, "categoryIds": [category] }),
                    "partner { categories { id } }",
                ),
                ("deleteCampaign", json!({ "id": campaign }), "deletedId"),
                (
                    "addPartnerToCampaign",
                    json!({ "partnerId": p.a, "campaignId": campaign }),
                    "partner { id }",
                ),
            ],
        )
        .await;
        for pair in answers.chunks(2) {
            let codes = codes(pair);
            // Either it is gone and nobody joined, or somebody joined and it is in use.
            let gone = codes[0].is_empty();
            assert_ne!(gone, codes[1].is_empty(), "round {round}: {pair:?}");
            assert!(gone || codes[0] == ["IN_USE"], "round {round}: {pair:?}");
            assert!(
                !gone || codes[1] == ["NOT_FOUND"] || codes[1] == ["CONFLICT"],
                "round {round}: {pair:?}"
            );
        }
        let partners = p.staff.data("{ partners(first: 500) { nodes { id group { id } tier { id } categories { id } campaigns { nodes { id } } } } }").await.to_string();
        for (id, gone) in [&group, &tier, &category]
            .into_iter()
            .zip(answers.chunks(2).map(|pair| pair[0]["deletedId"].is_string()))
        {
            assert_eq!(partners.contains(id.as_str()), !gone, "round {round}: {id}");
        }
    }
}
