//! Every mutation of the schema: a good call leaves one entry, however often it is repeated; a refused one none.

use serde_json::{Value, json};

use super::{every_writer_has_left_one_entry, log};
use crate::idempotency::{Stage, selection, writing};
use crate::support::programme::made_id;
use crate::support::{Client, Sdl, TestApp, both_databases};

/// An input that is fine once, of any mutation but those of lists.
async fn input(app: &TestApp, stage: &Stage, mutation: &str) -> Value {
    let p = &stage.p;
    let staff = &p.staff;
    let made = async |field: &str, made: &str, input: Value| json!({ "id": made_id(staff, field, made, input).await });
    match mutation {
        "approveMatchingCommissions" => {
            let row = json!({ "partnerId": p.b, "amount": { "amount": "7", "currency": "USD" }, "reason": "agreed" });
            made_id(staff, "createManualCommission", "commission", row).await;
            json!({ "filter": { "partnerId": p.b } })
        }
        "createPayoutRun" => {
            let row = json!({ "partnerId": p.a, "amount": { "amount": "70", "currency": "USD" }, "reason": "agreed" });
            let row = made_id(staff, "createManualCommission", "commission", row).await;
            staff.mutate("approveCommissions", json!({ "ids": [row] }), "id").await;
            json!({ "partnerIds": [p.a] })
        }
        "redeliverWebhook" => {
            app.execute("UPDATE webhook_delivery SET status = 'DELIVERED'").await;
            json!({ "what": { "deliveryId": p.webhook_delivery } })
        }
        "deleteAdvertiser" => made("createAdvertiser", "advertiser", json!({ "name": "Free" })).await,
        "deleteCampaign" => made("createCampaign", "campaign", json!({ "name": "Free" })).await,
        "deleteCommissionRule" => json!({ "id": p.pipeline.rule }),
        "deleteCustomField" => {
            let field = json!({ "label": "Free", "options": [{ "label": "One" }] });
            made("createCustomField", "customField", field).await
        }
        "deleteDeal" => {
            let value = json!({ "amount": "1", "currency": "USD" });
            made(
                "createDeal",
                "deal",
                json!({ "name": "Free", "partnerId": p.a, "value": value }),
            )
            .await
        }
        "deletePartner" => {
            let partner = json!({ "name": "Free", "email": "free@free.example" });
            made("createPartner", "partner", partner).await
        }
        "deletePartnerCategory" => made("createPartnerCategory", "partnerCategory", json!({ "label": "Free" })).await,
        "deletePartnerGroup" => {
            let rules = json!([{ "recurring": { "percentage": "20" } }]);
            made(
                "createPartnerGroup",
                "partnerGroup",
                json!({ "name": "Free", "rules": rules }),
            )
            .await
        }
        "deletePartnerTier" => made("createPartnerTier", "partnerTier", json!({ "label": "Free" })).await,
        "deletePaymentStage" => {
            made(
                "createPaymentStage",
                "paymentStage",
                json!({ "label": "Free", "position": 77 }),
            )
            .await
        }
        "deleteTieredCommission" => json!({ "id": p.tiered }),
        "deleteWebhookEndpoint" => json!({ "id": p.webhook_endpoint }),
        "revokeApiKey" => json!({ "id": p.api_key }),
        _ => stage.input(mutation).await,
    }
}

fn shown(mutation: &str) -> &'static str {
    match mutation {
        _ if mutation.starts_with("delete") => "deletedId",
        "revokeApiKey" => "deletedId",
        _ => selection(mutation),
    }
}

/// Nothing is to be mended but what the inputs do wrong on purpose.
fn is_done(payload: &Value) -> bool {
    let payloads = payload.as_array().cloned().unwrap_or_else(|| vec![payload.clone()]);
    let problems = payloads
        .iter()
        .flat_map(|payload| payload["userErrors"].as_array().cloned().unwrap_or_default());
    problems
        .into_iter()
        .all(|problem| problem["code"] == "NOT_FOUND" && problem["field"] == json!(["ids", "1"]))
}

async fn call(client: &Client, mutation: &str, input: &Value) -> (bool, String, String) {
    let answer = client.try_mutate(mutation, input.clone(), shown(mutation)).await;
    let request = answer.headers["x-request-id"].to_str().unwrap().to_owned();
    let text = answer.body.to_string();
    (
        answer.codes().is_empty() && is_done(&answer.body["data"][mutation]),
        request,
        text,
    )
}

