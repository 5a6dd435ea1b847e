use EventKind::{Charge, Conversion};

use super::*;
use crate::backtest::samples::{at, charge, currency, euros, id, recorded};

fn of_customer(customer: Option<i64>, kind: EventKind, amount: Option<Money>) -> Event {
    Event {
        kind,
        amount,
        customer_id: customer.map(id),
        ..charge(1)
    }
}

/// The lifetime value in a currency, in minor units, and the qualified customers.
fn facts(state: &PartnerState, code: &str) -> (Decimal, u32) {
    let facts = state.of(currency(code));
    (facts.partner_ltv, facts.qualified_customers)
}

/// "`partner_ltv` is the sum of the partner's attributed CHARGE events [...], in the charge's currency",
/// "`qualified_customers` is the partner's number of customers with a CHARGE > 0".
#[test]
fn charges_above_0_count_for_the_lifetime_value_and_qualify_their_customer_once() {
    let yen = Money::from_minor(700, currency("JPY")).expect("in range");
    let mut state = PartnerState::default();
    for (customer, kind, amount, euros, qualified) in [
        (Some(1), Conversion, Some(euros(500)), 0, 0),
        (Some(1), Charge, None, 0, 0),
        (Some(1), Charge, Some(euros(0)), 0, 0),
        (None, Charge, Some(euros(300)), 300, 0),
        (Some(1), Charge, Some(euros(1_000)), 1_300, 1),
        (Some(1), Charge, Some(euros(1)), 1_301, 1),
        (Some(2), Charge, Some(yen), 1_301, 2),
        (Some(3), Conversion, Some(euros(500)), 1_301, 2),
    ] {
        state.count(&of_customer(customer, kind, amount), false);
        let expected = (Decimal::new(euros, 2), qualified);
        assert_eq!(facts(&state, "EUR"), expected, "{customer:?} {kind:?} {amount:?}");
    }
    assert_eq!(facts(&state, "JPY"), (Decimal::from(700), 2), "yen have no digits");
    assert_eq!(facts(&state, "USD"), (Decimal::ZERO, 2));
}

/// "less refunds and chargebacks", "not wholly refunded".
#[test]
fn what_is_taken_back_is_no_longer_counted_and_a_customer_without_a_charge_left_is_not_qualified() {
    let sale = of_customer(Some(1), Charge, Some(euros(1_000)));
    let small = of_customer(Some(2), Charge, Some(euros(50)));
    let of_nobody = of_customer(None, Charge, Some(euros(20)));
    let conversion = of_customer(Some(2), Conversion, Some(euros(70)));
    let of_nothing = of_customer(Some(2), Charge, Some(euros(0)));
    let mut state = PartnerState::default();
    for event in [&sale, &sale, &small, &of_nobody, &conversion, &of_nothing] {
        state.count(event, false);
    }
    // 10.00 + 10.00 + 0.50 + 0.20 were counted, of two customers.
    for (original, taken, wholly, left, qualified, first_is_qualified) in [
        (&sale, 400, false, 1_670, 2, true),
        (&sale, 600, true, 1_070, 2, true),
        (&sale, 1_000, true, 70, 1, false),
        // What never counted takes nothing away.
        (&conversion, 70, true, 70, 1, false),
        (&of_nothing, 0, true, 70, 1, false),
        (&of_nobody, 20, true, 50, 1, false),
    ] {
        state.take_back(original, taken, wholly);
        let expected = (Decimal::new(left, 2), qualified);
        assert_eq!(facts(&state, "EUR"), expected, "{taken} {wholly}");
        let of_first = state.history(&recorded(sale.clone())).expect("it has a customer");
        assert_eq!(of_first.is_qualified, first_is_qualified, "{taken} {wholly}");
    }
    state.count(&sale, false);
    let expected = (Decimal::new(1_050, 2), 2);
    assert_eq!(facts(&state, "EUR"), expected, "a new charge qualifies again");
}

