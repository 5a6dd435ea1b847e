//! Commission rules, and deals to try them on.

use serde_json::{Value, json};

use super::{Case, case, check, deals};
use crate::support::both_databases;
use crate::support::programme::{Programme, unknown};

/// One part that is wrong, and what is wrong with it.
fn wrong_parts(p: &Programme) -> Vec<(Value, Vec<&'static str>)> {
    let p = &p.pipeline;
    let percent = |value: &str| json!({ "valueType": "PERCENTAGE", "value": value });
    let fixed = |value: &str| json!({ "valueType": "FIXED", "value": value });
    let with = |field: &str, value: Value| json!({ "valueType": "PERCENTAGE", "value": "1", field: value });
    let scaling = |tiers: Value| with("scaling", json!({ "customFieldId": p.field, "tiers": tiers }));
    let tier = |option: &str, value: &str| json!({ "optionId": option, "value": value });
    let periods = |periods: Value| with("periodRates", json!({ "enabled": true, "periods": periods }));
    let period = |number: i32, start: i32, end: Option<i32>| json!({ "periodNumber": number, "startOccurrence": start, "endOccurrence": end, "value": "1" });
    let no_values = json!({ "enabled": false, "periods": [period(1, 1, None)] });
    vec![
        (json!({ "valueType": "FIXED" }), vec!["REQUIRED value"]),
        (
            json!({ "valueType": "FIXED", "periodRates": no_values }),
            vec!["REQUIRED value"],
        ),
        (percent("-0.000001"), vec!["INVALID value"]),
        (percent("100.000001"), vec!["INVALID value"]),
        (percent("33.3333333"), vec!["INVALID value"]),
        (fixed("-0.01"), vec!["INVALID value"]),
        (fixed("0.00001"), vec!["INVALID value"]),
        (fixed("1000000000000001"), vec!["INVALID value"]),
        (
            with("numberOfOccurrences", json!(0)),
            vec!["INVALID numberOfOccurrences"],
        ),
        (
            with("numberOfOccurrences", json!(i32::MIN)),
            vec!["INVALID numberOfOccurrences"],
        ),
        (
            with("numberOfOccurrences", json!(100_001)),
            vec!["INVALID numberOfOccurrences"],
        ),
        (scaling(json!([])), vec!["REQUIRED scaling.tiers"]),
        (
            scaling(json!([tier(&p.option, "101")])),
            vec!["INVALID scaling.tiers.0.value"],
        ),
        (
            scaling(json!([tier(&p.option, "1"), tier(&p.option, "2")])),
            vec!["INVALID scaling.tiers.1.optionId"],
        ),
        (
            scaling(json!([tier(&p.option, "1"), tier(&p.free_option, "2")])),
            vec!["NOT_FOUND scaling.tiers.1.optionId"],
        ),
        (
            scaling(json!([tier(&unknown(&p.option), "-1")])),
            vec!["INVALID scaling.tiers.0.value", "NOT_FOUND scaling.tiers.0.optionId"],
        ),
        (
            periods(json!([period(1, 3, Some(2))])),
            vec!["INVALID periodRates.periods.0.endOccurrence"],
        ),
        (
            periods(json!([period(0, 1, None)])),
            vec!["INVALID periodRates.periods.0.periodNumber"],
        ),
        (
            periods(json!([period(1, 0, Some(1))])),
            vec!["INVALID periodRates.periods.0.startOccurrence"],
        ),
        (
            periods(json!([period(1, 1, Some(12)), period(2, 12, None)])),
            vec!["INVALID periodRates.periods.1.startOccurrence"],
        ),
        (
            periods(json!([period(1, 5, None), period(2, 1, Some(5))])),
            vec!["INVALID periodRates.periods.1.startOccurrence"],
        ),
        (
            periods(json!([period(1, 1, None), period(2, 1, None)])),
            vec!["INVALID periodRates.periods.1.startOccurrence"],
        ),
        (
            periods(json!([period(7, 1, Some(1)), period(7, 2, Some(2))])),
            vec!["INVALID periodRates.periods.1.periodNumber"],
        ),
        (
            periods(json!(vec![period(1, 1, None); 101])),
            vec!["INVALID periodRates.periods"],
        ),
    ]
}

