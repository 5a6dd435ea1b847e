use proptest::prelude::*;

use super::*;
use crate::commission::CommissionKind;
use crate::event::tests::charge;
use crate::id::{CommissionId, PartnerId, PayoutId};
use crate::terms::BasisKind;

#[test]
fn proportions_round_half_away_from_zero() {
    for (amount, part, whole, expected) in [
        (2000, 3000, 10_000, 600),
        (-2000, 3000, 10_000, -600),
        (1, 1, 2, 1),
        (-1, 1, 2, -1),
        (333, 1, 3, 111),
        (5, 1, 0, 0),
    ] {
        assert_eq!(proportion(amount, part, whole), expected, "{amount} x {part} / {whole}");
    }
    let most = crate::money::MAX_MINOR;
    assert_eq!(proportion(most, most - 1, most), most - 1);
}

/// This part of what a row saw is refunded.
fn part(refunded: i64, of: i64) -> RefundedPart {
    Refunded::new(refunded, of).into()
}

/// The same of a row that is only taken back as a whole.
fn fixed(refunded: i64, of: i64) -> RefundedPart {
    RefundedPart {
        measure: Measure::Whole,
        ..part(refunded, of)
    }
}

fn row(minor: i64, status: CommissionStatus) -> Commission {
    let at = chrono::DateTime::UNIX_EPOCH;
    let (id, partner) = (CommissionId::from_parts(at, 0, 1), PartnerId::from_parts(at, 0, 1));
    Commission {
        status,
        basis: Some(BasisKind::Percent),
        ..Commission::accrued(id, CommissionKind::Event, partner, euros(minor), at)
    }
}

fn euros(minor: i64) -> Money {
    Money::from_minor(minor, Currency::parse("EUR").unwrap()).unwrap()
}

