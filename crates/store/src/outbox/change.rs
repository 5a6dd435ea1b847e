//! One change of the ledger.

use domain::Timestamp;
use domain::id::{CommissionId, PartnerId, TenantId};

/// A commission was written, or its status changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommissionChange {
    /// Ascending for each commission.
    pub id: i64,
    /// The transaction that wrote it; `None` on SQLite.
    pub transaction: Option<i64>,
    /// When it was written.
    pub at: Timestamp,
    pub tenant: TenantId,
    pub partner: PartnerId,
    pub commission: CommissionId,
}
