//! The audit log: who changed what.

mod change;
mod entry;
mod history;
mod query;

pub use entry::{AUDIT_ENTRY, AuditEntry};
pub use history::histories;
pub use query::AuditQuery;
