//! Terms, rules, holdbacks and amounts of money.

use serde_json::{Value, json};

use super::{Case, case, check};
use crate::support::both_databases;
use crate::support::programme::Programme;

/// One component of terms that is wrong, and what is wrong with it.
fn wrong_terms() -> Vec<(Value, &'static str)> {
    let percent = |value: &str| json!({ "basis": "PERCENT", "value": value });
    let fixed = |value: &str, currency: Option<&str>| json!({ "basis": "FIXED", "value": value, "currency": currency });
    let with = |field: &str, value: Value| json!({ "basis": "PERCENT", "value": "1", field: value });
    let long = "x".repeat(101);
    vec![
        (json!({ "basis": "PERCENT" }), "REQUIRED value"),
        (json!({ "basis": "FIXED" }), "REQUIRED value"),
        (json!({ "basis": "GROUP_RULES", "value": "1" }), "INVALID value"),
        (json!({ "basis": "GROUP_RULES", "currency": "EUR" }), "INVALID currency"),
        (percent("101"), "INVALID value"),
        (percent("100.000001"), "INVALID value"),
        (percent("-0.000001"), "INVALID value"),
        (percent("33.3333333"), "INVALID value"),
        (percent("9999999999999999999999999999"), "INVALID value"),
        (fixed("-0.01", None), "INVALID value"),
        (fixed("0.001", None), "INVALID value"),
        (fixed("1.5", Some("JPY")), "INVALID value"),
        (fixed("0.0001", Some("KWD")), "INVALID value"),
        (fixed("10000000000000.01", None), "INVALID value"),
        (fixed("1000000000000001", Some("JPY")), "INVALID value"),
        (fixed("9999999999999999999999999999", Some("USD")), "INVALID value"),
        (with("currency", json!("EUR")), "INVALID currency"),
        (with("trigger", json!("FIRST")), "REQUIRED eventType"),
        (with("trigger", json!("SUBSEQUENT")), "REQUIRED eventType"),
        (with("eventType", json!(" ")), "REQUIRED eventType"),
        (with("eventType", json!(long)), "INVALID eventType"),
        (with("eventType", json!("a\u{1}")), "INVALID eventType"),
        (with("recurringMonths", json!(0)), "INVALID recurringMonths"),
        (with("recurringMonths", json!(601)), "INVALID recurringMonths"),
        (with("recurringMonths", json!(-1)), "INVALID recurringMonths"),
        (with("recurringMonths", json!(i32::MIN)), "INVALID recurringMonths"),
    ]
}

/// One rule that is wrong, and what is wrong with it.
fn wrong_rules() -> Vec<(Value, &'static str)> {
    let tier = |months: i32, percentage: &str| json!({ "newCustomerTimeTier": { "maxMonths": months, "percentage": percentage } });
    let upgrade = |total: &str, points: &str| json!({ "partnerLtvUpgrade": { "minLtvTotal": total, "upgradePercentage": points } });
    let bonus =
        |total: &str, bonus: &str| json!({ "chargeThresholdBonus": { "minChargeTotal": total, "bonus": bonus } });
    let gate = |count: i32| json!({ "customerVolumeGate": { "minQualifiedCustomers": count } });
    let long = "x".repeat(5001);
    vec![
        (tier(0, "20"), "INVALID maxMonths"),
        (tier(-1, "20"), "INVALID maxMonths"),
        (tier(1, "100.1"), "INVALID percentage"),
        (tier(1, "-1"), "INVALID percentage"),
        (tier(1, "0.0000001"), "INVALID percentage"),
        (upgrade("0", "1"), "INVALID minLtvTotal"),
        (upgrade("-1", "1"), "INVALID minLtvTotal"),
        (upgrade("1000000000000001", "1"), "INVALID minLtvTotal"),
        (upgrade("0.00001", "1"), "INVALID minLtvTotal"),
        (upgrade("1", "0"), "INVALID upgradePercentage"),
        (upgrade("1", "-1"), "INVALID upgradePercentage"),
        (upgrade("1", "101"), "INVALID upgradePercentage"),
        (bonus("0", "1"), "INVALID minChargeTotal"),
        (bonus("-0.01", "1"), "INVALID minChargeTotal"),
        (bonus("1", "0"), "INVALID bonus"),
        (bonus("1", "-0.00"), "INVALID bonus"),
        (bonus("1", "1000000000000001"), "INVALID bonus"),
        (bonus("1", "-1000000000000001"), "INVALID bonus"),
        (gate(0), "INVALID minQualifiedCustomers"),
        (gate(i32::MIN), "INVALID minQualifiedCustomers"),
        (
            json!({ "newCustomerTimeTier": { "maxMonths": 1, "percentage": "1", "description": long } }),
            "INVALID description",
        ),
    ]
}