/// The amount and status of a clawback.
fn clawed(taken: TakeBack) -> (i64, CommissionStatus) {
    match taken {
        TakeBack::Clawback(amount, status, _) => (amount.minor(), status),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_nobody_has_touched_is_reversed_by_a_whole_refund_and_anything_else_clawed_back() {
    use CommissionStatus::{Accrued, Approved, Paid, Reversed};
    let (whole, whole_fixed) = (part(10_000, 10_000), fixed(10_000, 10_000));
    for status in [Accrued, Approved] {
        assert_eq!(take_back(&row(2_000, status), 0, 0, whole), TakeBack::Reverse);
        assert_eq!(take_back(&row(2_000, status), 0, 0, whole_fixed), TakeBack::Reverse);
    }
    assert_eq!(take_back(&row(2_000, Reversed), 0, 0, whole), TakeBack::Nothing);
    assert_eq!(clawed(take_back(&row(2_000, Paid), 0, 0, whole)), (-2_000, Approved));
    // If it is in a payout, or was partly clawed back, the row stays, and the rest is clawed back.
    let mut held = row(2_000, Approved);
    held.payout_id = Some(PayoutId::from_parts(held.accrued_at, 0, 1));
    assert_eq!(clawed(take_back(&held, 0, 0, whole)), (-2_000, Approved));
    assert_eq!(
        clawed(take_back(&row(2_000, Accrued), 1, -600, whole)),
        (-1_400, Accrued)
    );
}

#[test]
fn a_part_takes_the_difference_to_what_went_back_before() {
    use CommissionStatus::{Accrued, Approved};
    let first = take_back(&row(2_000, Accrued), 0, 0, part(3_000, 10_000));
    assert_eq!(clawed(first), (-600, Accrued));
    let second = take_back(&row(2_000, Approved), 1, -600, part(5_000, 10_000));
    assert_eq!(clawed(second), (-400, Approved));
    assert_eq!(
        take_back(&row(2_000, Accrued), 1, -600, part(3_000, 10_000)),
        TakeBack::Nothing
    );
    // A refund of a deduction gives it back.
    assert_eq!(
        clawed(take_back(&row(-500, Approved), 0, 0, part(2, 10))),
        (100, Approved)
    );
    // A fixed amount is taken back as a whole or not at all.
    assert_eq!(
        take_back(&row(2_000, Accrued), 0, 0, fixed(9_999, 10_000)),
        TakeBack::Nothing
    );
    assert_eq!(share(2_000, fixed(10_000, 10_000)), 2_000);
    assert_eq!(share(2_000, fixed(0, 10_000)), 0);
}

#[test]
fn steps_say_what_goes_back_and_what_went_before() {
    let steps = |clawed, refunded| {
        let steps = explain(
            &row(2_000, CommissionStatus::Paid),
            1_000,
            clawed,
            refunded,
            euros(-1_000 - clawed),
        );
        let told = steps
            .into_iter()
            .map(|step| (step.source, step.detail, step.amount.unwrap().to_string()));
        told.collect::<Vec<_>>()
    };
    let half = (
        "refund",
        "50.00 EUR of 100.00 EUR is refunded: 10.00 EUR of 20.00 EUR goes back",
        "-10",
    );
    let before = (
        "earlier clawbacks",
        "6.00 EUR went back before, 4.00 EUR goes back now",
        "6",
    );
    let own = |(source, detail, amount): (&str, &str, &str)| (source.to_owned(), detail.to_owned(), amount.to_owned());
    assert_eq!(steps(0, part(5_000, 10_000)), [own(half)]);
    assert_eq!(steps(-600, part(5_000, 10_000)), [own(half), own(before)]);
    assert_eq!(
        steps(0, part(1, 1))[0].1,
        "all of it is refunded: 10.00 EUR of 20.00 EUR goes back"
    );
}

#[test]
fn an_event_is_wholly_refunded_once_nothing_of_its_amount_is_left() {
    for (charged, before, taken, refunded, wholly) in [
        (Some(10_000), 0, Some(3_000), 3_000, false),
        (Some(10_000), 3_000, Some(6_999), 9_999, false),
        (Some(10_000), 3_000, Some(7_000), 10_000, true),
        (Some(10_000), 0, Some(10_000), 10_000, true),
        (Some(10_000), 3_000, None, 3_000, false),
        // A conversion without an amount has nothing left.
        (None, 0, None, 0, true),
    ] {
        let mut event = charge(charged.map(euros));
        event.refunded_minor = before;
        let expected = Refunded {
            refunded_minor: refunded,
            charged_minor: charged.unwrap_or(0),
            wholly,
        };
        assert_eq!(
            event.refunded_by(taken.map(euros), &[]).refunded(),
            expected,
            "{before} + {taken:?} of {charged:?}"
        );
    }
}

proptest! {
    /// The shares of a paid row never differ by more than half a minor unit from the exact ones, and several refunds
    /// that together are the whole charge take exactly the row.
    #[test]
    fn refunds_take_their_share_and_together_the_row(
        amount in -100_000i64..100_000, refunds in prop::collection::vec(1..50_000i64, 1..6),
    ) {
        prop_assume!(amount != 0);
        let charged: i64 = refunds.iter().sum();
        let row = row(amount, CommissionStatus::Paid);
        let (mut event, mut clawed) = (charge(Some(euros(charged))), 0);
        for (clawbacks, taken) in refunds.into_iter().enumerate() {
            let after = event.refunded_by(Some(euros(taken)), &[]);
            let refunded = after.refunded();
            match take_back(&row, clawbacks, clawed, refunded.into()) {
                TakeBack::Clawback(amount, status, _) => {
                    prop_assert_eq!(status, CommissionStatus::Approved);
                    clawed += amount.minor();
                }
                other => prop_assert_eq!(other, TakeBack::Nothing),
            }
            event = after;
            // |-clawed - amount x refunded / charged| <= 1/2, without the division.
            prop_assert!(2 * (clawed * charged + amount * event.refunded_minor).abs() <= charged);
        }
        prop_assert_eq!(clawed, -amount);
    }
}
