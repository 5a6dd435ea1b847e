//! What is taken back leaves the counters, and nothing is achieved less for it.

use serde_json::json;

use super::{Tiers, acts, amount, goal};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_refunded_conversion_leaves_the_counters_and_takes_its_adjustments_along(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({
            "goals": [{ "metric": "CONVERSION", "goal": "2" }, { "metric": "SALE_AMOUNT", "goal": "0" }],
            "payout": acts("FLAT_INCREASE", "1"), "retroactivePayout": acts("FLAT_INCREASE", "5"),
        }))
        .await;
    for id in ["a", "b"] {
        tiers.convert(id, amount("10")).await;
    }
    assert_eq!(
        tiers.progress().await,
        ["Silver CONVERSION 2/2", "Silver SALE_AMOUNT 20.00/0.00"]
    );
    let paid: Vec<_> = tiers
        .shop
        .rows(&tiers.partner)
        .await
        .iter()
        .filter(|row| row["event"]["externalId"] == "a")
        .map(|row| row["id"].as_str().expect("an id").to_owned())
        .collect();
    tiers
        .shop
        .approve(&paid.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    tiers.shop.pay().await;
    tiers.shop.refund("back", "a", None).await;
    assert_eq!(tiers.amounts("CLAWBACK").await, ["-4.00", "-5.00"]);
    assert_eq!(
        tiers.progress().await,
        ["Silver CONVERSION 1/2", "Silver SALE_AMOUNT 10.00/0.00"]
    );
    // The rate follows the counters, and what fired does not fire again.
    assert_eq!(tiers.convert("c", amount("10")).await, (vec!["4.00".to_owned()], 0));
    assert_eq!(tiers.convert("d", amount("10")).await, (vec!["5.00".to_owned()], 0));
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00", "5.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn half_of_9_00_is_4_50_whatever_came_first(app: TestApp) {
    for (slug, refund_first) in [("before", true), ("after", false)] {
        let tiers = Tiers::of(slug, &app, json!([{ "basis": "PERCENT", "value": "40" }])).await;
        tiers
            .tier(json!({ "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "5") }))
            .await;
        tiers.convert("half", amount("10")).await;
        if refund_first {
            tiers.shop.refund("back", "half", Some("5")).await;
        }
        tiers.convert("whole", amount("10")).await;
        if !refund_first {
            tiers.shop.refund("back", "half", Some("5")).await;
        }
        assert_eq!(tiers.accrued().await, "13.50", "{slug}");
        let mut clawbacks = tiers.amounts("CLAWBACK").await;
        clawbacks.sort();
        assert_eq!(clawbacks, ["-2.00", "-2.50"], "{slug}");
        // Both name the refund, so that reports by occurrence count them when it occurred.
        let rows = tiers.shop.rows(&tiers.partner).await;
        let mut clawbacks = rows.iter().filter(|row| row["kind"] == "CLAWBACK");
        assert!(
            clawbacks.all(|row| row["event"]["externalId"] == "back"),
            "{slug} {rows:#?}"
        );
        tiers.assert_sound().await;
        // The rest takes exactly what is left.
        tiers.shop.refund("rest", "half", None).await;
        assert_eq!(tiers.accrued().await, "9.00", "{slug}");
        tiers.assert_sound().await;
    }
}

#[apply(both_databases)]
async fn a_part_leaves_the_sums_in_proportion(app: TestApp) {
    let tiers = Tiers::paying(&app, json!([{ "basis": "PERCENT", "value": "10" }])).await;
    let goals = json!([
        { "metric": "CONVERSION", "goal": "9" }, { "metric": "SALE_AMOUNT", "goal": "90" },
        { "metric": "PAYOUT", "goal": "9" }, { "metric": "REVENUE", "goal": "9" },
    ]);
    tiers
        .tier(json!({ "goals": goals, "payout": acts("INCREASE", "1") }))
        .await;
    let sale =
        json!({ "amount": { "amount": "30", "currency": "EUR" }, "revenue": { "amount": "10", "currency": "EUR" } });
    tiers.convert("sale", sale).await;
    let shown = async || {
        tiers
            .progress()
            .await
            .into_iter()
            .map(|line| line.replace("Silver ", ""))
            .collect::<Vec<_>>()
    };
    assert_eq!(
        shown().await,
        [
            "CONVERSION 1/9",
            "SALE_AMOUNT 30.00/90.00",
            "PAYOUT 3.00/9.00",
            "REVENUE 10.00/9.00"
        ]
    );
    tiers.shop.refund("third", "sale", Some("10")).await;
    assert_eq!(
        shown().await,
        [
            "CONVERSION 1/9",
            "SALE_AMOUNT 20.00/90.00",
            "PAYOUT 2.00/9.00",
            "REVENUE 6.67/9.00"
        ]
    );
    tiers.assert_sound().await;
    tiers.shop.refund("rest", "sale", None).await;
    assert_eq!(
        shown().await,
        [
            "CONVERSION 0/9",
            "SALE_AMOUNT 0.00/90.00",
            "PAYOUT 0.00/9.00",
            "REVENUE 0.00/9.00"
        ]
    );
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn reversing_all_rows_by_hand_takes_the_conversion_out(app: TestApp) {
    let terms = json!([{ "basis": "FIXED", "value": "2.00" }, { "basis": "FIXED", "value": "3.00" }]);
    let tiers = Tiers::paying(&app, terms).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "payout": acts("INCREASE", "100") }))
        .await;
    tiers.convert("a", json!({})).await;
    tiers.convert("b", json!({})).await;
    let rows = tiers.shop.rows(&tiers.partner).await;
    let ids: Vec<_> = rows.iter().map(|row| row["id"].as_str().expect("an id")).collect();
    tiers.shop.reverse(&ids[..1]).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 2/2"]);
    tiers.shop.reverse(&ids[..2]).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 1/2"]);
    tiers.assert_sound().await;
    assert_eq!(tiers.convert("c", json!({})).await.0, ["2.00", "3.00"]);
    // A refund takes the amounts out, too, and the conversion no second time.
    tiers.shop.refund("back", "a", None).await;
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 2/2"]);
    assert_eq!(tiers.convert("d", json!({})).await.0, ["4.00", "6.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn what_is_reversed_or_wholly_refunded_gets_no_adjustment(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "2"), "retroactivePayout": acts("FLAT_INCREASE", "5") }))
        .await;
    tiers.convert("refunded", json!({})).await;
    tiers.shop.refund("back", "refunded", None).await;
    tiers.convert("reversed", json!({})).await;
    let rows = tiers.shop.rows(&tiers.partner).await;
    tiers.shop.reverse(&[rows[1]["id"].as_str().expect("an id")]).await;
    tiers.convert("first", json!({})).await;
    assert_eq!(tiers.convert("second", json!({})).await.1, 2);
    assert_eq!(tiers.accrued().await, "18.00");
    tiers.assert_sound().await;
}
