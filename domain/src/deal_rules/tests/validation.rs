//! Everything that is wrong with the entries of a rule is named at once.

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

#[test]
fn names_every_problem_of_the_entries_at_once() {
    let scaled = |field: u64, tiers: &[(u64, &str)]| ScalingDraft {
        field_id: id::<crate::id::CustomField>(field).to_string(),
        tiers: tiers
            .iter()
            .map(|(option, value)| (id::<crate::id::CustomFieldOption>(*option).to_string(), decimal(value)))
            .collect(),
    };
    let one = |number, start, end: Option<i32>, value: Option<&str>| PeriodDraft {
        number,
        start,
        end,
        value: value.map(decimal),
        scaling: None,
    };
    let mut recurring = draft(ValueType::Percentage, Some("100.1"));
    recurring.scaling = Some(scaled(7, &[(1, "-1"), (3, "5"), (2, "1"), (2, "1")]));
    recurring.number_of_occurrences = Some(0);
    recurring.period_rates = Some(PeriodRatesDraft {
        enabled: true,
        periods: vec![
            one(1, 1, Some(12), Some("101")),
            one(1, 5, Some(4), None),
            one(2, 20, None, Some("1")),
            one(3, 30, Some(31), Some("1")),
        ],
    });
    let mut one_off = draft(ValueType::Fixed, Some("-0.001"));
    one_off.number_of_occurrences = Some(2);
    let disabled = PeriodRatesDraft {
        enabled: false,
        periods: vec![one(1, 1, None, Some("5"))],
    };
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
                period_rates: Some(disabled),
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
