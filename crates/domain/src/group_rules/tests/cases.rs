//! Named cases of each rule.

use super::*;

#[test]
fn the_shortest_matching_time_tier_replaces_recurring() {
    let drafts = vec![tier(12, "20"), recurring("10"), tier(3, "30")];
    for (months, expected) in [
        (0, "30.00"),
        (1, "30.00"),
        (3, "30.00"),
        (4, "20.00"),
        (12, "20.00"),
        (13, "10.00"),
    ] {
        let scenario = ScenarioDraft {
            customer_months: months,
            ..charge("100")
        };
        assert_eq!(fee_of(drafts.clone(), &scenario).0, expected, "month {months}");
    }
    let steps = fee_of(
        drafts,
        &ScenarioDraft {
            customer_months: 2,
            ..charge("100")
        },
    )
    .2;
    let expected = [
        "rules.0 new_customer_time_tier REPLACED",
        "rules.1 recurring REPLACED",
        "rules.2 new_customer_time_tier APPLIED",
        "rounding APPLIED",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn upgrades_add_up_from_their_threshold_on_and_stop_at_a_hundred() {
    let drafts = vec![recurring("90"), upgrade("1000", "5"), upgrade("2000", "7.5")];
    for (ltv, fee, percentage) in [
        ("999.99", "90.00", "90"),
        ("1000", "95.00", "95"),
        ("1999.99", "95.00", "95"),
        ("2000", "100.00", "100"),
    ] {
        let scenario = ScenarioDraft {
            partner_ltv: decimal(ltv),
            ..charge("100")
        };
        let result = fee_of(drafts.clone(), &scenario);
        assert_eq!((result.0.as_str(), result.1.as_str()), (fee, percentage), "LTV {ltv}");
    }
}

#[test]
fn bonuses_add_once_and_deductions_stop_at_zero() {
    let drafts = vec![
        recurring("10"),
        bonus("50", "3"),
        bonus("100", "2.5"),
        bonus("200", "-1000"),
    ];
    for (amount, fee) in [("49.99", "5.00"), ("50", "8.00"), ("100", "15.50"), ("200", "0.00")] {
        assert_eq!(fee_of(drafts.clone(), &charge(amount)).0, fee, "charge {amount}");
    }
    assert_eq!(
        fee_of(drafts, &charge("200")).1,
        "10",
        "deductions leave the effective percentage alone"
    );
}

#[test]
fn every_gate_must_hold_unless_the_first_customer_opens_it() {
    let drafts = vec![gate(3), recurring("10"), gate(5)];
    for (customers, bootstrap, fee) in [
        (2, false, "0.00"),
        (4, false, "0.00"),
        (5, false, "10.00"),
        (0, true, "10.00"),
    ] {
        let scenario = ScenarioDraft {
            qualified_customers: customers,
            first_paid_customer_bootstrap: bootstrap,
            ..charge("100")
        };
        assert_eq!(fee_of(drafts.clone(), &scenario).0, fee, "{customers} customers");
    }
    let (_, percentage, steps) = fee_of(
        drafts,
        &ScenarioDraft {
            qualified_customers: 4,
            ..charge("100")
        },
    );
    assert_eq!(percentage, "10", "gates leave the effective percentage alone");
    assert_eq!(
        steps[1..3],
        [
            "rules.0 customer_volume_gate APPLIED",
            "rules.2 customer_volume_gate BLOCKED"
        ]
    );
}

#[test]
fn amounts_of_a_group_with_a_currency_do_not_apply_to_another() {
    let drafts = vec![recurring("10"), upgrade("10", "5"), bonus("10", "7")];
    let set = rules(drafts);
    let scenario = ScenarioDraft {
        partner_ltv: decimal("1000"),
        ..charge("100")
    };
    for (group, code, fee) in [
        (Some("EUR"), "EUR", "22.00"),
        (Some("EUR"), "USD", "10.00"),
        (None, "USD", "22.00"),
    ] {
        let mut steps: Vec<Step> = Vec::new();
        let result = evaluate(&set, group.map(currency), &read(&scenario, code), &mut steps).expect("small");
        assert_eq!(result.fee.amount().to_string(), fee, "{group:?} {code}");
        let unreached = steps.iter().filter(|step| step.outcome == Outcome::NotReached).count();
        assert_eq!(unreached, if fee == "10.00" { 2 } else { 0 });
    }
}

#[test]
fn the_currency_decides_the_digits() {
    let set = rules(vec![recurring("12.5")]);
    for (code, amount, fee) in [
        ("JPY", "1004", "126"),
        ("USD", "10.04", "1.26"),
        ("KWD", "10.004", "1.251"),
    ] {
        let fee_of = evaluate(&set, None, &read(&charge(amount), code), &mut ()).expect("small");
        assert_eq!(fee_of.fee.amount().to_string(), fee, "{code}");
    }
}

#[test]
fn a_fee_beyond_the_largest_amount_is_an_error_and_no_panic() {
    let set = rules(vec![recurring("100"), bonus("1", "999999999999999")]);
    let inputs = read(&charge("1000000000000000"), "JPY");
    assert_eq!(
        evaluate(&set, None, &inputs, &mut ()),
        Err(crate::money::AmountTooLarge)
    );
}

#[test]
fn every_problem_of_the_rules_is_named_at_once() {
    let mut problems = Problems::new();
    let drafts = vec![
        tier(0, "101"),
        tier(3, "10"),
        tier(3, "0.0000001"),
        upgrade("0", "0"),
        bonus("-1", "0"),
        gate(0),
    ];
    let found = problems.within("rules", |problems| rule_set(drafts, None, problems));
    assert_eq!(found, None);
    let paths: Vec<_> = problems
        .into_vec()
        .into_iter()
        .map(|problem| problem.path.join("."))
        .collect();
    let expected = [
        "rules.0.maxMonths",
        "rules.0.percentage",
        "rules.2.maxMonths",
        "rules.2.percentage",
        "rules.3.minLtvTotal",
        "rules.3.upgradePercentage",
        "rules.4.minChargeTotal",
        "rules.4.bonus",
        "rules.5.minQualifiedCustomers",
        "rules",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn a_fee_of_nothing_is_not_below_zero() {
    let (fee, _, steps) = fee_of(vec![recurring("0")], &charge("10"));
    assert_eq!(fee, "0.00");
    assert!(steps.iter().all(|step| !step.starts_with("floor")), "{steps:?}");
    let (fee, _, steps) = fee_of(vec![recurring("0"), bonus("1", "-0.01")], &charge("10"));
    assert_eq!(fee, "0.00");
    assert!(steps.contains(&"floor APPLIED".to_owned()), "{steps:?}");
}
