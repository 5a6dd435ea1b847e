use proptest::prelude::*;

use super::*;
use crate::backtest::samples::{at, currency, euros, id};

fn changed(kind: CommissionKind, amount: Money) -> ChangedRow {
    ChangedRow {
        kind,
        term: None,
        amount,
        steps: Ok(Vec::new()),
    }
}

/// In minor units, which are those of euros.
fn difference(actual_minor: i64, proposed_minor: i64) -> Difference {
    Difference {
        actual_minor,
        proposed_minor,
        ..Difference::default()
    }
}

/// Both sides of a difference, without its counts.
fn sides(difference: &Difference) -> (i64, i64) {
    (difference.actual_minor, difference.proposed_minor)
}

#[test]
fn a_difference_is_what_is_proposed_less_what_was() {
    for (actual, proposed, expected) in [
        (0, 0, Some(0)),
        (500, 750, Some(250)),
        (750, 500, Some(-250)),
        (-500, 500, Some(1_000)),
        (i64::MAX, 0, Some(-i64::MAX)),
        // One more than can be negated, and one more than an `i64` holds.
        (i64::MAX, -1, None),
        (i64::MAX, -2, None),
        (-1, i64::MAX, None),
    ] {
        assert_eq!(difference(actual, proposed).minor(), expected, "{actual} {proposed}");
    }
}

#[test]
fn sums_beyond_what_can_be_kept_are_refused() {
    for (one, other) in [
        (difference(i64::MAX, 0), difference(1, 0)),
        (difference(0, i64::MAX), difference(0, 1)),
        // Both sums could be stored, but not their difference.
        (difference(i64::MAX, 0), difference(0, -2)),
    ] {
        assert_eq!(one.plus(other), None, "{one:?} {other:?}");
        let of = |difference| Tally {
            total: BTreeMap::from([(currency("EUR"), difference)]),
            ..Tally::default()
        };
        assert_eq!(of(one).merge(of(other)), Err(ReplayError::SumTooLarge));
    }
}

/// "Matched are (event, kind): the sum of the event's rows of that kind [...]. Campaign and month are those of the event and
/// of accruedAt".
#[test]
fn rows_are_matched_by_kind_and_currency_and_summed_by_month_and_campaign() {
    use CommissionKind::{Clawback, Event};
    let (march, april) = (at(0), at(50_000));
    let dollars = Money::from_minor(70, currency("USD")).expect("in range");
    let mut entry = ComparedEvent::new(id(1), Some(id(5)));
    for (kind, amount, month) in [
        (Event, euros(1_000), march),
        (Event, euros(500), march),
        (Clawback, euros(-300), april),
        (Clawback, dollars, march),
    ] {
        entry.add_actual(kind, amount, month);
    }
    for (kind, amount, month) in [
        (Event, euros(1_500), march),
        (Clawback, euros(-200), march),
        (Clawback, euros(-200), april),
        (Clawback, dollars, march),
    ] {
        entry.add_proposed(changed(kind, amount), month);
    }
    let mut tally = Tally::default();
    let given = tally.add(entry).expect("small sums").expect("it differs");
    assert_eq!((given.event, given.rows.len()), (id(1), 4));
    let (eur, usd) = (currency("EUR"), currency("USD"));
    // Euros: 15.00 - 3.00 against 15.00 - 4.00, where the event's rows are the same and its clawbacks are more.
    let expected = Difference {
        unchanged: 1,
        fell: 1,
        ..difference(1_200, 1_100)
    };
    assert_eq!(tally.total[&eur], expected);
    assert_eq!(sides(&tally.total[&usd]), (70, 70));
    assert_eq!(tally.campaigns[&(Some(id(5)), eur)], expected);
    let months: Vec<_> = tally.months.iter().map(|(key, sum)| (*key, sides(sum))).collect();
    let mut wanted = [
        // 15.00 against 15.00 - 2.00.
        ((march, eur), (1_500, 1_300)),
        ((march, usd), (70, 70)),
        ((april, eur), (-300, -200)),
    ];
    wanted.sort();
    assert_eq!(months, wanted);
}

/// "What has none on either side counts nowhere."
#[test]
fn an_event_without_an_amount_leaves_no_sums() {
    let mut entry = ComparedEvent::new(id(1), Some(id(5)));
    entry.add_actual(CommissionKind::Event, euros(0), at(0));
    entry.add_proposed(changed(CommissionKind::Event, euros(0)), at(0));
    let mut tally = Tally::default();
    assert_eq!(tally.add(entry), Ok(None));
    assert_eq!(tally, Tally::default());
}

/// An event's number, which determines its month and campaign, and the amounts of both sides.
fn entries() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    prop::collection::vec((0..6i64, -3..4i64, -3..4i64), 0..12)
}

fn tally(entries: &[(i64, i64, i64)]) -> Tally {
    let mut tally = Tally::default();
    for (number, actual, proposed) in entries {
        let month = at(number % 3);
        let mut entry = ComparedEvent::new(id(*number), (number % 2 == 0).then(|| id(number % 4)));
        entry.add_actual(CommissionKind::Event, euros(*actual), month);
        entry.add_proposed(changed(CommissionKind::Event, euros(*proposed)), month);
        tally.add(entry).expect("small sums");
    }
    tally
}

proptest! {
    /// Partners are replayed one by one: their tallies add up to the tally of all their events.
    #[test]
    fn merged_tallies_are_the_tally_of_all(one in entries(), other in entries()) {
        let mut merged = tally(&one);
        merged.merge(tally(&other)).expect("small sums");
        prop_assert_eq!(merged, tally(&[one, other].concat()));
    }
}
