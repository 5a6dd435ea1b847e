//! What a transaction has noted of its changes, and the audit entry that is made of it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use entity::{audit_entry, audit_object};
use sea_orm::IntoActiveModel;
use uuid::Uuid;

use crate::row;
use crate::salt;
use crate::table_functions::table_functions;
use crate::writes::{Conflict, Writes};
use domain::Timestamp;
use domain::audit::{AuditEntry, FieldChange, Origin};
use domain::id::{AuditEntryId, TenantId, parse_any};

table_functions!(AuditEntry: at_hand);

/// Returns the current time.
type Now = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// To whom a transaction's audit entry is attributed, and in which tenant.
#[derive(Clone)]
pub struct Trail {
    tenant: TenantId,
    origin: Arc<Origin>,
    now: Now,
}

impl Trail {
    /// The tenant whose data the transaction changes.
    pub(crate) fn tenant(&self) -> TenantId {
        self.tenant
    }

    pub fn new(tenant: TenantId, origin: Arc<Origin>, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            tenant,
            origin,
            now: Arc::new(now),
        }
    }
}

/// What one transaction has noted so far.
pub struct TransactionNotes {
    trail: Trail,
    state: Mutex<NotedState>,
}

#[derive(Default)]
struct NotedState {
    /// Created on first use, so that a transaction that waited for a lock comes after the one that held it.
    entry: Option<(AuditEntryId, Timestamp)>,
    /// Another row refers to the entry, so that it must be written.
    is_named: bool,
    count: Option<u64>,
    changes: Vec<FieldChange>,
    /// Nothing more will be noted after the first note.
    is_noted_once: bool,
    is_written: bool,
}

impl TransactionNotes {
    pub fn new(trail: Trail) -> Self {
        let state = Mutex::default();
        Self { trail, state }
    }

    pub fn note(&self, changes: Vec<FieldChange>) {
        if !changes.is_empty() {
            self.state().changes.extend(changes);
        }
    }

    pub fn count(&self, rows: u64) {
        if rows > 0 {
            *self.state().count.get_or_insert(0) += rows;
        }
    }

    /// The id of the entry, which is then certain to be written.
    pub fn name(&self) -> Uuid {
        let mut state = self.state();
        state.is_named = true;
        state.entry(&self.trail).0.uuid()
    }

    /// Promises that nothing more is noted after the first note, so that the next writes can include the entry.
    pub fn note_once(&self) {
        self.state().is_noted_once = true;
    }

    /// The entry, to be included in other writes, if nothing more will be noted.
    pub fn along(&self) -> Option<Writes> {
        let is_noted_once = self.state().is_noted_once;
        is_noted_once.then(|| self.take()).flatten()
    }

    /// The entry, unless there is nothing to record, or it was written already.
    pub fn take(&self) -> Option<Writes> {
        let mut state = self.state();
        if state.is_written || (state.count.is_none() && state.changes.is_empty() && !state.is_named) {
            return None;
        }
        state.is_written = true;
        let (id, at) = state.entry(&self.trail);
        let entry = AuditEntry {
            id,
            at,
            origin: Origin::clone(&self.trail.origin),
            count: state.count.map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
            changes: std::mem::take(&mut state.changes),
        };
        Some(Writes::of(|writes| add(writes, self.trail.tenant, [&entry])))
    }

    fn state(&self) -> MutexGuard<'_, NotedState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NotedState {
    fn entry(&mut self, trail: &Trail) -> (AuditEntryId, Timestamp) {
        *self.entry.get_or_insert_with(|| {
            let at = (trail.now)();
            (AuditEntryId::new(at), at)
        })
    }
}

/// Adds entries, and the objects under which they are found.
pub fn add<'e>(writes: &mut Writes, tenant: TenantId, entries: impl IntoIterator<Item = &'e AuditEntry>) {
    let (mut rows, mut objects) = (Vec::new(), Vec::new());
    for entry in entries {
        let named = entry
            .changes
            .iter()
            .filter_map(|change| Some(parse_any(&change.object_id)?.1));
        let named: BTreeSet<_> = named.collect();
        objects.extend(named.into_iter().map(|object_id| {
            let row = audit_object::Model {
                tenant_id: tenant.uuid(),
                object_id,
                entry_id: entry.id.uuid(),
            };
            row.into_active_model()
        }));
        rows.push(to_row(tenant, entry).into_active_model());
    }
    writes.add(rows, Conflict::Fail);
    writes.add(objects, Conflict::Fail);
}

fn to_row(tenant: TenantId, entry: &AuditEntry) -> audit_entry::Model {
    let Origin {
        actor,
        api_key_id,
        token_id,
        partner_id,
        operation,
        request_id,
    } = &entry.origin;
    audit_entry::Model {
        tenant_id: tenant.uuid(),
        id: entry.id.uuid(),
        at: entry.at,
        actor: actor.clone(),
        api_key_id: api_key_id.map(|id| id.uuid()),
        token_id: token_id.clone(),
        partner_id: partner_id.map(|id| id.uuid()),
        operation: operation.clone(),
        request_id: request_id.clone(),
        count: entry.count.map(|count| i32::try_from(count).unwrap_or(i32::MAX)),
        changes: row::to_json(&entry.changes),
        salt: salt::drawn(),
    }
}
