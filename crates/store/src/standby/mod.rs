//! Read replicas: standbys of PostgreSQL, which show what the primary has written a little later.
//!
//! - A query reads from a standby that has its caller's last write, or else from the primary; all of it from one
//!   server. It never waits for a standby to catch up.
//! - A caller's last write is a [`LogPosition`]: the commit of its mutation returns it in the same round trip
//!   ([`CommitNote`]). It is remembered in this process, and given to the caller for the other processes.
//! - Each standby is checked again and again: whether it answers, is a standby, belongs to the primary's system and
//!   timeline, and how old its data is. A standby that fails while it is read from is left at once, and everything is
//!   read anew on the primary.

mod commit_position;
mod memory;
pub mod position;
mod primary_progress;
mod reading;
mod server;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::future::join_all;
use sea_orm::{DbBackend, Statement};
use tokio::time::timeout;

use super::{StoreError, postgres};
pub use commit_position::{CommitNote, CommitPosition};
use memory::CommitMemory;
pub use position::LogPosition;
use primary_progress::PrimaryProgress;
pub use reading::{StandbyReads, StandbyWatch};
pub use server::Standby;
use telemetry::metrics;

/// The primary's log position, and its database system; no position on a server that is not a primary.
const LOOK: &str = "SELECT CASE WHEN NOT pg_is_in_recovery() THEN substr(pg_walfile_name(pg_current_wal_flush_lsn()), 1, 8) END, \
    CASE WHEN NOT pg_is_in_recovery() THEN (pg_current_wal_flush_lsn() - '0/0')::text END, \
    (SELECT system_identifier FROM pg_control_system())";

/// All standbys of a database.
pub struct Standbys {
    servers: Vec<Arc<Standby>>,
    /// For checking the primary.
    primary: postgres::Pool,
    most_lag: Duration,
    primary_progress: Mutex<PrimaryProgress>,
    memory: CommitMemory,
    /// Rotates through the standbys.
    next: AtomicUsize,
}

impl Standbys {
    pub fn new(servers: Vec<Standby>, primary: postgres::Pool, most_lag: Duration) -> Self {
        Self {
            servers: servers.into_iter().map(Arc::new).collect(),
            primary,
            most_lag,
            primary_progress: Mutex::default(),
            memory: CommitMemory::default(),
            next: AtomicUsize::new(0),
        }
    }

    /// Checks the primary and all standbys, which takes a few seconds at most.
    pub async fn look(&self) {
        // The first connection may lead to a server that was the primary before.
        for _ in 0..2 {
            match timeout(server::TIMEOUT, self.look_at_primary()).await {
                Ok(Ok(())) => break,
                // Readiness reports it. Standbys may still have what their readers need.
                Ok(Err(error)) => tracing::debug!(%error, "cannot see where the database's log is"),
                Err(_) => {
                    tracing::debug!("the database does not say where its log is");
                    break;
                }
            }
        }
        join_all(
            self.servers
                .iter()
                .map(|server| server.look(&self.primary_progress, self.most_lag)),
        )
        .await;
    }

    async fn look_at_primary(&self) -> Result<(), StoreError> {
        let look = Statement::from_sql_and_values(DbBackend::Postgres, LOOK, []);
        let row = self.primary.query_one(look).await?.ok_or(StoreError::ReadOnly)?;
        let (timeline, lsn): (Option<String>, Option<String>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        let (Some(timeline), Some(lsn)) = (timeline, lsn) else {
            return Err(StoreError::ReadOnly);
        };
        let place = LogPosition::answered(&timeline, &lsn)?;
        let mut primary_progress = self.primary_progress.lock().unwrap_or_else(PoisonError::into_inner);
        if primary_progress.last().is_none() {
            // It includes what was migrated before this process began to serve.
            self.memory.all_need(place);
        }
        primary_progress.record(row.try_get_by_index(2)?, place, Instant::now());
        Ok(())
    }

    /// A standby that may serve this caller's query; `None`: only the primary may. `given` is the position up to which
    /// the caller says it has written.
    pub fn choose(&self, subject: &str, given: Option<LogPosition>) -> Option<Arc<Standby>> {
        let needed = self.memory.needed(subject, Instant::now()).max(given);
        let start = self.next.fetch_add(1, Ordering::Relaxed);
        let turns = (0..self.servers.len()).map(|step| &self.servers[(start + step) % self.servers.len()]);
        turns.into_iter().find(|server| server.has(needed)).cloned()
    }

    /// Each standby by its name: its lag when it was last checked, or why it is not read from.
    pub fn states(&self) -> Vec<(String, Result<Duration, String>)> {
        let states = self.servers.iter().map(|server| (server.name.clone(), server.state()));
        states.collect()
    }

    pub fn measure(&self, numbers: &metrics::DatabaseMetrics) {
        for server in &self.servers {
            // A later call would set the same.
            let _ = server.numbers.set(numbers.replica(&server.name));
        }
    }

    pub async fn close(&self) {
        self.primary.close().await;
        for server in &self.servers {
            server.close().await;
        }
    }
}
