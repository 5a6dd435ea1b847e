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
    use CommissionKind::{Clawback, Deal, Event, Manual, Opening, Returned, TierAdjustment};
    for (kind, of_positive, of_zero, of_negative) in [
        (Returned, false, false, false),
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
        returned_payout_id: None,
        ..paid.clone()
    };
    assert_eq!(accrued, expected);
    assert_eq!(paid.clawback(id, amount, Approved, day(40)).approved_at, Some(day(40)));
}

#[test]
fn a_payout_is_settled_once_and_comes_back_once() {
    use PayoutSettlement as To;
    use PayoutStatus::{Canceled, Failed, Paid, Pending, Returned};
    for (from, settlement, expected) in [
        (Pending, To::Paid, Some(Paid)),
        (Pending, To::Failed, Some(Failed)),
        (Pending, To::Canceled, Some(Canceled)),
        (Pending, To::Returned, Some(Failed)),
        (Paid, To::Returned, Some(Returned)),
    ] {
        assert_eq!(from.after(settlement), expected, "{from:?} {settlement:?}");
    }
    let ended = [Failed, Canceled, Returned];
    for settlement in PayoutSettlement::ALL {
        assert!(
            ended.iter().all(|from| from.after(*settlement).is_none()),
            "{settlement:?}"
        );
        assert!(*settlement == To::Returned || Paid.after(*settlement).is_none());
    }
}

#[test]
fn a_payment_that_came_back_is_owed_again_and_counts_as_paid_once() {
    let paid = row(CommissionKind::Event, Paid, 7_400);
    let mut payout = Payout {
        id: PayoutId::from_parts(day(1), 0, 1),
        run_id: crate::id::PayoutRunId::from_parts(day(1), 0, 1),
        partner_id: paid.partner_id,
        recipient: None,
        amount: paid.amount,
        status: PayoutStatus::Returned,
        created_at: day(1),
        settled_at: Some(day(2)),
        reference: None,
        payout_reference: "ann@example.com".to_owned(),
        created_by: "eve".to_owned(),
        settled_by: None,
        sequence: 1,
        settled_sequence: Some(2),
        bank_reference: "K7MPQ2RS9T".to_owned(),
        returned_at: Some(day(9)),
        returned_by: None,
        return_reason: Some("account closed".to_owned()),
        returned_sequence: Some(3),
    };
    let id = CommissionId::from_parts(day(9), 0, 1);
    let ExplainedCommission { row: owed, explanation } = payout.returned_row(id, day(9));
    assert_eq!((owed.kind, owed.status), (CommissionKind::Returned, Approved));
    assert_eq!((owed.amount, owed.approved_at), (payout.amount, Some(day(9))));
    assert_eq!((owed.returned_payout_id, owed.payout_id), (Some(payout.id), None));
    assert_eq!(
        (owed.payment_target, owed.campaign_id),
        (PaymentTarget::Partnership, None)
    );
    let [step] = &explanation[..] else {
        panic!("{explanation:?}")
    };
    // The reason is for staff, the explanation also for the partner.
    assert_eq!(step.detail, "the payment K7MPQ2RS9T of 74.00 EUR came back");
    assert_eq!(step.amount, Some(owed.amount.amount()));
    assert_eq!(paid.paid_minor() + owed.paid_minor(), 0);
    let again = owed.moved(Paid, day(12)).expect("it is approved");
    assert_eq!(paid.paid_minor() + again.paid_minor(), 7_400);

    payout.recipient = Some("Ann".to_owned());
    let owed = payout.returned_row(id, day(9)).row;
    assert_eq!(
        (owed.payment_target, owed.recipient.as_deref()),
        (PaymentTarget::Individual, Some("Ann"))
    );
}
