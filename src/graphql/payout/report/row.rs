//! The rows of commission reports.

use async_graphql::{Context, Enum, Object};

use crate::graphql::campaign::Campaign;
use crate::graphql::error::{Nullable, nullable_link};
use crate::graphql::identity;
use crate::graphql::ledger::commission::{CommissionKind, CommissionStatus};
use crate::graphql::money::Money;
use crate::graphql::partner::Partner;
use crate::graphql::scalar::DateTime;
use domain::Timestamp;
use domain::report::{self, GroupRow};

/// By what commissions are summed. They are always told apart by their currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::Dimension")]
pub enum ReportDimension {
    /// By who earned them.
    Partner,
    /// By the campaign that they were earned in.
    Campaign,
    /// By how they came about.
    Kind,
    /// By where they stand now.
    Status,
}

/// Which of a commission's times decides whether and where it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::TimeBasis")]
pub enum TimeBasis {
    /// When it was written.
    Accrued,
    /// When its event happened: of a clawback the refund, of a tier's adjustment the conversion that it adjusts. Without an
    /// event, when it was written.
    Occurred,
    /// When it was approved; those that were not are left out.
    Approved,
    /// When it was paid; those that were not are left out.
    Paid,
}

/// The commissions that have something in common.
#[derive(Clone)]
pub struct ReportRow {
    pub(super) start: Option<Timestamp>,
    pub(super) row: GroupRow,
}

/// The commissions that have something in common. What they are not summed by is null.
#[Object]
impl ReportRow {
    /// When the interval starts that their times lie in, in the tenant's time zone; null without an interval.
    async fn start(&self) -> Option<DateTime> {
        self.start.map(DateTime)
    }

    /// Who earned them.
    async fn partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        nullable_link(self.row.group.partner, |id| identity::partner(ctx, id)).await
    }

    /// The campaign that they were earned in; null also for those that have none.
    async fn campaign(&self, ctx: &Context<'_>) -> Nullable<Campaign> {
        nullable_link(self.row.group.campaign, |id| identity::campaign(ctx, id)).await
    }

    /// How they came about.
    async fn kind(&self) -> Option<CommissionKind> {
        self.row.group.kind.map(CommissionKind::from)
    }

    /// Where they stand now.
    async fn status(&self) -> Option<CommissionStatus> {
        self.row.group.status.map(CommissionStatus::from)
    }

    /// How many there are.
    async fn count(&self) -> i64 {
        self.row.count
    }

    /// Their sum.
    async fn amount(&self) -> Money {
        Money::of_sum(self.row.minor, self.row.group.currency)
    }
}
