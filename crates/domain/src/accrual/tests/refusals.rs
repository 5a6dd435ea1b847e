//! Why a component does not pay, and the text of the refusal.

use super::*;

fn refused(term: Term, event: &EarningEvent<'_>, group: Option<&PartnerGroup>) -> (Reason, String) {
    match judged(term, event, group) {
        Verdict::Refused { refusal, .. } => (refusal.reason, refusal.detail),
        Verdict::Pays(earned) => panic!("it pays {earned:?}"),
    }
}

#[test]
fn each_reason_says_what_was_compared() {
    let charge = charge();
    let other_case = EarningEvent {
        event_type: Some("Invoice_Paid"),
        ..charge.clone()
    };
    let other_type = EarningEvent {
        event_type: Some("sign_up"),
        ..charge.clone()
    };
    let without_type = EarningEvent {
        event_type: None,
        ..charge.clone()
    };
    let nobody = EarningEvent {
        customer: None,
        ..charge.clone()
    };
    let dollars = EarningEvent {
        amount: Some(money(10_000, "USD")),
        ..charge.clone()
    };
    let nothing = EarningEvent {
        amount: Some(money(0, "EUR")),
        ..charge.clone()
    };
    let without_amount = EarningEvent {
        kind: EventKind::Conversion,
        amount: None,
        ..charge.clone()
    };
    let cent = EarningEvent {
        amount: Some(money(1, "EUR")),
        ..charge.clone()
    };
    let later = after_first(at(2025, 12, 1));
    let every = Trigger::Every;
    let gated = group(
        r#"[{"type":"recurring","percentage":"10"},{"type":"customer_volume_gate","min_qualified_customers":5}]"#,
    );
    let at_zero = group(r#"[{"type":"recurring","percentage":"0"}]"#);
    let no_first = EarningEvent {
        kind: EventKind::Conversion,
        ..charge.clone()
    };
    let cases = [
        (
            of_type(percent("10"), every),
            &other_case,
            None,
            Reason::EventType,
            "event type \"Invoice_Paid\" is not \"invoice_paid\" (differs in case only)",
        ),
        (
            of_type(percent("10"), every),
            &other_type,
            None,
            Reason::EventType,
            "event type \"sign_up\" is not \"invoice_paid\"",
        ),
        (
            of_type(percent("10"), every),
            &without_type,
            None,
            Reason::EventType,
            "no event type, \"invoice_paid\" is asked for",
        ),
        (
            of_type(percent("10"), Trigger::First),
            &nobody,
            None,
            Reason::CustomerRequired,
            "no customer, the trigger FIRST needs one",
        ),
        (
            for_months(percent("10"), 3),
            &nobody,
            None,
            Reason::CustomerRequired,
            "no customer, the limit of 3 months needs one",
        ),
        (
            of_type(percent("10"), Trigger::First),
            &later,
            None,
            Reason::NotFirst,
            "an event of type \"invoice_paid\" of this customer was recorded before",
        ),
        (
            of_type(percent("10"), Trigger::Subsequent),
            &charge,
            None,
            Reason::NotSubsequent,
            "the first event of type \"invoice_paid\" of this customer",
        ),
        (
            for_months(percent("10"), 3),
            &later,
            None,
            Reason::RecurringMonthsOver,
            "month 4 of 3",
        ),
        (
            of_type(for_months(percent("10"), 3), every),
            &later,
            None,
            Reason::RecurringMonthsOver,
            "month 4 of 3",
        ),
        (
            fixed("5", None),
            &dollars,
            None,
            Reason::Currency,
            "USD charge, fixed amount in EUR",
        ),
        (
            fixed("5", Some("USD")),
            &charge,
            None,
            Reason::Currency,
            "EUR charge, fixed amount in USD",
        ),
        (
            percent("10"),
            &without_amount,
            None,
            Reason::NoAmount,
            "the event has no amount",
        ),
        (
            percent("10"),
            &nothing,
            None,
            Reason::NoAmount,
            "the event's amount is 0.00 EUR",
        ),
        (
            Term::group_rules(),
            &nothing,
            Some(&at_zero),
            Reason::NoAmount,
            "the event's amount is 0.00 EUR",
        ),
        (
            Term::group_rules(),
            &charge,
            None,
            Reason::NoGroup,
            "no partner group, and no default group",
        ),
        (percent("0"), &charge, None, Reason::ZeroRate, "0 % of 100.00 EUR"),
        (fixed("0", None), &charge, None, Reason::ZeroRate, "0.00 EUR, fixed"),
        (
            Term::group_rules(),
            &charge,
            Some(&at_zero),
            Reason::RulesGaveZero,
            "rules of the group Gold: 0 % of 100.00 EUR",
        ),
        (
            Term::group_rules(),
            &no_first,
            Some(&gated),
            Reason::RulesGaveZero,
            "rules of the group Gold: 10 % of 100.00 EUR, blocked: 0 qualified customers < 5",
        ),
        (
            percent("10"),
            &cent,
            None,
            Reason::RoundedToZero,
            "10 % of 0.01 EUR: 0.001 EUR rounds to 0.00 EUR",
        ),
    ];
    for (term, event, group, reason, detail) in cases {
        assert_eq!(refused(term, event, group), (reason, detail.to_owned()));
    }
}

#[test]
fn the_first_check_that_fails_counts() {
    // Everything is wrong with these: the type, then the customer, then the currency.
    let event = EarningEvent {
        event_type: None,
        amount: Some(money(10_000, "USD")),
        customer: None,
        ..charge()
    };
    let term = of_type(fixed("5", None), Trigger::First);
    assert_eq!(refused(term, &event, None).0, Reason::EventType);
    let typed = EarningEvent {
        event_type: Some("invoice_paid"),
        ..event
    };
    let term = of_type(fixed("5", None), Trigger::First);
    assert_eq!(refused(term, &typed, None).0, Reason::CustomerRequired);
    let late = EarningEvent {
        amount: Some(money(10_000, "USD")),
        ..after_first(at(2025, 1, 1))
    };
    let term = of_type(for_months(fixed("5", None), 1), Trigger::First);
    assert_eq!(refused(term, &late, None).0, Reason::NotFirst);
    let term = of_type(for_months(fixed("5", None), 1), Trigger::Subsequent);
    assert_eq!(refused(term, &late, None).0, Reason::RecurringMonthsOver);
}

/// What a component says of an event of this kind and amount: the first one, or after a conversion without amount, or
/// after a charge of 100.00.
#[test]
fn what_brings_no_money_is_neither_first_nor_subsequent() {
    let of = |kind, minor: Option<i64>, before: FirstEvents| EarningEvent {
        kind,
        amount: minor.map(|minor| money(minor, "EUR")),
        customer: Some(CustomerHistory {
            first_of_any: before,
            first_of_type: before,
            ..charge().customer.expect("it has a customer")
        }),
        ..charge()
    };
    let never = FirstEvents::default();
    let lead = FirstEvents {
        qualifying: Some(at(2026, 2, 1)),
        with_amount: None,
    };
    let sale = paid_at(at(2026, 2, 1));
    let (first, subsequent) = (Trigger::First, Trigger::Subsequent);
    let (charged, converted) = (EventKind::Charge, EventKind::Conversion);
    for (term, trigger, event, expected) in [
        // A free trial is no first sale, and the sale after it is.
        (
            percent("20"),
            first,
            of(charged, Some(0), never),
            Some(Reason::NotFirst),
        ),
        (percent("20"), first, of(charged, Some(10_000), never), None),
        (
            fixed("50", None),
            first,
            of(charged, Some(0), never),
            Some(Reason::NotFirst),
        ),
        (fixed("50", None), first, of(charged, Some(10_000), never), None),
        // A lead is one for fixed amounts only.
        (fixed("50", None), first, of(converted, None, never), None),
        (percent("20"), first, of(converted, None, never), Some(Reason::NotFirst)),
        (
            fixed("50", None),
            first,
            of(charged, Some(10_000), lead),
            Some(Reason::NotFirst),
        ),
        (percent("20"), first, of(charged, Some(10_000), lead), None),
        (fixed("50", None), subsequent, of(charged, Some(10_000), lead), None),
        (
            percent("20"),
            subsequent,
            of(charged, Some(10_000), lead),
            Some(Reason::NotSubsequent),
        ),
        (percent("20"), subsequent, of(charged, Some(10_000), sale), None),
        (
            fixed("50", None),
            subsequent,
            of(charged, Some(0), sale),
            Some(Reason::NotSubsequent),
        ),
        (fixed("50", None), subsequent, of(converted, Some(0), sale), None),
        // Without a trigger nothing changes.
        (fixed("50", None), Trigger::Every, of(charged, Some(0), never), None),
    ] {
        let verdict = judged(of_type(term.clone(), trigger), &event, None);
        let reason = match &verdict {
            Verdict::Refused { refusal, .. } => Some(refusal.reason),
            Verdict::Pays(_) => None,
        };
        assert_eq!(reason, expected, "{term:?} {trigger:?} {event:?}: {verdict:?}");
    }
    let refusal = refused(of_type(fixed("50", None), first), &of(charged, Some(0), never), None);
    assert_eq!(refusal.1, "a charge of 0.00 EUR does not count as a first event");
}

#[test]
fn months_begin_with_the_first_event_that_brings_money() {
    let trial = FirstEvents {
        qualifying: Some(at(2025, 12, 1)),
        with_amount: Some(at(2026, 2, 15)),
    };
    let event = EarningEvent {
        customer: Some(CustomerHistory {
            first_of_any: trial,
            ..charge().customer.expect("it has a customer")
        }),
        ..charge()
    };
    assert!(matches!(
        judged(for_months(percent("10"), 1), &event, None),
        Verdict::Pays(_)
    ));
    assert_eq!(
        refused(for_months(fixed("5", None), 3), &event, None),
        (Reason::RecurringMonthsOver, "month 4 of 3".to_owned())
    );
}
