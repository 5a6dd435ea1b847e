//! Which value counts for an occurrence, and to whom it is owed.

use super::*;

#[test]
fn pays_fixed_amounts_and_percentages_of_the_value() {
    for (part, value, expected) in [
        (part(ValueType::Fixed, "500"), "10000", "500.00"),
        (percent("10"), "10000", "1000.00"),
        (percent("25"), "299.90", "74.98"),
        (percent("0"), "299.90", "0.00"),
        (percent("33.333333"), "0.01", "0.00"),
    ] {
        let due = simulate(
            &rule(1, vec![entry(WON, Some(part), None)]),
            &deal(value, &[]),
            &enter(&[WON]),
            3,
        );
        assert_eq!(amounts(&due.expect("in range")), [expected]);
    }
}

#[test]
fn periods_change_the_rate_and_the_occurrences_end() {
    let mut part = percent("0");
    part.number_of_occurrences = Some(24);
    part.period_rates = periods(
        true,
        vec![period(1, 1, Some(12), Some("20")), period(2, 13, Some(24), Some("10"))],
    );
    let due = simulate(
        &rule(1, vec![entry(WON, None, Some(part))]),
        &deal("1000", &[]),
        &enter(&[WON]),
        40,
    );
    let due = due.expect("in range");
    assert_eq!(due.len(), 24);
    let of = |occurrence: usize| due[occurrence - 1].amount.amount().to_string();
    assert_eq!(
        [of(1), of(12), of(13), of(24)],
        ["200.00", "200.00", "100.00", "100.00"]
    );
}

#[test]
fn the_nearest_value_counts() {
    let mut full = percent("15");
    full.scaling = scaling(7, &[(1, "10"), (2, "20")]);
    let mut first = period(1, 1, Some(2), Some("30"));
    first.scaling = scaling(7, &[(2, "25")]);
    full.period_rates = periods(true, vec![first, period(2, 4, None, None)]);
    let mut disabled = full.clone();
    disabled.period_rates.as_mut().expect("just set").enabled = false;
    let mut bare = full.clone();
    bare.value = None;
    bare.period_rates = None;
    for (name, part, fields, expected) in [
        (
            "the period's scaling",
            &full,
            vec![option(2)],
            ["25.00", "25.00", "20.00", "20.00"],
        ),
        (
            "the period's value",
            &full,
            vec![option(1)],
            ["30.00", "30.00", "10.00", "10.00"],
        ),
        (
            "the base value in a gap and in an empty period",
            &full,
            vec![],
            ["30.00", "30.00", "15.00", "15.00"],
        ),
        (
            "disabled periods",
            &disabled,
            vec![option(2)],
            ["20.00", "20.00", "20.00", "20.00"],
        ),
        (
            "an option without a tier",
            &disabled,
            vec![option(3)],
            ["15.00", "15.00", "15.00", "15.00"],
        ),
        ("nothing", &bare, vec![option(3)], ["0.00", "0.00", "0.00", "0.00"]),
    ] {
        let rule = rule(1, vec![entry(WON, None, Some(part.clone()))]);
        let due = simulate(&rule, &deal("100", &fields), &enter(&[WON]), 3).expect("in range");
        assert_eq!(amounts(&due), expected, "{name}");
        for due in due {
            let sum: Decimal = due.explanation.iter().filter_map(|step| step.amount).sum();
            assert_eq!(sum, due.amount.amount(), "{name}");
        }
    }
}

#[test]
fn individuals_are_the_lead_creator_the_owner_or_not_known_yet() {
    let mut rule = rule(1, vec![entry(WON, Some(part(ValueType::Fixed, "500")), None)]);
    rule.plan.payment_target = PaymentTarget::Individual;
    for (assignment, expected) in [
        (Some(RecipientAssignment::LeadCreator), Some("ann")),
        (Some(RecipientAssignment::DealOwner), Some("bob")),
        (Some(RecipientAssignment::Manual), None),
        (None, None),
    ] {
        rule.plan.auto_assign_recipient = assignment;
        let due = simulate(&rule, &deal("1", &[]), &enter(&[WON]), 0).expect("in range");
        assert_eq!(due[0].recipient.as_deref(), expected);
    }
}

#[test]
fn steps_name_the_version_the_entry_and_the_period_that_decided() {
    let mut recurring = percent("1");
    recurring.period_rates = periods(
        true,
        vec![period(1, 1, Some(2), Some("20")), period(2, 3, None, Some("10"))],
    );
    let mut rule = rule(
        1,
        vec![entry(3, Some(percent("1")), None), entry(WON, None, Some(recurring))],
    );
    // A rule that is only simulated has version 0.
    for (version, first, second) in [
        (0, "rule 1, entry 1", "rule 1, entry 2"),
        (4, "rule 1 version 4, entry 1", "rule 1 version 4, entry 2"),
    ] {
        rule.version = version;
        let due = simulate(&rule, &deal("100", &[]), &enter(&[3, WON]), 2).expect("in range");
        let told = due.iter().map(|due| {
            let of = |source: &str| {
                let step = due.explanation.iter().find(|step| step.source.starts_with(source));
                step.and_then(|step| step.threshold.as_deref())
            };
            (of("commission rule"), of("period"))
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (Some(first), None),
                (Some(second), Some("occurrences 1 to 2")),
                (Some(second), Some("occurrences 1 to 2")),
                (Some(second), Some("occurrences from 3 on")),
            ]
        );
    }
}