/// "CODE field" with `prefix` before the field.
fn below(prefix: &str, problem: &str) -> String {
    let (code, field) = problem.split_once(' ').unwrap_or((problem, ""));
    format!("{code} {prefix}{field}").trim_end_matches('.').to_owned()
}

pub fn cases(p: &Programme) -> Vec<Case> {
    let mut cases = Vec::new();
    let fine = json!({ "basis": "PERCENT", "value": "1" });
    for mutation in [
        "amendCommissionSnapshot",
        "createCampaign",
        "updateCampaign",
        "createPartner",
    ] {
        let prefix = if mutation == "createPartner" {
            "commissionSnapshot."
        } else {
            ""
        };
        let mut add = |changes: Value, problems: &[&str]| {
            let changes = match prefix {
                "" => changes,
                _ => {
                    let mut snapshot = json!({ "campaignId": p.campaign, "terms": [fine] });
                    for (field, value) in changes.as_object().expect("an object") {
                        snapshot[field] = value.clone();
                    }
                    json!({ "commissionSnapshot": snapshot })
                }
            };
            let problems: Vec<_> = problems.iter().map(|problem| below(prefix, problem)).collect();
            cases.push(case(
                mutation,
                changes,
                &problems.iter().map(String::as_str).collect::<Vec<_>>(),
            ));
        };
        for (term, problem) in wrong_terms() {
            add(json!({ "terms": [fine, term] }), &[&below("terms.1.", problem)]);
        }
        add(json!({ "terms": vec![&fine; 11] }), &["INVALID terms"]);
        let two = [
            json!({ "basis": "PERCENT", "value": "101" }),
            fine.clone(),
            json!({ "basis": "FIXED" }),
        ];
        add(
            json!({ "terms": two }),
            &["INVALID terms.0.value", "REQUIRED terms.2.value"],
        );
        for days in [-1, 366, i32::MIN, i32::MAX] {
            add(json!({ "holdbackDays": days }), &["INVALID holdbackDays"]);
        }
        if !mutation.ends_with("Campaign") {
            add(json!({ "terms": [] }), &["REQUIRED terms"]);
        }
    }
    let recurring = json!({ "recurring": { "percentage": "20" } });
    let tier = json!({ "newCustomerTimeTier": { "maxMonths": 3, "percentage": "20" } });
    for mutation in ["createPartnerGroup", "updatePartnerGroup", "simulatePartnerGroup"] {
        // Rules without a currency; the stored group has one.
        let with = |rules: Value| match mutation {
            "simulatePartnerGroup" => json!({ "rules": rules, "partnerGroupId": null }),
            _ => json!({ "rules": rules, "currency": null }),
        };
        let mut add = |rules: Value, problems: &[&str]| cases.push(case(mutation, with(rules), problems));
        for (rule, problem) in wrong_rules() {
            add(json!([recurring, rule]), &[&below("rules.1.", problem)]);
        }
        add(json!([]), &["REQUIRED rules"]);
        add(json!([tier]), &["REQUIRED rules"]);
        add(json!([recurring, tier, recurring]), &["INVALID rules.2"]);
        add(json!([tier, recurring, tier]), &["INVALID rules.2.maxMonths"]);
        add(json!(vec![&recurring; 101]), &["INVALID rules"]);
        let wrong = json!({ "recurring": { "percentage": "100.5" } });
        add(
            json!([tier, wrong, { "newCustomerTimeTier": { "maxMonths": 0, "percentage": "-1" } }]),
            &[
                "INVALID rules.1.percentage",
                "INVALID rules.2.maxMonths",
                "INVALID rules.2.percentage",
            ],
        );
    }
    for (currency, total) in [
        ("JPY", "1.5"),
        ("EUR", "1.001"),
        ("KWD", "1.0001"),
        ("EUR", "10000000000000.01"),
    ] {
        let rule = json!({ "partnerLtvUpgrade": { "minLtvTotal": total, "upgradePercentage": "1" } });
        let bonus = json!({ "chargeThresholdBonus": { "minChargeTotal": total, "bonus": total } });
        let changes = json!({ "currency": currency, "rules": [recurring, rule, bonus] });
        for mutation in ["createPartnerGroup", "updatePartnerGroup"] {
            let problems = [
                "INVALID rules.1.minLtvTotal",
                "INVALID rules.2.bonus",
                "INVALID rules.2.minChargeTotal",
            ];
            cases.push(case(mutation, changes.clone(), &problems));
        }
    }
    cases.extend(scenarios(p));
    let payout = |amount: &str, currency: &str| json!({ "amount": amount, "currency": currency });
    for (payouts, problems) in [
        (vec![payout("-0.01", "EUR")], vec!["INVALID minimumPayouts.0.amount"]),
        (vec![payout("0.001", "EUR")], vec!["INVALID minimumPayouts.0.amount"]),
        (
            vec![payout("1", "EUR"), payout("0.5", "JPY")],
            vec!["INVALID minimumPayouts.1.amount"],
        ),
        (
            vec![payout("1", "EUR"), payout("2", "EUR")],
            vec!["INVALID minimumPayouts.1.currency"],
        ),
        (
            vec![payout("10000000000000.01", "USD"), payout("-1", "EUR")],
            vec!["INVALID minimumPayouts.0.amount", "INVALID minimumPayouts.1.amount"],
        ),
    ] {
        cases.push(case("updateTenant", json!({ "minimumPayouts": payouts }), &problems));
    }
    cases
}

