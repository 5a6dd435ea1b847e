//! Promises that staff gives: invitations and amendments, and which one is in force.

use std::time::Duration;

use serde_json::{Value, json};

use super::{percent, promises};
use crate::support::programme::{Programme, made_id};
use crate::support::{Client, both_databases};

/// The value of the promise in force for a campaign, or partner-wide.
async fn in_force(staff: &Client, partner: &str, campaign: Option<&str>) -> Value {
    let argument = campaign.map(|id| format!("(campaignId: {id:?})")).unwrap_or_default();
    let data = staff
        .data(&format!(
            "{{ partner(id: {partner:?}) {{ commissionSnapshot{argument} {{ terms {{ value }} }} }} }}"
        ))
        .await;
    data["partner"]["commissionSnapshot"]["terms"][0]["value"].clone()
}

fn term(value: &str) -> Value {
    json!({
        "basis": "PERCENT", "value": value, "currency": null, "trigger": "EVERY", "eventType": null, "recurringMonths": null,
    })
}

#[apply(both_databases)]
async fn an_invitation_stamps_the_given_terms_and_joins_the_campaign(app: TestApp) {
    let admin = app.admin().await;
    let campaign = made_id(
        &admin,
        "createCampaign",
        "campaign",
        json!({ "name": "C", "terms": percent("1"), "holdbackDays": 5 }),
    )
    .await;
    let invite = |email: &str, campaign: Option<&String>| {
        json!({
            "name": "N", "email": email, "commissionSnapshot": { "campaignId": campaign, "terms": percent("33.333333"), "holdbackDays": 0 },
        })
    };
    for (email, campaign) in [("a@a.example", Some(&campaign)), ("b@b.example", None)] {
        let made = admin
            .done(
                "createPartner",
                invite(email, campaign),
                "partner { id campaigns { nodes { id } } }",
            )
            .await["partner"]
            .clone();
        let id = made["id"].as_str().unwrap();
        let expected = campaign.map(|id| json!({ "id": id }));
        assert_eq!(made["campaigns"]["nodes"], json!(expected.iter().collect::<Vec<_>>()));
        assert_eq!(
            promises(&admin, id).await,
            [json!({
                "version": 1, "source": "INVITE", "reason": null, "holdbackDays": 0, "createdAt": "2026-03-01T12:00:00Z", "supersededAt": null,
                "campaign": expected, "partner": { "id": id }, "terms": [term("33.333333")],
            })]
        );
    }
    let plain = made_id(
        &admin,
        "createPartner",
        "partner",
        json!({ "name": "N", "email": "c@c.example", "campaignIds": [campaign] }),
    )
    .await;
    assert!(promises(&admin, &plain).await.is_empty());
    assert_eq!(in_force(&admin, &plain, Some(&campaign)).await, Value::Null);
}

#[apply(both_databases)]
async fn amendments_count_up_and_the_history_stays(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let id = made_id(
        &p.staff,
        "createPartner",
        "partner",
        json!({ "name": "N", "email": "n@n.example" }),
    )
    .await;
    let amend = async |campaign: Option<&str>, value: &str| {
        app.clock.advance(Duration::from_secs(1));
        let input = json!({ "partnerId": id, "campaignId": campaign, "terms": percent(value), "reason": format!("for {value}"), "holdbackDays": 3 });
        p.staff
            .done(
                "amendCommissionSnapshot",
                input,
                "commissionSnapshot { version source reason supersededAt }",
            )
            .await["commissionSnapshot"]
            .clone()
    };
    let (one, two) = (p.campaign.as_str(), p.second_campaign.as_str());
    for (campaign, value, version) in [
        (None, "1", 1),
        (Some(one), "2", 1),
        (None, "3", 2),
        (Some(two), "4", 1),
        (Some(one), "5", 2),
        (Some(one), "6", 3),
    ] {
        let made = amend(campaign, value).await;
        assert_eq!(
            made,
            json!({ "version": version, "source": "AMENDMENT", "reason": format!("for {value}"), "supersededAt": null })
        );
    }
    let history: Vec<_> = promises(&p.staff, &id)
        .await
        .iter()
        .map(|promise| {
            let field = |name: &str| {
                promise[name]
                    .as_str()
                    .map(|text| text.trim_start_matches("2026-03-01T12:00:").to_owned())
            };
            (
                promise["terms"][0]["value"].as_str().unwrap().to_owned(),
                promise["version"].as_u64().unwrap(),
                field("createdAt").unwrap(),
                field("supersededAt"),
            )
        })
        .collect();
    let row = |value: &str, version, at: &str, until: Option<&str>| {
        (value.to_owned(), version, at.to_owned(), until.map(str::to_owned))
    };
    assert_eq!(
        history,
        [
            row("6", 3, "07Z", None),
            row("5", 2, "06Z", Some("07Z")),
            row("4", 1, "05Z", None),
            row("3", 2, "04Z", None),
            row("2", 1, "03Z", Some("06Z")),
            row("1", 1, "02Z", Some("04Z")),
        ]
    );
    // A campaign's own promise comes before the partner-wide one, however old it is.
    amend(None, "7").await;
    for (campaign, value) in [
        (Some(one), "6"),
        (Some(two), "4"),
        (Some(p.other_campaign.as_str()), "7"),
        (None, "7"),
        (Some("cmp_01h2xcejqtf2nbrexx3vqjhp41"), "7"),
    ] {
        assert_eq!(in_force(&p.staff, &id, campaign).await, value, "{campaign:?}");
    }
    // An amendment promises; it joins nobody to a campaign.
    let joined = p
        .staff
        .data(&format!("{{ partner(id: {id:?}) {{ campaigns {{ totalCount }} }} }}"))
        .await;
    assert_eq!(joined["partner"]["campaigns"]["totalCount"], 0);
}
