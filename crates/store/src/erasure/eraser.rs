//! What the passes of a batch work with, and how far each came.

use sea_orm::{ConnectionTrait, DbBackend};
use uuid::Uuid;

use super::statement::Values;
use crate::Connection;
use domain::erasure::Subject;
use domain::id::TenantId;

/// Finds the values of a subject.
pub(super) struct SubjectReader<'a> {
    pub database: &'a Connection,
    pub subject: &'a Subject,
    /// Those that all statements need.
    pub values: Values,
}

impl<'a> SubjectReader<'a> {
    pub fn new(database: &'a Connection, tenant: TenantId, subject: &'a Subject) -> Self {
        let values = Values::default()
            .with("tenant", tenant.uuid())
            .with("subject", super::subject_id(subject))
            .with("name", subject.name());
        Self {
            database,
            subject,
            values,
        }
    }

    /// The values for the rows after this one.
    pub fn after(&self, after: Option<Uuid>) -> Values {
        self.values.with("after", after.unwrap_or_default())
    }

    /// How the database reads documents from text.
    pub fn document(&self, name: &str) -> String {
        match self.database.get_database_backend() {
            DbBackend::Postgres => format!("CAST({{{name}}} AS jsonb)"),
            _ => format!("{{{name}}}"),
        }
    }
}

/// What the rows of a pass are changed with.
pub(super) struct Eraser<'a> {
    /// Reads and changes in the transaction of the batch.
    pub reader: SubjectReader<'a>,
    /// "erased" and the number.
    pub placeholder: String,
    /// By what an external id is found once it is erased; `None`: the settings have no key for that.
    pub pseudonym: &'a (dyn Fn(&str) -> Option<String> + Sync),
}

/// How far a pass came.
pub(super) struct Pass {
    /// How many rows it looked at.
    pub seen: usize,
    pub changed: u64,
    /// The last of them.
    pub last: Option<Uuid>,
}

impl Pass {
    pub const NOTHING: Self = Self {
        seen: 0,
        changed: 0,
        last: None,
    };
}
