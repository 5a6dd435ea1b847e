//! Statements: what is owed on an account, accrued and approved, and the movements of that balance. A row of the ledger
//! moves its account once when it is entered, and once more when it is reversed or paid; its other transitions move
//! nothing.
//!
//! Movements are totally ordered: by time, then by kind in the enum's order, then by row. So a statement's opening plus
//! its movements equals its closing, and the closing of one statement is the opening of the next.

use chrono::Datelike;

use super::commission::{Commission, CommissionKind, PaymentTarget};
use super::id::{CommissionId, PartnerId, PayoutId};
use super::money::Currency;
use super::{Timestamp, text_enum};

text_enum! {
    /// The cause of a movement on an account.
    MovementKind {
        /// A row was imported as history.
        Opening = "OPENING",
        /// A row was earned by an event or a deal, or entered by staff.
        Accrued = "ACCRUED",
        /// A tier changed an amount that had been earned.
        Adjusted = "ADJUSTED",
        /// A refund, reversal or reassignment took back an amount.
        ClawedBack = "CLAWED_BACK",
        /// A row was undone before it was paid.
        Reversed = "REVERSED",
        /// A row was paid.
        Paid = "PAID",
        /// A payment came back, so that its amount is owed again.
        Returned = "RETURNED",
    }
}

impl MovementKind {
    /// How rows of a kind enter their account.
    pub fn of_entry(kind: CommissionKind) -> Self {
        match kind {
            CommissionKind::Event | CommissionKind::Deal | CommissionKind::Manual => Self::Accrued,
            CommissionKind::TierAdjustment => Self::Adjusted,
            CommissionKind::Clawback => Self::ClawedBack,
            CommissionKind::Opening => Self::Opening,
            CommissionKind::Returned => Self::Returned,
        }
    }

    /// Its index in the order of the kinds.
    pub fn rank(self) -> i64 {
        self as i64
    }

    pub fn of_rank(rank: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.rank() == rank)
    }
}

/// The account of a statement: the partner's own rows, or those of one individual at the partner, in one currency.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Account {
    pub partner: PartnerId,
    /// `None`: the partner's own rows.
    pub recipient: Option<String>,
    pub currency: Currency,
}

impl Account {
    /// The account that a row belongs to; `None`: it is owed to an individual who has not been named yet.
    pub fn of(row: &Commission) -> Option<Self> {
        let recipient = match row.payment_target {
            PaymentTarget::Partnership => None,
            PaymentTarget::Individual => Some(row.recipient.clone()?),
        };
        Some(Self {
            partner: row.partner_id,
            recipient,
            currency: row.amount.currency(),
        })
    }
}

/// A past time range, its end excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Range {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// Why a range has no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RangeError {
    #[error("from must be before to")]
    Empty,
    #[error("to must not be later than now: a statement does not change any more")]
    NotOver,
}

impl Range {
    pub fn new(from: Timestamp, to: Timestamp, now: Timestamp) -> Result<Self, RangeError> {
        if from >= to {
            Err(RangeError::Empty)
        } else if to > now {
            Err(RangeError::NotOver)
        } else {
            Ok(Self { from, to })
        }
    }

    pub fn contains(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }
}

/// The position of a movement in the order of its account; positions are unique.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MovementPosition {
    pub at: Timestamp,
    pub kind: MovementKind,
    pub row: CommissionId,
}

impl MovementPosition {
    /// At least the number of kinds.
    const KINDS: i64 = 16;

    /// Time and kind encoded in one number that sorts in the same order.
    pub fn number(&self) -> i64 {
        self.at.timestamp_micros() * Self::KINDS + self.kind.rank()
    }

    /// The position of a row with the given number; `None`: the number encodes no position.
    pub fn of_number(number: i64, row: CommissionId) -> Option<Self> {
        let at = Timestamp::from_timestamp_micros(number.div_euclid(Self::KINDS))?;
        let kind = MovementKind::of_rank(number.rem_euclid(Self::KINDS))?;
        // Outside these years databases disagree about the representation of a timestamp.
        (1..=9999).contains(&at.year()).then_some(Self { at, kind, row })
    }
}

