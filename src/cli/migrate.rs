//! `tributary migrate`.

use std::io::{BufRead, IsTerminal};

use clap::ValueEnum;

use super::error::CliError;
use super::{open, output};
use crate::config::Config;
use store::citus::{self, DistributeOutcome};
use store::{MigrationLoss, Store};

#[derive(Clone, Copy, ValueEnum)]
pub enum Migration {
    /// Apply the pending migrations
    Up,
    /// Revert the newest migration, after showing what is lost with it
    Down,
    /// Show which migrations are applied
    Status,
    /// Distribute the rows of a PostgreSQL database over the servers that Citus knows, each tenant's on one of them;
    /// stop the gateways first
    Distribute,
}

pub async fn run(config: &Config, direction: Migration, yes: bool) -> Result<(), CliError> {
    let store = open::store(config).await?;
    match direction {
        Migration::Up => output::line(format_args!("{} migrations applied", store::migrate(&store).await?)),
        Migration::Down => down(&store, yes).await,
        Migration::Status => {
            for (name, applied) in store::migration_status(&store).await? {
                output::line(format_args!("{} {name}", if applied { "applied" } else { "pending" }))?;
            }
            Ok(())
        }
        Migration::Distribute => match citus::distribute(&store).await? {
            DistributeOutcome::Now(tables) => output::line(format_args!("{tables} tables distributed")),
            DistributeOutcome::Already => output::line("nothing to do: the tables are distributed"),
        },
    }
}

/// Takes back the newest migration, once the operator has seen what is lost with it and agreed.
async fn down(store: &Store, yes: bool) -> Result<(), CliError> {
    let Some(loss) = store::loss_of_migrating_down(store).await? else {
        return output::line("no migration has been applied");
    };
    output::message(said(&loss));
    if !yes && !agreed(&loss)? {
        return Err("nothing was rolled back".into());
    }
    store::migrate_down(store).await?;
    output::line(format_args!("rolled back {}", loss.migration))
}

/// What is lost, as lines of text.
fn said(loss: &MigrationLoss) -> String {
    let mut lines = vec![format!("rolling back {} drops", loss.migration)];
    lines.extend(
        loss.tables
            .iter()
            .map(|(table, rows)| format!("  the table {table} (rows: {rows})")),
    );
    lines.extend(loss.columns.iter().map(|column| format!("  the column {column}")));
    if lines.len() == 1 {
        lines.push("  no table and no column".to_owned());
    }
    lines.join("\n")
}

/// Asks at the terminal; without a terminal, `--yes` is required.
fn agreed(loss: &MigrationLoss) -> Result<bool, CliError> {
    let input = std::io::stdin();
    if !input.is_terminal() {
        return Err("cannot ask for confirmation: use --yes to confirm".into());
    }
    output::message(format_args!("type {} to go on:", loss.migration));
    let mut answer = String::new();
    input.lock().read_line(&mut answer)?;
    Ok(answer.trim() == loss.migration)
}