pub fn cases(p: &Programme) -> Vec<Case> {
    let stage = &p.pipeline.stage;
    let fine = json!({ "paymentStageId": stage, "oneOff": { "valueType": "PERCENTAGE", "value": "1" } });
    let mut cases = Vec::new();
    for mutation in ["createCommissionRule", "updateCommissionRule", "simulateCommissionRule"] {
        let inline = json!({ "label": "New", "partnerType": "AFFILIATE", "entries": [fine] });
        let mut add = |changes: Value, problems: &[String]| {
            let is_simulated = mutation == "simulateCommissionRule";
            let (mut rule, mut paths) = (inline.clone(), problems.to_vec());
            if is_simulated {
                for (name, value) in changes.as_object().expect("an object") {
                    rule[name] = value.clone();
                }
                paths = paths.iter().map(|problem| problem.replacen(' ', " rule.", 1)).collect();
            }
            let changes = if is_simulated {
                json!({ "rule": rule, "commissionRuleId": null })
            } else {
                changes
            };
            cases.push(case(
                mutation,
                changes,
                &paths.iter().map(String::as_str).collect::<Vec<_>>(),
            ));
        };
        for (part, problems) in wrong_parts(p) {
            for kind in ["oneOff", "recurring"] {
                let wrong = json!({ "paymentStageId": stage, kind: part });
                let problems: Vec<_> = problems
                    .iter()
                    .map(|problem| problem.replacen(' ', &format!(" entries.1.{kind}."), 1))
                    .collect();
                add(json!({ "entries": [fine, wrong] }), &problems);
            }
        }
        let one = |problem: &str| vec![problem.to_owned()];
        let twice = json!({ "valueType": "PERCENTAGE", "value": "1", "numberOfOccurrences": 2 });
        add(
            json!({ "entries": [{ "paymentStageId": stage, "oneOff": twice }] }),
            &one("INVALID entries.0.oneOff.numberOfOccurrences"),
        );
        add(json!({ "entries": [] }), &one("REQUIRED entries"));
        add(json!({ "entries": vec![&fine; 51] }), &one("INVALID entries"));
        add(
            json!({ "entries": [fine, { "paymentStageId": stage }] }),
            &one("REQUIRED entries.1"),
        );
        for days in [-1, 366] {
            add(json!({ "holdbackDays": days }), &one("INVALID holdbackDays"));
        }
        let fixed = json!({ "paymentStageId": stage, "oneOff": { "valueType": "FIXED", "value": "1.5" } });
        add(
            json!({ "currency": "JPY", "entries": [fixed] }),
            &one("INVALID entries.0.oneOff.value"),
        );
        add(everything_wrong(p), &everything_named());
    }
    cases.push(case(
        "deleteCommissionRule",
        json!({ "id": unknown(&p.pipeline.rule) }),
        &["NOT_FOUND id"],
    ));
    cases.push(case(
        "updateCommissionRule",
        json!({ "entries": null }),
        &["REQUIRED entries"],
    ));
    cases.push(case(
        "updateCommissionRule",
        json!({ "partnerType": null, "paymentTarget": null }),
        &["REQUIRED partnerType", "REQUIRED paymentTarget"],
    ));
    cases.extend(simulated_deals(p));
    cases
}

/// Mistakes all over one rule.
fn everything_wrong(p: &Programme) -> Value {
    let p = &p.pipeline;
    let period = |start: i32, end: i32, value: &str| json!({ "periodNumber": start, "startOccurrence": start, "endOccurrence": end, "value": value });
    json!({
        "label": "", "holdbackDays": 400, "tierIds": ["x"], "categoryIds": [unknown("cat_x")], "partnerIds": [p.deal],
        "entries": [
            { "paymentStageId": unknown(&p.stage), "oneOff": { "valueType": "FIXED", "value": "-1" } },
            {
                "paymentStageId": p.stage, "condition": { "customFieldId": p.field, "optionId": p.free_option },
                "oneOff": { "valueType": "PERCENTAGE", "value": "101" },
                "recurring": { "valueType": "PERCENTAGE", "periodRates": { "enabled": false, "periods": [
                    period(1, 3, "1"), period(3, 4, "1"), period(9, 8, "-1"),
                ] } },
            },
        ],
    })
}

fn everything_named() -> Vec<String> {
    let named = [
        "REQUIRED label",
        "INVALID holdbackDays",
        "INVALID tierIds.0",
        "NOT_FOUND categoryIds.0",
        "INVALID partnerIds.0",
        "NOT_FOUND entries.0.paymentStageId",
        "INVALID entries.0.oneOff.value",
        "NOT_FOUND entries.1.condition.optionId",
        "INVALID entries.1.oneOff.value",
        "REQUIRED entries.1.recurring.value",
        "INVALID entries.1.recurring.periodRates.periods.1.startOccurrence",
        "INVALID entries.1.recurring.periodRates.periods.2.endOccurrence",
        "INVALID entries.1.recurring.periodRates.periods.2.value",
    ];
    named.map(str::to_owned).to_vec()
}

fn simulated_deals(p: &Programme) -> Vec<Case> {
    let pipeline = &p.pipeline;
    let fine = json!({ "value": { "amount": "100", "currency": "USD" }, "stagePath": [pipeline.stage] });
    let simulate = |changes: Value, problems: &[&str]| case("simulateCommissionRule", changes, problems);
    let deal = |field: &str, value: Value| {
        let mut deal = fine.clone();
        deal[field] = value;
        json!({ "deal": deal })
    };
    let worth = |amount: &str| deal("value", json!({ "amount": amount, "currency": "USD" }));
    let mut cases = vec![
        simulate(json!({ "commissionRuleId": null }), &["INVALID"]),
        simulate(
            json!({ "rule": { "label": "New", "partnerType": "AFFILIATE", "entries": [] } }),
            &["INVALID"],
        ),
        simulate(worth("-0.01"), &["INVALID deal.value.amount"]),
        simulate(worth("10000000000000.01"), &["INVALID deal.value.amount"]),
        simulate(deal("stagePath", json!([])), &["INVALID deal.stagePath"]),
        simulate(
            deal("stagePath", json!(vec![&pipeline.stage; 101])),
            &["INVALID deal.stagePath"],
        ),
        simulate(
            deal("stagePath", json!([pipeline.stage, unknown(&pipeline.stage)])),
            &["NOT_FOUND deal.stagePath.1"],
        ),
        simulate(deal("renewals", json!(-1)), &["INVALID deal.renewals"]),
        simulate(deal("renewals", json!(1001)), &["INVALID deal.renewals"]),
        simulate(deal("owner", json!(" ")), &["REQUIRED deal.owner"]),
        simulate(deal("leadCreator", json!("a\u{1}")), &["INVALID deal.leadCreator"]),
    ];
    let ids = [&pipeline.field, &pipeline.option, &pipeline.free_option];
    cases.extend(deals::wrong_values(
        "simulateCommissionRule",
        "deal.",
        &json!({ "deal": fine }),
        ids,
    ));
    cases
}

#[apply(both_databases)]
async fn wrong_rules_are_refused_with_the_paths_of_all_that_is_wrong(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}
