//! Runs the command that was given, and prints its result.

use clap::CommandFactory;

use super::CliError;
use super::arguments::{Cli, Command, ExportFormat};
use super::{
    backtest, doctor, export, healthcheck, import, migrate, output, reassign, schema, seed, serve, tenant, token,
    verify,
};
use crate::config::Config;
use crate::export::FileFormat;
use ::seed::SeedAmounts;
use telemetry::SpanExport;

impl Cli {
    pub(super) async fn run(self) -> Result<(), CliError> {
        let config = match (Config::load(self.flags), &self.command) {
            (Err(error), Command::Doctor { json }) => return doctor::without_settings(&error, *json),
            (config, _) => config?,
        };
        let serves = matches!(self.command, Command::Serve { .. });
        let endpoint = config.otlp_endpoint.as_deref().filter(|_| serves);
        let export = endpoint.map(SpanExport::to).transpose()?;
        telemetry::start(config.log_format, &config.log, config.colours, export.as_ref());
        match self.command {
            Command::Serve { demo } => serve::run(config, demo, export).await,
            Command::Healthcheck { url } => healthcheck::run(&config, url.as_deref()).await,
            Command::Migrate { direction, yes } => migrate::run(&config, direction, yes).await,
            Command::Tenant(command) => tenant::run(&config, command).await,
            Command::Token {
                tenant,
                scope,
                partner,
                ttl,
            } => token::run(&config, &tenant, &scope, partner.as_deref(), ttl).await,
            Command::Seed {
                tenant,
                partners,
                campaigns,
                commissions,
                rng_seed,
            } => {
                let amounts = SeedAmounts {
                    partners,
                    campaigns,
                    commissions,
                    rng_seed,
                };
                seed::run(&config, &tenant, amounts).await
            }
            Command::Import(wanted) => import::run(&config, wanted).await,
            Command::Export {
                what,
                tenant,
                format,
                output,
                filter,
            } => {
                let form = match format {
                    ExportFormat::Csv => FileFormat::Csv,
                    ExportFormat::Jsonl => FileFormat::JsonLines,
                    ExportFormat::Paypal => FileFormat::PayPal,
                    ExportFormat::Wise => FileFormat::Wise,
                };
                let name = what;
                let wanted = export::ExportArguments {
                    name,
                    form,
                    output,
                    filter,
                };
                export::run(&config, &tenant, wanted).await
            }
            Command::Backtest { file, tenant, explain } => {
                backtest::run(&config, &file, &tenant, explain.as_deref()).await
            }
            Command::Reassign(wanted) => reassign::run(&config, wanted).await,
            Command::Schema {
                federation,
                diff,
                operations,
                json,
            } => schema::run(&schema::SchemaArguments {
                federation,
                old: diff,
                operations,
                json,
            }),
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

/// Reports what is wrong with the arguments, and exits with 2.
pub(super) fn bad_usage(message: &str) -> ! {
    Cli::command()
        .error(clap::error::ErrorKind::ArgumentConflict, message)
        .exit()
}
