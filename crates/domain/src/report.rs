//! Reports: commissions summed by shared attributes, and the order in which the sums are shown.

use super::commission::{CommissionKind, CommissionStatus};
use super::id::{CampaignId, LinkId, PartnerId};
use super::money::Currency;

/// An attribute to group commissions by, besides their currency. The variants are in the sort order of groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Partner,
    Campaign,
    Kind,
    Status,
    Link,
}

/// Which of a commission's timestamps decides whether and where it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBasis {
    /// When it was written.
    Accrued,
    /// When its event occurred; without an event, when it was written.
    Occurred,
    /// When it was approved; commissions never approved are not counted.
    Approved,
    /// When it was paid; commissions never paid are not counted.
    Paid,
}

/// The attributes shared by the commissions in one row of a report. Attributes not grouped by are `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    pub currency: Currency,
    /// The index of their interval, from 0.
    pub interval: Option<u32>,
    pub partner: Option<PartnerId>,
    /// Also `None` if they have no campaign.
    pub campaign: Option<CampaignId>,
    pub kind: Option<CommissionKind>,
    pub status: Option<CommissionStatus>,
    /// That of their attribution. Also `None` if no link decided.
    pub link: Option<LinkId>,
}

/// One row of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRow {
    pub group: Group,
    pub count: i64,
    /// The sum of their amounts, in minor units.
    pub minor: i128,
}

/// The position of a row in the order of a report: by currency, then by absolute amount, largest first, then by group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReportPosition {
    pub group: Group,
    pub size: u128,
}

impl GroupRow {
    pub fn place(&self) -> ReportPosition {
        ReportPosition {
            group: self.group,
            size: self.minor.unsigned_abs(),
        }
    }
}
