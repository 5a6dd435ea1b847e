//! What components pay, and which of them ask the partner's group.

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
        considered.iter().map(ConsideredTerm::asks_group).collect::<Vec<_>>()
    };
    assert_eq!(asks(&event), [false, true, false]);
    assert_eq!(asks(&after_first(at(2026, 1, 1))), [false, true, true]);
    let refund = EarningEvent {
        kind: EventKind::Refund,
        ..event
    };
    assert_eq!(asks(&refund), [false; 0]);
}
