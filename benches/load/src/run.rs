//! The main benchmark: both servers in turn, and the table.

use std::path::Path;
use std::time::Duration;

use crate::Failure;
use crate::equality::{self, Both};
use crate::measure::{Target, in_turn};
use crate::operation::Operation;
use crate::process::memory_mb;
use crate::report::{HEAD, Line};
use crate::server::Server;
use crate::stage::{Stage, lasting};

/// What to measure, and for how long.
pub struct Plan {
    pub operations: Vec<Operation>,
    pub connections: Vec<usize>,
    /// Duration of each measurement.
    pub time: Duration,
    /// Number of turns of each server; the medians are printed.
    pub rounds: usize,
}

/// Prints a line of the table for each number of connections.
pub async fn compare(operation: Operation, targets: [Target<'_>; 2], plan: &Plan) -> Result<(), Failure> {
    for connections in &plan.connections {
        let [one, other] = in_turn(targets, *connections, plan.time, plan.rounds).await?;
        let line = Line {
            operation,
            connections: *connections,
            one,
            other,
        };
        println!("{line}");
    }
    Ok(())
}

pub async fn run(plan: &Plan, url: &str, folder: &Path) -> Result<(), Failure> {
    let stage = Stage::set(url, folder).await?;
    let ceiling = Server::ceiling(url, folder).await?;
    println!("{HEAD}");
    for operation in &plan.operations {
        let cases = stage.cases(*operation);
        let mut both = Both::connect(&stage.gateway, &ceiling).await?;
        equality::check(*operation, &cases, &mut both, &stage.database).await?;
        let (of_gateway, of_ceiling) = cases.into_iter().map(|case| (case.gateway, case.ceiling)).unzip();
        let (gateway_begins, ceiling_begins) = operation.begins();
        let database = &stage.database;
        let targets = [
            Target {
                server: &stage.gateway,
                database,
                requests: lasting(of_gateway),
                begins: gateway_begins,
            },
            Target {
                server: &ceiling,
                database,
                requests: lasting(of_ceiling),
                begins: ceiling_begins,
            },
        ];
        compare(*operation, targets, plan).await?;
    }
    println!();
    println!(
        "Each cell: gateway / ceiling (ratio). Medians of {} rounds of {:?}.",
        plan.rounds, plan.time
    );
    println!(
        "Most memory ever: {:.0} MB / {:.0} MB. Ready after {:.0} ms / {:.0} ms.",
        memory_mb(stage.gateway.pid)?.1,
        memory_mb(ceiling.pid)?.1,
        stage.gateway.ready_after.as_secs_f64() * 1e3,
        ceiling.ready_after.as_secs_f64() * 1e3,
    );
    Ok(())
}
