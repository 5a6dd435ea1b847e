//! Whether anything becomes slower as the ledger grows: the same requests to two gateways, over `base` and over `grown`,
//! in turn; and the dashboard of the partner who has most of it beside that of one who has little.

use std::path::Path;
use std::time::Duration;

use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::client::Request;
use crate::database::{Database, Sql, rows};
use crate::measure::{Figures, Work, measure};
use crate::operation::Operation;
use crate::stage::{Stage, lasting};

const OPERATIONS: [Operation; 4] = [Operation::Q2, Operation::Q4, Operation::Q5, Operation::M1];
/// What the later size may cost of the earlier's.
const AT_MOST: f64 = 1.3;
const WARM_UP: Duration = Duration::from_millis(500);

/// Requests to one server, and the name of their row.
#[derive(Clone, Copy)]
struct Side<'a> {
    stage: &'a Stage,
    requests: &'static [Request],
}

pub async fn run(base: &str, grown: &str, folder: &Path, time: Duration, rounds: usize) -> Result<(), Failure> {
    let base = Stage::set(base, folder).await?;
    let grown = Stage::set(grown, folder).await?;
    println!(
        "| operation | p50 ms before | p50 ms after | ratio | p99 ms before | p99 ms after |\n|---|--:|--:|--:|--:|--:|"
    );
    for operation in OPERATIONS {
        let of = |stage| Side {
            stage,
            requests: requests(stage, operation),
        };
        compare(operation.name(), operation, [of(&base), of(&grown)], time, rounds).await?;
    }
    let (few, many) = extremes(&grown.database).await?;
    let dashboard = |partner| {
        let tenant = grown.sample.tenants.first().ok_or("no tenant")?;
        let body = json!({ "query": Operation::Q4.document() });
        let token = grown.tokens.partner(tenant.id, partner);
        Ok::<_, Failure>(Side {
            stage: &grown,
            requests: lasting(vec![Request::post("/graphql", Some(&token), &body)]),
        })
    };
    let name = format!("Q4 of a partner with {} and with {} commissions", few.1, many.1);
    let sides = [dashboard(few.0)?, dashboard(many.0)?];
    compare(&name, Operation::Q4, sides, time, rounds).await
}

fn requests(stage: &Stage, operation: Operation) -> &'static [Request] {
    let cases = stage.cases(operation).into_iter();
    lasting(cases.map(|case| case.gateway).collect())
}

/// At one connection, where time is that of the request itself.
async fn compare(
    name: &str,
    operation: Operation,
    sides: [Side<'_>; 2],
    time: Duration,
    rounds: usize,
) -> Result<(), Failure> {
    let mut figures: [Vec<Figures>; 2] = Default::default();
    for round in 0..=rounds {
        for (side, figures) in sides.into_iter().zip(&mut figures) {
            let work = Work {
                requests: side.requests,
                begins: operation.begins().0,
                connections: 1,
                time: if round == 0 { WARM_UP } else { time },
            };
            let measured = measure(&side.stage.gateway, work, &side.stage.database).await?;
            // The first round only warms up.
            if round > 0 {
                figures.push(measured);
            }
        }
    }
    let [before, after] = figures.map(|figures| Figures::median(&figures));
    let ratio = after.p50_ms / before.p50_ms;
    let verdict = if ratio > AT_MOST { " **too much**" } else { "" };
    println!(
        "| {name} | {:.3} | {:.3} | {ratio:.2}{verdict} | {:.3} | {:.3} |",
        before.p50_ms, after.p50_ms, before.p99_ms, after.p99_ms
    );
    Ok(())
}

/// The active partners with about ten commissions and with the most, and how many they have.
async fn extremes(database: &Database) -> Result<((Uuid, i64), (Uuid, i64)), Failure> {
    let counts = Sql::of(
        "SELECT c.partner_id, count(*) FROM commission c
         JOIN partner p ON p.tenant_id = c.tenant_id AND p.id = c.partner_id AND p.status = 'ACTIVE'
         GROUP BY c.partner_id ORDER BY abs(count(*) - 10), c.partner_id",
    );
    let found: Vec<(Uuid, i64)> = rows!(database, counts)?;
    let few = found.first().copied().ok_or("no partner has commissions")?;
    let many = found.iter().max_by_key(|(_, count)| *count).copied();
    Ok((few, many.unwrap_or(few)))
}
