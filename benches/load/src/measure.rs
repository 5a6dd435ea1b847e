//! One measurement: a server under load for a while, and the resources that it used.

use std::time::Duration;

use sqlx::PgPool;

use crate::client::Request;
use crate::database::Database;
use crate::load::{Loaded, load};
use crate::process::{cpu_seconds, memory_mb};
use crate::server::Server;
use crate::{Failure, median};

/// The figures for one server, one operation and one number of connections.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub requests_a_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    /// The server's own processor time; PostgreSQL's is not included.
    pub cpu_ms_a_request: f64,
    /// Memory in use right after the measurement.
    pub memory_mb: f64,
    /// `None`: the database does not count statements.
    pub statements_a_request: Option<f64>,
    pub errors: u64,
}

impl Figures {
    /// The median of each figure.
    pub fn median(rounds: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(rounds.iter().map(figure).collect());
        let statements: Option<Vec<_>> = rounds.iter().map(|round| round.statements_a_request).collect();
        Self {
            requests_a_second: of(|round| round.requests_a_second),
            p50_ms: of(|round| round.p50_ms),
            p99_ms: of(|round| round.p99_ms),
            cpu_ms_a_request: of(|round| round.cpu_ms_a_request),
            memory_mb: of(|round| round.memory_mb),
            statements_a_request: statements.filter(|all| !all.is_empty()).map(median),
            errors: rounds.iter().map(|round| round.errors).sum(),
        }
    }
}

/// The requests to send, and for how long.
#[derive(Clone, Copy)]
pub struct Work {
    pub requests: &'static [Request],
    /// What responses that count begin with.
    pub begins: &'static str,
    pub connections: usize,
    pub time: Duration,
}

/// Time under load before anything is measured, so that statements are prepared and caches filled.
const WARM_UP: Duration = Duration::from_millis(500);

/// One of two servers that are compared.
#[derive(Clone, Copy)]
pub struct Target<'a> {
    pub server: &'a Server,
    pub database: &'a Database,
    pub requests: &'static [Request],
    pub begins: &'static str,
}

/// Measures both in turn, for this number of rounds, and takes the medians.
pub async fn in_turn(
    targets: [Target<'_>; 2],
    connections: usize,
    time: Duration,
    rounds: usize,
) -> Result<[Figures; 2], Failure> {
    let mut figures: [Vec<Figures>; 2] = Default::default();
    for round in 0..=rounds {
        for (target, figures) in targets.into_iter().zip(&mut figures) {
            let work = Work {
                requests: target.requests,
                begins: target.begins,
                connections,
                time: if round == 0 { WARM_UP } else { time },
            };
            let measured = measure(target.server, work, target.database).await?;
            // The first round only warms up.
            if round > 0 {
                figures.push(measured);
            }
        }
    }
    Ok(figures.map(|rounds| Figures::median(&rounds)))
}

pub async fn measure(server: &Server, work: Work, database: &Database) -> Result<Figures, Failure> {
    let counted = statements(database).await?;
    let cpu = cpu_seconds(server.pid)?;
    let loaded = load(server.address, work.requests, work.begins, work.connections, work.time).await?;
    let cpu = cpu_seconds(server.pid)? - cpu;
    let counted = statements(database)
        .await?
        .zip(counted)
        .map(|(after, before)| after - before);
    if let Some(error) = &loaded.first_error {
        eprintln!("{} answers do not count, such as: {error}", loaded.errors);
    }
    figures(server, &loaded, cpu, counted)
}

fn figures(server: &Server, loaded: &Loaded, cpu: f64, counted: Option<i64>) -> Result<Figures, Failure> {
    let requests = loaded.latencies.total() as f64;
    let millis = |per_mille: u64| loaded.latencies.per_mille(per_mille).as_secs_f64() * 1e3;
    Ok(Figures {
        requests_a_second: loaded.rate(),
        p50_ms: millis(500),
        p99_ms: millis(990),
        cpu_ms_a_request: cpu * 1e3 / requests,
        memory_mb: memory_mb(server.pid)?.0,
        statements_a_request: counted.map(|count| count as f64 / requests),
        errors: loaded.errors,
    })
}

/// The statements that this database has run so far, except for the harness's own; BEGIN and COMMIT count, since they
/// are round trips. `None`: statements are not counted.
pub async fn statements(database: &Database) -> Result<Option<i64>, Failure> {
    let Database::Postgres(pool) = database else {
        return Ok(None);
    };
    if !is_counting(pool).await? {
        return Ok(None);
    }
    let (count,): (i64,) = sqlx::query_as(
        "SELECT coalesce(sum(calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
         WHERE d.datname = current_database() AND query NOT LIKE '%pg_stat_statements%'",
    )
    .fetch_one(pool)
    .await?;
    Ok(Some(count))
}

async fn is_counting(pool: &PgPool) -> Result<bool, Failure> {
    let (counting,): (bool,) = sqlx::query_as(
        "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_stat_statements')
           AND current_setting('shared_preload_libraries') LIKE '%pg_stat_statements%'",
    )
    .fetch_one(pool)
    .await?;
    Ok(counting)
}
