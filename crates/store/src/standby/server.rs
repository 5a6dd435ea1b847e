//! One standby: its last known state, and its readers.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use sea_orm::{DbBackend, Statement};
use tokio::sync::watch;
use tokio::time::timeout;

use super::position::LogPosition;
use super::primary_progress::PrimaryProgress;
use crate::{StoreError, postgres};
use telemetry::metrics::DatabaseReplica;

/// How long it may take to report its position.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum age of a known state.
const MAX_AGE: Duration = Duration::from_secs(10);

/// Its log position, whether it is in recovery, and its database system. The timeline is that of the log that it
/// receives. A role that may not see that, or a standby that receives nothing at present, gets that of the last restart
/// point, which is never ahead.
const LOOK: &str = "SELECT pg_is_in_recovery(), (pg_last_wal_replay_lsn() - '0/0')::int8, \
    COALESCE((SELECT received_tli FROM pg_stat_wal_receiver), (SELECT timeline_id FROM pg_control_checkpoint()))::int8, \
    (SELECT system_identifier FROM pg_control_system())";

/// Its position when it was last checked, and its lag.
#[derive(Clone, Debug)]
struct StandbyStatus {
    at: Instant,
    place: LogPosition,
    lag: Duration,
    /// Why it is not read from; `None`: it is.
    left: Option<String>,
}

pub struct Standby {
    /// `HOST:PORT`.
    pub name: String,
    /// For callers' reads.
    pub pool: postgres::Pool,
    /// For checking it.
    watch: postgres::Pool,
    /// `None`: it has not been checked yet.
    seen: Mutex<Option<StandbyStatus>>,
    /// Counts how often its readers had to leave.
    unreadable: watch::Sender<u64>,
    pub numbers: OnceLock<DatabaseReplica>,
}

impl Standby {
    pub fn new(name: String, pool: postgres::Pool, watch: postgres::Pool) -> Self {
        Self {
            name,
            pool,
            watch,
            seen: Mutex::default(),
            unreadable: watch::Sender::new(0),
            numbers: OnceLock::new(),
        }
    }

    /// Checks it now, and compares it to the primary's course.
    pub async fn look(&self, primary_progress: &Mutex<PrimaryProgress>, most_lag: Duration) {
        let seen = match timeout(TIMEOUT, self.ask()).await {
            Ok(Ok((Some(place), system))) => {
                let primary_progress = primary_progress.lock().unwrap_or_else(PoisonError::into_inner);
                let (at, lag) = (Instant::now(), primary_progress.lag(place.lsn));
                let left = match primary_progress.last() {
                    None => Some("the state of the primary is not known yet".to_owned()),
                    Some(_) if primary_progress.system() != Some(system) => {
                        Some("it belongs to another database system".to_owned())
                    }
                    Some(primary) if primary.timeline != place.timeline => Some(format!(
                        "it is on timeline {}, and the primary on {}",
                        place.timeline, primary.timeline
                    )),
                    Some(_) if lag > most_lag => Some(format!("it lags by {} s", lag.as_secs())),
                    Some(_) => None,
                };
                Ok(StandbyStatus { at, place, lag, left })
            }
            Ok(Ok((None, _))) => Err("it is not a standby".to_owned()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("it does not answer".to_owned()),
        };
        match seen {
            Ok(seen) => self.record(seen),
            Err(why) => self.mark_unreadable(&why),
        }
    }

    /// Its position, `None` if it is not in recovery, and its database system.
    async fn ask(&self) -> Result<(Option<LogPosition>, i64), StoreError> {
        let look = Statement::from_sql_and_values(DbBackend::Postgres, LOOK, []);
        let row = self.watch.query_one(look).await?.ok_or(StoreError::ReadOnly)?;
        let place = match (row.try_get_by_index(0)?, row.try_get_by_index::<Option<i64>>(1)?) {
            (true, Some(lsn)) => Some(LogPosition {
                timeline: u32::try_from(row.try_get_by_index::<i64>(2)?).unwrap_or_default(),
                lsn: lsn.cast_unsigned(),
            }),
            _ => None,
        };
        Ok((place, row.try_get_by_index(3)?))
    }

    fn record(&self, seen: StandbyStatus) {
        if let Some(numbers) = self.numbers.get() {
            numbers.seen(seen.left.is_none(), seen.lag);
        }
        let mut known = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let before = known.as_ref().map(|known| known.left.as_deref().is_none());
        match &seen.left {
            None if before != Some(true) => {
                tracing::info!(server = self.name, "started reading from a database replica")
            }
            Some(why) if before != Some(false) => {
                tracing::warn!(server = self.name, why, "stopped reading from a database replica")
            }
            _ => {}
        }
        *known = Some(seen);
    }

    /// Marks it as not readable. Operations that read from it leave at once.
    pub fn mark_unreadable(&self, why: &str) {
        let known = self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (place, lag) = known.map_or((LogPosition { timeline: 0, lsn: 0 }, Duration::ZERO), |known| {
            (known.place, known.lag)
        });
        self.record(StandbyStatus {
            at: Instant::now(),
            place,
            lag,
            left: Some(why.to_owned()),
        });
        self.unreadable.send_modify(|unreadable| *unreadable += 1);
        // New connections cost less than finding out for each of these that it is dead.
        self.pool.close_idle();
    }

    /// Whether it has everything up to this position.
    pub fn has(&self, needed: Option<LogPosition>) -> bool {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = |seen: &&StandbyStatus| seen.left.is_none() && seen.at.elapsed() < MAX_AGE;
        seen.as_ref()
            .filter(fresh)
            .is_some_and(|seen| needed.is_none_or(|needed| seen.place.has(needed)))
    }

    /// Changes when it stops being readable.
    pub fn unreadable(&self) -> watch::Receiver<u64> {
        self.unreadable.subscribe()
    }

    /// Its lag when it was last checked, or why it is not read from.
    pub fn state(&self) -> Result<Duration, String> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen.as_ref() {
            None => Err("it has not been checked yet".to_owned()),
            Some(StandbyStatus { left: Some(why), .. }) => Err(why.clone()),
            Some(seen) => Ok(seen.lag),
        }
    }

    pub async fn close(&self) {
        self.pool.close().await;
        self.watch.close().await;
    }
}
