//! Reassignment: events are moved to another partner to correct who earned; this module decides about the rows they
//! have already earned.

use super::commission::{Commission, CommissionKind, CommissionStatus};
use super::explain::{Outcome, Step};
use super::id::{CampaignId, CustomerId, EventId, PartnerId, ReassignmentId};
use super::money::Money;
use super::{Timestamp, text_enum};

/// Maximum number of events moved in one call, not counting their refunds.
pub const MAX_EVENTS: u64 = 2_000;

text_enum! {
    /// The outcome for a moved event, or for one of its rows.
    ReassignmentOutcome {
        /// It had not been paid and was reversed.
        Reversed = "REVERSED",
        /// It was paid and is left as it is.
        KeptPaid = "KEPT_PAID",
        /// It was paid, and what was left of it was clawed back.
        ClawedBack = "CLAWED_BACK",
        /// The event earned it for the new partner, or made it reach the goals of a tier.
        Earned = "EARNED",
        /// The event had earned nothing and earns nothing.
        Nothing = "NOTHING",
    }
}

/// The numbers of the steps of a move in the histories of the partners that an event is moved from and to; `None`: there is
/// no such partner, or nothing was done there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MoveSteps {
    pub from: Option<i64>,
    pub to: Option<i64>,
}

/// A requested reassignment and its result.
#[derive(Clone, Debug, PartialEq)]
pub struct Reassignment {
    pub id: ReassignmentId,
    /// The customer whose events were moved; `None`: a single event was moved.
    pub customer_id: Option<CustomerId>,
    pub event_id: Option<EventId>,
    /// The partner that the customer was bound to, or the event credited to, before.
    pub from_partner: Option<PartnerId>,
    /// `None`: no partner; moved events earn nothing.
    pub partner: Option<PartnerId>,
    pub campaign: Option<CampaignId>,
    /// Events of the customer that occurred from this moment on are moved; `None`: none of its recorded events.
    pub since: Option<Timestamp>,
    pub claw_back_paid: bool,
    pub reason: String,
    pub actor: String,
    pub at: Timestamp,
    /// How many events are left to move in further calls.
    pub remaining: u64,
    /// The steps by which it begins in the histories of `from_partner` and `partner`.
    pub steps: MoveSteps,
}

/// What happens to a row that an event earned for the partner that it is moved away from.
#[derive(Clone, Debug, PartialEq)]
pub enum RowFate {
    /// It had already been undone.
    Nothing,
    /// It is reversed, together with the rows that adjust it.
    Reversed,
    /// It was paid or imported and stays, so its event does not earn again.
    Kept,
    /// A CLAWBACK of this amount takes back what is left of it.
    ClawedBack(Money),
}

/// Whether a row moves with its event; rows of other kinds have other causes.
pub fn is_earned(kind: CommissionKind) -> bool {
    match kind {
        CommissionKind::Event | CommissionKind::TierAdjustment | CommissionKind::Opening => true,
        CommissionKind::Deal | CommissionKind::Clawback | CommissionKind::Manual | CommissionKind::Returned => false,
    }
}

/// What happens to `row`, of which `clawed_minor` (negative, for a positive row) was already clawed back.
pub fn fate_of_row(row: &Commission, clawed_minor: i64, claw_back_paid: bool) -> RowFate {
    match row.status {
        CommissionStatus::Reversed => RowFate::Nothing,
        // An imported row cannot be earned again here, so nobody would get what was taken back from it.
        CommissionStatus::Accrued | CommissionStatus::Approved | CommissionStatus::Paid
            if row.kind == CommissionKind::Opening =>
        {
            RowFate::Kept
        }
        CommissionStatus::Accrued | CommissionStatus::Approved => RowFate::Reversed,
        CommissionStatus::Paid => {
            let left = row.amount.minor() + clawed_minor;
            match (left, claw_back_paid) {
                (0, _) => RowFate::Nothing,
                (_, false) => RowFate::Kept,
                (left, true) => {
                    let amount = Money::from_minor(-left, row.amount.currency());
                    RowFate::ClawedBack(amount.expect("no more than the row that it takes back from"))
                }
            }
        }
    }
}

