//! Reports: commissions summed by what they have in common, and the order in which the sums are shown.

use super::commission::{CommissionKind, CommissionStatus};
use super::id::{CampaignId, PartnerId};
use super::money::Currency;

/// By what commissions are summed, besides their currency. In the order in which groups are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Dimension {
    Partner,
    Campaign,
    Kind,
    Status,
}

/// Which of a commission's times decides whether and where it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeBasis {
    /// When it was written.
    Accrued,
    /// When its event happened; without an event, when it was written.
    Occurred,
    /// When it was approved; those that never were are not counted.
    Approved,
    /// When it was paid; those that never were are not counted.
    Paid,
}

/// What the commissions of one row of a report have in common. What they are not summed by is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Group {
    pub currency: Currency,
    /// The number of the interval that they lie in, from 0.
    pub interval: Option<u32>,
    pub partner: Option<PartnerId>,
    /// `None` also where they have no campaign.
    pub campaign: Option<CampaignId>,
    pub kind: Option<CommissionKind>,
    pub status: Option<CommissionStatus>,
}

/// One row of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRow {
    pub group: Group,
    pub count: i64,
    /// The sum of their amounts, in minor units.
    pub minor: i128,
}

/// Where a row stands in the order of a report: by currency, the largest amount of either sign first, then by group.
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