#[apply(both_databases)]
async fn a_good_call_of_each_leaves_one_entry(app: TestApp) {
    let sdl = Sdl::read();
    let repeatable: Vec<_> = writing(&sdl).into_iter().map(|(mutation, _)| mutation).collect();
    let (mut stages, mut stage) = (1, Stage::new(&app, 0).await);
    for mutation in sdl.names("Mutation") {
        let is_asking = mutation.starts_with("simulate") || mutation.starts_with("preview");
        if ["recordEvents", "recordTouches"].contains(&mutation.as_str()) || is_asking {
            continue; // Below.
        }
        let mut given = input(&app, &stage, &mutation).await;
        let keyed = |given: &mut Value| {
            if repeatable.contains(&mutation) {
                given["idempotencyKey"] = json!(format!("key of {mutation}"));
            }
        };
        keyed(&mut given);
        let (mut before, _) = log(&stage.p.staff).await;
        let (mut done, mut request, mut text) = call(&stage.p.staff, &mutation, &given).await;
        if !done {
            // A mutation before was in its way.
            stage = Stage::new(&app, stages).await;
            stages += 1;
            given = input(&app, &stage, &mutation).await;
            keyed(&mut given);
            (before, _) = log(&stage.p.staff).await;
            (done, request, text) = call(&stage.p.staff, &mutation, &given).await;
        }
        assert!(done, "{mutation}: {text}");
        let (count, entries) = log(&stage.p.staff).await;
        assert_eq!(count, before + 1, "{mutation}: {entries:#?}");
        let entry = &entries[0];
        assert_eq!(
            (&entry["operation"], &entry["actor"]),
            (&json!(mutation), &json!("ann"))
        );
        assert_eq!(entry["requestId"], json!(request), "{mutation}");
        assert!(entry["tokenId"].is_string() && entry["apiKey"].is_null() && entry["partner"].is_null());
        assert!(
            entry["count"].as_u64() > Some(0) || entry["changes"] != json!([]),
            "{mutation}: {entry}"
        );
        if repeatable.contains(&mutation) {
            call(&stage.p.staff, &mutation, &given).await;
            assert_eq!(log(&stage.p.staff).await.0, count, "{mutation} was repeated");
        }
        // Whoever may not do it leaves nothing.
        let other = app.staff_called("bob", &stage.p.tenant, "audit:read");
        let (done, _, text) = call(&other, &mutation, &given).await;
        assert!(!done, "{mutation}: {text}");
        assert_eq!(log(&stage.p.staff).await.0, count, "{mutation} was refused");
    }
    assert!(stages < 20, "{stages}");
    every_writer_has_left_one_entry(&app).await;
}

#[apply(both_databases)]
async fn events_of_a_list_are_counted(app: TestApp) {
    let stage = Stage::new(&app, 0).await;
    let p = &stage.p;
    let event = |id: &str, amount: &str| {
        json!({
            "externalId": id, "kind": "CHARGE", "amount": { "amount": amount, "currency": "USD" },
            "partnerId": p.a, "campaignId": p.campaign,
        })
    };
    let document =
        "mutation($input: [RecordEventInput!]!) { recordEvents(input: $input) { duplicate userErrors { code } } }";
    let events = json!([event("1", "1"), event("2", "-1"), event("3", "3"), event("1", "1")]);
    let (before, _) = log(&p.staff).await;
    p.staff.data_with(document, json!({ "input": events })).await;
    let (_, entries) = log(&p.staff).await;
    let new = &entries[..entries.len() - before as usize];
    assert!(
        new.iter()
            .all(|entry| entry["operation"] == "recordEvents" && entry["changes"] == json!([])),
        "{new:#?}"
    );
    assert_eq!(
        new.iter().map(|entry| entry["count"].as_u64().unwrap()).sum::<u64>(),
        2,
        "{new:#?}"
    );
    // All of them again, and one by one: nothing is new.
    p.staff.data_with(document, json!({ "input": events })).await;
    p.staff.done("recordEvent", event("1", "1"), "duplicate").await;
    assert_eq!(log(&p.staff).await.0, entries.len() as u64);
    // A refund is an event like others.
    let refund = json!({ "externalId": "r", "kind": "REFUND", "originalExternalId": "1" });
    p.staff.done("recordEvent", refund, "event { id }").await;
    let (count, entries) = log(&p.staff).await;
    assert_eq!(
        (count, &entries[0]["operation"], &entries[0]["count"]),
        (entries.len() as u64, &json!("recordEvent"), &json!(1))
    );
}

#[apply(both_databases)]
async fn asking_leaves_nothing(app: TestApp) {
    let stage = Stage::new(&app, 0).await;
    let p = &stage.p;
    let (before, _) = log(&p.staff).await;
    let mut asked = 0;
    for (mutation, input) in p.inputs() {
        if mutation.starts_with("simulate") {
            let answer = p
                .staff
                .try_mutate(mutation, input, crate::support::programme::made_by(mutation))
                .await;
            assert!(
                answer.codes().is_empty() && is_done(&answer.body["data"][mutation]),
                "{}",
                answer.body
            );
            asked += 1;
        }
    }
    assert!(asked >= 5, "{asked}");
    p.staff
        .done("previewPayoutRun", json!({}), "lines { totalCount }")
        .await;
    // Nor does an update that changes nothing.
    let tier = json!({ "id": p.tier });
    p.staff.done("updatePartnerTier", tier, "partnerTier { id }").await;
    p.staff
        .done("updatePartner", json!({ "id": p.a }), "partner { id }")
        .await;
    p.staff
        .done(
            "addPartnerToCampaign",
            json!({ "partnerId": p.a, "campaignId": p.campaign }),
            "partner { id }",
        )
        .await;
    assert_eq!(log(&p.staff).await.0, before);
}
