//! `tributary doctor`.

mod database;
mod disk;
mod keys;
mod report;
mod settings;

use crate::cli::error::CliError;
use crate::cli::open;
use crate::config::{Config, ConfigError};
use crate::http;
use report::{CheckResult, DoctorReport};
use service::clock::Clock;
use telemetry::metrics::Metrics;

/// Checks everything that a gateway needs, and reports for each check what is wrong and how to fix it. Changes nothing,
/// except that a missing SQLite file is created if the URL says so, as by every command. Fails if anything is wrong.
pub async fn run(config: &Config, json: bool) -> Result<(), CliError> {
    let mut report = DoctorReport::default();
    report.is_done("settings", http::check(&config.http));
    report.says("production", settings::production(config));
    report.says("exposure", settings::exposure(config));
    report.says("graphiql", settings::graphiql(&config.http));
    if let Some(endpoint) = &config.otlp_endpoint {
        match open::outgoing_of_operator(config, settings::TIMEOUT) {
            Ok(outgoing) => report.says("traces", settings::traces(endpoint, &outgoing).await),
            Err(error) => report.says("traces", CheckResult::failed(error)),
        }
    }
    report.says("keys", keys::of_tokens(config));
    issuers(config, &mut report).await;
    match open::store(config).await {
        Ok(store) => {
            report.says("webhook keys", keys::of_webhooks(config, Some(&store)).await);
            report.says("erasures", keys::of_erasures(config, &store).await);
            database::look(config, &store, &mut report).await;
        }
        Err(error) => {
            report.says("webhook keys", keys::of_webhooks(config, None).await);
            report.says("database", CheckResult::failed(error));
        }
    }
    report.tell(json)
}

/// Reports settings that cannot be read: nothing else can be checked.
pub fn without_settings(error: &ConfigError, json: bool) -> Result<(), CliError> {
    let mut report = DoctorReport::default();
    report.says("settings", CheckResult::failed(error));
    report.tell(json)
}

/// Fetches the keys of all issuers.
async fn issuers(config: &Config, report: &mut DoctorReport) {
    match open::issuers(config, &Metrics::new(Clock::System.now())) {
        Ok(issuers) => {
            for (name, fetched) in issuers.probe().await {
                report.is_done(format!("issuer {name}"), fetched);
            }
        }
        // Errors include an unusable file of certificate authorities, which webhooks need, too.
        Err(error) => report.says("issuers", CheckResult::failed(error)),
    }
}