fn scenarios(p: &Programme) -> Vec<Case> {
    let simulate = |changes: Value, problems: &[&str]| case("simulatePartnerGroup", changes, problems);
    let scenario = |field: &str, value: Value| {
        let mut scenario = json!({ "chargeAmount": "1", "customerMonths": 1 });
        scenario[field] = value;
        scenario
    };
    let fine = scenario("customerMonths", json!(1));
    let mut cases = vec![
        simulate(json!({ "scenarios": [] }), &["INVALID scenarios"]),
        simulate(json!({ "scenarios": vec![&fine; 501] }), &["INVALID scenarios"]),
        simulate(json!({ "partnerGroupId": null }), &["INVALID"]),
        simulate(
            json!({ "partnerGroupId": p.group, "rules": [{ "recurring": { "percentage": "1" } }] }),
            &["INVALID"],
        ),
    ];
    for (field, value) in [
        ("chargeAmount", json!("-0.01")),
        ("chargeAmount", json!("10000000000000.01")),
        ("chargeAmount", json!("0.00000000001")),
        ("partnerLtv", json!("-1")),
        ("partnerLtv", json!("10000000000000.01")),
        ("customerMonths", json!(-1)),
        ("qualifiedCustomers", json!(-1)),
    ] {
        let problem = format!("INVALID scenarios.1.{field}");
        cases.push(simulate(
            json!({ "scenarios": [fine, scenario(field, value)] }),
            &[&problem],
        ));
    }
    let two = [
        scenario("chargeAmount", json!("-1")),
        fine,
        scenario("partnerLtv", json!("-1")),
    ];
    cases.push(simulate(
        json!({ "scenarios": two }),
        &["INVALID scenarios.0.chargeAmount", "INVALID scenarios.2.partnerLtv"],
    ));
    cases
}

#[apply(both_databases)]
async fn wrong_amounts_rules_and_terms_are_refused_with_their_paths(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    check(&app, &p, cases(&p)).await;
}

#[apply(both_databases)]
async fn a_groups_currency_must_fit_the_amounts_of_its_rules(app: TestApp) {
    let p = Programme::new(&app, "acme", "alpha", "bravo").await;
    let rules = json!([
        { "recurring": { "percentage": "20" } }, { "partnerLtvUpgrade": { "minLtvTotal": "1234.5678", "upgradePercentage": "1" } },
        { "chargeThresholdBonus": { "minChargeTotal": "100000000000000", "bonus": "-0.5" } },
    ]);
    p.staff
        .done(
            "updatePartnerGroup",
            json!({ "id": p.group, "currency": null, "rules": rules }),
            "partnerGroup { id }",
        )
        .await;
    for currency in ["JPY", "EUR", "KWD"] {
        // The same rules under that currency are refused, so a change of the currency alone is, too.
        check(
            &app,
            &p,
            vec![Case {
                mutation: "updatePartnerGroup",
                changes: json!({ "currency": currency, "rules": rules }),
                problems: {
                    let bonus = (currency == "JPY").then_some("INVALID rules.2.bonus");
                    let all = ["INVALID rules.1.minLtvTotal"].into_iter().chain(bonus);
                    let large = (currency != "JPY").then_some("INVALID rules.2.minChargeTotal");
                    all.chain(large).map(str::to_owned).collect()
                },
            }],
        )
        .await;
        let payload = p
            .staff
            .mutate(
                "updatePartnerGroup",
                json!({ "id": p.group, "currency": currency }),
                "partnerGroup { id }",
            )
            .await;
        assert_eq!(
            payload["userErrors"][0]["field"],
            json!(["currency"]),
            "{currency}: {payload}"
        );
        assert_eq!(payload["userErrors"][0]["code"], "INVALID");
        assert!(payload["partnerGroup"].is_null());
    }
    // New rules that fit may come with the new currency.
    let rules = json!([{ "recurring": { "percentage": "20" } }, { "chargeThresholdBonus": { "minChargeTotal": "100", "bonus": "-5" } }]);
    p.staff
        .done(
            "updatePartnerGroup",
            json!({ "id": p.group, "currency": "JPY", "rules": rules }),
            "partnerGroup { id }",
        )
        .await;
    p.staff
        .done(
            "updatePartnerGroup",
            json!({ "id": p.group, "currency": "KWD" }),
            "partnerGroup { id }",
        )
        .await;
}
