//! The benchmark proper: both servers in turn, and the table.

use std::path::Path;
use std::time::Duration;

use crate::Failure;
use crate::equality::{self, Both};
use crate::measure::{Figures, Work, measure};
use crate::operation::Operation;
use crate::process::memory_mb;
use crate::report::{HEAD, Line};
use crate::server::Server;
use crate::stage::{Stage, lasting};

/// What to measure, and how long.
pub struct Plan {
    pub operations: Vec<Operation>,
    pub connections: Vec<usize>,
    /// Of each measurement.
    pub time: Duration,
    /// How often the servers take turns; the medians are printed.
    pub rounds: usize,
}

/// Before anything is measured, so that statements are prepared and caches filled.
const WARM_UP: Duration = Duration::from_millis(500);

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
        let servers = [
            (&stage.gateway, lasting(of_gateway), gateway_begins),
            (&ceiling, lasting(of_ceiling), ceiling_begins),
        ];
        for connections in &plan.connections {
            let work = |requests, begins, time| Work {
                requests,
                begins,
                connections: *connections,
                time,
            };
            for (server, requests, begins) in servers {
                measure(server, work(requests, begins, WARM_UP), &stage.database).await?;
            }
            let mut rounds: [Vec<Figures>; 2] = Default::default();
            for _ in 0..plan.rounds {
                for ((server, requests, begins), figures) in servers.into_iter().zip(&mut rounds) {
                    let work = work(requests, begins, plan.time);
                    figures.push(measure(server, work, &stage.database).await?);
                }
            }
            let [gateway, ceiling] = rounds.map(|rounds| Figures::median(&rounds));
            let line = Line {
                operation: *operation,
                connections: *connections,
                gateway,
                ceiling,
            };
            println!("{line}");
        }
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