/// The explanation of a clawback that takes back what is left of a paid row.
pub fn clawback_step(row: &Commission, amount: Money) -> Step {
    Step {
        source: "reassignment".to_owned(),
        outcome: Outcome::Applied,
        detail: format!(
            "the event is credited to somebody else: what is left of {} that was paid goes back",
            row.amount
        ),
        threshold: None,
        amount: Some(amount.amount().normalize()),
    }
}

/// States that a row was earned through a reassignment. Also shown to the partner: it does not reveal the previous
/// attribution.
pub fn earned_step(at: Timestamp) -> Step {
    Step {
        source: "reassignment".to_owned(),
        outcome: Outcome::Applied,
        detail: format!(
            "the event was credited to this partner later, at {}: it earns what was in force then",
            at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
        ),
        threshold: None,
        amount: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commission::PaymentTarget;
    use crate::id::CommissionId;
    use crate::money::Currency;

    fn row(minor: i64, status: CommissionStatus) -> Commission {
        let at = "2026-03-01T12:00:00Z".parse().unwrap();
        Commission {
            id: CommissionId::new(at),
            kind: CommissionKind::Event,
            status,
            amount: eur(minor),
            payment_target: PaymentTarget::Partnership,
            recipient: None,
            partner_id: PartnerId::new(at),
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
            paid_at: None,
            reversed_at: None,
            payout_id: None,
            returned_payout_id: None,
        }
    }

    fn eur(minor: i64) -> Money {
        Money::from_minor(minor, Currency::parse("EUR").unwrap()).unwrap()
    }

    #[test]
    fn what_was_not_paid_is_reversed_and_what_was_stays_or_goes_back() {
        use CommissionStatus::{Accrued, Approved, Paid, Reversed};
        let cases = [
            (2000, Accrued, 0, true, RowFate::Reversed),
            (2000, Approved, -500, false, RowFate::Reversed),
            (2000, Reversed, 0, true, RowFate::Nothing),
            (2000, Paid, 0, false, RowFate::Kept),
            (2000, Paid, -500, false, RowFate::Kept),
            (2000, Paid, 0, true, RowFate::ClawedBack(eur(-2000))),
            (2000, Paid, -500, true, RowFate::ClawedBack(eur(-1500))),
            (-300, Paid, 0, true, RowFate::ClawedBack(eur(300))),
            (-300, Paid, 100, true, RowFate::ClawedBack(eur(200))),
            (2000, Paid, -2000, true, RowFate::Nothing),
            (2000, Paid, -2000, false, RowFate::Nothing),
        ];
        for (minor, status, clawed, claw_back_paid, expected) in cases {
            let left = fate_of_row(&row(minor, status), clawed, claw_back_paid);
            assert_eq!(left, expected, "{minor} {status:?} {clawed} {claw_back_paid}");
        }
    }

    #[test]
    fn what_was_brought_in_stays_whoever_paid_it() {
        let opening = |status| Commission {
            kind: CommissionKind::Opening,
            ..row(500, status)
        };
        assert_eq!(fate_of_row(&opening(CommissionStatus::Accrued), 0, true), RowFate::Kept);
        assert_eq!(fate_of_row(&opening(CommissionStatus::Paid), 0, false), RowFate::Kept);
        assert_eq!(fate_of_row(&opening(CommissionStatus::Paid), 0, true), RowFate::Kept);
        assert_eq!(
            fate_of_row(&opening(CommissionStatus::Reversed), 0, true),
            RowFate::Nothing
        );
    }

    #[test]
    fn only_what_events_earn_moves_with_them() {
        let moving: Vec<_> = CommissionKind::ALL.iter().filter(|kind| is_earned(**kind)).collect();
        let expected = [
            CommissionKind::Event,
            CommissionKind::TierAdjustment,
            CommissionKind::Opening,
        ];
        assert_eq!(moving.into_iter().copied().collect::<Vec<_>>(), expected);
    }
}
