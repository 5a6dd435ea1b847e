//! The figures of the worked examples, simulated: with tiers that are stored and with tiers that are not.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::Network;
use crate::ledger::{decimal, merged, text};
use crate::support::both_databases;
use crate::worked_examples::cases;

const EVERYTHING: &str = "totalPayout { amount currency } totalRevenue { amount currency } conversions {
    payout { amount currency } revenue { amount } payoutTier revenueTier adjustments { conversion amount { amount } tier }
    revenueAdjustments { conversion amount { amount } tier }
    counters { tier campaign { id } windowStart windowEnd metric value goal max } explanation { source outcome detail amount } }";

fn case(area: &str, id: &str) -> Value {
    cases(area).into_iter().find(|case| case["id"] == id).expect("a case")
}

/// So many conversions of March with the same amounts.
fn conversions(count: u64, amounts: Value) -> Value {
    let conversion = |number: u64| {
        merged(
            json!({ "occurredAt": format!("2026-03-{:02}T12:00:00Z", number + 1) }),
            amounts.clone(),
        )
    };
    (0..count).map(conversion).collect()
}

/// A tier that may stand in a simulation alone: it says nothing of whom it is for.
fn bare(more: Value) -> Value {
    let tier = json!({
        "name": "Tier", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "MONTHLY",
        "goals": [{ "metric": "CONVERSION", "goal": "1" }],
    });
    merged(tier, more)
}

/// The answer for these tiers, which must be the same whether they are stored or not.
async fn simulate(network: &Network<'_>, tiers: &[Value], conversions: &Value) -> Value {
    let staff = network.shop.staff();
    let mut stored = Vec::new();
    for tier in tiers {
        let tier = merged(
            tier.clone(),
            json!({ "applyToAllPartners": true, "campaignIds": [network.shoes] }),
        );
        stored.push(
            network
                .shop
                .make("createTieredCommission", "tieredCommission", tier)
                .await,
        );
    }
    let before = network.shop.app.rows().await;
    let input = json!({ "tieredCommissionIds": stored, "conversions": conversions });
    let of_stored = staff.done("simulateTieredCommission", input, EVERYTHING).await;
    let input = json!({ "tiers": tiers, "conversions": conversions });
    assert_eq!(
        staff.done("simulateTieredCommission", input, EVERYTHING).await,
        of_stored
    );
    assert_eq!(network.shop.app.rows().await, before, "simulations write nothing");
    of_stored
}

fn payouts(simulated: &Value) -> Vec<String> {
    let conversions = simulated["conversions"].as_array().expect("conversions").iter();
    conversions
        .map(|conversion| text(&conversion["payout"]["amount"]))
        .collect()
}

/// What all conversions so far have earned, after each.
fn running_totals(simulated: &Value) -> Vec<String> {
    let mut total = Decimal::ZERO;
    let conversions = simulated["conversions"].as_array().expect("conversions").iter();
    let totals = conversions.map(|conversion| {
        total += decimal(&conversion["payout"]["amount"]);
        for adjustment in conversion["adjustments"].as_array().expect("a list") {
            total += decimal(&adjustment["amount"]["amount"]);
        }
        total.to_string()
    });
    totals.collect()
}

#[apply(both_databases)]
async fn a_tier_acts_on_what_the_partner_was_promised(app: TestApp) {
    let network = Network::new(&app).await;
    let case = case("tiered", "ef-custom-plus-tier");
    let tier = bare(json!({
        "crossingPolicy": "CROSSING_CONVERSION",
        "payout": { "action": "INCREASE", "value": case["inputs"]["tier"]["value"] },
    }));
    let one = conversions(1, json!({ "basePayout": case["inputs"]["custom_payout"] }));
    let simulated = simulate(&network, &[tier], &one).await;
    assert_eq!(simulated["totalPayout"]["amount"], case["expected"]["payout"]);
    let conversion = &simulated["conversions"][0];
    assert_eq!(
        conversion["payout"],
        json!({ "amount": case["expected"]["payout"], "currency": "EUR" })
    );
    assert_eq!(
        (&conversion["payoutTier"], &conversion["revenueTier"]),
        (&json!("Tier"), &Value::Null)
    );
    assert_eq!(
        conversion["counters"],
        json!([{
            "tier": "Tier", "campaign": null, "windowStart": "2026-02-28T23:00:00Z", "windowEnd": "2026-03-31T22:00:00Z",
            "metric": "CONVERSION", "value": "1", "goal": "1", "max": null,
        }])
    );
}