/// One movement of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Movement {
    pub place: MovementPosition,
    /// The change in minor units; if negative, less is owed.
    pub minor: i64,
    /// The payout that paid the row, or whose money came back.
    pub payout: Option<PayoutId>,
}

/// The movements of a row. `assigned_at`: when the individual to whom it is owed was named, if that was later than when
/// the row was written.
pub fn movements(row: &Commission, assigned_at: Option<Timestamp>) -> impl Iterator<Item = Movement> {
    let minor = row.amount.minor();
    let moved = |kind, at: Timestamp, minor, payout| Movement {
        place: MovementPosition { at, kind, row: row.id },
        minor,
        payout,
    };
    let entered_at = assigned_at.unwrap_or(row.accrued_at);
    let entry = moved(
        MovementKind::of_entry(row.kind),
        entered_at,
        minor,
        row.returned_payout_id,
    );
    let reversed = row
        .reversed_at
        .map(|at| moved(MovementKind::Reversed, at, -minor, None));
    let paid = row
        .paid_at
        .map(|at| moved(MovementKind::Paid, at, -minor, row.payout_id));
    [Some(entry), reversed, paid].into_iter().flatten()
}

/// The movements of one kind in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KindTotal {
    pub kind: MovementKind,
    pub count: i64,
    pub minor: i128,
}

/// The sums of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementSums {
    /// The amount owed at the start of the range.
    pub opening: i128,
    /// By kind, in the enum's order; kinds without movements are omitted.
    pub totals: Vec<KindTotal>,
}

impl StatementSums {
    /// The sums of one account's movements, given in any order, for a range.
    pub fn of(movements: impl IntoIterator<Item = Movement>, range: Range) -> Self {
        let (mut opening, mut parts) = (0, Vec::new());
        for Movement { place, minor, .. } in movements {
            if place.at < range.from {
                opening += i128::from(minor);
            } else if range.contains(place.at) {
                parts.push((place.kind, 1, i128::from(minor)));
            }
        }
        let totals = totals(parts);
        Self { opening, totals }
    }

    /// The amount owed at the end of the range.
    pub fn closing(&self) -> i128 {
        self.opening + self.totals.iter().map(|total| total.minor).sum::<i128>()
    }

    /// The number of movements.
    pub fn count(&self) -> i64 {
        self.totals.iter().map(|total| total.count).sum()
    }
}

/// Adds up the parts, given as kind, count and minor units, per kind.
pub fn totals(parts: impl IntoIterator<Item = (MovementKind, i64, i128)>) -> Vec<KindTotal> {
    let mut totals: Vec<_> = MovementKind::ALL
        .iter()
        .map(|kind| KindTotal {
            kind: *kind,
            count: 0,
            minor: 0,
        })
        .collect();
    for (kind, count, minor) in parts {
        if let Some(total) = totals.iter_mut().find(|total| total.kind == kind) {
            total.count += count;
            total.minor += minor;
        }
    }
    totals.retain(|total| total.count > 0);
    totals
}

/// Each movement with the amount owed after it. `before`: the amount owed before the first movement.
pub fn with_balances(before: i128, movements: Vec<Movement>) -> Vec<(Movement, i128)> {
    let mut balance = before;
    let after = movements.into_iter().map(|movement| {
        balance += i128::from(movement.minor);
        (movement, balance)
    });
    after.collect()
}

/// As [`with_balances`], given `after`, the amount owed after the last movement.
pub fn with_balances_up_to(after: i128, movements: Vec<Movement>) -> Vec<(Movement, i128)> {
    let moved: i128 = movements.iter().map(|movement| i128::from(movement.minor)).sum();
    with_balances(after - moved, movements)
}

#[cfg(test)]
mod tests;
