//! Tiered commissions, and conversions to try them on.

use serde_json::{Value, json};

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

/// Fields of a tier that are wrong, whether it is created, changed or simulated, and what is wrong with them.
fn wrong() -> Vec<(Value, Vec<&'static str>)> {
    let goals = |goals: Value| json!({ "goals": goals });
    let goal = |metric: &str, goal: &str| json!({ "metric": metric, "goal": goal });
    let bounded = |metric: &str, goal: &str, max: &str| json!({ "metric": metric, "goal": goal, "max": max });
    let ten = goal("CONVERSION", "10");
    let mut cases = vec![
        (json!({ "startDate": "2027-01-01" }), vec!["INVALID endDate"]),
        (json!({ "notes": "x".repeat(5001) }), vec!["INVALID notes"]),
        (goals(json!([])), vec!["REQUIRED goals"]),
        (goals(json!([{ "metric": "CONVERSION" }])), vec!["INVALID goals"]),
        (
            goals(json!([bounded("REVENUE", "0", "5"), goal("EVENT", "0")])),
            vec!["INVALID goals"],
        ),
        (
            goals(json!([ten, goal("EVENT", "3"), ten])),
            vec!["INVALID goals.2.metric"],
        ),
        (goals(json!([goal("CONVERSION", "1.5")])), vec!["INVALID goals.0.goal"]),
        (
            goals(json!([ten, bounded("EVENT", "1", "1.5")])),
            vec!["INVALID goals.1.max"],
        ),
        (
            goals(json!([bounded("CONVERSION", "10", "5")])),
            vec!["INVALID goals.0.max"],
        ),
        (
            goals(json!([bounded("CONVERSION", "10", "10")])),
            vec!["INVALID goals.0.max"],
        ),
        (
            goals(json!([ten, bounded("PAYOUT", "0", "0")])),
            vec!["INVALID goals.1.max"],
        ),
        (
            goals(json!([ten, goal("SALE_AMOUNT", "-1")])),
            vec!["INVALID goals.1.goal"],
        ),
        (
            goals(json!([ten, goal("REVENUE", "0.001")])),
            vec!["INVALID goals.1.goal"],
        ),
        (
            goals(json!([goal("CONVERSION", "1000000000000001")])),
            vec!["INVALID goals.0.goal"],
        ),
    ];
    for (side, own, other) in [("Payout", "CPS", "RPA"), ("Revenue", "RPS", "CPA")] {
        let modifier = side.to_lowercase();
        let retroactive = format!("retroactive{side}");
        let named = |field: &str, what: &str| -> &'static str { format!("INVALID {field}.{what}").leak() };
        for field in [&modifier, &retroactive] {
            for (action, value) in [
                ("INCREASE", "0"),
                ("DECREASE", "-1"),
                ("INCREASE", "0.0000001"),
                ("INCREASE", "1000000.1"),
                ("FLAT_INCREASE", "0"),
                ("FLAT_DECREASE", "0.001"),
                ("FLAT_INCREASE", "10000000000000000"),
            ] {
                let changes = json!({ field.as_str(): { "action": action, "value": value } });
                cases.push((changes, vec![named(field, "value")]));
            }
        }
        let exact = json!({ "action": "EXACT", "value": "5" });
        cases.push((json!({ modifier.as_str(): exact }), vec![named(&modifier, "action")]));
        let of_other = json!({ "action": "EXACT", "value": "5", "type": other });
        cases.push((
            json!({ retroactive.as_str(): of_other }),
            vec![named(&retroactive, "type")],
        ));
        let too_fine = json!({ "action": "EXACT", "value": "0.0000001", "type": own });
        cases.push((
            json!({ retroactive.as_str(): too_fine }),
            vec![named(&retroactive, "value")],
        ));
    }
    let above_the_sale = json!({ "action": "EXACT", "value": "100.000001", "type": "CPS" });
    cases.push((
        json!({ "retroactivePayout": above_the_sale }),
        vec!["INVALID retroactivePayout.value"],
    ));
    cases
}

/// Mistakes all over one tier.
fn everything_wrong(p: &Programme) -> (Value, Vec<&'static str>) {
    let input = json!({
        "name": "", "externalId": " ", "notes": "x".repeat(5001), "startDate": "2026-02-01", "endDate": "2026-01-31",
        "partnerIds": [p.a, "x", unknown(&p.a)], "campaignIds": [unknown(&p.campaign), p.a], "advertiserIds": [unknown(&p.advertiser)],
        "goals": [{ "metric": "EVENT", "goal": "0.5", "max": "0.2" }, { "metric": "EVENT", "goal": "1" }],
        "payout": { "action": "EXACT", "value": "0" }, "revenue": { "action": "INCREASE", "value": "-1" },
        "retroactivePayout": { "action": "EXACT", "value": "0", "type": "RPS" },
        "retroactiveRevenue": { "action": "FLAT_DECREASE", "value": "0" },
    });
    let named = vec![
        "REQUIRED name",
        "REQUIRED externalId",
        "INVALID notes",
        "INVALID endDate",
        "INVALID partnerIds.1",
        "NOT_FOUND partnerIds.2",
        "NOT_FOUND campaignIds.0",
        "INVALID campaignIds.1",
        "NOT_FOUND advertiserIds.0",
        "INVALID goals.0.goal",
        "INVALID goals.0.max",
        "INVALID goals.0.max",
        "INVALID goals.1.metric",
        "INVALID payout.action",
        "INVALID payout.value",
        "INVALID revenue.value",
        "INVALID retroactivePayout.type",
        "INVALID retroactivePayout.value",
        "INVALID retroactiveRevenue.value",
    ];
    (input, named)
}

