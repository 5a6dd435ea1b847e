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
