//! What components pay, and which of them depend on the partner's group.

use super::*;

#[test]
fn what_matches_pays() {
    let gold = group(r#"[{"type":"recurring","percentage":"12.5"}]"#);
    let later = after_first(at(2026, 2, 1));
    let without_amount = EarningEvent {
        kind: EventKind::Conversion,
        amount: None,
        customer: None,
        ..charge()
    };
    let first_day = after_first(at(2025, 12, 2));
    for (term, event, paid, detail) in [
        (percent("10"), &charge(), 1_000, "10 % of 100.00 EUR"),
        (
            of_type(percent("10"), Trigger::First),
            &charge(),
            1_000,
            "10 % of 100.00 EUR",
        ),
        (
            of_type(percent("10"), Trigger::Subsequent),
            &later,
            1_000,
            "10 % of 100.00 EUR",
        ),
        (fixed("5", None), &without_amount, 500, "5.00 EUR, fixed"),
        (for_months(percent("10"), 3), &charge(), 1_000, "10 % of 100.00 EUR"),
        // The last moment of the third month.
        (for_months(percent("10"), 3), &first_day, 1_000, "10 % of 100.00 EUR"),
        (
            Term::group_rules(),
            &charge(),
            1_250,
            "rules of the group Gold: 12.5 % of 100.00 EUR",
        ),
    ] {
        match judged(term, event, Some(&gold)) {
            Verdict::Pays(earned) => assert_eq!((earned.amount, earned.detail.as_str()), (money(paid, "EUR"), detail)),
            Verdict::Refused { refusal, .. } => panic!("{refusal:?}"),
        }
    }
}

#[test]
fn a_component_that_asks_the_group_says_so() {
    let terms = terms(vec![
        percent("10"),
        Term::group_rules(),
        of_type(Term::group_rules(), Trigger::Subsequent),
    ]);
    let event = charge();
    let asks = |event: &EarningEvent<'_>| {
        let considered = consider(&terms, event, Berlin, currency("EUR"));
        considered
            .iter()
            .map(ConsideredTerm::uses_group_rules)
            .collect::<Vec<_>>()
    };
    assert_eq!(asks(&event), [false, true, false]);
    assert_eq!(asks(&after_first(at(2026, 1, 1))), [false, true, true]);
    let refund = EarningEvent {
        kind: EventKind::Refund,
        ..event
    };
    assert_eq!(asks(&refund), [false; 0]);
}

#[test]
fn the_charge_that_makes_the_first_qualified_customer_opens_the_gate() {
    let gated = group(
        r#"[{"type":"recurring","percentage":"10"},{"type":"customer_volume_gate","min_qualified_customers":5}]"#,
    );
    let conversion = EarningEvent {
        kind: EventKind::Conversion,
        ..charge()
    };
    let nobody = EarningEvent {
        customer: None,
        ..charge()
    };
    let again = after_first(at(2026, 2, 1));
    for (name, event, qualified_customers, paid) in [
        ("the first charge", &charge(), 0, Some(1_000)),
        ("the second customer's", &charge(), 1, None),
        ("the last that is below the gate", &charge(), 4, None),
        ("enough customers", &charge(), 5, Some(1_000)),
        ("a conversion makes no paid customer", &conversion, 0, None),
        ("nobody's charge makes no customer", &nobody, 0, None),
        ("a customer who is qualified already", &again, 1, None),
    ] {
        let earned = judged_after(qualified_customers, Term::group_rules(), event, Some(&gated)).earned();
        let amount = earned.map(|earned| earned.amount);
        assert_eq!(amount, paid.map(|minor| money(minor, "EUR")), "{name}");
    }
}

#[test]
fn a_step_names_what_its_component_asks_for() {
    let typed = |trigger| of_type(percent("10"), trigger);
    let (first, later) = (charge(), after_first(at(2026, 2, 15)));
    for (term, event, asked) in [
        (percent("10"), &first, None),
        (typed(Trigger::Every), &first, Some("event type invoice_paid")),
        (
            typed(Trigger::First),
            &first,
            Some("event type invoice_paid, trigger FIRST"),
        ),
        (for_months(percent("10"), 1), &later, Some("in the first 1 month")),
        (
            for_months(typed(Trigger::Subsequent), 3),
            &later,
            Some("event type invoice_paid, trigger SUBSEQUENT, in the first 3 months"),
        ),
    ] {
        let earned = judged(term, event, None).earned().expect("it matches");
        let step = earned.explanation.iter().find(|step| step.source == "terms.0 PERCENT");
        let step = step.expect("each component has a step");
        assert_eq!(step.threshold.as_deref(), asked);
        // 10 % of 100.00.
        assert_eq!(step.amount, Some(Decimal::TEN));
    }
}
