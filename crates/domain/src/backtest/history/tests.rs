use super::*;
use crate::backtest::samples::{at, charge, id, recorded};

#[test]
fn times_decide_the_order_and_numbers_at_the_same_time() {
    let place = |(sequence, minutes)| HistoryPosition {
        sequence,
        at: at(minutes),
    };
    for (left, right, is_before, is_after) in [
        ((Some(1), 0), (Some(2), 5), true, false),
        ((Some(1), 0), (Some(2), 0), true, false),
        ((Some(1), 0), (Some(1), 0), false, false),
        // A move has no number: it is later than all that precedes it, so whatever has its time follows it.
        ((None, 0), (Some(1), 0), true, false),
        ((None, 5), (Some(1), 0), false, true),
        ((None, 0), (None, 1), true, false),
        ((None, 1), (None, 1), false, false),
    ] {
        let (left, right) = (place(left), place(right));
        assert_eq!(left.is_before(right), is_before, "{left:?} {right:?}");
        assert_eq!(right.is_before(left), is_after, "{right:?} {left:?}");
    }
}

#[test]
fn a_step_is_known_by_its_number_and_without_one_by_its_time() {
    for (left, right, expected) in [
        ((Some(1), 5), (Some(1), 0), true),
        ((Some(1), 0), (Some(2), 0), false),
        ((None, 0), (None, 0), true),
        ((None, 0), (None, 1), false),
        ((None, 0), (Some(1), 0), true),
        ((None, 0), (Some(1), 1), false),
    ] {
        let [left, right] = [left, right].map(|(sequence, minutes)| HistoryPosition {
            sequence,
            at: at(minutes),
        });
        assert_eq!(left.is(right), expected, "{left:?} {right:?}");
        assert_eq!(right.is(left), expected, "{right:?} {left:?}");
    }
}

/// The charge of step `number`, which the partner had since step `since`.
fn had(number: i64, since: i64) -> HistoryEvent {
    HistoryEvent {
        had_since: Some(at(since)),
        ..recorded(charge(number))
    }
}

#[test]
fn a_move_first_takes_and_then_brings_and_what_has_its_time_follows_it() {
    let mut passages = [
        Passage::Came(had(5, 5)),
        Passage::Came(had(2, 5)),
        Passage::Left(id(4), at(5)),
        Passage::Came(had(4, 4)),
    ];
    passages.sort_by_key(Passage::place);
    let ids: Vec<_> = passages
        .iter()
        .map(|passage| match passage {
            Passage::Came(recorded) => recorded.event.id,
            Passage::Left(event, _) => *event,
        })
        .collect();
    assert_eq!(ids, [4, 4, 2, 5].map(id));
    let next = recorded(charge(5)).place();
    assert!(Passage::Left(id(1), at(5)).place().is_before(next));
    assert!(Passage::Came(had(1, 5)).place().is_before(next));
    assert!(!Passage::Came(had(1, 6)).place().is_before(next));
    assert!(!Passage::Came(had(6, 5)).place().is_before(next));
}
