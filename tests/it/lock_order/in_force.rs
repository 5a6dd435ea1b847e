//! What is recorded after a change earns by it, whatever happens at the same moment; and changes do not get in each
//! other's way.

use serde_json::{Value, json};
use tributary::domain::Timestamp;

use super::{Held, Mutation, begun, overlapping};
use crate::deals::{Sales, fixed, one_off};
use crate::ledger::{Shop, amounts, charge, euros, merged, text};
use crate::support::TestApp;
use crate::tier_ledger::{Tiers, acts, goal};

const EARNED: &str = "commissions { amount { amount } accruedAt }";

fn time(value: &Value) -> Timestamp {
    text(value).parse().expect("a time")
}

/// What an event earns that is recorded while `change` commits. It must be later than the change.
async fn earned_during(shop: &Shop<'_>, (field, input, made): Mutation<'_>, event: Value) -> Vec<String> {
    let selection = format!("{made} {{ updatedAt }}");
    let recording = ("recordEvent", event, EARNED);
    let [changed, recorded] = overlapping(shop.app, &shop.staff(), (field, input, &selection), recording).await;
    let accrued_at = time(&recorded["commissions"][0]["accruedAt"]);
    let changed_at = time(&changed[made]["updatedAt"]);
    assert!(accrued_at > changed_at, "{accrued_at} is recorded after {changed_at}");
    amounts(&recorded["commissions"])
}

fn rules(percentage: &str) -> Value {
    json!([{ "recurring": { "percentage": percentage } }])
}

#[tokio::test]
async fn an_event_after_a_change_of_a_campaign_earns_by_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("20").await);
    let change = json!({ "id": campaign, "terms": [{ "basis": "PERCENT", "value": "50" }] });
    let change = ("updateCampaign", change, "campaign");
    assert_eq!(
        earned_during(&shop, change, charge("a", &ann, &campaign, "100")).await,
        ["50.00"]
    );
}

#[tokio::test]
async fn an_event_after_a_change_of_a_group_earns_by_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let group = json!({ "name": "g", "default": true, "rules": rules("20") });
    let group = shop.make("createPartnerGroup", "partnerGroup", group).await;
    let other = json!({ "name": "h", "rules": rules("60") });
    let other = shop.make("createPartnerGroup", "partnerGroup", other).await;
    let (ann, campaign) = (
        shop.partner("ann").await,
        shop.campaign(json!([{ "basis": "GROUP_RULES" }])).await,
    );
    let changes = [
        (json!({ "id": group, "rules": rules("50") }), "50.00"),
        (json!({ "id": other, "default": true }), "60.00"),
    ];
    for (number, (change, expected)) in changes.into_iter().enumerate() {
        let change = ("updatePartnerGroup", change, "partnerGroup");
        let event = charge(&number.to_string(), &ann, &campaign, "100");
        assert_eq!(earned_during(&shop, change, event).await, [expected]);
    }
}

#[tokio::test]
async fn an_event_after_a_change_of_the_tiers_earns_by_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let tiers = Tiers::new(&app).await;
    tiers.convert("first", json!({})).await;
    let does = |value: &str| json!({ "goals": goal("CONVERSION", "1"), "payout": acts("FLAT_INCREASE", value) });
    let create = (
        "createTieredCommission",
        merged(tiers.draft(), does("1")),
        "tieredCommission",
    );
    assert_eq!(
        earned_during(&tiers.shop, create, tiers.conversion("a")).await,
        ["5.00"]
    );
    let more = tiers
        .tier(merged(does("2"), json!({ "name": "Gold", "startDate": "2021-01-01" })))
        .await;
    let update = json!({ "id": more, "payout": acts("FLAT_INCREASE", "3") });
    let update = ("updateTieredCommission", update, "tieredCommission");
    assert_eq!(
        earned_during(&tiers.shop, update, tiers.conversion("b")).await,
        ["7.00"]
    );
    tiers.assert_sound().await;
}

