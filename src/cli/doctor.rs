//! `tributary doctor`.

use super::{CliError, open, output};
use crate::clock::Clock;
use crate::config::Config;
use crate::http;
use crate::metrics::Metrics;
use crate::store::{self, Store};

/// A difference between clocks that is no matter of the network.
const MOST_APART_SECONDS: i64 = 2;

/// Looks at everything that a gateway needs, and says of each what is wrong with it. Changes nothing; a SQLite file that is
/// missing is made if the URL says so, as by every command.
pub async fn run(config: &Config) -> Result<(), CliError> {
    let mut report = Report::default();
    report.says("settings", http::check(&config.http).map_err(CliError::from));
    report.says("keys", open::keys(config).map(|_| ()));
    match open::issuers(config, &Metrics::new(Clock::System.now())) {
        Ok(issuers) => {
            for (name, fetched) in issuers.probe().await {
                report.says(&format!("issuer {name}"), fetched.map_err(CliError::from));
            }
        }
        Err(error) => report.says("issuers", Err(error.into())),
    }
    match open::store(config).await {
        Ok(store) => {
            report.says("database", store.ping().await.map_err(CliError::from));
            report.says("schema", migrated(&store).await);
            report.says("file", whole(&store).await);
            report.says("clock", clock(&store).await);
        }
        Err(error) => report.says("database", Err(error)),
    }
    for (name, result) in &report.0 {
        match result {
            Ok(()) => output::line(format_args!("ok     {name}"))?,
            Err(reason) => output::line(format_args!("wrong  {name}: {reason}"))?,
        }
    }
    match report.0.iter().filter(|(_, result)| result.is_err()).count() {
        0 => Ok(()),
        wrong => Err(format!("{wrong} of {} checks failed", report.0.len()).into()),
    }
}

#[derive(Default)]
struct Report(Vec<(String, Result<(), CliError>)>);

impl Report {
    fn says(&mut self, name: &str, result: Result<(), CliError>) {
        self.0.push((name.to_owned(), result));
    }
}

async fn migrated(store: &Store) -> Result<(), CliError> {
    let status = store::migration_status(store).await?;
    match status.iter().filter(|(_, is_applied)| !is_applied).count() {
        0 => Ok(()),
        missing => Err(format!(
            "{missing} migrations are missing: `tributary migrate` or `tributary serve` applies them"
        )
        .into()),
    }
}

async fn whole(store: &Store) -> Result<(), CliError> {
    match store::integrity::faults(store).await?.as_slice() {
        [] => Ok(()),
        faults => Err(format!("the database file is damaged: {}", faults.join("; ")).into()),
    }
}

/// Times in the ledger are this machine's; replicas whose clocks differ write histories that look out of order.
async fn clock(store: &Store) -> Result<(), CliError> {
    let there = store::server_time(store).await?;
    match there.map(|there| (Clock::System.now() - there).num_seconds()) {
        Some(seconds) if seconds.abs() > MOST_APART_SECONDS => {
            let direction = if seconds > 0 { "ahead of" } else { "behind" };
            let apart = seconds.abs();
            Err(format!("this machine's clock is {apart} s {direction} the database's: synchronise both").into())
        }
        _ => Ok(()),
    }
}
