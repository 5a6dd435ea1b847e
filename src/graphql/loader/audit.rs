//! Audit histories of objects.

use std::collections::HashMap;

use uuid::Uuid;

use super::children;
use auth::Scope;
use domain::audit::AuditEntry;
use store::{Store, StoreError, audit};

children! {
    /// The audit log entries that record changes of objects, newest first.
    HistoryOfObject: AuditEntry, "history", history_of_object, history_count_of_object =
        audit::{pages_of_objects, counts_of_objects};
}
