use proptest::prelude::*;

use super::*;
use crate::commission::CommissionStatus;
use crate::money::Money;

/// A moment this many minutes after some beginning.
fn minute(number: i64) -> Timestamp {
    let start: Timestamp = "2026-01-01T00:00:00Z".parse().expect("a moment");
    start + chrono::TimeDelta::minutes(number)
}

/// A row drawn at random: its kind, when it entered, and when and how it left.
#[derive(Clone, Debug)]
struct Drawn {
    kind: CommissionKind,
    minor: i64,
    entered: i64,
    assigned: Option<i64>,
    left: Option<(i64, bool)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let left = prop::option::of((0..40i64, any::<bool>()));
    let assigned = prop::option::weighted(0.2, 0..10i64);
    (
        0..CommissionKind::ALL.len(),
        -9_000..9_000i64,
        0..100i64,
        assigned,
        left,
    )
        .prop_map(|(kind, minor, entered, assigned, left)| Drawn {
            kind: CommissionKind::ALL[kind],
            minor,
            entered,
            assigned,
            left,
        })
}

impl Drawn {
    fn assigned_at(&self) -> Option<Timestamp> {
        self.assigned.map(|later| minute(self.entered + later))
    }

    fn row(&self, number: u32) -> Commission {
        let entered = self.entered + self.assigned.unwrap_or(0);
        let left = self.left.map(|(later, is_paid)| (minute(entered + later), is_paid));
        let at = minute(self.entered);
        Commission {
            id: CommissionId::from_parts(at, number, 7),
            kind: self.kind,
            status: CommissionStatus::Accrued,
            amount: Money::from_minor(self.minor, Currency::parse("EUR").expect("a currency")).expect("an amount"),
            payment_target: PaymentTarget::Partnership,
            recipient: None,
            partner_id: PartnerId::from_parts(at, 0, 1),
            campaign_id: None,
            event_id: None,
            attribution_id: None,
            snapshot_id: None,
            adjusts_id: None,
            basis: None,
            sight: Default::default(),
            holdback_days: None,
            accrued_at: at,
            mature_at: None,
            approved_at: None,
            paid_at: left.filter(|(_, is_paid)| *is_paid).map(|(at, _)| at),
            reversed_at: left.filter(|(_, is_paid)| !is_paid).map(|(at, _)| at),
            payout_id: None,
            returned_payout_id: None,
        }
    }
}

/// All movements of the rows, in their order.
fn moved(rows: &[Drawn]) -> Vec<Movement> {
    let rows = rows.iter().zip(0..);
    let all = rows.flat_map(|(drawn, number)| movements(&drawn.row(number), drawn.assigned_at()).collect::<Vec<_>>());
    let mut all: Vec<_> = all.collect();
    all.sort_by_key(|movement| movement.place);
    all
}

/// What is owed at a moment, computed row by row: those that entered before it and had not left.
fn owed(rows: &[Drawn], at: Timestamp) -> i128 {
    let owed = rows.iter().filter(|row| {
        let entered = row.entered + row.assigned.unwrap_or(0);
        let left = row.left.map(|(later, _)| minute(entered + later));
        minute(entered) < at && left.is_none_or(|left| left >= at)
    });
    owed.map(|row| i128::from(row.minor)).sum()
}

