//! The ledger figures of the worked examples, through the API.

use serde_json::{Value, json};

use super::{Shop, amounts, charge, euros, merged, refund, text};
use crate::support::{TestApp, both_databases};

fn case(id: &str) -> Value {
    let all: Vec<Value> = serde_json::from_str(include_str!("../../data/worked-examples.json")).expect("valid JSON");
    all.into_iter()
        .find(|case| case["id"] == id)
        .unwrap_or_else(|| panic!("no case {id}"))
}

/// A number of the examples, which are JSON numbers, as a decimal string.
fn number(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Terms of the examples as ours.
fn terms(rules: &Value) -> Value {
    let terms = rules.as_array().expect("rules").iter().map(|rule| {
        json!({
            "basis": text(&rule["type"]).to_uppercase(), "value": number(&rule["value"]),
            "trigger": text(&rule["trigger"]).to_uppercase(), "eventType": rule["eventType"],
        })
    });
    terms.collect()
}

/// The events of a compound example, by one customer.
fn events(case: &Value) -> Vec<Value> {
    let events = case["inputs"]["events"].as_array().expect("events").iter().enumerate();
    events
        .map(|(index, event)| {
            json!({
                "externalId": format!("event-{index}"), "type": event["type"], "customerExternalId": "customer",
                "kind": if event["value"].is_null() { "CONVERSION" } else { "CHARGE" },
                "amount": event["value"].as_str().map(euros), "occurredAt": format!("{}T00:00:00Z", text(&event["ts"])),
            })
        })
        .collect()
}

/// An instant of the examples: the clock goes there.
fn travel(app: &TestApp, to: &Value) {
    let to: tributary::domain::Timestamp = text(to).parse().unwrap();
    app.clock.advance((to - app.clock.now()).to_std().expect("forwards"));
}

#[apply(both_databases)]
async fn a_commission_matures_its_holdback_after_it_accrued(app: TestApp) {
    let case = case("ledger-mature-at");
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    travel(&app, &case["inputs"]["accruedAt"]);
    let campaign = shop
        .campaign_with(json!({
            "holdbackDays": case["inputs"]["holdbackDays"],
            "terms": [{ "basis": "FIXED", "value": case["inputs"]["amount"], "currency": case["inputs"]["currency"] }],
        }))
        .await;
    let event = json!({ "externalId": "1", "kind": "CONVERSION", "partnerId": partner, "campaignId": campaign });
    let row = &shop.record(event).await["commissions"][0];
    assert_eq!(row["amount"], json!({ "amount": "12.00", "currency": "USD" }));
    assert_eq!(row["matureAt"], case["expected"]["matureAt"]);
    assert_eq!(row["accruedAt"], case["inputs"]["accruedAt"]);
    assert_eq!(text(&row["status"]).to_lowercase(), text(&case["expected"]["status"]));
}

#[apply(both_databases)]
async fn the_holdback_is_the_snapshots_or_else_the_campaigns(app: TestApp) {
    let case = case("ledger-holdback-coalesce");
    let shop = Shop::new(&app).await;
    let terms = json!([{ "basis": "PERCENT", "value": "20" }]);
    for (index, holdback) in case["inputs"]["cases"].as_array().unwrap().iter().enumerate() {
        let campaign = shop
            .campaign_with(json!({ "terms": terms, "holdbackDays": holdback["campaign"] }))
            .await;
        let snapshot = json!({ "campaignId": campaign, "terms": terms, "holdbackDays": holdback["snapshot"] });
        let partner = shop
            .partner_with(&format!("p{index}"), json!({ "commissionSnapshot": snapshot }))
            .await;
        let row = shop.sale(&format!("sale-{index}"), &partner, &campaign, "100").await;
        assert_eq!(
            shop.row(&row).await["holdbackDays"],
            case["expected"]["effective"][index]
        );
    }
}

#[apply(both_databases)]
async fn a_promise_outlives_an_edit_of_the_campaign(app: TestApp) {
    let case = case("ledger-snapshot-grandfather");
    let (inputs, expected) = (&case["inputs"], &case["expected"]);
    let shop = Shop::new(&app).await;
    let value = text(&inputs["event_value"]);
    let campaign = shop.percent(&number(&inputs["campaign_rate_at_approval"])).await;
    let asked = json!({ "name": "Old", "email": "old@example.com", "campaignId": campaign });
    let request = shop.make("createPartnershipRequest", "partnershipRequest", asked).await;
    let approved = shop
        .staff()
        .done(
            "approvePartnershipRequest",
            json!({ "id": request }),
            "partnershipRequest { partner { id } }",
        )
        .await;
    let old = text(&approved["partnershipRequest"]["partner"]["id"]);
    let past = shop.sale("past", &old, &campaign, &value).await;
    let before = shop.row(&past).await;
    let edit = json!({ "id": campaign, "terms": [
        { "basis": "PERCENT", "value": number(&inputs["campaign_rate_after_edit"]) },
    ] });
    shop.make("updateCampaign", "campaign", edit).await;
    let new = shop.partner("new").await;
    assert_eq!(
        shop.earned(charge("a", &old, &campaign, &value)).await,
        [text(&expected["existing_partner"])]
    );
    assert_eq!(
        shop.earned(charge("b", &new, &campaign, &value)).await,
        [text(&expected["new_partner"])]
    );
    assert_eq!(shop.row(&past).await, before);
}

#[apply(both_databases)]
async fn approving_before_maturity_names_when_it_matures(app: TestApp) {
    let case = case("ledger-approve-early");
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    travel(&app, &case["inputs"]["accruedAt"]);
    let campaign = shop
        .campaign_with(json!({
            "holdbackDays": case["inputs"]["holdbackDays"], "terms": [{ "basis": "PERCENT", "value": "20" }],
        }))
        .await;
    let row = shop.sale("1", &partner, &campaign, "100").await;
    travel(&app, &case["inputs"]["approveAt"]);
    let input = json!({ "ids": [row] });
    let answers = shop
        .staff()
        .mutate("approveCommissions", input.clone(), "commission { status }")
        .await;
    let error = &answers[0]["userErrors"][0];
    assert_eq!(error["code"], "HOLDBACK_ACTIVE");
    assert!(text(&error["message"]).contains("2026-05-24T12:00:00Z"), "{error}");
    assert_eq!(answers[0]["commission"]["status"], "ACCRUED");
    app.clock.advance(std::time::Duration::from_secs(1));
    assert_eq!(shop.answers("approveCommissions", input).await, [""]);
    assert_eq!(shop.status(&row).await, "APPROVED");
}

#[apply(both_databases)]
async fn percentages_round_to_the_cent(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    for (id, percent, value) in [
        ("ledger-partner-doc", "/inputs/percent", "/inputs/value"),
        ("op-amount-2", "/inputs/rule/value", "/inputs/event_value"),
        ("op-amount-6", "/inputs/rule/value", "/inputs/event_value"),
    ] {
        let case = case(id);
        let campaign = shop.percent(&number(case.pointer(percent).unwrap())).await;
        let value = text(case.pointer(value).unwrap());
        assert_eq!(
            shop.earned(charge(id, &partner, &campaign, &value)).await,
            [text(&case["expected"]["amount"])]
        );
    }
}

#[apply(both_databases)]
async fn compound_terms_pay_first_and_later_events_apart(app: TestApp) {
    let shop = Shop::new(&app).await;
    for (index, id) in ["op-first-plus-recurring", "op-first-subsequent"]
        .into_iter()
        .enumerate()
    {
        let case = case(id);
        let partner = shop.partner(&format!("p{index}")).await;
        let campaign = shop.campaign(terms(&case["inputs"]["rules"])).await;
        let mut earned = Vec::new();
        for event in events(&case) {
            let own = json!({
                "externalId": format!("{id} {}", text(&event["externalId"])), "customerExternalId": id,
                "partnerId": partner, "campaignId": campaign,
            });
            earned.extend(shop.earned(merged(event, own)).await);
        }
        assert_eq!(json!(earned), case["expected"]["commissions"], "{id}");
        shop.assert_sound(&partner).await;
    }
}

#[apply(both_databases)]
async fn a_redelivered_event_is_recorded_once(app: TestApp) {
    let case = case("op-redelivery");
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let id = text(&case["inputs"]["external_event_id"]);
    for delivery in 0..case["inputs"]["deliveries"].as_u64().unwrap() {
        let recorded = shop.record(charge(&id, &partner, &campaign, "49")).await;
        assert_eq!(recorded["duplicate"], delivery > 0);
        assert_eq!(amounts(&recorded["commissions"]), ["9.80"]);
    }
    let events = shop.staff().data("{ events { totalCount } }").await;
    assert_eq!(events["events"]["totalCount"], case["expected"]["events"]);
    assert_eq!(shop.ledger(&partner).await, ["EVENT ACCRUED 9.80"]);
}

#[apply(both_databases)]
async fn a_refunded_invoice_reverses_its_accrued_commission(app: TestApp) {
    let inputs = &case("op-refund-accrued")["inputs"];
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (
        shop.partner("ann").await,
        shop.percent(&number(&inputs["percent"])).await,
    );
    shop.sale("invoice", &partner, &campaign, &text(&inputs["invoice"]))
        .await;
    let refunded = shop
        .record(refund("refund", "invoice", inputs["refund"].as_str()))
        .await;
    assert_eq!(refunded["commissions"], json!([]));
    assert_eq!(shop.ledger(&partner).await, ["EVENT REVERSED 9.80"]);
}

#[apply(both_databases)]
async fn a_partial_refund_claws_its_share_back(app: TestApp) {
    let case = case("ab-partial-refund");
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (
        shop.partner("ann").await,
        shop.percent(&number(&case["inputs"]["percent"])).await,
    );
    let row = shop
        .sale("sale", &partner, &campaign, &text(&case["inputs"]["sale"]))
        .await;
    let refunded = shop
        .record(refund("refund", "sale", case["inputs"]["refund"].as_str()))
        .await;
    assert_eq!(amounts(&refunded["commissions"]), [text(&case["expected"]["clawback"])]);
    assert_eq!(shop.row(&row).await["amount"]["amount"], case["expected"]["original"]);
    assert_eq!(shop.balances(&partner).await, ["EUR 14.00 0.00 0.00 0.00 0.00"]);
}

#[apply(both_databases)]
async fn a_refund_after_payout_nets_against_the_next_one(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("100").await);
    // The example counts cents.
    let row = shop.sale("sale", &partner, &campaign, "14.70").await;
    shop.approve(&[&row]).await;
    shop.pay().await;
    let paid = shop.row(&row).await;
    let refunded = shop.refund("refund", "sale", None).await;
    let clawback = &refunded["commissions"][0];
    assert_eq!(
        (&clawback["amount"]["amount"], &clawback["status"]),
        (&json!("-14.70"), &json!("APPROVED"))
    );
    assert_eq!(clawback["adjusts"]["id"], row);
    assert_eq!(shop.row(&row).await, paid);
    assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
    let next = shop.sale("next", &partner, &campaign, "20").await;
    shop.approve(&[&next]).await;
    let payouts = shop.pay().await;
    assert_eq!(payouts[0]["amount"]["amount"], "5.30");
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn four_commissions_reach_the_minimum_together(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("100").await);
    shop.make("updateTenant", "tenant", json!({ "minimumPayouts": [euros("50")] }))
        .await;
    for number in 1..=4 {
        let row = shop.sale(&format!("sale {number}"), &partner, &campaign, "14.70").await;
        shop.approve(&[&row]).await;
        if number < 4 {
            assert_eq!(shop.run(json!({})).await, [] as [Value; 0]);
        }
    }
    let payouts = shop.pay().await;
    assert_eq!(payouts[0]["amount"]["amount"], "58.80");
    assert_eq!(shop.ledger(&partner).await, ["EVENT PAID 14.70"; 4]);
    assert_eq!(shop.balances(&partner).await, ["EUR 0.00 0.00 58.80 0.00 0.00"]);
}
