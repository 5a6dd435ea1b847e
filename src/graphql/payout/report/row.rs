//! The rows of commission reports.

use async_graphql::{Enum, Object};

use crate::graphql::campaign::Campaign;
use crate::graphql::ledger::commission::{CommissionKind, CommissionStatus};
use crate::graphql::link::Link;
use crate::graphql::money::Money;
use crate::graphql::partner::Partner;
use crate::graphql::rows::{Linked, link_to};
use crate::graphql::scalar::DateTime;
use domain::Timestamp;
use domain::report::{self, GroupRow};

/// A dimension by which commissions are grouped. They are always grouped by currency, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::Dimension")]
pub enum ReportDimension {
    /// The partner that earned them.
    Partner,
    /// The campaign in which they were earned.
    Campaign,
    /// Their kind.
    Kind,
    /// Their present status.
    Status,
    /// The link that decided to whom their event is credited.
    Link,
}

/// The time of a commission that decides in which range and interval it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "report::TimeBasis")]
pub enum TimeBasis {
    /// When it was written.
    Accrued,
    /// When its event happened: for a clawback, also one of an adjustment, the refund; for a tier's adjustment, the
    /// adjusted conversion. Without an event, when it was written, as a clawback of a reassignment.
    Occurred,
    /// When it was approved; commissions that were not are left out.
    Approved,
    /// When it was paid, an imported one in the other system; commissions that were not are left out. A payment that came
    /// back counts as minus when it did, with the kind RETURNED and the status PAID.
    Paid,
}

/// The commissions that have something in common.
#[derive(Clone)]
pub struct ReportRow {
    pub(super) start: Option<Timestamp>,
    pub(super) row: GroupRow,
}

/// A group of commissions. Dimensions that are not grouped by are null.
#[Object]
impl ReportRow {
    /// The start of the interval, in the tenant's time zone; null if there are no intervals.
    async fn start(&self) -> Option<DateTime> {
        self.start.map(DateTime)
    }

    /// The partner that earned them.
    async fn partner(&self) -> Option<Linked<Partner>> {
        link_to(self.row.group.partner)
    }

    /// The campaign in which they were earned; also null for commissions without a campaign.
    async fn campaign(&self) -> Option<Linked<Campaign>> {
        link_to(self.row.group.campaign)
    }

    /// Their kind.
    async fn kind(&self) -> Option<CommissionKind> {
        self.row.group.kind.map(CommissionKind::from)
    }

    /// Their present status.
    async fn status(&self) -> Option<CommissionStatus> {
        self.row.group.status.map(CommissionStatus::from)
    }

    /// The link that decided to whom their event was credited when they were earned; also null where none did, and for
    /// commissions without an event. Needs `links:read`, but for its id and key.
    async fn link(&self) -> Option<Linked<Link>> {
        link_to(self.row.group.link)
    }

    /// The number of commissions.
    async fn count(&self) -> i64 {
        self.row.count
    }

    /// Their sum.
    async fn amount(&self) -> Money {
        Money::of_sum(self.row.minor, self.row.group.currency)
    }
}
