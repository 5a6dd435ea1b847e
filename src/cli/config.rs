//! `tributary config`.

use std::path::PathBuf;

use super::error::CliError;
use super::{open, output};
use crate::config::{self, Config, Flags};
use crate::http;
use auth::SealingKeys;
use service::clock::Clock;
use telemetry::metrics::Metrics;

#[derive(clap::Subcommand)]
pub enum ConfigCommand {
    /// Print a JSON Schema of the settings file, with which editors complete and check it.
    Schema,
    /// Check a settings file, with the environment and the flags: whether a gateway could start with it. Opens no
    /// database, and asks nobody. Exit with 1 if anything is wrong.
    Check {
        /// The file, instead of that of --config
        file: Option<PathBuf>,
    },
    /// Print all settings as they apply, from the defaults, the file, the environment and the flags, without secrets.
    Show,
}

pub fn run(mut flags: Flags, command: ConfigCommand) -> Result<(), CliError> {
    match command {
        ConfigCommand::Schema => {
            let schema = serde_json::to_string_pretty(&config::schema())?;
            output::line(schema)
        }
        ConfigCommand::Show => output::text(config::show(&flags)?),
        ConfigCommand::Check { file } => {
            flags.use_file(file);
            check(&Config::load(flags)?)?;
            output::line("the settings are valid")
        }
    }
}

fn check(config: &Config) -> Result<(), CliError> {
    http::check(&config.http)?;
    open::keys(config)?;
    open::issuers(config, &Metrics::new(Clock::System.now()))?;
    if let Some(keys) = &config.webhooks.keys {
        SealingKeys::parse(keys)?;
    }
    match config::refusals(config, false) {
        refused if refused.is_empty() => Ok(()),
        refused => Err(refused.join("\n").into()),
    }
}
