//! Runs the command that was given, and prints its result.

use clap::CommandFactory;

use super::arguments::{Cli, Command};
use super::error::CliError;
use super::{
    backtest, config, doctor, erase, export, healthcheck, import, migrate, open, output, reassign, schema, seed, serve,
    tenant, token, verify,
};
use crate::config::Config;
use telemetry::{SPAN_EXPORT_TIMEOUT, SpanExport};

impl Cli {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let (flags, command) = match self.command {
            // The settings may be wrong.
            Command::Config(command) => return config::run(self.flags, command),
            command => (self.flags, command),
        };
        let config = match (Config::load(flags), &command) {
            (Err(error), Command::Doctor { json }) => return doctor::without_settings(&error, *json),
            (config, _) => config?,
        };
        let serves = matches!(command, Command::Serve { .. });
        let endpoint = config.otlp_endpoint.as_deref().filter(|_| serves);
        let export = match endpoint {
            Some(endpoint) => {
                let outgoing = open::outgoing_of_operator(&config, SPAN_EXPORT_TIMEOUT)?;
                Some(SpanExport::to(endpoint, outgoing)?)
            }
            None => None,
        };
        telemetry::start(config.log_format, &config.log, config.colours, export.as_ref());
        match command {
            Command::Serve { demo } => serve::run(config, demo, export).await,
            Command::Healthcheck { url } => healthcheck::run(&config, url.as_deref()).await,
            Command::Migrate { direction, yes } => migrate::run(&config, direction, yes).await,
            Command::Tenant(command) => tenant::run(&config, command).await,
            Command::Token(wanted) => token::run(&config, &wanted).await,
            Command::Seed(wanted) => seed::run(&config, wanted).await,
            Command::Import(wanted) => import::run(&config, wanted).await,
            Command::Export(wanted) => export::run(&config, wanted).await,
            Command::Backtest(wanted) => backtest::run(&config, &wanted).await,
            Command::Reassign(wanted) => reassign::run(&config, wanted).await,
            Command::Erase(wanted) => erase::run(&config, wanted).await,
            Command::Schema(wanted) => schema::run(&wanted),
            Command::Config(_) => unreachable!("it was run before the settings were read"),
            Command::Doctor { json } => doctor::run(&config, json).await,
            Command::Completions { shell } => {
                let mut text = Vec::new();
                clap_complete::generate(shell, &mut Self::command(), "tributary", &mut text);
                output::text(String::from_utf8_lossy(&text))
            }
            Command::Man { output: Some(folder) } => Ok(clap_mangen::generate_to(Self::command(), folder)?),
            Command::Man { output: None } => {
                let mut page = Vec::new();
                clap_mangen::Man::new(Self::command()).render(&mut page)?;
                output::text(String::from_utf8_lossy(&page))
            }
            Command::Verify { tenant, since } => verify::run(&config, tenant.as_deref(), since.as_deref()).await,
        }
    }
}
