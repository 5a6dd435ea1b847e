//! What is told: every transition, signed, in the order of its object.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Receiver, Seller, approve, deliveries, endpoint, local, told, work};
use crate::support::both_databases;

/// The published schema says of a type exactly the fields that there are.
fn assert_as_published(message: &Value) {
    let schema: Value = serde_json::from_str(include_str!("../../../docs/webhooks.schema.json")).unwrap();
    let kind = message["type"].as_str().unwrap();
    let object = kind.split('.').next().unwrap();
    let types: Vec<_> = schema["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|one| one["properties"]["type"]["enum"].as_array().unwrap())
        .collect();
    assert!(types.contains(&&json!(kind)), "{kind}");
    let keys = |object: &Value| object.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
    assert_eq!(
        keys(&message["data"]),
        keys(&schema["$defs"][object]["properties"]),
        "{message}"
    );
}

#[apply(both_databases)]
async fn every_transition_is_told_in_the_order_of_its_object(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (app.admin().await, Receiver::start().await);
    let early = Seller::new(&staff, "early").await;
    let (_, secret) = endpoint(&staff, &receiver.url(), &[]).await;
    let seller = Seller::new(&staff, "ann").await;
    let paid = seller.earns(&staff, "10").await;
    let reversed = seller.earns(&staff, "4").await;
    approve(&staff, &paid).await;
    let document = "mutation($id: ID!) { reverseCommissions(input: { ids: [$id], reason: \"hidden\" }) { userErrors { message } } }";
    staff.data_with(document, json!({ "id": reversed })).await;
    let run = staff
        .done("createPayoutRun", json!({}), "payoutRun { payouts { nodes { id } } }")
        .await;
    let payout = &run["payoutRun"]["payouts"]["nodes"][0]["id"];
    staff
        .done(
            "settlePayout",
            json!({ "id": payout, "status": "PAID", "reference": "hidden" }),
            "payout { id }",
        )
        .await;
    for (mutation, input) in [
        ("suspendPartner", json!({ "id": seller.id, "reason": "hidden" })),
        ("activatePartner", json!({ "id": seller.id })),
        ("revokePartner", json!({ "id": early.id, "reason": "hidden" })),
        ("reinstatePartner", json!({ "id": early.id })),
    ] {
        staff.done(mutation, input, "partner { id }").await;
    }
    let campaign = staff
        .done(
            "createCampaign",
            json!({ "name": "hidden", "externalId": "C-1" }),
            "campaign { id }",
        )
        .await;
    let asked = json!({ "name": "hidden", "email": "eve@hidden.example", "campaignId": campaign["campaign"]["id"] });
    let request = staff
        .done("createPartnershipRequest", asked, "partnershipRequest { id }")
        .await;
    let request = &request["partnershipRequest"]["id"];
    staff
        .done(
            "approvePartnershipRequest",
            json!({ "id": request }),
            "partnershipRequest { id }",
        )
        .await;

    work(&app.app).await;
    let messages = receiver.take();
    let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut last = BTreeMap::new();
    for message in &messages {
        assert!(message.is_signed_with(&secret), "{message:?}");
        assert_as_published(&message.body);
        assert!(
            !message.text.contains("hidden") && !message.text.contains("ann@"),
            "{}",
            message.text
        );
        let data = &message.body["data"];
        let ids = ["commissionId", "payoutId", "partnershipRequestId", "partnerId"];
        // A commission names its payout and its partner, too.
        let own = ids.iter().find(|name| {
            let kind = message
                .kind()
                .split('.')
                .next()
                .unwrap()
                .replace("partnership_request", "partnershipRequest");
            name.strip_suffix("Id") == Some(kind.as_str())
        });
        let object = data[*own.expect("an object")].as_str().expect("an id").to_owned();
        let sequence = data["sequence"].as_i64().expect("a number");
        assert!(
            last.insert(object.clone(), sequence)
                .is_none_or(|before| before < sequence),
            "{message:?}"
        );
        of.entry(object).or_default().push(message.kind().to_owned());
    }
    let joined = messages
        .iter()
        .filter(|message| message.kind() == "partner.created")
        .count();
    assert_eq!(joined, 2, "ann, and who asked");
    assert_eq!(
        of[&paid],
        ["commission.accrued", "commission.approved", "commission.paid"]
    );
    assert_eq!(of[&reversed], ["commission.accrued", "commission.reversed"]);
    assert_eq!(of[payout.as_str().unwrap()], ["payout.created", "payout.settled"]);
    assert_eq!(
        of[&seller.id],
        ["partner.created", "partner.suspended", "partner.activated"]
    );
    assert_eq!(
        of[&early.id],
        ["partner.revoked", "partner.reinstated"],
        "it was made before the endpoint"
    );
    assert_eq!(
        of[request.as_str().unwrap()],
        ["partnership_request.created", "partnership_request.decided"]
    );

    let of_kind = |kind: &str| {
        messages
            .iter()
            .find(|message| message.kind() == kind)
            .unwrap()
            .body
            .clone()
    };
    let settled = of_kind("payout.settled");
    assert_eq!(
        settled["data"]["amount"],
        json!({ "amount": "10.00", "currency": "EUR" })
    );
    assert_eq!(
        (&settled["data"]["status"], &settled["data"]["partnerExternalId"]),
        (&json!("PAID"), &json!("P-ann"))
    );
    // It tells of the time when it happened, whatever came later.
    assert_eq!(of_kind("payout.created")["data"]["status"], "PENDING");
    assert_eq!(of_kind("commission.paid")["data"]["payoutId"], *payout);
    assert_eq!(of_kind("commission.accrued")["data"]["payoutId"], Value::Null);
    assert_eq!(of_kind("partnership_request.created")["data"]["status"], "PENDING");
    assert_eq!(
        of_kind("partnership_request.decided")["data"]["campaignExternalId"],
        "C-1"
    );

    let all = deliveries(&staff).await;
    assert_eq!(all.len(), messages.len());
    for delivery in &all {
        assert_eq!(delivery["status"], "DELIVERED");
        assert_eq!(delivery["attempts"][0]["statusCode"], 204);
        let sent = messages
            .iter()
            .find(|message| message.headers["webhook-id"] == delivery["id"].as_str().unwrap());
        assert_eq!(sent.expect("it was sent").body, delivery["payload"]);
    }
    // There is nothing to be said twice.
    work(&app.app).await;
    assert!(receiver.take().is_empty());
}

#[apply(both_databases)]
async fn an_endpoint_hears_of_what_it_selects(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, one, other) = (app.admin().await, Receiver::start().await, Receiver::start().await);
    endpoint(&staff, &one.url(), &["COMMISSION_APPROVED", "PARTNER_CREATED"]).await;
    let seller = Seller::new(&staff, "ann").await;
    let (second, _) = endpoint(&staff, &other.url(), &["COMMISSION_ACCRUED"]).await;
    let row = seller.earns(&staff, "10").await;
    approve(&staff, &row).await;
    work(&app.app).await;
    let mut kinds = one.kinds();
    kinds.sort();
    assert_eq!(kinds, ["commission.approved", "partner.created"]);
    assert_eq!(other.kinds(), ["commission.accrued"]);
    let document = format!(
        "{{ webhookDeliveries(endpointId: {second:?}, status: [DELIVERED]) {{ totalCount nodes {{ type }} }} }}"
    );
    assert_eq!(
        staff.data(&document).await["webhookDeliveries"],
        json!({ "totalCount": 1, "nodes": [{ "type": "COMMISSION_ACCRUED" }] })
    );
    // Another tenant hears of nothing here.
    let foreign = app.staff(&app.tenant("other").await, "admin");
    assert_eq!(told(&foreign).await, [""; 0]);
    assert_eq!(foreign.data(&document).await["webhookDeliveries"]["totalCount"], 0);
}