proptest! {
    #[test]
    fn opening_and_movements_are_closing_and_consecutive_statements_meet(
        rows in prop::collection::vec(drawn(), 0..40), mut bounds in prop::array::uniform3(0..150i64),
    ) {
        bounds.sort_unstable();
        let [from, between, to] = bounds.map(minute);
        let all = moved(&rows);
        let sums = |from, to| StatementSums::of(all.iter().copied(), Range { from, to });
        let (whole, first, second) = (sums(from, to), sums(from, between), sums(between, to));
        prop_assert_eq!(whole.opening, owed(&rows, from));
        prop_assert_eq!(whole.closing(), owed(&rows, to));
        prop_assert_eq!(first.closing(), second.opening);
        prop_assert_eq!(second.closing(), whole.closing());
        prop_assert_eq!(first.count() + second.count(), whole.count());

        let shown: Vec<_> = all.iter().copied().filter(|movement| from <= movement.place.at && movement.place.at < to).collect();
        prop_assert_eq!(shown.len() as i64, whole.count());
        let (head, tail) = shown.split_at(shown.len() / 3);
        let (head, tail) = (with_balances(whole.opening, head.to_vec()), with_balances_up_to(whole.closing(), tail.to_vec()));
        let balances: Vec<_> = head.into_iter().chain(tail).collect();
        prop_assert_eq!(balances.last().map_or(whole.opening, |(_, balance)| *balance), whole.closing());
        prop_assert_eq!(balances, with_balances(whole.opening, shown));
    }

    #[test]
    fn the_number_of_a_place_sorts_as_the_place_does(
        one in (-60_000_000_000_000_000i64..250_000_000_000_000_000, 0..6usize), other in (0..3i64, 0..6usize), row: u64,
    ) {
        let row = CommissionId::from_parts(minute(0), 1, row);
        let place = |micros, kind: usize| MovementPosition {
            at: Timestamp::from_timestamp_micros(micros).expect("a moment"), kind: MovementKind::ALL[kind], row,
        };
        let (one, other) = (place(one.0, one.1), place(one.0 + other.0, other.1));
        prop_assert_eq!(MovementPosition::of_number(one.number(), row), Some(one));
        prop_assert_eq!(one.number().cmp(&other.number()), one.cmp(&other));
    }

    #[test]
    fn any_number_is_read_without_a_fault(number: i64) {
        let row = CommissionId::from_parts(minute(0), 1, 1);
        if let Some(place) = MovementPosition::of_number(number, row) {
            prop_assert_eq!(place.number(), number);
        }
    }
}

#[test]
fn rows_enter_by_their_kind_and_leave_with_the_opposite_sign() {
    let drawn = Drawn {
        kind: CommissionKind::Clawback,
        minor: -250,
        entered: 3,
        assigned: None,
        left: Some((4, true)),
    };
    let movements: Vec<_> = movements(&drawn.row(0), None).collect();
    let told: Vec<_> = movements
        .iter()
        .map(|movement| (movement.place.kind.as_str(), movement.place.at, movement.minor))
        .collect();
    assert_eq!(told, [("CLAWED_BACK", minute(3), -250), ("PAID", minute(7), 250)]);
}

#[test]
fn only_a_range_that_is_over_has_a_statement() {
    let range = |from, to| Range::new(minute(from), minute(to), minute(10)).map(|range| (range.from, range.to));
    assert_eq!(range(1, 10), Ok((minute(1), minute(10))));
    assert_eq!(range(1, 11), Err(RangeError::NotOver));
    assert_eq!(range(1, 1), Err(RangeError::Empty));
    assert_eq!(range(2, 1), Err(RangeError::Empty));
}

#[test]
fn a_row_belongs_to_the_partner_or_to_the_individual_who_is_named() {
    let drawn = Drawn {
        kind: CommissionKind::Deal,
        minor: 100,
        entered: 0,
        assigned: None,
        left: None,
    };
    for (payment_target, recipient, owner) in [
        (PaymentTarget::Partnership, None, Some(None)),
        (PaymentTarget::Individual, Some("ann"), Some(Some("ann"))),
        (PaymentTarget::Individual, None, None),
    ] {
        let row = Commission {
            payment_target,
            recipient: recipient.map(str::to_owned),
            ..drawn.row(0)
        };
        let expected = owner.map(|owner| Account {
            partner: row.partner_id,
            recipient: owner.map(str::to_owned),
            currency: row.amount.currency(),
        });
        assert_eq!(Account::of(&row), expected, "{payment_target:?} {recipient:?}");
    }
}

#[test]
fn totals_are_by_kind_in_their_order_without_those_that_nothing_moved() {
    use MovementKind::{Accrued, ClawedBack, Paid, Reversed};
    let added = totals([
        (Paid, 1, -700),
        (Accrued, 2, 1_000),
        // Nothing moved in this part.
        (ClawedBack, 0, 0),
        // These two cancel out, but are movements all the same.
        (Reversed, 1, -50),
        (Reversed, 1, 50),
        (Accrued, 3, 500),
    ]);
    let told: Vec<_> = added
        .iter()
        .map(|total| (total.kind, total.count, total.minor))
        .collect();
    assert_eq!(told, [(Accrued, 5, 1_500), (Reversed, 2, 0), (Paid, 1, -700)]);
}
