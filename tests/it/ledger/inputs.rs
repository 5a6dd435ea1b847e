//! What the rules of a group look at when real events are recorded.

use serde_json::{Value, json};

use super::{Shop, charge, merged};
use crate::support::both_databases;

async fn group(shop: &Shop<'_>, more: Value) -> String {
    shop.make(
        "createPartnerGroup",
        "partnerGroup",
        merged(json!({ "name": "Group" }), more),
    )
    .await
}

fn by(customer: &str, event: Value) -> Value {
    merged(event, json!({ "customerExternalId": customer }))
}

fn at(when: &str, event: Value) -> Value {
    merged(event, json!({ "occurredAt": when }))
}

#[apply(both_databases)]
async fn months_are_counted_from_the_acquisition_in_the_tenants_zone(app: TestApp) {
    let shop = Shop::new(&app).await;
    let group = group(
        &shop,
        json!({ "rules": [
        { "newCustomerTimeTier": { "maxMonths": 1, "percentage": "50" } }, { "recurring": { "percentage": "10" } },
    ] }),
    )
    .await;
    let partner = shop.partner_with("ann", json!({ "groupId": group })).await;
    let campaign = shop.campaign(json!([])).await;
    shop.days_later(60);
    let event = |id: &str, when: &str| at(when, by("c", charge(id, &partner, &campaign, "100")));
    // In Berlin it is 2026-02-28 00:00 already; the month ends on 2026-03-28 00:00 there.
    let first = merged(
        event("1", "2026-02-28T00:00:00Z"),
        json!({ "customerAcquiredAt": "2026-02-27T23:00:00Z" }),
    );
    assert_eq!(shop.earned(first).await, ["50.00"]);
    assert_eq!(shop.earned(event("2", "2026-03-27T22:59:59.999999Z")).await, ["50.00"]);
    assert_eq!(shop.earned(event("3", "2026-03-27T23:00:00Z")).await, ["10.00"]);
    assert_eq!(shop.earned(event("4", "2025-01-01T00:00:00Z")).await, ["50.00"]);
    // Nobody knows whose event it is: month 1.
    assert_eq!(shop.earned(charge("5", &partner, &campaign, "100")).await, ["50.00"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn a_months_edge_keeps_its_local_hour_over_a_change_of_clocks(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop
        .campaign(json!([
            { "basis": "FIXED", "value": "1", "recurringMonths": 1, "eventType": "pay" },
            { "basis": "FIXED", "value": "2", "recurringMonths": 1 },
        ]))
        .await;
    shop.days_later(60);
    let event = |id: &str, when: &str, kind: Option<&str>| {
        merged(
            at(when, by("c", charge(id, &partner, &campaign, "9"))),
            json!({ "type": kind }),
        )
    };
    // Noon in Berlin on 2026-03-15 and on 2026-04-15 is 11:00 and 10:00 in UTC.
    assert_eq!(shop.earned(event("0", "2026-03-14T12:00:00Z", None)).await, ["2.00"]);
    assert_eq!(
        shop.earned(event("1", "2026-03-15T11:00:00Z", Some("pay"))).await,
        ["1.00", "2.00"]
    );
    assert_eq!(
        shop.earned(event("2", "2026-04-15T09:59:59.999999Z", Some("pay")))
            .await,
        ["1.00"]
    );
    assert_eq!(
        shop.earned(event("3", "2026-04-15T10:00:00Z", Some("pay"))).await,
        [] as [&str; 0]
    );
    assert_eq!(
        shop.earned(event("4", "2026-04-14T10:59:59Z", Some("x"))).await,
        ["2.00"]
    );
    assert_eq!(
        shop.earned(event("5", "2026-04-14T11:00:00Z", Some("x"))).await,
        [] as [&str; 0]
    );
}

#[apply(both_databases)]
async fn what_happens_more_than_a_day_ahead_is_a_mistake(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let event = |id: &str, when: &str| at(when, charge(id, &partner, &campaign, "100"));
    assert_eq!(shop.earned(event("1", "2026-03-02T12:00:00Z")).await, ["20.00"]);
    let rows = app.rows().await;
    for when in ["2026-03-02T12:00:00.000001Z", "9999-12-31T00:00:00Z"] {
        assert_eq!(shop.refused(event("2", when)).await, ["INVALID occurredAt"]);
        let refund = json!({ "externalId": "2", "kind": "REFUND", "originalExternalId": "1" });
        assert_eq!(shop.refused(at(when, refund)).await, ["INVALID occurredAt"]);
    }
    assert_eq!(app.rows().await, rows);
    shop.days_later(1);
    assert_eq!(shop.earned(event("2", "2026-03-02T12:00:00.000001Z")).await, ["20.00"]);
}

#[apply(both_databases)]
async fn the_lifetime_value_is_that_before_the_charge_and_sinks_with_refunds(app: TestApp) {
    let shop = Shop::new(&app).await;
    let group = group(
        &shop,
        json!({ "default": true, "rules": [
        { "recurring": { "percentage": "10" } },
        { "partnerLtvUpgrade": { "minLtvTotal": "100", "upgradePercentage": "5" } },
    ] }),
    )
    .await;
    let partner = shop.partner("ann").await;
    let campaign = shop.campaign(json!([])).await;
    assert_eq!(shop.earned(charge("1", &partner, &campaign, "100")).await, ["10.00"]);
    assert_eq!(shop.earned(charge("2", &partner, &campaign, "100")).await, ["15.00"]);
    // Conversions do not count, nor what another currency brought.
    let conversion = merged(charge("3", &partner, &campaign, "500"), json!({ "kind": "CONVERSION" }));
    assert_eq!(shop.earned(conversion).await, ["75.00"]);
    let dollars = merged(
        charge("4", &partner, &campaign, "1"),
        json!({ "amount": { "amount": "100", "currency": "USD" } }),
    );
    assert_eq!(shop.earned(dollars).await, ["10.00"]);
    assert_eq!(shop.lifetime_value(&partner).await, ["200.00 EUR", "100.00 USD"]);
    shop.refund("r1", "1", Some("99.99")).await;
    shop.refund("r2", "2", Some("0.02")).await;
    assert_eq!(shop.lifetime_value(&partner).await, ["99.99 EUR", "100.00 USD"]);
    assert_eq!(shop.earned(charge("5", &partner, &campaign, "100")).await, ["10.00"]);
    // The group at accrual decides.
    let rules = json!({ "id": group, "rules": [{ "recurring": { "percentage": "1" } }] });
    shop.make("updatePartnerGroup", "partnerGroup", rules).await;
    assert_eq!(shop.earned(charge("6", &partner, &campaign, "100")).await, ["1.00"]);
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn gates_look_at_customers_before_and_at_the_bootstrap(app: TestApp) {
    let shop = Shop::new(&app).await;
    let group = group(
        &shop,
        json!({ "rules": [
        { "recurring": { "percentage": "10" } }, { "customerVolumeGate": { "minQualifiedCustomers": 2 } },
    ] }),
    )
    .await;
    let partner = shop.partner_with("ann", json!({ "groupId": group })).await;
    let campaign = shop.campaign(json!([])).await;
    let earned = async |id: &str, customer: Option<&str>, amount: &str| {
        let event = merged(
            charge(id, &partner, &campaign, amount),
            json!({ "customerExternalId": customer }),
        );
        shop.earned(event).await.join(" ")
    };
    assert_eq!(earned("anonymous", None, "100").await, "");
    assert_eq!(earned("free", Some("a"), "0").await, "");
    assert_eq!(earned("a1", Some("a"), "100").await, "10.00");
    assert_eq!(earned("a2", Some("a"), "100").await, "");
    assert_eq!(earned("b1", Some("b"), "100").await, "");
    assert_eq!(earned("b2", Some("b"), "100").await, "10.00");
    // Partly refunded still qualifies, wholly no longer.
    shop.refund("rb1", "b1", None).await;
    shop.refund("rb2", "b2", Some("99")).await;
    assert_eq!(earned("a3", Some("a"), "100").await, "10.00");
    shop.refund("rb3", "b2", None).await;
    assert_eq!(earned("a4", Some("a"), "100").await, "");
    for id in ["a1", "a2", "a3", "a4"] {
        shop.refund(&format!("r{id}"), id, None).await;
    }
    assert_eq!(earned("c1", Some("c"), "100").await, "10.00");
    shop.assert_sound(&partner).await;
}

#[apply(both_databases)]
async fn without_any_terms_or_group_nothing_is_earned(app: TestApp) {
    let shop = Shop::new(&app).await;
    let partner = shop.partner("ann").await;
    let campaign = shop.campaign(json!([])).await;
    let recorded = shop.record(charge("1", &partner, &campaign, "100")).await;
    assert_eq!(recorded["commissions"], json!([]));
    assert_eq!(recorded["event"]["attribution"]["campaign"]["id"], campaign);
    assert_eq!(shop.lifetime_value(&partner).await, ["100.00 EUR"]);
    group(
        &shop,
        json!({ "default": true, "rules": [{ "recurring": { "percentage": "10" } }] }),
    )
    .await;
    // An event without a campaign has no holdback.
    let bare = merged(charge("2", &partner, "", "100"), json!({ "campaignId": null }));
    let row = shop.record(bare).await["commissions"][0].clone();
    assert_eq!(
        (&row["amount"]["amount"], &row["matureAt"], &row["holdbackDays"]),
        (&json!("10.00"), &Value::Null, &Value::Null)
    );
}
