//! Movements, which change what is owed.

use async_graphql::{Context, Enum, Object, SimpleObject};

use crate::graphql::error::{ApiError, Nullable, existing, nullable_link};
use crate::graphql::ledger::commission::Commission;
use crate::graphql::money::Money;
use crate::graphql::payout::Payout;
use crate::graphql::scalar::DateTime;
use domain::money::Currency;
use domain::statement::{self, Movement};

/// What moves what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "statement::MovementKind")]
pub enum MovementKind {
    /// A commission was brought in as history.
    Opening,
    /// An event, a deal or staff earned a commission.
    Accrued,
    /// A tier changed what was earned.
    Adjusted,
    /// A refund or a reversal took back what was earned.
    ClawedBack,
    /// A commission was undone before it was paid.
    Reversed,
    /// A commission was paid.
    Paid,
}

/// The movements of one kind.
#[derive(Clone, SimpleObject)]
pub struct StatementTotal {
    /// What they are.
    pub kind: MovementKind,
    /// How many there are.
    pub count: i64,
    /// What they come to; below 0: less is owed.
    pub amount: Money,
}

/// One thing that moved what is owed.
#[derive(Clone)]
pub struct StatementMovement {
    pub(super) movement: Movement,
    pub(super) balance: i128,
    pub(super) currency: Currency,
}

/// One thing that moved what is owed.
#[Object]
impl StatementMovement {
    /// When.
    async fn at(&self) -> DateTime {
        DateTime(self.movement.place.at)
    }

    /// What it was.
    async fn kind(&self) -> MovementKind {
        self.movement.place.kind.into()
    }

    /// By how much; below 0: less is owed.
    async fn amount(&self) -> Money {
        Money::of_sum(self.movement.minor.into(), self.currency)
    }

    /// What was owed after it.
    async fn balance(&self) -> Money {
        Money::of_sum(self.balance, self.currency)
    }

    /// The commission that came, was reversed or was paid, as it stands now.
    async fn commission(&self, ctx: &Context<'_>) -> Result<Commission, ApiError> {
        let id = self.movement.place.row;
        existing(Commission::load(ctx, id).await?, "commission", "id", id)
    }

    /// The payout that paid it; null for other kinds.
    async fn payout(&self, ctx: &Context<'_>) -> Nullable<Payout> {
        nullable_link(self.movement.payout, |id| Payout::load(ctx, id)).await
    }
}
