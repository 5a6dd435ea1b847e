//! Invariants, and a second, naive implementation that works in whole numbers.

use super::*;

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
