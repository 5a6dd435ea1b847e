//! How far goals are reached, and what refunds leave of a conversion.

use super::*;
use crate::event::Event;
use crate::event::tests::charge;
use crate::refund::Refunded;

#[test]
fn a_goal_is_reached_from_its_value_on_and_what_is_missing_is_never_below_zero() {
    let tier = tier_of("Silver", vec![goal(Metric::Payout, "10.5")]);
    let window = window(
        tier.period,
        tier.start_date,
        tier.end_date,
        chrono_tz::UTC,
        at("2026-05-10T12:00:00Z"),
    );
    let window = window.expect("within the tier's dates");
    for (payout, reached, remaining) in [
        ("0", false, "10.50"),
        ("4.25", false, "6.25"),
        ("10.49", false, "0.01"),
        ("10.5", true, "0.00"),
        ("12", true, "0.00"),
    ] {
        let counters = Counters {
            payout: decimal(payout),
            ..Counters::default()
        };
        let progress = progress(&tier, window, &counters);
        let [progress] = progress.as_slice() else {
            panic!("one goal: {progress:?}");
        };
        assert_eq!(progress.is_reached(), reached, "{payout}");
        assert_eq!(progress.remaining().to_string(), remaining, "{payout}");
    }
}

#[test]
fn what_was_taken_back_of_an_event_is_what_its_refunds_took() {
    let event = Event {
        refunded_minor: 250,
        wholly_refunded: true,
        ..charge(Some(usd("10.00")))
    };
    let refunded = Refunded {
        refunded_minor: 250,
        charged_minor: 1_000,
        wholly: true,
    };
    for rows_reversed in [false, true] {
        let expected = TakenBack {
            refunded,
            rows_reversed,
        };
        assert_eq!(TakenBack::recorded(&event, rows_reversed), expected);
    }
}