#[tokio::test]
async fn an_event_after_a_change_of_the_time_zone_earns_by_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let terms = json!([{ "basis": "PERCENT", "value": "10", "recurringMonths": 1 }]);
    let (ann, campaign) = (shop.partner("ann").await, shop.campaign(terms).await);
    let sale = |id: &str, at: &str| {
        let more = json!({ "customerExternalId": "c", "occurredAt": at });
        merged(charge(id, &ann, &campaign, "100"), more)
    };
    // On 31 January in Berlin, and on 30 January in New York: a month later is 28 February, at an earlier time there.
    shop.record(sale("a", "2026-01-30T23:30:00Z")).await;
    let change = (
        "updateTenant",
        json!({ "timeZone": "America/New_York" }),
        "tenant { timeZone }",
    );
    let recording = ("recordEvent", sale("b", "2026-02-28T12:00:00Z"), EARNED);
    let [_, recorded] = overlapping(&app, &shop.staff(), change, recording).await;
    assert_eq!(amounts(&recorded["commissions"]), ["10.00"]);
}

#[tokio::test]
async fn a_promise_after_a_change_of_a_campaign_is_of_its_terms() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let campaign = shop.percent("20").await;
    let request = json!({ "name": "N", "email": "n@example.com", "campaignId": campaign });
    let request = shop
        .make("createPartnershipRequest", "partnershipRequest", request)
        .await;
    let change = json!({ "id": campaign, "terms": [{ "basis": "PERCENT", "value": "50" }] });
    let change = ("updateCampaign", change, "campaign { updatedAt }");
    let selection = "partnershipRequest { partner { commissionSnapshots { terms { value } } } }";
    let approve = ("approvePartnershipRequest", json!({ "id": request }), selection);
    let [_, approved] = overlapping(&app, &shop.staff(), change, approve).await;
    let snapshots = &approved["partnershipRequest"]["partner"]["commissionSnapshots"];
    assert_eq!(snapshots[0]["terms"][0]["value"], "50");
}

#[tokio::test]
async fn a_deal_that_moves_after_a_change_of_the_rules_pays_by_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let sales = Sales::new(&app).await;
    let deal = sales.deal("100").await;
    let rule = json!({ "label": "Rule", "partnerType": "AFFILIATE", "entries": [one_off(&sales.won, fixed("7"))] });
    let create = ("createCommissionRule", rule, "commissionRule { id }");
    let selection = "commissions { amount { amount } }";
    let enter = ("moveDeal", json!({ "id": deal, "stageId": sales.won }), selection);
    let [_, moved] = overlapping(&app, &sales.staff(), create, enter).await;
    assert_eq!(amounts(&moved["commissions"]), ["7.00"]);
}

#[tokio::test]
async fn a_run_after_a_change_of_the_minimum_obeys_it() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let row = shop.sale("a", &ann, &campaign, "100").await;
    shop.approve(&[&row]).await;
    let change = json!({ "minimumPayouts": [euros("50")] });
    let change = ("updateTenant", change, "tenant { id }");
    let run = (
        "createPayoutRun",
        json!({}),
        "payoutRun { lines(first: 9) { nodes { outcome } } }",
    );
    let [_, run] = overlapping(&app, &shop.staff(), change, run).await;
    assert_eq!(
        run["payoutRun"]["lines"]["nodes"],
        json!([{ "outcome": "BELOW_MINIMUM" }])
    );
}

#[tokio::test]
async fn changes_of_a_groups_rules_and_of_the_default_do_not_wait_for_each_other_for_ever() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let group = json!({ "name": "g", "rules": rules("20") });
    let group = shop.make("createPartnerGroup", "partnerGroup", group).await;
    let staff = shop.staff();
    // The first has locked the group, and is about to write its next version, which refers to the tenant.
    let held = Held::table(&app, "partner_group_version").await;
    let change = json!({ "id": group, "rules": rules("30") });
    let first = begun(&staff, ("updatePartnerGroup", change, "partnerGroup { version }"));
    held.until_waiting(1).await;
    let change = json!({ "id": group, "default": true });
    let second = begun(&staff, ("updatePartnerGroup", change, "partnerGroup { default }"));
    held.until_waiting(2).await;
    held.release().await;
    assert_eq!(first.await.expect("no panic")["partnerGroup"]["version"], 2);
    assert_eq!(second.await.expect("no panic")["partnerGroup"]["default"], true);
}
