//! Movements, which change what is owed.

use async_graphql::{Enum, Object, SimpleObject};

use crate::graphql::ledger::commission::Commission;
use crate::graphql::money::Money;
use crate::graphql::payout::Payout;
use crate::graphql::rows::{Linked, link_to};
use crate::graphql::scalar::DateTime;
use domain::money::Currency;
use domain::statement::{self, Movement};

/// The cause of a change in what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::MovementKind")]
pub enum MovementKind {
    /// A commission was imported as history.
    Opening,
    /// An event, a deal or staff earned a commission.
    Accrued,
    /// A tier changed what an earlier event earned.
    Adjusted,
    /// A clawback took back what was earned.
    ClawedBack,
    /// A commission was reversed before it was paid.
    Reversed,
    /// A commission was paid.
    Paid,
    /// The money of a payout came back, so that its amount is owed again.
    Returned,
}

/// The movements of one kind.
#[derive(Clone, SimpleObject)]
pub struct StatementTotal {
    /// Their kind.
    pub kind: MovementKind,
    /// The number of movements.
    pub count: i64,
    /// Their sum; negative if it reduces what is owed.
    pub amount: Money,
}

/// A change in what is owed.
#[derive(Clone)]
pub struct StatementMovement {
    pub(super) movement: Movement,
    pub(super) balance: i128,
    pub(super) currency: Currency,
}

/// A change in what is owed.
#[Object]
impl StatementMovement {
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.movement.place.at)
    }

    /// Its cause.
    async fn kind(&self) -> MovementKind {
        self.movement.place.kind.into()
    }

    /// The change; negative if it reduces what is owed.
    async fn amount(&self) -> Money {
        Money::of_sum(self.movement.minor.into(), self.currency)
    }

    /// What was owed after it.
    async fn balance(&self) -> Money {
        Money::of_sum(self.balance, self.currency)
    }

    /// The commission that was added, reversed or paid, with its present status.
    async fn commission(&self) -> Linked<Commission> {
        Linked::required(self.movement.place.row)
    }

    /// Of PAID, the payout that paid it, null for imported commissions; of RETURNED, the payout whose money came back;
    /// null for other kinds.
    async fn payout(&self) -> Option<Linked<Payout>> {
        link_to(self.movement.payout)
    }
}
