//! The load benchmark: the gateway beside the fastest server that we know how to write for the same responses, over the
//! same data. `docs/performance.md` says how to read what it prints.

mod ceiling;
mod citus;
mod client;
mod cursors;
mod database;
mod download;
mod equality;
mod export;
mod extras;
mod fill;
mod grow;
mod growth;
mod histogram;
mod load;
mod measure;
mod operation;
mod plans;
mod process;
mod receiver;
mod report;
mod run;
mod sample;
mod scale;
mod server;
mod shapes;
mod stage;
mod tokens;
mod webhooks;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::time::Duration;

use clap::{Parser, Subcommand};
use tributary::clock::Clock;

use operation::Operation;
use scale::Scale;

/// An error with a message for the person at the terminal.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Loads the gateway and the ceiling in turn, and prints how they compare.
#[derive(Parser)]
#[command(name = "bench-load")]
struct Cli {
    /// Any database of a PostgreSQL server that may be filled; the data sets get databases of their own
    #[arg(long, global = true, env = "TRIBUTARY_BENCH_POSTGRES_URL", value_name = "URL")]
    database_url: Option<String>,
    /// Measure over SQLite, in files of the folder
    #[arg(long, global = true)]
    sqlite: bool,
    /// Where logs and SQLite's files go
    #[arg(long, global = true, default_value = "target/bench-load", value_name = "FOLDER")]
    folder: PathBuf,
    /// The data set
    #[arg(long, global = true, value_enum, default_value = "full")]
    scale: Scale,
    /// Only these operations, separated by commas
    #[arg(long, global = true, value_enum, value_delimiter = ',')]
    only: Vec<Operation>,
    /// How long each measurement takes
    #[arg(long, global = true, default_value_t = 5)]
    seconds: u64,
    /// How often the servers take turns; medians are printed
    #[arg(long, global = true, default_value_t = 3)]
    rounds: usize,
    /// How many connections ask at once
    #[arg(long, global = true, value_delimiter = ',', default_values_t = [1, 16, 64])]
    connections: Vec<usize>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Only fill the data set
    Fill,
    /// The same requests over a data set on one server and over a copy that Citus spreads; PostgreSQL only
    Citus(citus::Options),
    /// Start to ready, a simulation of 500 scenarios, events in lists
    Extras,
    /// A tenant's commissions as a file, alone and beside other requests: the first of --only, else Q2, over the first
    /// number of --connections
    Export(export::Options),
    /// The same requests over `base` and over `grown`, with --scale small over `small` and `small-grown`; PostgreSQL only
    Growth,
    /// How PostgreSQL answers the statements of Q1 to Q5
    Plans,
    /// Messages to a receiver on this machine: how many a second, and what each takes
    Webhooks(webhooks::Options),
    /// Documents drawn from the schema, each beside one statement that answers the same; PostgreSQL only
    Shapes(shapes::Options),
    /// The server that the gateway is compared with; the database's URL is its own, not the server's
    Ceiling {
        #[arg(long, default_value = "127.0.0.1:0")]
        listen: SocketAddr,
    },
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    // The harness shares the processors with what it measures: one thread is enough for it, but not for a server.
    let runtime = match cli.command {
        Some(Command::Ceiling { .. }) => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
        _ => tokio::runtime::Builder::new_current_thread().enable_all().build(),
    };
    let ended = runtime
        .map_err(Failure::from)
        .and_then(|runtime| runtime.block_on(cli.run()));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench-load: {error}");
            ExitCode::FAILURE
        }
    }
}

impl Cli {
    async fn run(self) -> Result<(), Failure> {
        if let Some(Command::Ceiling { listen }) = self.command {
            let url = self.database_url.as_deref().ok_or("--database-url is missing")?;
            return ceiling::run(url, listen).await;
        }
        std::fs::create_dir_all(&self.folder)?;
        let folder = self.folder.canonicalize()?;
        // Start numbers at a value that no earlier run over the same data has reached: none can have sent one per
        // microsecond.
        load::NUMBERS.store(
            u64::try_from(Clock::System.now().timestamp_micros())?,
            Ordering::Relaxed,
        );
        let time = Duration::from_secs(self.seconds);
        let mut operations = if self.only.is_empty() {
            Operation::ALL.to_vec()
        } else {
            self.only.clone()
        };
        match self.command {
            None => run::run(&self.plan(operations), &self.url(self.scale, &folder).await?, &folder).await,
            Some(Command::Citus(ref options)) => {
                let url = self.url(self.scale, &folder).await?;
                citus::run(options, self.scale, &self.plan(operations), &url, &folder).await
            }
            Some(Command::Fill) => self.url(self.scale, &folder).await.map(|_| ()),
            Some(Command::Extras) => extras::run(&self.url(self.scale, &folder).await?, &folder, time).await,
            Some(Command::Export(ref options)) => {
                let operation = self.only.first().copied().unwrap_or(Operation::Q2);
                let connections = self.connections.first().copied().unwrap_or(1);
                let url = self.url(self.scale, &folder).await?;
                export::run(options, (operation, connections), &url, &folder, time).await
            }
            Some(Command::Growth) => {
                let (base, grown) = match self.scale {
                    Scale::Small | Scale::SmallGrown => (Scale::Small, Scale::SmallGrown),
                    Scale::Full | Scale::Base | Scale::Grown => (Scale::Base, Scale::Grown),
                };
                let (base, grown) = (self.url(base, &folder).await?, self.url(grown, &folder).await?);
                growth::run(&base, &grown, &folder, time, self.rounds).await
            }
            Some(Command::Plans) => {
                operations.retain(|operation| !matches!(operation, Operation::M1 | Operation::M2));
                let url = self.url(self.scale, &folder).await?;
                plans::run(&operations, self.scale, &url, &folder).await
            }
            Some(Command::Shapes(options)) => {
                shapes::run(options, &self.url(self.scale, &folder).await?, &folder).await
            }
            Some(Command::Webhooks(ref options)) => {
                let url = self.url(self.scale, &folder).await?;
                webhooks::run(options, &url, &folder, self.rounds).await
            }
            Some(Command::Ceiling { .. }) => unreachable!("it was started above"),
        }
    }

    fn plan(&self, operations: Vec<Operation>) -> run::Plan {
        run::Plan {
            operations,
            connections: self.connections.clone(),
            time: Duration::from_secs(self.seconds),
            rounds: self.rounds,
        }
    }

    /// The URL of the data set's database, which is filled if necessary.
    async fn url(&self, scale: Scale, folder: &Path) -> Result<String, Failure> {
        if self.sqlite {
            return fill::prepare(scale, None, folder).await;
        }
        let server = self.database_url.as_deref();
        let server = server.ok_or(
            "no PostgreSQL server: run scripts/bench-postgres COMMAND, set TRIBUTARY_BENCH_POSTGRES_URL, or pass --sqlite",
        )?;
        fill::prepare(scale, Some(server), folder).await
    }
}

/// The median, or the higher of the two middle values; 0 if there are no values.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![]), 0.0);
    }
}
