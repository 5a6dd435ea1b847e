//! Whose event it is: how customers are bound to partners.

use serde_json::{Value, json};

use super::{Shop, charge, euros, merged};
use crate::support::both_databases;

async fn customer(shop: &Shop<'_>, id: &str) -> Value {
    let document = "query($id: String!) { customer(externalId: $id) { acquiredAt partner { id } campaign { id }
        events { totalCount nodes { externalId } } } }";
    shop.staff().data_with(document, json!({ "id": id })).await["customer"].clone()
}

fn by(customer: &str, event: Value) -> Value {
    merged(event, json!({ "customerExternalId": customer }))
}

#[apply(both_databases)]
async fn the_first_attributed_event_binds_the_customer(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    let (ten, twenty) = (shop.percent("10").await, shop.percent("20").await);
    let bare = |id: &str| {
        by(
            "c",
            json!({ "externalId": id, "kind": "CHARGE", "amount": euros("100") }),
        )
    };
    // Nobody's yet.
    let event = merged(bare("1"), json!({ "occurredAt": "2026-01-05T00:00:00Z" }));
    let recorded = shop.record(event).await;
    assert_eq!(
        (&recorded["event"]["attribution"], &recorded["commissions"]),
        (&Value::Null, &json!([]))
    );
    assert_eq!(customer(&shop, "c").await["partner"], Value::Null);
    // Ann's, from now on.
    assert_eq!(shop.earned(by("c", charge("2", &ann, &ten, "100"))).await, ["10.00"]);
    assert_eq!(shop.earned(bare("3")).await, ["10.00"]);
    // Another partner is paid for this one event.
    let other = merged(
        bare("4"),
        json!({ "partnerId": ben, "campaignId": twenty, "customerAcquiredAt": "2020-01-01T00:00:00Z" }),
    );
    assert_eq!(shop.earned(other).await, ["20.00"]);
    assert_eq!(shop.earned(bare("5")).await, ["10.00"]);
    // The binding does not decide for another campaign: its partner must be named.
    let elsewhere = merged(bare("6"), json!({ "campaignId": twenty }));
    assert_eq!(shop.refused(elsewhere.clone()).await, ["REQUIRED partnerId"]);
    let elsewhere = merged(elsewhere, json!({ "partnerId": ann }));
    assert_eq!(shop.earned(elsewhere).await, ["20.00"]);
    assert_eq!(shop.earned(bare("7")).await, ["10.00"]);
    let customer = customer(&shop, "c").await;
    assert_eq!(
        (&customer["partner"]["id"], &customer["campaign"]["id"]),
        (&json!(ann), &json!(ten))
    );
    assert_eq!(customer["acquiredAt"], "2026-01-05T00:00:00Z");
    assert_eq!(customer["events"]["totalCount"], 7);
    assert_eq!(customer["events"]["nodes"][0]["externalId"], "7");
    shop.assert_sound(&ann).await;
    shop.assert_sound(&ben).await;
    let document = "query($id: ID!) { partner(id: $id) { customers { totalCount nodes { externalId } } campaigns { totalCount } } }";
    let data = shop.staff().data_with(document, json!({ "id": ann })).await;
    assert_eq!(
        data["partner"],
        json!({
            "customers": { "totalCount": 1, "nodes": [{ "externalId": "c" }] }, "campaigns": { "totalCount": 2 },
        })
    );
}

#[apply(both_databases)]
async fn the_acquisition_is_given_with_the_first_event(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ten) = (shop.partner("ann").await, shop.percent("10").await);
    let first = merged(
        by("c", charge("1", &ann, &ten, "1")),
        json!({ "customerAcquiredAt": "2025-12-01T00:00:00Z" }),
    );
    assert_eq!(
        shop.record(first).await["event"]["customer"]["acquiredAt"],
        "2025-12-01T00:00:00Z"
    );
    let later = merged(
        by("c", charge("2", &ann, &ten, "1")),
        json!({
            "customerAcquiredAt": "2024-01-01T00:00:00Z", "occurredAt": "2023-01-01T00:00:00Z",
        }),
    );
    assert_eq!(
        shop.record(later).await["event"]["customer"]["acquiredAt"],
        "2025-12-01T00:00:00Z"
    );
}

