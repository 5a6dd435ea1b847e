use super::*;
use crate::backtest::samples::at;

/// "What was recorded before there were numbers comes first, by its time."
#[test]
fn numbers_decide_the_order_and_times_where_there_are_none() {
    let place = |(sequence, minutes)| HistoryPosition {
        sequence,
        at: at(minutes),
    };
    for (left, right, is_before, is_after) in [
        // By their numbers, whatever their times.
        ((Some(1), 5), (Some(2), 0), true, false),
        ((Some(1), 5), (Some(1), 0), false, false),
        ((None, 5), (Some(1), 0), true, false),
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
