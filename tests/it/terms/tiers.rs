//! How the tiers stand that would count the next conversion.

use serde_json::{Value, json};

use super::in_force;
use crate::ledger::{euros, text};
use crate::support::both_databases;
use crate::tier_ledger::{Tiers, acts, amount, goal};

/// The tiers as "NAME achieved acts", with marks for what is true.
async fn stand(tiers: &Tiers<'_>) -> Vec<String> {
    let terms = in_force(&tiers.shop.staff(), &tiers.partner, Some(&tiers.campaign)).await;
    let list = terms["tiers"].as_array().expect("tiers").iter();
    let mark = |tier: &Value, field: &str| {
        if tier[field] == true {
            format!(" {field}")
        } else {
            String::new()
        }
    };
    list.map(|tier| {
        format!(
            "{}{}{}",
            text(&tier["name"]),
            mark(tier, "achieved"),
            mark(tier, "acts")
        )
    })
    .collect()
}

#[apply(both_databases)]
async fn the_crossing_policy_says_when_a_rate_begins(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    for (name, policy) in [("Next", "NEXT_CONVERSION"), ("Crossing", "CROSSING_CONVERSION")] {
        let goals = goal("CONVERSION", if name == "Next" { "2" } else { "3" });
        tiers
            .tier(json!({ "name": name, "crossingPolicy": policy, "goals": goals, "payout": acts("INCREASE", "10") }))
            .await;
    }
    let mut seen = Vec::new();
    for number in 1..=5 {
        let before = stand(&tiers).await.join(", ");
        let (paid, _) = tiers.convert(&number.to_string(), json!({})).await;
        seen.push(format!("{before}: {}", paid.join(" ")));
    }
    assert_eq!(
        seen,
        [
            "Next, Crossing: 4.00",
            "Next, Crossing: 4.00",
            // The third reaches the higher goal itself, which goes before the other.
            "Next achieved, Crossing acts: 4.40",
            "Next achieved, Crossing achieved acts: 4.40",
            "Next achieved, Crossing achieved acts: 4.40",
        ]
    );
}

#[apply(both_databases)]
async fn a_band_ends_the_rate_and_not_the_achievement(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    let goals = json!([{ "metric": "CONVERSION", "goal": "1", "max": "2" }]);
    tiers
        .tier(json!({ "goals": goals, "payout": acts("INCREASE", "10") }))
        .await;
    let mut seen = vec![stand(&tiers).await];
    for number in 1..=2 {
        tiers.convert(&number.to_string(), json!({})).await;
        seen.push(stand(&tiers).await);
    }
    assert_eq!(seen, [["Silver"], ["Silver achieved acts"], ["Silver achieved"]]);
}

#[apply(both_databases)]
async fn what_has_fired_stays_achieved(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers
        .tier(json!({ "goals": goal("SALE_AMOUNT", "50"), "retroactivePayout": acts("FLAT_INCREASE", "1") }))
        .await;
    tiers.convert("1", amount("60")).await;
    assert_eq!(stand(&tiers).await, ["Silver achieved"]);
    tiers.shop.refund("r", "1", None).await;
    let terms = in_force(&tiers.shop.staff(), &tiers.partner, Some(&tiers.campaign)).await;
    assert_eq!(stand(&tiers).await, ["Silver achieved"]);
    let counter = &terms["tiers"][0]["counters"][0];
    assert_eq!(
        [&counter["goalReached"], &counter["remaining"], &counter["value"]],
        [&json!(false), &json!("50.00"), &json!("0.00")]
    );
}

#[apply(both_databases)]
async fn tiers_of_event_types_and_currencies_go_side_by_side(app: TestApp) {
    let tiers = Tiers::paying(&app, json!([{ "basis": "PERCENT", "value": "10" }])).await;
    for (name, more) in [
        ("Any", json!({ "goals": goal("CONVERSION", "1") })),
        (
            "Sale",
            json!({ "goals": goal("CONVERSION", "1"), "eventType": "sale", "startDate": "2021-01-01" }),
        ),
        (
            "Lead",
            json!({ "goals": goal("CONVERSION", "1"), "eventType": "lead", "startDate": "2019-01-01" }),
        ),
        (
            "Dollars",
            json!({ "goals": goal("CONVERSION", "9"), "currency": "USD" }),
        ),
    ] {
        let payout = acts(
            "INCREASE",
            match name {
                "Any" => "10",
                "Sale" => "20",
                "Lead" => "30",
                _ => "40",
            },
        );
        let more = crate::ledger::merged(more, json!({ "name": name, "payout": payout }));
        tiers.tier(more).await;
    }
    for (id, kind) in [("s", "sale"), ("l", "lead")] {
        tiers.convert(id, json!({ "type": kind, "amount": euros("100") })).await;
    }
    // The later start goes before, so that the tier of leads gives way to that of everything.
    assert_eq!(
        stand(&tiers).await,
        ["Any achieved acts", "Sale achieved acts", "Lead achieved", "Dollars"]
    );
    for (kind, paid) in [("sale", "12.00"), ("lead", "11.00"), ("other", "11.00")] {
        let (earned, _) = tiers
            .convert(kind, json!({ "type": kind, "amount": euros("100") }))
            .await;
        assert_eq!(earned, [paid], "{kind}");
    }
}

#[apply(both_databases)]
async fn a_tier_that_was_changed_is_counted_anew(app: TestApp) {
    let tiers = Tiers::new(&app).await;
    tiers.conversions(1, 3).await;
    let id = tiers
        .tier(json!({ "goals": goal("CONVERSION", "5"), "payout": acts("INCREASE", "10") }))
        .await;
    let counter = async || {
        let terms = in_force(&tiers.shop.staff(), &tiers.partner, Some(&tiers.campaign)).await;
        ["value", "goal", "remaining"]
            .map(|field| text(&terms["tiers"][0]["counters"][0][field]))
            .join(" ")
    };
    assert_eq!(counter().await, "3 5 2");
    tiers
        .shop
        .make(
            "updateTieredCommission",
            "tieredCommission",
            json!({ "id": id, "goals": goal("CONVERSION", "3") }),
        )
        .await;
    assert_eq!(counter().await, "3 3 0");
    assert_eq!(stand(&tiers).await, ["Silver achieved acts"]);
    assert_eq!(tiers.convert("4", json!({})).await.0, ["4.40"]);
}
