//! Named cases, invariants, and a second, naive implementation that works in whole numbers.

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::explain::{Outcome, Step};
use crate::problem::Problems;

fn decimal(text: &str) -> Decimal {
    crate::money::parse_decimal(text).expect(text)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn draft(kind: RuleDraftKind) -> RuleDraft {
    RuleDraft {
        description: None,
        kind,
    }
}

fn recurring(percentage: &str) -> RuleDraft {
    draft(RuleDraftKind::Recurring {
        percentage: decimal(percentage),
    })
}

fn tier(max_months: i32, percentage: &str) -> RuleDraft {
    draft(RuleDraftKind::NewCustomerTimeTier {
        max_months,
        percentage: decimal(percentage),
    })
}

fn upgrade(min_ltv_total: &str, upgrade_percentage: &str) -> RuleDraft {
    let (min_ltv_total, upgrade_percentage) = (decimal(min_ltv_total), decimal(upgrade_percentage));
    draft(RuleDraftKind::PartnerLtvUpgrade {
        min_ltv_total,
        upgrade_percentage,
    })
}

fn bonus(min_charge_total: &str, bonus: &str) -> RuleDraft {
    draft(RuleDraftKind::ChargeThresholdBonus {
        min_charge_total: decimal(min_charge_total),
        bonus: decimal(bonus),
    })
}

fn gate(min_qualified_customers: i32) -> RuleDraft {
    draft(RuleDraftKind::CustomerVolumeGate {
        min_qualified_customers,
    })
}

fn rules(drafts: Vec<RuleDraft>) -> RuleSet {
    let mut problems = Problems::new();
    rule_set(drafts, None, &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
}

fn charge(amount: &str) -> ScenarioDraft {
    ScenarioDraft {
        charge_amount: decimal(amount),
        customer_months: 1,
        partner_ltv: Decimal::ZERO,
        qualified_customers: 0,
        first_paid_customer_bootstrap: false,
    }
}

fn read(scenario: &ScenarioDraft, code: &str) -> Inputs {
    let mut problems = Problems::new();
    inputs(scenario, currency(code), &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
}

/// The fee as text, the effective percentage, and the steps as "source outcome".
fn fee_of(drafts: Vec<RuleDraft>, scenario: &ScenarioDraft) -> (String, String, Vec<String>) {
    let mut steps = Vec::new();
    let fee = evaluate(&rules(drafts), None, &read(scenario, "EUR"), &mut steps).expect("small amounts");
    let steps = steps
        .iter()
        .map(|step| format!("{} {}", step.source, step.outcome.as_str()));
    (
        fee.fee.amount().to_string(),
        fee.effective_percentage.to_string(),
        steps.collect(),
    )
}

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

/// Amounts are whole ten-thousandths, percentages whole millionths: the product is exact in an i128 of 10^-12.
fn naive_fee(drafts: &[RuleDraft], scenario: &ScenarioDraft, exponent: u32) -> (i128, i128) {
    let scaled = |value: Decimal, scale: u32| {
        let value = value.normalize();
        value.mantissa() * 10i128.pow(scale - value.scale())
    };
    let (charge, ltv) = (scaled(scenario.charge_amount, 4), scaled(scenario.partner_ltv, 4));
    let months = scenario.customer_months.max(1);
    let mut base: Option<(i32, i128)> = None;
    let (mut fallback, mut upgrades, mut bonuses, mut open) = (0, 0, 0, true);
    for rule in drafts {
        match rule.kind {
            RuleDraftKind::NewCustomerTimeTier { max_months, percentage } => {
                if months <= max_months && base.is_none_or(|(shortest, _)| max_months < shortest) {
                    base = Some((max_months, scaled(percentage, 6)));
                }
            }
            RuleDraftKind::Recurring { percentage } => fallback = scaled(percentage, 6),
            RuleDraftKind::PartnerLtvUpgrade {
                min_ltv_total,
                upgrade_percentage,
            } => {
                if ltv >= scaled(min_ltv_total, 4) {
                    upgrades += scaled(upgrade_percentage, 6);
                }
            }
            RuleDraftKind::ChargeThresholdBonus {
                min_charge_total,
                bonus,
            } => {
                if charge >= scaled(min_charge_total, 4) {
                    bonuses += scaled(bonus, 4);
                }
            }
            RuleDraftKind::CustomerVolumeGate {
                min_qualified_customers,
            } => {
                open &=
                    scenario.qualified_customers >= min_qualified_customers || scenario.first_paid_customer_bootstrap;
            }
        }
    }
    let effective = (base.map_or(fallback, |(_, percentage)| percentage) + upgrades).min(100_000_000);
    let fee = charge * effective + bonuses * 100_000_000;
    let fee = if open { fee.max(0) } else { 0 };
    let unit = 10i128.pow(12 - exponent);
    ((fee + unit / 2) / unit, effective)
}

fn any_percentage(least: i64) -> impl Strategy<Value = Decimal> {
    prop_oneof![
        (least..=100).prop_map(Decimal::from),
        (least..=100_000_000).prop_map(|millionths| Decimal::new(millionths, 6))
    ]
}

fn any_amount() -> impl Strategy<Value = Decimal> {
    // Small ones meet thresholds often.
    prop_oneof![
        (1i64..=200).prop_map(Decimal::from),
        (1i64..=100_000_000_000_000).prop_map(|units| Decimal::new(units, 4))
    ]
}

fn any_rule() -> impl Strategy<Value = RuleDraft> {
    let kind = prop_oneof![
        (any_amount(), any_percentage(1)).prop_map(|(min_ltv_total, upgrade_percentage)| {
            RuleDraftKind::PartnerLtvUpgrade {
                min_ltv_total,
                upgrade_percentage,
            }
        }),
        (any_amount(), any_amount(), any::<bool>()).prop_map(|(min_charge_total, bonus, negative)| {
            RuleDraftKind::ChargeThresholdBonus {
                min_charge_total,
                bonus: if negative { -bonus } else { bonus },
            }
        }),
        (1..6i32).prop_map(|min_qualified_customers| RuleDraftKind::CustomerVolumeGate {
            min_qualified_customers
        }),
    ];
    kind.prop_map(draft)
}

prop_compose! {
    fn any_rules()(
        base in any_percentage(0),
        tiers in proptest::collection::btree_map(1..24i32, any_percentage(0), 0..4),
        others in proptest::collection::vec(any_rule(), 0..6),
    ) -> Vec<RuleDraft> {
        let mut drafts = others;
        drafts.push(draft(RuleDraftKind::Recurring { percentage: base }));
        drafts.extend(tiers.into_iter().map(|(max_months, percentage)| draft(RuleDraftKind::NewCustomerTimeTier { max_months, percentage })));
        drafts
    }
}

prop_compose! {
    fn any_scenario()(
        charge_amount in any_amount(),
        customer_months in 0..30i32,
        partner_ltv in any_amount(),
        qualified_customers in 0..7i32,
        first_paid_customer_bootstrap: bool,
    ) -> ScenarioDraft {
        ScenarioDraft { charge_amount, customer_months, partner_ltv, qualified_customers, first_paid_customer_bootstrap }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn it_agrees_with_a_naive_implementation(
        drafts in any_rules(), scenario in any_scenario(), code in prop_oneof![Just("JPY"), Just("EUR"), Just("KWD")],
    ) {
        let result = evaluate(&rules(drafts.clone()), None, &read(&scenario, code), &mut ()).expect("far below the largest");
        let (minor, effective) = naive_fee(&drafts, &scenario, currency(code).exponent());
        prop_assert_eq!(i128::from(result.fee.minor()), minor);
        prop_assert_eq!(result.effective_percentage.value(), Decimal::from_i128_with_scale(effective, 6));
        prop_assert!(result.fee.minor() >= 0);
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        (drafts, shuffled) in any_rules().prop_flat_map(|drafts| (Just(drafts.clone()), Just(drafts).prop_shuffle())),
        scenario in any_scenario(),
    ) {
        let inputs = read(&scenario, "EUR");
        prop_assert_eq!(
            evaluate(&rules(drafts), None, &inputs, &mut ()),
            evaluate(&rules(shuffled), None, &inputs, &mut ())
        );
    }

    #[test]
    fn a_higher_ltv_never_lowers_the_fee(drafts in any_rules(), scenario in any_scenario(), more in any_amount()) {
        let richer = ScenarioDraft { partner_ltv: scenario.partner_ltv + more, ..scenario.clone() };
        let set = rules(drafts);
        let fee = |scenario: &ScenarioDraft| evaluate(&set, None, &read(scenario, "EUR"), &mut ()).expect("small").fee.minor();
        prop_assert!(fee(&richer) >= fee(&scenario));
    }

    #[test]
    fn the_steps_add_up_to_the_fee_and_explaining_changes_nothing(drafts in any_rules(), scenario in any_scenario()) {
        let (set, inputs) = (rules(drafts.clone()), read(&scenario, "EUR"));
        let mut steps = Vec::new();
        let explained = evaluate(&set, None, &inputs, &mut steps).expect("small");
        prop_assert_eq!(evaluate(&set, None, &inputs, &mut ()), Ok(explained));
        let sum: Decimal = steps.iter().filter_map(|step| step.amount).sum();
        prop_assert_eq!(sum, explained.fee.amount());
        for index in 0..drafts.len() {
            let source = format!("rules.{index} ");
            prop_assert_eq!(steps.iter().filter(|step| step.source.starts_with(&source)).count(), 1, "each rule has a verdict");
        }
    }

    #[test]
    fn stored_rules_read_back_the_same(drafts in any_rules()) {
        let set = rules(drafts);
        let stored = serde_json::to_value(&set).expect("plain");
        prop_assert_eq!(serde_json::from_value::<RuleSet>(stored).expect("ours"), set);
    }
}
