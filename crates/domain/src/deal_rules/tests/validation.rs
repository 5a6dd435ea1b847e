//! All problems of a rule's entries are reported at once.

use super::*;

fn catalog() -> Catalog {
    Catalog {
        stages: HashSet::from([id(WON)]),
        fields: HashMap::from([(id(7), HashSet::from([id(1), id(2)])), (id(8), HashSet::from([id(3)]))]),
    }
}

fn draft(value_type: ValueType, value: Option<&str>) -> PartDraft {
    PartDraft {
        value_type,
        value: value.map(decimal),
        scaling: None,
        number_of_occurrences: None,
        period_rates: None,
    }
}

fn scaled(field: u64, tiers: &[(u64, &str)]) -> ScalingDraft {
    ScalingDraft {
        field_id: id::<crate::id::CustomField>(field).to_string(),
        tiers: tiers
            .iter()
            .map(|(option, value)| (id::<crate::id::CustomFieldOption>(*option).to_string(), decimal(value)))
            .collect(),
    }
}

fn one(number: i32, start: i32, end: Option<i32>, value: Option<&str>) -> PeriodDraft {
    PeriodDraft {
        number,
        start,
        end,
        value: value.map(decimal),
        scaling: None,
    }
}

fn rates(enabled: bool, periods: Vec<PeriodDraft>) -> Option<PeriodRatesDraft> {
    Some(PeriodRatesDraft { enabled, periods })
}

/// The validated entries of a rule with one entry, or the paths and codes of its problems.
fn checked(
    one_off: Option<PartDraft>,
    recurring: Option<PartDraft>,
    currency: Option<Currency>,
) -> Result<Vec<RuleEntry>, Vec<(String, ProblemCode)>> {
    let draft = EntryDraft {
        stage_id: id::<crate::id::PaymentStage>(WON).to_string(),
        condition: None,
        one_off,
        recurring,
    };
    let mut problems = Problems::new();
    let entries = entries(vec![draft], currency, &catalog(), &mut problems);
    let found = problems.into_vec().into_iter().map(|p| (p.path.join("."), p.code));
    let found: Vec<_> = found.collect();
    assert_eq!(entries.is_none(), !found.is_empty(), "entries, or else problems");
    entries.ok_or(found)
}

#[test]
fn entries_without_problems_are_kept_as_entered() {
    let one_off = PartDraft {
        number_of_occurrences: Some(1),
        ..draft(ValueType::Fixed, Some("0"))
    };
    let recurring = PartDraft {
        scaling: Some(scaled(7, &[(1, "100"), (2, "0.000001")])),
        number_of_occurrences: Some(24),
        // Neighbours do not overlap, a period may be a single occurrence, and there may be a gap.
        period_rates: rates(
            true,
            vec![
                one(2, 13, Some(13), Some("5")),
                one(1, 1, Some(12), None),
                one(3, 20, None, Some("7")),
            ],
        ),
        ..draft(ValueType::Percentage, Some("15"))
    };
    let expected = entry(
        WON,
        Some(Part {
            number_of_occurrences: Some(1),
            ..part(ValueType::Fixed, "0")
        }),
        Some(Part {
            scaling: scaling(7, &[(1, "100"), (2, "0.000001")]),
            number_of_occurrences: Some(24),
            period_rates: periods(
                true,
                vec![
                    period(2, 13, Some(13), Some("5")),
                    period(1, 1, Some(12), None),
                    period(3, 20, None, Some("7")),
                ],
            ),
            ..percent("15")
        }),
    );
    assert_eq!(checked(Some(one_off), Some(recurring), Some(usd())), Ok(vec![expected]));
}

#[test]
fn a_part_needs_a_value_that_could_ever_apply() {
    let with = |value, scaling, period_rates| PartDraft {
        scaling,
        period_rates,
        ..draft(ValueType::Percentage, value)
    };
    let options = || Some(scaled(7, &[(1, "10")]));
    let valued = || vec![one(1, 1, None, Some("5"))];
    let scaled = PeriodDraft {
        scaling: options(),
        ..one(1, 1, None, None)
    };
    for (name, part, suffices) in [
        ("a value", with(Some("1"), None, None), true),
        ("a scaling", with(None, options(), None), true),
        ("a period's value", with(None, None, rates(true, valued())), true),
        ("a period's scaling", with(None, None, rates(true, vec![scaled])), true),
        (
            "a period without any",
            with(None, None, rates(true, vec![one(1, 1, None, None)])),
            false,
        ),
        ("disabled periods", with(None, None, rates(false, valued())), false),
        ("nothing", with(None, None, None), false),
    ] {
        let missing = vec![("entries.0.recurring.value".to_owned(), ProblemCode::Required)];
        let expected = if suffices { None } else { Some(missing) };
        assert_eq!(checked(None, Some(part), None).err(), expected, "{name}");
    }
}

