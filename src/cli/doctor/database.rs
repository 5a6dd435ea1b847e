//! The database: whether it is reachable, accepts writes, fits this program, and agrees on the time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::disk;
use super::report::{CheckResult, DoctorReport};
use crate::cli::open;
use crate::config::Config;
use service::clock::Clock;
use store::diagnostics::{self, ConnectionUse, Engine};
use store::{Store, StoreError};

/// A clock difference that network latency does not explain.
const MAX_SKEW_SECONDS: i64 = 2;
/// The oldest supported version of PostgreSQL; earlier ones get no more corrections.
const OLDEST_POSTGRES: i32 = 140_000;
/// Connections of a process other than those of its pool and of its exports: docs/operations.md#many-replicas.
const BESIDES: i64 = 4;

/// Checks everything about the database.
pub async fn look(config: &Config, store: &Store, report: &mut DoctorReport) {
    report.says("database", finding(engine(store).await));
    report.says("schema", finding(schema(store).await));
    report.says("writes", finding(writes(store).await));
    if let Some(file) = file(config) {
        report.says("file", finding(whole(store, &file).await));
        if let Some(found) = disk::look(&file) {
            report.says("disk", found);
        }
    }
    match diagnostics::connections(store).await {
        Ok(Some(server)) => report.says("connections", connections(config, server)),
        Ok(None) => {}
        Err(error) => report.says("connections", CheckResult::failed(error)),
    }
    report.says("clock", finding(clock(store).await));
    store.look_at_standbys().await;
    for (name, state) in store.standbys() {
        report.says(format!("replica {name}"), replica(state));
    }
}

fn finding(looked: Result<CheckResult, StoreError>) -> CheckResult {
    looked.unwrap_or_else(CheckResult::failed)
}

/// The path of SQLite's file, unless the database is in memory.
fn file(config: &Config) -> Option<PathBuf> {
    let name = open::sqlite_file(&config.store.url)?;
    let is_memory = name.is_empty() || name == ":memory:" || config.store.url.contains("mode=memory");
    (!is_memory).then(|| PathBuf::from(name))
}

async fn engine(store: &Store) -> Result<CheckResult, StoreError> {
    Ok(match diagnostics::engine(store).await? {
        Engine::Sqlite { version } => CheckResult::ok().found(format!("SQLite {version}")),
        Engine::Postgres { encoding, .. } if encoding != "UTF8" => CheckResult::wrong(
            format!("the database's texts are in {encoding}"),
            "make one with `createdb --encoding UTF8 --template template0`",
        ),
        Engine::Postgres { number, version, .. } if number < OLDEST_POSTGRES => CheckResult::warning(
            format!("PostgreSQL {version} is older than what Tributary is tested with"),
            "upgrade it",
        ),
        Engine::Postgres { version, .. } => CheckResult::ok().found(format!("PostgreSQL {version}")),
    })
}

async fn schema(store: &Store) -> Result<CheckResult, StoreError> {
    let migrations = diagnostics::migrations(store).await?;
    let (pending, unknown) = (&migrations.pending, &migrations.unknown);
    Ok(match (unknown.last(), pending.first()) {
        (Some(newest), _) => CheckResult::wrong(
            format!(
                "a newer program has changed it (migrations: {}, such as {newest})",
                unknown.len()
            ),
            "run that version, or restore the backup made before it",
        ),
        (None, Some(first)) => CheckResult::wrong(
            format!("{} migrations are missing, from {first} on", pending.len()),
            "`tributary migrate` or `tributary serve` applies them",
        ),
        (None, None) => CheckResult::ok(),
    })
}

async fn writes(store: &Store) -> Result<CheckResult, StoreError> {
    // On SQLite the first ping starts a trial write, the transaction queues behind it, and the second ping has its
    // outcome.
    store.ping().await?;
    store.begin_unaudited().await?.rollback().await?;
    store.ping().await?;
    Ok(match diagnostics::closed_tables(store).await?.as_slice() {
        [] => CheckResult::ok(),
        tables => CheckResult::wrong(
            format!("this role may not read and write rows of {}", tables.join(", ")),
            "GRANT it SELECT, INSERT, UPDATE and DELETE, or let it own them",
        ),
    })
}