#[apply(both_databases)]
async fn all_goals_must_be_met(app: TestApp) {
    let network = Network::new(&app).await;
    let inputs = &case("tiered", "ef-goals-and")["inputs"];
    let tier = bare(json!({
        "crossingPolicy": "CROSSING_CONVERSION", "payout": { "action": "INCREASE", "value": "10" },
        "goals": [
            { "metric": "CONVERSION", "goal": inputs["conversion_goal"] }, { "metric": "REVENUE", "goal": inputs["revenue_goal"] },
        ],
    }));
    let expected = case("tiered", "ef-goals-and")["expected"]["goal_met"].clone();
    for (state, met) in inputs["states"]
        .as_array()
        .unwrap()
        .iter()
        .zip(expected.as_array().unwrap())
    {
        let (count, revenue) = (state["conversions"].as_u64().unwrap(), &state["revenue"]);
        let mut list = conversions(count, json!({ "basePayout": "1" }));
        // The whole revenue of the state with the first one.
        list[0]["baseRevenue"] = revenue.clone();
        let simulated = simulate(&network, std::slice::from_ref(&tier), &list).await;
        let last = simulated["conversions"].as_array().unwrap().last().unwrap();
        assert_eq!(last["payoutTier"] == "Tier", met.as_bool().unwrap(), "{state}");
    }
}

#[apply(both_databases)]
async fn the_month_of_98_80(app: TestApp) {
    let network = Network::new(&app).await;
    let case = case("tiered", "ef-retro-flat");
    let inputs = &case["inputs"];
    let tier = bare(json!({
        "goals": [{ "metric": "CONVERSION", "goal": inputs["conversion_goal"] }],
        "payout": { "action": "INCREASE", "value": inputs["payout_value"] },
        "retroactivePayout": { "action": "FLAT_INCREASE", "value": inputs["retroactive_payout_value"] },
    }));
    let list = conversions(
        inputs["conversions"].as_u64().unwrap(),
        json!({ "basePayout": inputs["base"] }),
    );
    let simulated = simulate(&network, &[tier], &list).await;
    assert_eq!(simulated["totalPayout"]["amount"], case["expected"]["period_total"]);
    assert_eq!(payouts(&simulated), [vec!["4.00"; 10], vec!["4.40"; 2]].concat());
    let adjustments = simulated["conversions"][9]["adjustments"].as_array().unwrap();
    assert_eq!(adjustments.len(), 10);
    for (place, adjustment) in adjustments.iter().enumerate() {
        assert_eq!(
            *adjustment,
            json!({ "conversion": place, "amount": { "amount": "5.00" }, "tier": "Tier" })
        );
    }
    let others = simulated["conversions"]
        .as_array()
        .unwrap()
        .iter()
        .enumerate()
        .filter(|(place, _)| *place != 9);
    assert!(
        others
            .into_iter()
            .all(|(_, conversion)| conversion["adjustments"] == json!([]))
    );
}

#[apply(both_databases)]
async fn two_tiers_of_exact_amounts(app: TestApp) {
    let network = Network::new(&app).await;
    let case = case("retroactive", "it-retro-exact");
    let inputs = &case["inputs"];
    let tiers: Vec<_> = [0, 1]
        .into_iter()
        .map(|index| {
            bare(json!({
                "name": format!("Tier {index}"), "crossingPolicy": "CROSSING_CONVERSION",
                "goals": [{ "metric": "CONVERSION", "goal": inputs["tiers"][index]["threshold"] }],
                "payout": { "action": "FLAT_INCREASE", "value": inputs["payout_values"][index] },
                "retroactivePayout": { "action": "EXACT", "value": inputs["tiers"][index]["exact"], "type": "CPA" },
            }))
        })
        .collect();
    let list = conversions(
        inputs["players"].as_u64().unwrap(),
        json!({ "basePayout": inputs["base"] }),
    );
    let simulated = simulate(&network, &tiers, &list).await;
    let expected: Vec<_> = case["expected"]["cumulative_total_after_each"]
        .as_array()
        .unwrap()
        .iter()
        .map(text)
        .collect();
    assert_eq!(running_totals(&simulated), expected);
    assert_eq!(simulated["totalPayout"]["amount"], expected[4]);
}

#[apply(both_databases)]
async fn every_action_on_a_payout_of_20(app: TestApp) {
    let network = Network::new(&app).await;
    let case = case("tiered", "ef-actions");
    let one = conversions(
        1,
        json!({ "basePayout": case["inputs"]["base"], "baseRevenue": case["inputs"]["base"] }),
    );
    for (action, expected) in case["expected"].as_object().unwrap() {
        let modifier = json!({ "action": action.to_uppercase(), "value": case["inputs"]["value"] });
        let tier = match action.as_str() {
            "exact(retro only)" => {
                let exact = json!({ "action": "EXACT", "value": case["inputs"]["value"] });
                json!({ "retroactivePayout": exact, "retroactiveRevenue": exact })
            }
            _ => json!({ "payout": modifier, "revenue": modifier, "crossingPolicy": "CROSSING_CONVERSION" }),
        };
        let simulated = simulate(&network, &[bare(tier)], &one).await;
        assert_eq!(simulated["totalPayout"]["amount"], *expected, "{action}");
        assert_eq!(simulated["totalRevenue"]["amount"], *expected, "{action}");
    }
}