#[test]
fn fixed_values_are_amounts_of_the_rules_currency_and_never_negative() {
    let yen = Currency::parse("JPY").expect("it exists");
    for (currency, value, fits) in [
        (Some(usd()), "-1", false),
        (Some(usd()), "-0.01", false),
        (Some(usd()), "0", true),
        (Some(usd()), "0.01", true),
        (Some(usd()), "0.001", false),
        (Some(yen), "5", true),
        (Some(yen), "5.5", false),
        // In the deal's currency, whichever it is: no currency has more than 4 decimal places.
        (None, "0.0001", true),
        (None, "0.00001", false),
        (None, "-1", false),
    ] {
        let found = checked(Some(draft(ValueType::Fixed, Some(value))), None, currency).err();
        let expected = (!fits).then(|| vec![("entries.0.oneOff.value".to_owned(), ProblemCode::Invalid)]);
        assert_eq!(found, expected, "{value} {currency:?}");
    }
}

#[test]
fn a_part_has_at_most_100_periods() {
    for (count, fits) in [(100, true), (101, false), (102, false)] {
        let periods = (1..=count).map(|number| one(number, number, Some(number), Some("1")));
        let recurring = PartDraft {
            period_rates: rates(true, periods.collect()),
            ..draft(ValueType::Percentage, None)
        };
        let path = "entries.0.recurring.periodRates.periods";
        let expected = (!fits).then(|| vec![(path.to_owned(), ProblemCode::Invalid)]);
        assert_eq!(checked(None, Some(recurring), None).err(), expected, "{count}");
    }
}

#[test]
fn names_every_problem_of_the_entries_at_once() {
    let mut recurring = draft(ValueType::Percentage, Some("100.1"));
    recurring.scaling = Some(scaled(7, &[(1, "-1"), (3, "5"), (2, "1"), (2, "1")]));
    recurring.number_of_occurrences = Some(0);
    recurring.period_rates = rates(
        true,
        vec![
            one(1, 1, Some(12), Some("101")),
            one(1, 5, Some(4), None),
            one(2, 20, None, Some("1")),
            one(3, 30, Some(31), Some("1")),
        ],
    );
    let mut one_off = draft(ValueType::Fixed, Some("-0.001"));
    one_off.number_of_occurrences = Some(2);
    let disabled = rates(false, vec![one(1, 1, None, Some("5"))]);
    let stage = id::<crate::id::PaymentStage>(WON).to_string();
    let drafts = vec![
        EntryDraft {
            stage_id: id::<crate::id::PaymentStage>(6).to_string(),
            condition: Some(ConditionDraft {
                field_id: id::<crate::id::CustomField>(8).to_string(),
                option_id: id::<crate::id::CustomFieldOption>(1).to_string(),
            }),
            one_off: Some(one_off),
            recurring: Some(recurring),
        },
        EntryDraft {
            stage_id: stage.clone(),
            condition: None,
            one_off: None,
            recurring: None,
        },
        EntryDraft {
            stage_id: stage,
            condition: None,
            one_off: None,
            recurring: Some(PartDraft {
                period_rates: disabled,
                ..draft(ValueType::Percentage, None)
            }),
        },
    ];
    let mut problems = Problems::new();
    assert_eq!(entries(drafts, Some(usd()), &catalog(), &mut problems), None);
    let found: Vec<_> = problems
        .into_vec()
        .into_iter()
        .map(|p| (p.path.join("."), p.code))
        .collect();
    let invalid = |path: &str| (format!("entries.{path}"), ProblemCode::Invalid);
    let missing = |path: &str| (format!("entries.{path}"), ProblemCode::NotFound);
    let required = |path: &str| (format!("entries.{path}"), ProblemCode::Required);
    assert_eq!(
        found,
        [
            missing("0.paymentStageId"),
            missing("0.condition.optionId"),
            invalid("0.oneOff.value"),
            invalid("0.oneOff.numberOfOccurrences"),
            invalid("0.recurring.value"),
            invalid("0.recurring.scaling.tiers.0.value"),
            missing("0.recurring.scaling.tiers.1.optionId"),
            invalid("0.recurring.scaling.tiers.3.optionId"),
            invalid("0.recurring.numberOfOccurrences"),
            invalid("0.recurring.periodRates.periods.0.value"),
            invalid("0.recurring.periodRates.periods.1.endOccurrence"),
            invalid("0.recurring.periodRates.periods.3.startOccurrence"),
            required("1"),
            required("2.recurring.value"),
        ]
    );
}
