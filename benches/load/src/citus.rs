//! The cost of distributing rows over several servers: the same requests to two gateways in turn, over a data set on
//! the coordinator alone and over a copy of it that Citus distributes. The ceiling is left out: Citus does not accept
//! its statements.

use std::path::Path;

use clap::Args;
use sqlx::{AssertSqlSafe, PgPool};

use crate::Failure;
use crate::database::Database;
use crate::fill;
use crate::measure::Target;
use crate::report::HEAD;
use crate::run::{Plan, compare};
use crate::scale::Scale;
use crate::stage::{Stage, lasting};

#[derive(Args)]
pub struct Options {
    /// Databases on the workers, separated by commas, as scripts/with-citus names them
    #[arg(
        long,
        env = "TRIBUTARY_TEST_CITUS_WORKERS",
        value_name = "URLS",
        value_delimiter = ','
    )]
    workers: Vec<String>,
}

/// `url` is that of the filled data set, on the coordinator; an existing copy of it is replaced.
pub async fn run(options: &Options, scale: Scale, plan: &Plan, url: &str, folder: &Path) -> Result<(), Failure> {
    let spread = spread(&options.workers, &scale.database(), url).await?;
    let (plain, spread) = (Stage::set(url, folder).await?, Stage::set(&spread, folder).await?);
    println!("{HEAD}");
    for operation in &plan.operations {
        let targets = [&spread, &plain].map(|stage| Target {
            server: &stage.gateway,
            database: &stage.database,
            requests: lasting(stage.cases(*operation).into_iter().map(|case| case.gateway).collect()),
            begins: operation.begins().0,
        });
        compare(*operation, targets, plan).await?;
    }
    println!(
        "\nEach cell: on Citus / on the coordinator alone (ratio). Medians of {} rounds of {:?}.",
        plan.rounds, plan.time
    );
    Ok(())
}

/// Copies a database on the coordinator and distributes the copy's rows over the workers; returns its URL.
async fn spread(workers: &[String], database: &str, url: &str) -> Result<String, Failure> {
    if workers.is_empty() {
        return Err("no workers: run scripts/with-citus SOURCE_FOLDER COMMAND, or pass --workers".into());
    }
    let copy = format!("{database}_citus");
    // Copying a database requires that it has no connections, not even those that filled it.
    let coordinator = beside(url, "postgres")?;
    run_there(
        &coordinator,
        &format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'"),
    )
    .await?;
    run_there(&coordinator, &format!("DROP DATABASE IF EXISTS {copy} WITH (FORCE)")).await?;
    run_there(&coordinator, &format!("CREATE DATABASE {copy} TEMPLATE {database}")).await?;
    let spread = beside(url, &copy)?;
    run_there(&spread, "CREATE EXTENSION citus").await?;
    run_there(&spread, &format!("SELECT citus_set_coordinator_host({})", place(url)?)).await?;
    for worker in workers {
        run_there(worker, &format!("DROP DATABASE IF EXISTS {copy} WITH (FORCE)")).await?;
        run_there(worker, &format!("CREATE DATABASE {copy}")).await?;
        run_there(&beside(worker, &copy)?, "CREATE EXTENSION citus").await?;
        run_there(&spread, &format!("SELECT citus_add_node({})", place(worker)?)).await?;
    }
    eprintln!("distributing {copy} ...");
    fill::run(&spread, &["migrate", "distribute"]).await?;
    let pool = open(&spread).await?;
    // One by one: without a table name, VACUUM only processes the coordinator's own tables.
    let tables: Vec<(String,)> = sqlx::query_as("SELECT logicalrelid::text FROM pg_dist_partition")
        .fetch_all(&pool)
        .await?;
    for (table,) in tables {
        sqlx::query(AssertSqlSafe(format!("VACUUM ANALYZE {table}")))
            .execute(&pool)
            .await?;
    }
    tell_where(&pool).await?;
    Ok(spread)
}

/// Shows to readers of the figures whether the workers share the work.
async fn tell_where(pool: &PgPool) -> Result<(), Failure> {
    let tenants: Vec<(i32, i64)> = sqlx::query_as(
        "SELECT nodeport, count(*) FROM tenant_slug
         JOIN pg_dist_shard_placement ON shardid = get_shard_id_for_distribution_column('tenant', tenant_id)
         GROUP BY nodeport ORDER BY nodeport",
    )
    .fetch_all(pool)
    .await?;
    for (port, tenants) in tenants {
        println!("- the worker on port {port} has {tenants} tenants");
    }
    Ok(())
}

/// The database of this name on the same server.
fn beside(url: &str, name: &str) -> Result<String, Failure> {
    let (server, _) = url.rsplit_once('/').ok_or("the server's URL names no database")?;
    Ok(format!("{server}/{name}"))
}

/// The host and port of a URL, as Citus takes them.
fn place(url: &str) -> Result<String, Failure> {
    let options: sqlx::postgres::PgConnectOptions = url.parse()?;
    Ok(format!("'{}', {}", options.get_host(), options.get_port()))
}

async fn open(url: &str) -> Result<PgPool, Failure> {
    match Database::open(url).await? {
        Database::Postgres(pool) => Ok(pool),
        Database::Sqlite { .. } => Err("Citus is an extension of PostgreSQL".into()),
    }
}

/// Runs a statement of this program with names of this program; neither can be bound.
async fn run_there(url: &str, sql: &str) -> Result<(), Failure> {
    let pool = open(url).await?;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&pool).await?;
    pool.close().await;
    Ok(())
}
