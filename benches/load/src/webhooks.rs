//! How fast webhooks are delivered, from outbox rows that exist when the gateway starts to a receiver on this machine
//! over plain HTTP: deliveries per second, and the resources that each takes. Nothing is recorded meanwhile.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::json;
use uuid::Uuid;

use crate::Failure;
use crate::client::{Connection, Request};
use crate::database::Database;
use crate::load::NUMBERS;
use crate::measure::statements;
use crate::process::cpu_seconds;
use crate::receiver::Receiver;
use crate::server::Server;
use crate::stage::Stage;

#[derive(clap::Args)]
pub struct Options {
    /// How many messages are told in all
    #[arg(long, default_value_t = 5_000)]
    deliveries: i64,
    /// To how many endpoints; one measurement for each number
    #[arg(long, value_delimiter = ',', default_values_t = [1, 10])]
    endpoints: Vec<i64>,
}

/// The result of one measurement.
struct Told {
    deliveries: f64,
    seconds: f64,
    cpu_seconds: f64,
    statements: Option<f64>,
}

pub async fn run(options: &Options, url: &str, folder: &Path, rounds: usize) -> Result<(), Failure> {
    println!("| endpoints | deliveries | a second | gateway CPU ms each | statements each |\n|--:|--:|--:|--:|--:|");
    for endpoints in &options.endpoints {
        for _ in 0..rounds {
            let told = tell(*endpoints, options.deliveries / endpoints, url, folder).await?;
            let statements = told.statements.map_or_else(
                || "-".to_owned(),
                |statements| format!("{:.2}", statements / told.deliveries),
            );
            println!(
                "| {endpoints} | {:.0} | {:.0} | {:.3} | {statements} |",
                told.deliveries,
                told.deliveries / told.seconds,
                told.cpu_seconds * 1e3 / told.deliveries,
            );
        }
    }
    println!("\nBEGIN and COMMIT count as statements. The database's own processor time comes on top.");
    Ok(())
}

async fn tell(endpoints: i64, events: i64, url: &str, folder: &Path) -> Result<Told, Failure> {
    let receiver = Receiver::start().await?;
    let stage = Stage::set(url, folder).await?;
    let (database, tenant) = (&stage.database, stage.sample.tenants.first().ok_or("no tenant")?.id);
    forget(database).await?;
    let mut connection = Connection::open(stage.gateway.address).await?;
    for number in 0..endpoints {
        let body = json!({
            "query": "mutation($input: CreateWebhookEndpointInput!) { createWebhookEndpoint(input: $input) { secret } }",
            "variables": { "input": { "url": receiver.url(number), "eventTypes": ["COMMISSION_ACCRUED"] } },
        });
        let request = Request::post("/graphql", Some(&stage.tokens.staff(tenant)), &body);
        let answer = connection.ask_json(&request, &NUMBERS).await?;
        if answer["data"]["createWebhookEndpoint"]["secret"].is_null() {
            return Err(format!("no endpoint was made: {answer}").into());
        }
    }
    let database = stage.database.clone();
    // Stops the gateway, so that nothing is delivered before the measurement starts.
    drop(stage);
    happen(&database, tenant, events).await?;

    let counted = statements(&database).await?;
    let gateway = Server::gateway(url, folder).await?;
    let (began, before, cpu) = (Instant::now(), receiver.count(), cpu_seconds(gateway.pid)?);
    let all = usize::try_from(endpoints * events)?;
    while receiver.count() < all {
        if began.elapsed() > TIMEOUT {
            return Err(format!("{} of {all} messages came: see the gateway's log", receiver.count()).into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let told = Told {
        deliveries: (receiver.count() - before) as f64,
        seconds: began.elapsed().as_secs_f64(),
        cpu_seconds: cpu_seconds(gateway.pid)? - cpu,
        statements: statements(&database)
            .await?
            .zip(counted)
            .map(|(after, before)| (after - before) as f64),
    };
    drop(gateway);
    forget(&database).await?;
    Ok(told)
}

/// How long all deliveries may take.
const TIMEOUT: Duration = Duration::from_secs(600);

/// Writes the outbox rows to deliver: that existing commissions have accrued.
async fn happen(database: &Database, tenant: Uuid, events: i64) -> Result<(), Failure> {
    const ROWS: &str = "INSERT INTO outbox (tenant_id, type, object_id, at)
        SELECT tenant_id, 'COMMISSION_ACCRUED', id, accrued_at FROM commission WHERE tenant_id = $1 ORDER BY id LIMIT $2";
    let written = match database {
        Database::Postgres(pool) => sqlx::query(ROWS)
            .bind(tenant)
            .bind(events)
            .execute(pool)
            .await?
            .rows_affected(),
        Database::Sqlite { writer, .. } => sqlx::query(ROWS)
            .bind(tenant)
            .bind(events)
            .execute(writer)
            .await?
            .rows_affected(),
    };
    if i64::try_from(written)? < events {
        return Err(format!("the tenant has {written} commissions only: ask for fewer --deliveries").into());
    }
    Ok(())
}

/// Removes what a measurement leaves behind: other benchmarks have no webhooks.
async fn forget(database: &Database) -> Result<(), Failure> {
    for sql in ["DELETE FROM webhook_delivery", "DELETE FROM webhook_endpoint"] {
        match database {
            Database::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
            Database::Sqlite { writer, .. } => sqlx::query(sql).execute(writer).await.map(|_| ())?,
        }
    }
    Ok(())
}