#[apply(both_databases)]
async fn a_tier_that_is_reached_is_told_once(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (app.admin().await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    let campaign = json!({ "name": "C", "terms": [{ "basis": "PERCENT", "value": "10" }] });
    let campaign = staff.done("createCampaign", campaign, "campaign { id }").await["campaign"]["id"].clone();
    let tier = json!({
        "name": "T", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY",
        "partnerIds": [seller.id], "campaignIds": [campaign], "currency": "EUR",
        "goals": [{ "metric": "CONVERSION", "goal": "2" }], "payout": { "action": "INCREASE", "value": "50" },
    });
    let tier = staff
        .done("createTieredCommission", tier, "tieredCommission { id }")
        .await["tieredCommission"]["id"]
        .clone();
    endpoint(&staff, &receiver.url(), &["TIER_ACHIEVED"]).await;
    for number in 0..4 {
        let event = json!({
            "externalId": format!("e-{number}"), "kind": "CONVERSION", "amount": { "amount": "10", "currency": "EUR" },
            "partnerId": seller.id, "campaignId": campaign,
        });
        staff.done("recordEvent", event, "event { id }").await;
        work(&app.app).await;
        let messages = receiver.take();
        assert_eq!(messages.len(), usize::from(number == 1), "{number}: {messages:?}");
        for message in messages {
            assert_as_published(&message.body);
            let data = &message.body["data"];
            assert_eq!(
                (&data["tieredCommissionId"], &data["campaignId"], &data["partnerId"]),
                (&tier, &campaign, &json!(seller.id))
            );
        }
    }
}
