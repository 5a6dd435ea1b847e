//! When payments become due as a deal moves through its stages.

use super::*;

#[test]
fn only_entering_exactly_the_stage_pays_and_only_once() {
    let rule = rule(
        1,
        vec![
            entry(WON, Some(percent("10")), None),
            entry(3, Some(percent("1")), None),
        ],
    );
    let back_and_forth = [4, WON].repeat(10);
    for (path, expected) in [
        (vec![4, 6], vec![]),
        (vec![WON, WON], vec!["10.00"]),
        (back_and_forth, vec!["10.00"]),
        (vec![3, 4, WON, 3], vec!["1.00", "10.00"]),
        (vec![WON, LOST], vec![]),
        (vec![3, WON, LOST, WON], vec!["10.00"]),
    ] {
        let due = simulate(&rule, &deal("100", &[]), &enter(&path), 0).expect("in range");
        assert_eq!(amounts(&due), expected, "{path:?}");
    }
}

/// Approved payments stay when a deal is lost; those that were void are paid again by the version that paid them.
#[test]
fn what_was_void_is_paid_again_and_only_that() {
    let old = rule(1, vec![entry(WON, Some(percent("5")), Some(percent("10")))]);
    let mut new = rule(1, vec![entry(WON, Some(percent("50")), Some(percent("60")))]);
    new.version = 2;
    let mut history = PaymentHistory::default();
    let view = deal("100", &[]);
    let first = on_entry(id(WON), &[&old], &view, &history).expect("in range");
    assert_eq!(amounts(&first), ["5.00", "10.00"]);
    history.enter(&first, &[&old]);
    for _ in 0..2 {
        let renewed = on_renewal(&view, &history).expect("in range");
        assert_eq!(amounts(&renewed), ["10.00"]);
        history.enter(&renewed, &[]);
    }
    // The one-off part was approved.
    history.payments[1..]
        .iter_mut()
        .for_each(|payment| payment.voided = true);
    assert!(on_renewal(&view, &history).expect("in range").is_empty());
    let again = on_entry(id(WON), &[&new], &view, &history).expect("in range");
    let occurrences: Vec<_> = again.iter().map(|due| (due.slot.occurrence, due.version)).collect();
    assert_eq!(
        (occurrences, amounts(&again)),
        (vec![(1, 1), (2, 1), (3, 1)], vec!["10.00".to_owned(); 3])
    );
    history.enter(&again, &[&new]);
    assert!(
        on_entry(id(WON), &[&new], &view, &history)
            .expect("in range")
            .is_empty()
    );
    let next = on_renewal(&view, &history).expect("in range");
    assert_eq!((next[0].slot.occurrence, next[0].version), (4, 1));
}

#[test]
fn a_rule_with_a_currency_pays_for_deals_in_it() {
    let mut rule = rule(1, vec![entry(WON, Some(percent("10")), None)]);
    for (currency, expected) in [
        (None, vec!["10.00"]),
        (Some("USD"), vec!["10.00"]),
        (Some("EUR"), vec![]),
    ] {
        rule.plan.currency = currency.map(|code| Currency::parse(code).expect("it exists"));
        let due = simulate(&rule, &deal("100", &[]), &enter(&[WON]), 0).expect("in range");
        assert_eq!(amounts(&due), expected, "{currency:?}");
    }
}

#[test]
fn each_part_that_started_goes_on_by_the_rule_and_version_that_started_it() {
    let recurring = |stage, value| entry(stage, None, Some(percent(value)));
    let old = rule(1, vec![recurring(WON, "10"), recurring(3, "20")]);
    let mut new = rule(1, vec![recurring(WON, "30"), recurring(3, "40")]);
    new.version = 2;
    let mut other = rule(2, vec![recurring(WON, "1")]);
    other.plan.payment_target = PaymentTarget::Individual;
    let (view, mut history) = (deal("100", &[]), PaymentHistory::default());
    for (stage, rules, expected) in [
        (WON, vec![&old, &other], vec!["10.00", "1.00"]),
        (3, vec![&new], vec!["40.00"]),
    ] {
        let due = on_entry(id(stage), &rules, &view, &history).expect("in range");
        assert_eq!(amounts(&due), expected);
        history.enter(&due, &rules);
    }
    // By stage, then the partnership before the individual.
    for occurrence in 2..=3 {
        let renewed = on_renewal(&view, &history).expect("in range");
        let told = renewed.iter().map(|due| (due.rule, due.version, due.slot.occurrence));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                (new.id, 2, occurrence),
                (old.id, 1, occurrence),
                (other.id, 1, occurrence)
            ]
        );
        assert_eq!(amounts(&renewed), ["40.00", "10.00", "1.00"]);
        history.enter(&renewed, &[]);
    }
}

#[test]
fn a_condition_pays_at_the_moment_when_it_becomes_true() {
    let mut conditional = entry(WON, Some(percent("5")), None);
    conditional.condition = Some(option(2));
    let rule = rule(1, vec![conditional, entry(WON, Some(percent("1")), None)]);
    let none = deal("100", &[]);
    let mut history = PaymentHistory::default();
    let first = on_entry(id(WON), &[&rule], &none, &history).expect("in range");
    assert_eq!(amounts(&first), ["1.00"]);
    history.enter(&first, &[&rule]);
    let change = |before: &[FieldValue], after: &[FieldValue]| {
        amounts(&on_change(id(WON), &[&rule], &deal("100", after), before, &history).expect("in range"))
    };
    assert_eq!(change(&[], &[option(1)]), Vec::<String>::new());
    assert_eq!(change(&[option(1)], &[option(2)]), ["5.00"]);
    // The condition was true before, and the rule is newer: no condition has become true.
    assert_eq!(change(&[option(2)], &[option(2)]), Vec::<String>::new());
}

proptest! {
    /// However a deal moves, no slot is paid twice, and nothing remains if it is lost in the end.
    #[test]
    fn no_slot_is_paid_twice(path in proptest::collection::vec(1u64..=9, 0..30), renewals in 0u32..20) {
        let rule = rule(1, vec![
            entry(1, Some(percent("1")), Some(percent("2"))),
            entry(2, Some(percent("3")), None),
            entry(2, None, Some(percent("4"))),
        ]);
        let due = simulate(&rule, &deal("100", &[]), &enter(&path), renewals).expect("in range");
        let slots: HashSet<_> = due.iter().map(|due| due.slot).collect();
        prop_assert_eq!(slots.len(), due.len());
        if path.last() == Some(&LOST) {
            prop_assert!(due.is_empty());
        }
    }
}
