//! Audit histories of objects.

use super::children;
use domain::audit::AuditEntry;
use store::audit;

children! {
    /// The audit log entries that record changes of objects, newest first.
    HistoryOfObject: AuditEntry, "history", history_of_object, history_count_of_object =
        audit::list_of_objects;
}