#[apply(both_databases)]
async fn customers_are_found_by_text_partner_and_campaign(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben) = (shop.partner("ann").await, shop.partner("ben").await);
    let (ten, twenty) = (shop.percent("10").await, shop.percent("20").await);
    shop.record(by("Alpha", charge("1", &ann, &ten, "1"))).await;
    shop.record(by("beta_1", charge("2", &ben, &ten, "1"))).await;
    shop.record(by("alphabet", charge("3", &ben, &twenty, "1"))).await;
    for (filter, expected) in [
        (json!({ "search": "ALPHA" }), json!(["alphabet", "Alpha"])),
        (json!({ "search": "a_1" }), json!(["beta_1"])),
        (json!({ "search": "%" }), json!([])),
        (json!({ "partnerId": ben }), json!(["alphabet", "beta_1"])),
        (json!({ "campaignId": ten, "partnerId": ben }), json!(["beta_1"])),
    ] {
        let document =
            "query($filter: CustomerFilter) { customers(filter: $filter) { totalCount nodes { externalId } } }";
        let data = shop.staff().data_with(document, json!({ "filter": filter })).await;
        let found: Value = data["customers"]["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["externalId"].clone())
            .collect();
        assert_eq!(found, expected, "{filter}");
    }
}

#[apply(both_databases)]
async fn events_without_a_customer_match_every_only(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let campaign = shop
        .campaign(json!([
            { "basis": "FIXED", "value": "1" },
            { "basis": "FIXED", "value": "2", "recurringMonths": 5 },
            { "basis": "FIXED", "value": "4", "trigger": "FIRST", "eventType": "sale" },
            { "basis": "FIXED", "value": "8", "trigger": "SUBSEQUENT", "eventType": "sale" },
            { "basis": "FIXED", "value": "16", "eventType": "sale" },
            { "basis": "FIXED", "value": "32", "eventType": "other" },
            { "basis": "FIXED", "value": "64", "currency": "USD" },
        ]))
        .await;
    let event = |id: &str| merged(charge(id, &ann, &campaign, "1"), json!({ "type": "sale" }));
    assert_eq!(shop.earned(event("1")).await, ["1.00", "16.00"]);
    assert_eq!(
        shop.earned(by("c", event("2"))).await,
        ["1.00", "2.00", "4.00", "16.00"]
    );
    assert_eq!(
        shop.earned(by("c", event("3"))).await,
        ["1.00", "2.00", "8.00", "16.00"]
    );
    // FIRST counts per partner.
    let ben = shop.partner("ben").await;
    let other = merged(by("c", event("4")), json!({ "partnerId": ben }));
    assert_eq!(shop.earned(other).await, ["1.00", "2.00", "4.00", "16.00"]);
    // An amount in dollars matches the fixed amount in dollars only.
    let dollars = merged(event("5"), json!({ "amount": { "amount": "1", "currency": "USD" } }));
    assert_eq!(shop.earned(dollars).await, ["64.00"]);
    // Without an amount nothing speaks against any currency.
    let bare = json!({ "externalId": "6", "kind": "CONVERSION", "partnerId": ann, "campaignId": campaign });
    assert_eq!(shop.earned(bare).await, ["1.00", "64.00"]);
    shop.assert_sound(&ann).await;
}

#[apply(both_databases)]
async fn an_unpaid_event_is_not_the_first_and_refunds_do_not_rearm_it(app: TestApp) {
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let campaign = shop
        .campaign(json!([{ "basis": "PERCENT", "value": "50", "trigger": "FIRST", "eventType": "sale" }]))
        .await;
    let event = |id: &str, amount: &str| {
        by(
            "c",
            merged(charge(id, &ann, &campaign, amount), json!({ "type": "sale" })),
        )
    };
    // A free trial starts nothing. What happened earlier but is recorded later is not the first any more.
    assert_eq!(shop.earned(event("1", "0")).await, [] as [&str; 0]);
    assert_eq!(shop.earned(event("1 paid", "10")).await, ["5.00"]);
    let earlier = merged(event("2", "10"), json!({ "occurredAt": "2020-01-01T00:00:00Z" }));
    assert_eq!(shop.earned(earlier).await, [] as [&str; 0]);
    shop.refund("r1", "1 paid", None).await;
    shop.refund("r2", "2", None).await;
    assert_eq!(shop.earned(event("3", "10")).await, [] as [&str; 0]);
}