async fn whole(store: &Store, file: &Path) -> Result<CheckResult, StoreError> {
    let faults = store::integrity::faults(store).await?;
    Ok(match faults.as_slice() {
        [] if disk::is_open_to_others(file) => CheckResult::warning(
            format!("others on this machine may read {}", file.display()),
            "chmod 600 it, and the files -wal and -shm beside it",
        ),
        [] => CheckResult::ok(),
        faults => CheckResult::wrong(
            format!("the database file is damaged: {}", faults.join("; ")),
            "restore it from a copy",
        ),
    })
}

/// Whether there are enough connections for a gateway with these settings, in addition to those in use.
fn connections(config: &Config, server: ConnectionUse) -> CheckResult {
    let looks_at_log = i64::from(!config.store.standby_urls.is_empty());
    let needed = i64::from(config.store.max_connections) + BESIDES + looks_at_log + i64::from(config.store.aside);
    let ConnectionUse { most, used } = server;
    let found = format!("a gateway takes up to {needed}, and of {most} that there may be {used} are in use");
    let mend = "raise PostgreSQL's max_connections, or lower database.max_connections";
    if needed > most {
        CheckResult::wrong(found, mend)
    } else if used + needed > most {
        CheckResult::warning(found, mend)
    } else {
        CheckResult::ok().found(found)
    }
}

/// No more than a warning: a gateway serves without it, more slowly.
fn replica(state: Result<Duration, String>) -> CheckResult {
    match state {
        Ok(lag) => CheckResult::ok().found(format!("behind by {} ms", lag.as_millis())),
        Err(why) => CheckResult::warning(
            format!("{why}, so it is not read from"),
            "fix it, or remove its URL from database.replica_url",
        ),
    }
}

/// Times in the ledger are this machine's; replicas whose clocks differ write histories that look out of order.
async fn clock(store: &Store) -> Result<CheckResult, StoreError> {
    let before = Clock::System.now();
    let Some(there) = store::server_time(store).await? else {
        return Ok(CheckResult::ok());
    };
    // The query took a while, and the server read its clock somewhere in between.
    let here = before + (Clock::System.now() - before) / 2;
    Ok(ahead((here - there).num_seconds()))
}

/// Judges by how much this machine's clock is ahead of the database's.
fn ahead(seconds: i64) -> CheckResult {
    let direction = if seconds > 0 { "ahead of" } else { "behind" };
    match seconds.abs() {
        apart if apart > MAX_SKEW_SECONDS => CheckResult::wrong(
            format!("this machine's clock is {apart} s {direction} the database's"),
            "synchronise both",
        ),
        _ => CheckResult::ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::CheckStatus;
    use super::*;
    use crate::config::Flags;

    #[test]
    fn a_gateway_and_one_more_need_connections() {
        let config = Config::load(Flags::default()).expect("the defaults");
        // 8 + 4 + 4.
        for (most, used, verdict) in [
            (97, 16, CheckStatus::Ok),
            (32, 16, CheckStatus::Ok),
            (31, 16, CheckStatus::Warning),
            (15, 0, CheckStatus::Wrong),
        ] {
            assert_eq!(connections(&config, ConnectionUse { most, used }).verdict(), verdict);
        }
    }

    #[test]
    fn clocks_may_differ_by_moments() {
        for (seconds, verdict) in [
            (0, CheckStatus::Ok),
            (2, CheckStatus::Ok),
            (-2, CheckStatus::Ok),
            (3, CheckStatus::Wrong),
            (-60, CheckStatus::Wrong),
        ] {
            assert_eq!(ahead(seconds).verdict(), verdict, "{seconds}");
        }
    }

    #[test]
    fn only_files_are_on_disks() {
        let named = |url: &str| {
            let mut config = Config::load(Flags::default()).expect("the defaults");
            config.store.url = url.to_owned();
            file(&config)
        };
        assert_eq!(named("sqlite://a/b.db?mode=rwc"), Some(PathBuf::from("a/b.db")));
        for url in ["sqlite::memory:", "sqlite://x?mode=memory", "postgres://ann@host/books"] {
            assert_eq!(named(url), None, "{url}");
        }
    }
}
