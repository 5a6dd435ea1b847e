//! Promises that come from approving a request.

use std::time::Duration;

use serde_json::{Value, json};

use super::{percent, promises};
use crate::support::both_databases;
use crate::support::programme::{Programme, made_id};

#[apply(both_databases)]
async fn an_approval_stamps_the_campaigns_terms_of_its_moment(app: TestApp) {
    let admin = app.admin().await;
    let terms = json!([
        { "basis": "PERCENT", "value": "12.5", "trigger": "FIRST", "eventType": "invoice_paid", "recurringMonths": 12 },
        { "basis": "FIXED", "value": "3", "currency": "KWD" }, { "basis": "GROUP_RULES" },
    ]);
    let campaign = made_id(
        &admin,
        "createCampaign",
        "campaign",
        json!({ "name": "C", "terms": percent("1"), "holdbackDays": 1 }),
    )
    .await;
    let asked = json!({ "name": "New", "email": "New@New.example", "campaignId": campaign, "message": "please" });
    let request = made_id(&admin, "createPartnershipRequest", "partnershipRequest", asked).await;
    // What counts is the moment of the approval, not that of the request, nor any later one.
    admin
        .done(
            "updateCampaign",
            json!({ "id": campaign, "terms": terms, "holdbackDays": 14 }),
            "campaign { id }",
        )
        .await;
    app.clock.advance(Duration::from_micros(7));
    let approved = admin
        .done(
            "approvePartnershipRequest",
            json!({ "id": request }),
            "partnershipRequest { status decidedAt reason email partner { id name email status type } }",
        )
        .await["partnershipRequest"]
        .clone();
    let partner = approved["partner"]["id"].as_str().unwrap();
    assert_eq!(
        approved,
        json!({
            "status": "APPROVED", "decidedAt": "2026-03-01T12:00:00.000007Z", "reason": null, "email": "new@new.example",
            "partner": { "id": partner, "name": "New", "email": "new@new.example", "status": "ACTIVE", "type": "AFFILIATE" },
        })
    );
    let stamped = promises(&admin, partner).await;
    assert_eq!(
        stamped,
        [json!({
            "version": 1, "source": "REQUEST_APPROVAL", "reason": null, "holdbackDays": 14, "createdAt": "2026-03-01T12:00:00.000007Z",
            "supersededAt": null, "campaign": { "id": campaign }, "partner": { "id": partner },
            "terms": [
                { "basis": "PERCENT", "value": "12.5", "currency": null, "trigger": "FIRST", "eventType": "invoice_paid", "recurringMonths": 12 },
                { "basis": "FIXED", "value": "3", "currency": "KWD", "trigger": "EVERY", "eventType": null, "recurringMonths": null },
                { "basis": "GROUP_RULES", "value": null, "currency": null, "trigger": "EVERY", "eventType": null, "recurringMonths": null },
            ],
        })]
    );
    admin
        .done(
            "updateCampaign",
            json!({ "id": campaign, "terms": [], "holdbackDays": null }),
            "campaign { id }",
        )
        .await;
    assert_eq!(promises(&admin, partner).await, stamped);
    let members = admin
        .data(&format!(
            "{{ campaign(id: {campaign:?}) {{ partners {{ nodes {{ id }} totalCount }} }} }}"
        ))
        .await;
    assert_eq!(
        members["campaign"]["partners"],
        json!({ "nodes": [{ "id": partner }], "totalCount": 1 })
    );
}

#[apply(both_databases)]
async fn a_campaign_without_terms_promises_the_groups_rules(app: TestApp) {
    let admin = app.admin().await;
    let campaign = made_id(&admin, "createCampaign", "campaign", json!({ "name": "C" })).await;
    let asked = json!({ "name": "New", "email": "new@new.example", "campaignId": campaign });
    let request = made_id(&admin, "createPartnershipRequest", "partnershipRequest", asked).await;
    let approved = admin
        .done(
            "approvePartnershipRequest",
            json!({ "id": request }),
            "partnershipRequest { partner { id } }",
        )
        .await;
    let stamped = promises(
        &admin,
        approved["partnershipRequest"]["partner"]["id"].as_str().unwrap(),
    )
    .await;
    assert_eq!(
        (&stamped[0]["terms"][0]["basis"], &stamped[0]["holdbackDays"]),
        (&json!("GROUP_RULES"), &Value::Null)
    );
    assert_eq!(stamped.len(), 1);
}

#[apply(both_databases)]
async fn a_known_address_joins_the_partner_that_has_it(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    p.staff
        .done("suspendPartner", json!({ "id": p.b, "reason": "r" }), "partner { id }")
        .await;
    let before = promises(&p.staff, &p.b).await;
    let asked = json!({ "name": "Somebody", "email": "BRAVO@bravo.example", "campaignId": p.second_campaign });
    let request = made_id(&p.staff, "createPartnershipRequest", "partnershipRequest", asked).await;
    let input = json!({ "id": request, "groupId": p.other_group });
    let approved = p
        .staff
        .done(
            "approvePartnershipRequest",
            input,
            "partnershipRequest { partner { id name status group { id } campaigns { totalCount } } }",
        )
        .await;
    assert_eq!(
        approved["partnershipRequest"]["partner"],
        json!({
            "id": p.b, "name": "bravo partner", "status": "SUSPENDED", "group": { "id": p.other_group }, "campaigns": { "totalCount": 3 },
        })
    );
    let after = promises(&p.staff, &p.b).await;
    assert_eq!(after[1..], before);
    assert_eq!(
        (&after[0]["source"], &after[0]["version"]),
        (&json!("REQUEST_APPROVAL"), &json!(1))
    );
    // Asked again for a campaign it has a promise for: the next version. Without a group it keeps its own.
    let asked = json!({ "name": "Somebody", "email": "bravo@bravo.example", "campaignId": p.campaign });
    let request = made_id(&p.staff, "createPartnershipRequest", "partnershipRequest", asked).await;
    let approved = p
        .staff
        .done(
            "approvePartnershipRequest",
            json!({ "id": request }),
            "partnershipRequest { partner { id group { id } } }",
        )
        .await;
    assert_eq!(
        approved["partnershipRequest"]["partner"],
        json!({ "id": p.b, "group": { "id": p.other_group } })
    );
    let newest = promises(&p.staff, &p.b).await[0].clone();
    assert_eq!(
        (
            &newest["version"],
            &newest["campaign"]["id"],
            &newest["terms"][0]["value"]
        ),
        (&json!(3), &json!(p.campaign), &json!("17"))
    );
}

#[apply(both_databases)]
async fn a_rejected_request_keeps_its_reason_and_promises_nothing(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let before = app.rows().await;
    let rejected = p
        .staff
        .done(
            "rejectPartnershipRequest",
            json!({ "id": p.request, "reason": " Not now " }),
            "partnershipRequest { status reason decidedAt partner { id } }",
        )
        .await;
    assert_eq!(
        rejected["partnershipRequest"],
        json!({
            "status": "REJECTED", "reason": "Not now", "decidedAt": "2026-03-01T12:00:01Z", "partner": null,
        })
    );
    let after = app.rows().await;
    for table in ["partner", "commission_snapshot", "campaign_member"] {
        assert_eq!(after[table], before[table]);
    }
    // The same address may ask again.
    let again = json!({ "name": "N", "email": "bravo-new@bravo-new.example", "campaignId": p.campaign });
    p.staff
        .done("createPartnershipRequest", again, "partnershipRequest { id }")
        .await;
}