#[apply(both_databases)]
async fn a_tier_is_valid_or_not_as_the_examples_say(app: TestApp) {
    let network = Network::new(&app).await;
    let expected = case("tiered", "ef-validation")["expected"]["valid"].clone();
    let goal =
        |goal: &str, max: Option<&str>| json!({ "goals": [{ "metric": "CONVERSION", "goal": goal, "max": max }] });
    // A payout without an action cannot be written in GraphQL: the import tries that one.
    for (place, more) in [
        (0, goal("0", None)),
        (2, json!({ "payout": { "action": "INCREASE", "value": "0" } })),
        (3, json!({ "payout": { "action": "EXACT", "value": "5" } })),
        (4, goal("10", Some("5"))),
        (5, json!({ "retroactivePayout": { "action": "EXACT", "value": "5" } })),
    ] {
        let payload = network
            .shop
            .staff()
            .mutate(
                "createTieredCommission",
                network.tier(more.clone()),
                "tieredCommission { id }",
            )
            .await;
        assert_eq!(
            payload["tieredCommission"]["id"].is_string(),
            expected[place].as_bool().unwrap(),
            "{more}"
        );
    }
}

#[apply(both_databases)]
async fn amounts_in_another_currency_than_the_tiers_stay(app: TestApp) {
    let network = Network::new(&app).await;
    let staff = network.shop.staff();
    let tier = bare(json!({
        "crossingPolicy": "CROSSING_CONVERSION", "payout": { "action": "INCREASE", "value": "10" }, "currency": "USD",
    }));
    let free = merged(tier.clone(), json!({ "currency": null }));
    let euros = merged(tier.clone(), json!({ "currency": "EUR" }));
    let list = conversions(1, json!({ "basePayout": "3" }));
    for (tiers, currency, expected) in [
        (json!([tier]), Value::Null, ["3.30", "USD"]),
        (json!([tier]), json!("USD"), ["3.30", "USD"]),
        (json!([tier]), json!("EUR"), ["3.00", "EUR"]),
        // Two currencies: that of the tenant, which the second tier has.
        (json!([tier, euros]), Value::Null, ["3.30", "EUR"]),
        (json!([free]), Value::Null, ["3.30", "EUR"]),
        (json!([free]), json!("USD"), ["3.30", "USD"]),
        (json!([free]), json!("JPY"), ["3", "JPY"]),
    ] {
        let input = json!({ "tiers": tiers, "conversions": list, "currency": currency });
        let simulated = staff
            .done("simulateTieredCommission", input, "totalPayout { amount currency }")
            .await;
        assert_eq!(
            simulated["totalPayout"],
            json!({ "amount": expected[0], "currency": expected[1] }),
            "{tiers} {currency}"
        );
    }
}

#[apply(both_databases)]
async fn a_tier_named_twice_is_simulated_once(app: TestApp) {
    let network = Network::new(&app).await;
    let tier = json!({ "payout": { "action": "FLAT_INCREASE", "value": "1" }, "crossingPolicy": "CROSSING_CONVERSION", "goals": [{ "metric": "CONVERSION", "goal": "1" }] });
    let id = network.create(tier).await;
    let input =
        json!({ "tieredCommissionIds": [id, id], "conversions": conversions(1, json!({ "basePayout": "3.004" })) });
    let simulated = network
        .shop
        .staff()
        .done("simulateTieredCommission", input, EVERYTHING)
        .await;
    assert_eq!(simulated["totalPayout"]["amount"], "4.00");
    assert_eq!(simulated["conversions"][0]["counters"].as_array().unwrap().len(), 1);
}

#[apply(both_databases)]
async fn the_example_of_the_documentation_answers_as_it_says(app: TestApp) {
    let network = Network::new(&app).await;
    let page = include_str!("../../../docs/tiers.md");
    let block = |language: &str| {
        let (_, after) = page.split_once(&format!("```{language}\n")).expect("a block");
        after.split_once("```").expect("its end").0
    };
    let expected: Value = serde_json::from_str(block("json")).expect("JSON");
    assert_eq!(network.shop.staff().data(block("graphql")).await, expected["data"]);
}
