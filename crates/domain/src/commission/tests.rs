use super::CommissionStatus::{Accrued, Approved, Paid, Reversed};
use super::*;

fn day(days: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + chrono::TimeDelta::hours(24 * days)
}

fn row(kind: CommissionKind, status: CommissionStatus, minor: i64) -> Commission {
    let currency = Currency::parse("EUR").expect("a currency");
    let (id, partner) = (
        CommissionId::from_parts(day(0), 0, 1),
        PartnerId::from_parts(day(0), 0, 1),
    );
    let amount = Money::from_minor(minor, currency).expect("in range");
    Commission {
        status,
        ..Commission::accrued(id, kind, partner, amount, day(0))
    }
}

#[test]
fn a_row_moves_along_the_state_machine_only_and_keeps_when() {
    let moves = [
        (Accrued, Approved),
        (Accrued, Reversed),
        (Approved, Paid),
        (Approved, Reversed),
    ];
    for from in CommissionStatus::ALL {
        for to in CommissionStatus::ALL {
            let before = row(CommissionKind::Event, *from, 100);
            let at = |status| (*to == status).then_some(day(9));
            let expected = moves.contains(&(*from, *to)).then(|| Commission {
                status: *to,
                approved_at: at(Approved),
                paid_at: at(Paid),
                reversed_at: at(Reversed),
                ..before.clone()
            });
            assert_eq!(before.moved(*to, day(9)), expected, "{from:?} to {to:?}");
        }
    }
}

#[test]
fn approved_rows_in_a_payout_are_reserved_and_only_reversed_ones_are_reversed() {
    for (status, in_payout, is_reserved) in [
        (Accrued, false, false),
        (Approved, false, false),
        (Approved, true, true),
        // Its payout is no longer open.
        (Paid, true, false),
        (Paid, false, false),
        (Reversed, false, false),
    ] {
        let mut row = row(CommissionKind::Event, status, 100);
        row.payout_id = in_payout.then(|| PayoutId::from_parts(day(0), 0, 1));
        assert_eq!(row.is_reserved(), is_reserved, "{status:?} {in_payout}");
        assert_eq!(row.is_reversed(), status == Reversed, "{status:?}");
    }
}

#[test]
fn clawbacks_and_adjustments_below_zero_take() {
    use CommissionKind::{Clawback, Deal, Event, Manual, Opening, TierAdjustment};
    for (kind, of_positive, of_zero, of_negative) in [
        (Clawback, true, true, true),
        (TierAdjustment, false, false, true),
        (Event, false, false, false),
        (Deal, false, false, false),
        (Manual, false, false, false),
        (Opening, false, false, false),
    ] {
        let takes = [1, 0, -1].map(|minor| row(kind, Accrued, minor).takes());
        assert_eq!(takes, [of_positive, of_zero, of_negative], "{kind:?}");
    }
}

#[test]
fn holdback_is_counted_in_days_of_24_hours() {
    for (holdback_days, expected) in [
        (None, None),
        (Some(0), Some(day(3))),
        (Some(30), Some(day(33))),
        (Some(365), Some(day(368))),
    ] {
        assert_eq!(mature_at(day(3), holdback_days), expected, "{holdback_days:?}");
    }
}

#[test]
fn each_status_has_its_sum_and_what_open_payouts_hold_is_not_payable() {
    let mut balance = Balance::zero(Currency::parse("EUR").expect("a currency"));
    for (status, minor) in [(Accrued, 1), (Approved, 200), (Paid, 30), (Reversed, 4)] {
        *balance.of(status) += minor;
    }
    balance.reserved = 150;
    let sums = (balance.accrued, balance.approved, balance.paid, balance.reversed);
    assert_eq!(sums, (1, 200, 30, 4));
    // 200 - 150: approved and not reserved.
    assert_eq!(balance.payable(), 50);
}

#[test]
fn a_clawback_is_owed_by_whom_the_row_paid_and_has_yet_to_be_paid() {
    let paid = Commission {
        payment_target: PaymentTarget::Individual,
        recipient: Some("Ada".to_owned()),
        holdback_days: Some(30),
        mature_at: Some(day(30)),
        approved_at: Some(day(30)),
        paid_at: Some(day(31)),
        payout_id: Some(PayoutId::from_parts(day(31), 0, 1)),
        ..row(CommissionKind::Event, Paid, 500)
    };
    let id = CommissionId::from_parts(day(40), 0, 2);
    let amount = Money::from_minor(-500, paid.amount.currency()).expect("in range");
    let accrued = paid.clawback(id, amount, Accrued, day(40));
    let expected = Commission {
        id,
        kind: CommissionKind::Clawback,
        status: Accrued,
        amount,
        adjusts_id: Some(paid.id),
        accrued_at: day(40),
        approved_at: None,
        paid_at: None,
        payout_id: None,
        ..paid.clone()
    };
    assert_eq!(accrued, expected);
    assert_eq!(paid.clawback(id, amount, Approved, day(40)).approved_at, Some(day(40)));
}