/// FIRST and recurringMonths: "the first *recorded* attributed event of that type, earning or not", of this customer.
#[test]
fn firsts_are_those_recorded_first_of_the_customer_and_of_the_type() {
    let event = |customer, name: Option<&str>, minutes| Event {
        event_type: name.map(str::to_owned),
        occurred_at: at(minutes),
        ..of_customer(customer, Conversion, None)
    };
    let mut state = PartnerState::default();
    // Recorded in this order, which decides, not that in which they occurred.
    for (customer, name, minutes) in [
        (Some(1), None, 50),
        (Some(1), Some("sale"), 40),
        (Some(1), Some("renewal"), 30),
        (Some(1), Some("sale"), 20),
        (Some(2), Some("renewal"), 10),
        (None, Some("sale"), 0),
    ] {
        state.count(&event(customer, name, minutes), false);
    }
    for (customer, name, of_any, of_type) in [
        (1, None, Some(50), None),
        (1, Some("sale"), Some(50), Some(40)),
        (1, Some("renewal"), Some(50), Some(30)),
        (1, Some("trial"), Some(50), None),
        (2, Some("renewal"), Some(10), Some(10)),
        (2, Some("sale"), Some(10), None),
        (3, Some("sale"), None, None),
    ] {
        let history = state.history(&recorded(event(Some(customer), name, 60)));
        let firsts = history.map(|history| [history.first_of_any, history.first_of_type]);
        let expected = [of_any, of_type].map(|minutes: Option<i64>| FirstEvents {
            qualifying: minutes.map(at),
            with_amount: None,
        });
        assert_eq!(firsts, Some(expected), "{customer} {name:?}");
    }
    assert!(state.history(&recorded(event(None, Some("sale"), 60))).is_none());
}

/// attribution.md 18, qualifying events.
#[test]
fn a_free_trial_is_no_first_event_and_one_without_amount_none_of_a_share() {
    let event = |number: i64, kind, amount: Option<i64>| Event {
        id: crate::backtest::samples::id(number),
        event_type: Some("sale".to_owned()),
        occurred_at: at(number),
        ..of_customer(Some(1), kind, amount.map(euros))
    };
    let mut state = PartnerState::default();
    for event in [
        event(1, Charge, Some(0)),
        event(2, Conversion, None),
        event(3, Charge, Some(1)),
        event(4, Charge, Some(1)),
    ] {
        state.count(&event, false);
    }
    let history = state
        .history(&recorded(event(9, Charge, Some(1))))
        .expect("it has a customer");
    let expected = FirstEvents {
        qualifying: Some(at(2)),
        with_amount: Some(at(3)),
    };
    assert_eq!([history.first_of_any, history.first_of_type], [expected; 2]);
}

#[test]
fn a_moved_event_counts_in_the_order_of_its_recording_while_the_partner_has_it() {
    let charge = |number: i64, minutes| Event {
        id: crate::backtest::samples::id(number),
        event_type: Some("sale".to_owned()),
        occurred_at: at(minutes),
        ..of_customer(Some(1), Charge, Some(euros(1_000)))
    };
    let mut state = PartnerState::default();
    let first = |state: &PartnerState| {
        state
            .history(&recorded(charge(9, 90)))
            .expect("it has a customer")
            .first_of_type
            .with_amount
    };
    state.count(&charge(3, 30), false);
    assert_eq!(first(&state), Some(at(30)));
    // Recorded earlier, and moved to the partner later; half of it was refunded before it leaves again.
    state.count(&charge(2, 20), true);
    assert_eq!(
        (first(&state), facts(&state, "EUR")),
        (Some(at(20)), (Decimal::new(2_000, 2), 1))
    );
    state.take_back(&charge(2, 20), 500, false);
    state.forget(&charge(2, 20), 500, false);
    assert_eq!(
        (first(&state), facts(&state, "EUR")),
        (Some(at(30)), (Decimal::new(1_000, 2), 1))
    );
    // One that was wholly refunded takes nothing with it.
    state.count(&charge(1, 10), true);
    state.take_back(&charge(1, 10), 1_000, true);
    state.forget(&charge(1, 10), 1_000, true);
    assert_eq!(
        (first(&state), facts(&state, "EUR")),
        (Some(at(30)), (Decimal::new(1_000, 2), 1))
    );
}

#[test]
fn a_customer_is_as_old_as_was_recorded_and_qualified_by_a_charge_before_another_one() {
    let mut state = PartnerState::default();
    let history = |state: &PartnerState, kind, acquired_at| {
        let event = of_customer(Some(1), kind, Some(euros(1)));
        let event = HistoryEvent {
            acquired_at,
            ..recorded(event)
        };
        let history = state.history(&event).expect("it has a customer");
        (history.acquired_at, history.is_qualified)
    };
    assert_eq!(history(&state, Charge, Some(at(-9))), (at(-9), false));
    assert_eq!(history(&state, Charge, None), (at(1), false), "when the event occurred");
    // One without a charge is known, but not qualified.
    state.count(&of_customer(Some(1), Conversion, Some(euros(1))), false);
    assert_eq!(history(&state, Charge, None), (at(1), false));
    state.count(&of_customer(Some(1), Charge, Some(euros(1))), false);
    assert_eq!(history(&state, Charge, None), (at(1), true));
    assert_eq!(
        history(&state, Conversion, None),
        (at(1), false),
        "only charges look at it"
    );
}
