//! Which conversion is the first of a rate, and which rows a crossing writes.

use serde_json::json;

use super::{Tiers, acts, amount, goal};
use crate::histories::are_numbered;
use crate::ledger::text;
use crate::support::both_databases;

#[apply(both_databases)]
async fn bands_end_at_their_max_and_hand_over(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let band = json!([{ "metric": "CONVERSION", "goal": "2", "max": "4" }]);
    tiers
        .tier(json!({ "name": "Band", "goals": band, "payout": acts("FLAT_INCREASE", "1") }))
        .await;
    tiers
        .tier(json!({ "name": "Top", "goals": goal("CONVERSION", "6"), "payout": acts("FLAT_INCREASE", "3") }))
        .await;
    assert_eq!(
        tiers.conversions(1, 8).await,
        ["4.00", "4.00", "5.00", "5.00", "4.00", "4.00", "7.00", "7.00"]
    );
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_rate_of_0_leaves_no_row_and_its_adjustment_names_the_event(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let crossing = "CROSSING_CONVERSION";
    tiers
        .tier(json!({ "name": "Nothing", "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_DECREASE", "9") }))
        .await;
    assert_eq!(tiers.conversions(1, 2).await, ["4.00", "4.00"]);
    assert_eq!(tiers.convert("none", json!({})).await, (vec![], 0));
    let more = json!({ "name": "Gold", "goals": goal("CONVERSION", "4"), "crossingPolicy": crossing, "retroactivePayout": acts("EXACT", "6") });
    tiers.tier(more).await;
    assert_eq!(tiers.convert("last", json!({})).await, (vec![], 4));
    let rows = tiers.shop.rows(&tiers.partner).await;
    let mut adjustments: Vec<_> = rows
        .iter()
        .filter(|row| row["kind"] == "TIER_ADJUSTMENT")
        .map(|row| {
            let amount = text(&row["amount"]["amount"]);
            format!(
                "{} {amount} {}",
                text(&row["event"]["externalId"]),
                row["adjusts"].is_null()
            )
        })
        .collect();
    adjustments.sort();
    assert_eq!(
        adjustments,
        ["c1 2.00 false", "c2 2.00 false", "last 6.00 true", "none 6.00 true"]
    );
    assert_eq!(tiers.accrued().await, "24.00");
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_base_of_0_counts_and_is_never_changed(app: TestApp) {
    let tiers = Tiers::paying(&app, json!([{ "basis": "PERCENT", "value": "10" }])).await;
    let tier = json!({ "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("EXACT", "7") });
    tiers.tier(tier).await;
    assert_eq!(tiers.convert("free", json!({})).await, (vec![], 0));
    assert_eq!(tiers.convert("sale", amount("10")).await, (vec!["1.00".to_owned()], 1));
    assert_eq!(tiers.convert("free-too", json!({})).await, (vec![], 0));
    assert_eq!(tiers.convert("more", amount("10")).await, (vec!["2.00".to_owned()], 0));
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["6.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn several_rows_are_changed_each_and_a_deduction_goes_on_to_the_next(app: TestApp) {
    let terms = json!([{ "basis": "FIXED", "value": "2.00" }, { "basis": "PERCENT", "value": "10" }]);
    let tiers = Tiers::paying(&app, terms).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "1"), "payout": acts("INCREASE", "10") }))
        .await;
    tiers
        .tier(json!({ "name": "Less", "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_DECREASE", "2.50") }))
        .await;
    for (id, expected) in [
        ("a", vec!["2.00", "3.00"]),
        ("b", vec!["2.20", "3.30"]),
        ("c", vec!["2.50"]),
    ] {
        assert_eq!(tiers.convert(id, amount("30")).await.0, expected);
    }
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn events_and_other_types_and_currencies_count_for_themselves(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers.tier(json!({ "name": "Leads", "eventType": "lead", "goals": goal("CONVERSION", "2"), "payout": acts("FLAT_INCREASE", "1") })).await;
    tiers
        .tier(json!({ "name": "Clicks", "goals": goal("EVENT", "2"), "payout": acts("FLAT_INCREASE", "2") }))
        .await;
    tiers.tier(json!({ "name": "Dollars", "currency": "USD", "goals": goal("PAYOUT", "0.01"), "payout": acts("FLAT_INCREASE", "3") })).await;
    let lead = json!({ "type": "lead" });
    let click = json!({ "base": false });
    for (id, more, expected) in [
        ("l1", &lead, "4.00"),
        ("other", &json!({}), "4.00"),
        ("l2", &lead, "4.00"),
        ("l3", &lead, "5.00"),
        ("plain", &json!({}), "4.00"),
        ("e1", &click, "4.00"),
        ("e2", &click, "4.00"),
        ("after", &json!({}), "6.00"),
        ("l4", &lead, "5.00"),
    ] {
        assert_eq!(tiers.convert(id, more.clone()).await.0, [expected], "{id}");
    }
    let mut progress = tiers.progress().await;
    progress.sort();
    assert_eq!(
        progress,
        ["Clicks EVENT 2/2", "Dollars PAYOUT 0.00/0.01", "Leads CONVERSION 4/2"]
    );
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn two_tiers_that_cross_at_once_act_in_the_order_of_their_making(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    for (name, to) in [("First", "6"), ("Second", "5")] {
        tiers
            .tier(json!({ "name": name, "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("EXACT", to) }))
            .await;
    }
    assert_eq!(tiers.conversions(1, 2).await, ["4.00", "4.00"]);
    assert_eq!(
        tiers.amounts("TIER_ADJUSTMENT").await,
        ["2.00", "2.00", "-1.00", "-1.00"]
    );
    assert_eq!(tiers.accrued().await, "10.00");
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn adjustments_have_the_holdback_of_their_rows(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let held = json!({ "id": tiers.campaign, "holdbackDays": 10 });
    tiers.shop.staff().done("updateCampaign", held, "campaign { id }").await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "1") }))
        .await;
    tiers
        .tier(json!({ "name": "Back", "goals": goal("CONVERSION", "3"), "retroactivePayout": acts("EXACT", "3") }))
        .await;
    tiers.conversions(1, 1).await;
    tiers.shop.days_later(2);
    tiers.conversions(2, 2).await;
    let first = tiers.shop.rows(&tiers.partner).await[0].clone();
    tiers.shop.approve(&[first["id"].as_str().expect("an id")]).await;
    tiers.shop.days_later(2);
    tiers.conversions(3, 3).await;
    let rows = tiers.shop.rows(&tiers.partner).await;
    let shown: Vec<_> = rows
        .iter()
        .map(|row| {
            let [kind, status, at] = ["kind", "status", "matureAt"].map(|name| text(&row[name]));
            format!("{kind} {status} {} {}", text(&row["amount"]["amount"]), &at[..10])
        })
        .collect();
    assert_eq!(
        shown,
        [
            "EVENT APPROVED 4.00 2026-03-11",
            "EVENT ACCRUED 4.00 2026-03-13",
            "TIER_ADJUSTMENT ACCRUED 1.00 2026-03-13",
            "TIER_ADJUSTMENT ACCRUED 1.00 2026-03-13",
            "EVENT ACCRUED 4.00 2026-03-15",
            // What takes away is approved beside what is approved, and matures with its row.
            "TIER_ADJUSTMENT APPROVED -2.00 2026-03-11",
            "TIER_ADJUSTMENT ACCRUED -2.00 2026-03-13",
            "TIER_ADJUSTMENT ACCRUED -1.00 2026-03-15",
        ]
    );
    // With its row, what takes from it is approved.
    tiers.shop.approve(&[rows[1]["id"].as_str().expect("an id")]).await;
    assert_eq!(
        tiers.shop.status(rows[6]["id"].as_str().expect("an id")).await,
        "APPROVED"
    );
    assert_eq!(
        tiers.shop.status(rows[2]["id"].as_str().expect("an id")).await,
        "ACCRUED"
    );
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn a_partner_that_earns_nothing_crosses_with_the_first_conversion_that_earns(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "1") }))
        .await;
    tiers.conversions(1, 1).await;
    tiers
        .shop
        .staff()
        .done(
            "suspendPartner",
            json!({ "id": tiers.partner, "reason": "check" }),
            "partner { id }",
        )
        .await;
    assert_eq!(tiers.convert("meanwhile", json!({})).await, (vec![], 0));
    tiers
        .shop
        .staff()
        .done("activatePartner", json!({ "id": tiers.partner }), "partner { id }")
        .await;
    assert_eq!(tiers.convert("then", json!({})).await, (vec!["4.00".to_owned()], 2));
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["1.00", "1.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn what_tiers_did_has_the_number_of_the_event_that_caused_it(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let more = json!({ "goals": goal("CONVERSION", "3"), "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("EXACT", "6") });
    tiers.tier(more).await;
    tiers.conversions(1, 4).await;
    let results = "tier_result AS result JOIN attribution AS credit ON credit.tenant_id = result.tenant_id AND credit.event_id = result.cause_id";
    let count = app
        .texts("SELECT kind FROM tier_result WHERE kind = 'ADJUSTMENT' AND event_id <> cause_id")
        .await;
    assert!(!count.is_empty(), "it adjusts earlier events");
    let all: usize = app.texts("SELECT CAST(COUNT(*) AS TEXT) FROM tier_result").await[0]
        .parse()
        .unwrap();
    are_numbered(&app, (results, "credit.sequence = result.sequence"), all).await;
    tiers.assert_sound().await;
}