/// What is wrong with whom a stored tier is for; simulations do not look at it.
fn wrong_audiences(p: &Programme) -> Vec<(Value, Vec<&'static str>)> {
    vec![
        (json!({ "partnerIds": [] }), vec!["REQUIRED partnerIds"]),
        (
            json!({ "partnerIds": null, "applyToAllPartners": false }),
            vec!["REQUIRED partnerIds"],
        ),
        (
            json!({ "campaignIds": [], "advertiserIds": null }),
            vec!["REQUIRED campaignIds"],
        ),
        (
            json!({ "campaignIds": null, "advertiserIds": [], "partnerIds": [] }),
            vec!["REQUIRED campaignIds", "REQUIRED partnerIds"],
        ),
        (json!({ "eventType": "sale" }), vec!["INVALID eventType"]),
        (
            json!({ "eventType": "sale", "campaignIds": [], "advertiserIds": [p.advertiser] }),
            vec!["INVALID eventType"],
        ),
        (
            json!({ "eventType": "sale", "campaignIds": [p.campaign, p.second_campaign], "advertiserIds": [] }),
            vec!["INVALID eventType"],
        ),
        (
            json!({ "eventType": " ", "advertiserIds": [] }),
            vec!["REQUIRED eventType"],
        ),
        (json!({ "partnerIds": vec![&p.a; 5001] }), vec!["INVALID partnerIds"]),
    ]
}

pub fn cases(p: &Programme) -> Vec<Case> {
    let mut cases = Vec::new();
    let of_all = wrong().into_iter().chain([everything_wrong(p)]);
    for (changes, problems) in of_all.clone().chain(wrong_audiences(p)) {
        for mutation in ["createTieredCommission", "updateTieredCommission"] {
            cases.push(case(mutation, changes.clone(), &problems));
        }
    }
    let fine = json!({
        "name": "Fine", "status": "ACTIVE", "startDate": "2026-01-01", "endDate": "2026-12-31", "period": "DAILY",
        "goals": [{ "metric": "CONVERSION", "goal": "1" }],
    });
    let mut simulate =
        |changes: Value, problems: &[&str]| cases.push(case("simulateTieredCommission", changes, problems));
    let inline = |tiers: Value| json!({ "tieredCommissionIds": null, "tiers": tiers });
    for (changes, problems) in of_all {
        let mut tier = fine.clone();
        for (field, value) in changes.as_object().expect("an object") {
            tier[field] = value.clone();
        }
        let problems: Vec<_> = problems
            .iter()
            .map(|problem| problem.replacen(' ', " tiers.1.", 1))
            .collect();
        simulate(
            inline(json!([fine, tier])),
            &problems.iter().map(String::as_str).collect::<Vec<_>>(),
        );
    }
    simulate(inline(json!([])), &["INVALID tiers"]);
    simulate(inline(json!(vec![&fine; 51])), &["INVALID tiers"]);
    simulate(inline(Value::Null), &["INVALID"]);
    simulate(json!({ "tiers": [fine] }), &["INVALID"]);
    simulate(json!({ "tieredCommissionIds": [] }), &["INVALID tieredCommissionIds"]);
    simulate(
        json!({ "tieredCommissionIds": vec![&p.tiered; 51] }),
        &["INVALID tieredCommissionIds"],
    );
    simulate(
        json!({ "tieredCommissionIds": [p.tiered, unknown(&p.tiered), p.a], "conversions": [] }),
        &[
            "NOT_FOUND tieredCommissionIds.1",
            "INVALID tieredCommissionIds.2",
            "INVALID conversions",
        ],
    );
    let conversion =
        |field: &str, value: &str| json!({ "occurredAt": "2026-03-01T12:00:00Z", "basePayout": "4", field: value });
    let good = conversion("basePayout", "4");
    simulate(json!({ "conversions": vec![&good; 1001] }), &["INVALID conversions"]);
    for field in ["basePayout", "saleAmount", "baseRevenue"] {
        for amount in ["-0.01", "1000000000000000000"] {
            let problem = format!("INVALID conversions.1.{field}");
            simulate(json!({ "conversions": [good, conversion(field, amount)] }), &[&problem]);
        }
    }
    let largest = conversion("basePayout", "10000000000000");
    let flat = json!({ "action": "FLAT_INCREASE", "value": "9999999999990" });
    let mut generous = fine.clone();
    generous["payout"] = flat;
    generous["crossingPolicy"] = json!("CROSSING_CONVERSION");
    let mut changes = inline(json!([generous]));
    changes["conversions"] = json!([good, largest]);
    simulate(changes, &["INVALID conversions.1"]);
    cases.extend([
        case("deleteTieredCommission", json!({ "id": unknown(&p.tiered) }), &["NOT_FOUND id"]),
        case("updateTieredCommission", json!({ "id": unknown(&p.tiered) }), &["NOT_FOUND id"]),
        case(
            "updateTieredCommission",
            json!({
                "name": null, "status": null, "startDate": null, "endDate": null, "period": null, "crossingPolicy": null,
                "applyToAllPartners": null, "goals": null, "partnerIds": null, "campaignIds": null, "advertiserIds": null,
            }),
            &[
                "REQUIRED name",
                "REQUIRED status",
                "REQUIRED startDate",
                "REQUIRED endDate",
                "REQUIRED period",
                "REQUIRED crossingPolicy",
                "REQUIRED applyToAllPartners",
                "REQUIRED goals",
                "REQUIRED partnerIds",
                "REQUIRED campaignIds",
            ],
        ),
    ]);
    cases
}

#[apply(both_databases)]
async fn wrong_tiers_are_refused_with_the_paths_of_all_that_is_wrong(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
