//! What the plan of a rule refers to, and whether its values fit another currency.

use super::*;

#[test]
fn a_plan_refers_to_its_stages_and_to_the_options_of_conditions_and_scalings_once_each() {
    let scaled = Part {
        scaling: scaling(7, &[(2, "1"), (1, "2")]),
        ..percent("1")
    };
    let mut by_period = period(1, 1, None, None);
    by_period.scaling = scaling(9, &[(4, "1")]);
    let in_periods = Part {
        scaling: scaling(7, &[(1, "3")]),
        // Disabled periods may be enabled again.
        period_rates: periods(false, vec![by_period]),
        ..percent("1")
    };
    let conditional = RuleEntry {
        condition: Some(FieldValue {
            field_id: id(8),
            option_id: id(3),
        }),
        ..entry(WON, Some(scaled), None)
    };
    let rule = rule(
        1,
        vec![
            conditional,
            entry(3, None, Some(in_periods)),
            entry(WON, Some(percent("1")), None),
        ],
    );
    let (stages, fields, options) = rule.plan.references();
    assert_eq!(stages, [id(3), id(WON)]);
    assert_eq!(fields, [id(7), id(8), id(9)]);
    assert_eq!(options, [id(1), id(2), id(3), id(4)]);
}

#[test]
fn every_fixed_value_of_a_rule_must_be_an_amount_of_its_currency() {
    let fixed = || part(ValueType::Fixed, "5");
    let with_period = |value, scaling| {
        let period = Period {
            scaling,
            ..period(1, 1, None, value)
        };
        Part {
            period_rates: periods(false, vec![period]),
            ..fixed()
        }
    };
    let scaled = Part {
        scaling: scaling(7, &[(1, "5"), (2, "5.5")]),
        ..fixed()
    };
    let yen = Currency::parse("JPY").expect("it exists");
    for (name, part, fits_yen) in [
        ("a whole amount", fixed(), true),
        ("an amount", part(ValueType::Fixed, "5.5"), false),
        ("a percentage", percent("5.5"), true),
        ("a scaled amount", scaled, false),
        ("a whole amount of a period", with_period(Some("5"), None), true),
        ("an amount of a period", with_period(Some("5.5"), None), false),
        (
            "a scaled amount of a period",
            with_period(None, scaling(7, &[(1, "5.5")])),
            false,
        ),
    ] {
        for entry in [entry(WON, Some(part.clone()), None), entry(WON, None, Some(part))] {
            let entries = [self::entry(3, Some(fixed()), None), entry];
            assert_eq!(check_currency(&entries, usd()), Ok(()), "{name}");
            let found = check_currency(&entries, yen).map_err(|fault| (fault.0, fault.1));
            let told = found.map_err(|(code, message)| (code, message.contains(" 5.5 in entries.1 ")));
            let expected = if fits_yen {
                Ok(())
            } else {
                Err((ProblemCode::Invalid, true))
            };
            assert_eq!(told, expected, "{name}");
        }
    }
}
