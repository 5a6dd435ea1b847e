//! What refunds and chargebacks take back from a row of the ledger.

use super::commission::{Commission, CommissionStatus};
use super::event::Event;
use super::explain::{Outcome, Step};
use super::money::{self, Currency, Money};
use super::terms::BasisKind;

/// How far an event is refunded, this time included. The default: not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Refunded {
    pub refunded_minor: i64,
    /// What was charged; 0 where the event had no amount.
    pub charged_minor: i64,
    pub wholly: bool,
}

impl Refunded {
    /// With so much taken back of what was charged.
    pub fn new(refunded_minor: i64, charged_minor: i64) -> Self {
        Self {
            refunded_minor,
            charged_minor,
            wholly: refunded_minor == charged_minor,
        }
    }

    /// The event once this amount is taken back, too.
    pub fn after(event: &Event, taken: Option<Money>) -> Self {
        let minor = |amount: Option<Money>| amount.map_or(0, Money::minor);
        Self::new(event.refunded_minor + minor(taken), minor(event.amount))
    }
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum TakeBack {
    Nothing,
    /// The whole row is undone.
    Reverse,
    /// A CLAWBACK of this (negative, for a positive row) amount, with this status.
    Clawback(Money, CommissionStatus, Vec<Step>),
}

/// What a refund does to `row`, from which `clawed_minor` (negative, for a positive row) was clawed back before by
/// `clawbacks` rows. `is_fixed`: the row, or the one that it adjusts, is a fixed amount, which goes back as a whole.
pub fn take_back(
    row: &Commission,
    is_fixed: bool,
    clawbacks: usize,
    clawed_minor: i64,
    refunded: Refunded,
) -> TakeBack {
    let untouched = match row.status {
        CommissionStatus::Reversed => return TakeBack::Nothing,
        CommissionStatus::Accrued | CommissionStatus::Approved => row.payout_id.is_none() && clawbacks == 0,
        CommissionStatus::Paid => false,
    };
    if refunded.wholly && untouched {
        return TakeBack::Reverse;
    }
    let share = share(row.amount.minor(), is_fixed, refunded);
    let clawback = -(share + clawed_minor);
    let currency = row.amount.currency();
    if clawback == 0 {
        return TakeBack::Nothing;
    }
    let status = status_beside(row.status);
    let amount = Money::from_minor(clawback, currency).expect("no more than the row that it takes back from");
    TakeBack::Clawback(amount, status, explain(row, share, clawed_minor, refunded, amount))
}

/// The status of a row that takes from another one: APPROVED at once beside what is not merely accrued, so that it counts
/// with the next payout.
pub fn status_beside(status: CommissionStatus) -> CommissionStatus {
    match status {
        CommissionStatus::Accrued => CommissionStatus::Accrued,
        CommissionStatus::Approved | CommissionStatus::Paid | CommissionStatus::Reversed => CommissionStatus::Approved,
    }
}

/// How much of `amount_minor` has gone back so far: all of it when wholly refunded, else nothing of what is fixed, and of
/// anything else the part that is refunded, rounded half away from zero. What one refund takes is the difference to what
/// had gone back before it, so that several together take exactly as much as one.
pub fn share(amount_minor: i64, is_fixed: bool, refunded: Refunded) -> i64 {
    match (refunded.wholly, is_fixed) {
        (true, _) => amount_minor,
        (false, true) => 0,
        (false, false) => proportion(amount_minor, refunded.refunded_minor, refunded.charged_minor),
    }
}

/// `amount * part / whole`, rounded half away from zero; exact in between.
fn proportion(amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let (product, whole) = (i128::from(amount) * i128::from(part), i128::from(whole));
    let rounded = (2 * product.abs() + whole) / (2 * whole) * product.signum();
    i64::try_from(rounded).expect("a part of the amount")
}

/// How what goes back of `row` comes about: `share_minor` in all, `clawed_minor` of it (below 0, for a positive row) before.
pub fn explain(row: &Commission, share: i64, clawed_minor: i64, refunded: Refunded, amount: Money) -> Vec<Step> {
    let show = |minor: i64, currency: Currency| rust_decimal::Decimal::new(minor, currency.exponent());
    let currency = row.amount.currency();
    let shown = |minor: i64| money::written(show(minor, currency), currency);
    // A row that is not fixed has its event's currency; one that is goes back as a whole.
    let how = if refunded.wholly {
        "all of it is refunded".to_owned()
    } else {
        let (refunded, charged) = (shown(refunded.refunded_minor), shown(refunded.charged_minor));
        format!("{refunded} of {charged} is refunded")
    };
    let mut steps = vec![Step {
        source: "refund".to_owned(),
        outcome: Outcome::Applied,
        detail: format!("{how}: {} of {} goes back", shown(share), row.amount),
        threshold: None,
        amount: Some(show(-share, currency).normalize()),
    }];
    if clawed_minor != 0 {
        steps.push(Step {
            source: "earlier clawbacks".to_owned(),
            outcome: Outcome::Applied,
            detail: format!(
                "{} went back before, {} goes back now",
                shown(-clawed_minor),
                shown(-amount.minor())
            ),
            threshold: None,
            amount: Some(show(-clawed_minor, currency).normalize()),
        });
    }
    steps
}

/// Whether a row's amount is fixed.
pub fn is_fixed(basis: Option<BasisKind>) -> bool {
    match basis {
        Some(BasisKind::Fixed) => true,
        Some(BasisKind::Percent | BasisKind::GroupRules) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commission::{CommissionKind, PaymentTarget};
    use crate::id::{CommissionId, PartnerId, PayoutId};

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

    fn row(minor: i64, status: CommissionStatus) -> Commission {
        let at = chrono::DateTime::UNIX_EPOCH;
        Commission {
            id: CommissionId::from_parts(at, 0, 1),
            kind: CommissionKind::Event,
            status,
            amount: euros(minor),
            payment_target: PaymentTarget::Partnership,
            recipient: None,
            partner_id: PartnerId::from_parts(at, 0, 1),
            campaign_id: None,
            event_id: None,
            snapshot_id: None,
            adjusts_id: None,
            basis: Some(BasisKind::Percent),
            holdback_days: None,
            accrued_at: at,
            mature_at: None,
            approved_at: None,
            paid_at: None,
            reversed_at: None,
            payout_id: None,
            explanation: Vec::new(),
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
        let whole = Refunded::new(10_000, 10_000);
        for status in [Accrued, Approved] {
            assert_eq!(take_back(&row(2_000, status), false, 0, 0, whole), TakeBack::Reverse);
            assert_eq!(take_back(&row(2_000, status), true, 0, 0, whole), TakeBack::Reverse);
        }
        assert_eq!(take_back(&row(2_000, Reversed), false, 0, 0, whole), TakeBack::Nothing);
        assert_eq!(
            clawed(take_back(&row(2_000, Paid), false, 0, 0, whole)),
            (-2_000, Approved)
        );
        // In a payout, or with something clawed back already, it stays and is taken back beside.
        let mut held = row(2_000, Approved);
        held.payout_id = Some(PayoutId::from_parts(held.accrued_at, 0, 1));
        assert_eq!(clawed(take_back(&held, false, 0, 0, whole)), (-2_000, Approved));
        assert_eq!(
            clawed(take_back(&row(2_000, Accrued), false, 1, -600, whole)),
            (-1_400, Accrued)
        );
    }

    #[test]
    fn a_part_takes_the_difference_to_what_went_back_before() {
        use CommissionStatus::{Accrued, Approved};
        let first = take_back(&row(2_000, Accrued), false, 0, 0, Refunded::new(3_000, 10_000));
        assert_eq!(clawed(first), (-600, Accrued));
        let second = take_back(&row(2_000, Approved), false, 1, -600, Refunded::new(5_000, 10_000));
        assert_eq!(clawed(second), (-400, Approved));
        assert_eq!(
            take_back(&row(2_000, Accrued), false, 1, -600, Refunded::new(3_000, 10_000)),
            TakeBack::Nothing
        );
        // What takes gives back.
        assert_eq!(
            clawed(take_back(&row(-500, Approved), false, 0, 0, Refunded::new(2, 10))),
            (100, Approved)
        );
        // What is fixed goes back as a whole or not at all.
        assert_eq!(
            take_back(&row(2_000, Accrued), true, 0, 0, Refunded::new(9_999, 10_000)),
            TakeBack::Nothing
        );
        assert_eq!(share(2_000, true, Refunded::new(10_000, 10_000)), 2_000);
        assert_eq!(share(2_000, true, Refunded::default()), 0);
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
        let part = (
            "refund",
            "50.00 EUR of 100.00 EUR is refunded: 10.00 EUR of 20.00 EUR goes back",
            "-10",
        );
        let before = (
            "earlier clawbacks",
            "6.00 EUR went back before, 4.00 EUR goes back now",
            "6",
        );
        let own =
            |(source, detail, amount): (&str, &str, &str)| (source.to_owned(), detail.to_owned(), amount.to_owned());
        assert_eq!(steps(0, Refunded::new(5_000, 10_000)), [own(part)]);
        assert_eq!(steps(-600, Refunded::new(5_000, 10_000)), [own(part), own(before)]);
        assert_eq!(
            steps(0, Refunded::new(1, 1))[0].1,
            "all of it is refunded: 10.00 EUR of 20.00 EUR goes back"
        );
    }

    #[test]
    fn only_fixed_amounts_are_fixed() {
        assert!(is_fixed(Some(BasisKind::Fixed)));
        for basis in [Some(BasisKind::Percent), Some(BasisKind::GroupRules), None] {
            assert!(!is_fixed(basis), "{basis:?}");
        }
    }
}
