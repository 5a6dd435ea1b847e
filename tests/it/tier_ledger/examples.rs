//! The worked examples of tiers, live and simulated.

use serde_json::json;

use super::{Tiers, acts, amount, goal};
use crate::ledger::{euros, merged, text};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_tier_acts_on_the_promise_and_not_on_the_default(app: TestApp) {
    // ef-custom-plus-tier
    let tiers = Tiers::paying(&app, json!([{ "basis": "FIXED", "value": "2.00" }])).await;
    let terms = json!([{ "basis": "FIXED", "value": "3.00" }]);
    let snapshot = json!({ "commissionSnapshot": { "campaignId": tiers.campaign, "terms": terms } });
    let bea = tiers.shop.partner_with("bea", snapshot).await;
    tiers
        .tier(json!({ "goals": goal("CONVERSION", "1"), "payout": acts("INCREASE", "10") }))
        .await;
    for (id, expected) in [("a", "3.00"), ("b", "3.30"), ("c", "3.30")] {
        assert_eq!(tiers.convert(id, json!({ "partnerId": bea })).await.0, [expected]);
    }
    // The other partner's conversions are counted apart.
    assert_eq!(tiers.conversions(1, 2).await, ["2.00", "2.20"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn all_goals_must_be_reached(app: TestApp) {
    // ef-goals-and: at most two of the states are those of one window, so each has its own campaign.
    for (conversions, each, last, reached) in [(10, "12", "12", false), (9, "50", "100", false), (10, "12", "13", true)]
    {
        let tiers = Tiers::of(
            &format!("t{last}"),
            &app,
            json!([{ "basis": "FIXED", "value": "4.00" }]),
        )
        .await;
        let goals = json!([{ "metric": "CONVERSION", "goal": "10" }, { "metric": "REVENUE", "goal": "121" }]);
        tiers
            .tier(json!({ "goals": goals, "payout": acts("FLAT_INCREASE", "1") }))
            .await;
        for number in 1..=conversions {
            let revenue = if number == conversions { last } else { each };
            tiers
                .convert(&format!("c{number}"), json!({ "revenue": euros(revenue) }))
                .await;
        }
        let (earned, _) = tiers.convert("next", json!({})).await;
        assert_eq!(
            earned,
            [if reached { "5.00" } else { "4.00" }],
            "{conversions} conversions"
        );
    }
}

#[apply(both_databases)]
async fn the_month_of_98_80(app: TestApp) {
    // ef-retro-flat
    let tiers = Tiers::new(&app).await;
    let tier = json!({
        "goals": goal("CONVERSION", "10"), "payout": acts("INCREASE", "10"),
        "retroactivePayout": acts("FLAT_INCREASE", "5"),
    });
    tiers.tier(tier.clone()).await;
    assert_eq!(tiers.conversions(1, 9).await, ["4.00"; 9]);
    assert_eq!(tiers.progress().await, ["Silver CONVERSION 9/10"]);
    assert_eq!(tiers.convert("c10", json!({})).await, (vec!["4.00".to_owned()], 10));
    assert_eq!(tiers.amounts("TIER_ADJUSTMENT").await, ["5.00"; 10]);
    assert_eq!(tiers.conversions(11, 12).await, ["4.40", "4.40"]);
    assert_eq!(tiers.accrued().await, "98.80");
    // Sent again, each answers what it answered then.
    assert_eq!(tiers.convert("c10", json!({})).await, (vec!["4.00".to_owned()], 10));
    assert_eq!(tiers.convert("c11", json!({})).await, (vec!["4.40".to_owned()], 0));
    assert_eq!(tiers.accrued().await, "98.80");
    let rows = tiers.shop.rows(&tiers.partner).await;
    for row in rows.iter().filter(|row| row["kind"] == "TIER_ADJUSTMENT") {
        let adjusted = rows
            .iter()
            .find(|other| other["id"] == row["adjusts"]["id"])
            .expect("a row");
        assert_eq!(adjusted["event"]["externalId"], row["event"]["externalId"]);
        assert_eq!(row["transitions"][0]["actor"], rows[0]["transitions"][0]["actor"]);
    }
    tiers.assert_sound().await;

    let conversions = vec![json!({ "occurredAt": "2026-03-01T12:00:00Z", "basePayout": "4.00" }); 12];
    let input = json!({ "tiers": [merged(tiers.draft(), tier)], "conversions": conversions });
    let selection =
        "conversions { payout { amount } adjustments { conversion amount { amount } tier } } totalPayout { amount }";
    let simulated = tiers
        .shop
        .staff()
        .done("simulateTieredCommission", input, selection)
        .await;
    assert_eq!(simulated["totalPayout"]["amount"], "98.80");
    assert_eq!(
        simulated["conversions"][9]["adjustments"]
            .as_array()
            .expect("a list")
            .len(),
        10
    );
}

#[apply(both_databases)]
async fn players_of_250_275_and_300(app: TestApp) {
    // it-retro-exact
    let tiers = Tiers::paying(&app, json!([{ "basis": "FIXED", "value": "250.00" }])).await;
    for (name, reached, more, exact) in [("Three", "3", "25", "275"), ("Five", "5", "50", "300")] {
        let retroactive = merged(acts("EXACT", exact), json!({ "type": "CPA" }));
        tiers
            .tier(json!({
                "name": name, "goals": goal("CONVERSION", reached), "crossingPolicy": "CROSSING_CONVERSION",
                "payout": acts("FLAT_INCREASE", more), "retroactivePayout": retroactive,
            }))
            .await;
    }
    let mut totals = Vec::new();
    for number in 1..=5 {
        tiers.convert(&format!("player-{number}"), json!({})).await;
        totals.push(tiers.accrued().await);
    }
    assert_eq!(totals, ["250.00", "500.00", "825.00", "1100.00", "1500.00"]);
    tiers.assert_sound().await;
}

#[apply(both_databases)]
async fn the_five_actions(app: TestApp) {
    // ef-actions
    for (action, expected) in [
        ("INCREASE", "21.00"),
        ("DECREASE", "19.00"),
        ("FLAT_INCREASE", "25.00"),
        ("FLAT_DECREASE", "15.00"),
        ("EXACT", "5.00"),
    ] {
        let tiers = Tiers::of(
            &action.to_lowercase().replace('_', "-"),
            &app,
            json!([{ "basis": "PERCENT", "value": "20" }]),
        )
        .await;
        let tier = json!({ "goals": goal("CONVERSION", "1"), "retroactivePayout": acts(action, "5") });
        tiers.tier(tier).await;
        assert_eq!(tiers.convert("sale", amount("100")).await.1, 1, "{action}");
        assert_eq!(tiers.accrued().await, expected, "{action}");
        if action != "EXACT" {
            tiers
                .tier(json!({ "name": "Rate", "goals": goal("CONVERSION", "1"), "payout": acts(action, "5") }))
                .await;
            assert_eq!(tiers.convert("next", amount("100")).await.0, [expected], "{action}");
        }
        tiers.assert_sound().await;
    }
}

#[apply(both_databases)]
async fn revenue_goes_through_the_same_engine_beside_the_event(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({
            "goals": goal("CONVERSION", "2"), "revenue": acts("INCREASE", "50"),
            "retroactiveRevenue": merged(acts("EXACT", "10"), json!({ "type": "RPS" })),
        }))
        .await;
    for id in ["a", "b", "c"] {
        let input = json!({ "revenue": euros("7.01"), "amount": euros("100") });
        assert_eq!(tiers.convert(id, input).await, (vec!["4.00".to_owned()], 0));
    }
    assert_eq!(tiers.revenue("a").await, ["7.01", "2.99"]);
    assert_eq!(tiers.revenue("b").await, ["7.01", "2.99"]);
    assert_eq!(tiers.revenue("c").await, ["10.52"]);
    tiers.convert("without", json!({})).await;
    assert_eq!(tiers.revenue("without").await, ["none"]);
    // A refund takes nothing from it.
    tiers.shop.refund("r", "a", None).await;
    assert_eq!(tiers.revenue("a").await, ["7.01", "2.99"]);
    tiers.assert_sound().await;
    let rows = tiers.shop.rows(&tiers.partner).await;
    let shown = rows
        .iter()
        .flat_map(|row| row["explanation"].as_array().expect("steps"));
    assert!(shown.into_iter().all(|step| !text(&step["source"]).contains("revenue")));
}
