//! Fills each data set once, with the program's own `seed`.

use std::path::Path;

use tokio::process::Command;

use crate::database::{Database, Sql, rows};
use crate::scale::Scale;
use crate::server::tributary;
use crate::{Failure, grow};

/// The URL of the data set's database, which is filled if necessary. `server` is the URL of any database on the
/// PostgreSQL server; `None`: SQLite, in `folder`.
pub async fn prepare(scale: Scale, server: Option<&str>, folder: &Path) -> Result<String, Failure> {
    let url = match server {
        None if scale.growth().is_some() => return Err("grown data sets are for PostgreSQL only".into()),
        None => scale.sqlite_url(folder),
        Some(server) => create_database(server, &scale.database()).await?,
    };
    run(&url, &["migrate"]).await?;
    let database = Database::open(&url).await?;
    if let Database::Postgres(pool) = &database {
        // Only a server that was started with the library has the extension; without it, statements are not counted.
        let _ = sqlx::query("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            .execute(pool)
            .await;
    }
    let amounts = scale.amounts();
    let mut changed = false;
    for number in 1..=amounts.tenants {
        let slug = slug(number);
        if commissions(&database, &slug).await? >= i64::from(amounts.commissions) {
            continue;
        }
        changed = true;
        eprintln!("filling {slug} of {} ...", scale.name());
        if tenants(&database, &slug).await? == 0 {
            run(
                &url,
                &[
                    "tenant",
                    "create",
                    "--slug",
                    &slug,
                    "--name",
                    &format!("Bench {number}"),
                ],
            )
            .await?;
        }
        let (partners, campaigns) = (amounts.partners.to_string(), amounts.campaigns.to_string());
        let commissions = amounts.commissions.to_string();
        let seed = [
            "seed",
            "--tenant",
            &slug,
            "--partners",
            &partners,
            "--campaigns",
            &campaigns,
        ];
        run(&url, &[&seed[..], &["--commissions", &commissions]].concat()).await?;
    }
    if let (Some(growth), Database::Postgres(pool)) = (scale.growth(), &database) {
        changed |= grow::grow(pool, &slug(1), growth).await?;
    }
    if changed {
        analyze(&database).await?;
    }
    Ok(url)
}

/// The slug of the n-th tenant.
fn slug(number: u32) -> String {
    format!("bench-{number}")
}

async fn create_database(server: &str, name: &str) -> Result<String, Failure> {
    let Database::Postgres(pool) = Database::open(server).await? else {
        return Err(format!("{server} is not a PostgreSQL server's").into());
    };
    let known: Option<(String,)> = sqlx::query_as("SELECT datname::text FROM pg_database WHERE datname = $1")
        .bind(name)
        .fetch_optional(&pool)
        .await?;
    if known.is_none() {
        // The name comes from this program; names cannot be bound.
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::query(create).execute(&pool).await?;
    }
    let (server, _) = server.rsplit_once('/').ok_or("the server's URL names no database")?;
    Ok(format!("{server}/{name}"))
}

async fn commissions(database: &Database, slug: &str) -> Result<i64, Failure> {
    let count =
        Sql::of("SELECT count(*) FROM commission c WHERE c.tenant_id = (SELECT id FROM tenant WHERE slug = $1)");
    let found: Vec<(i64,)> = rows!(database, count, slug)?;
    Ok(found.first().map_or(0, |count| count.0))
}

async fn tenants(database: &Database, slug: &str) -> Result<i64, Failure> {
    let count = Sql::of("SELECT count(*) FROM tenant WHERE slug = $1");
    let found: Vec<(i64,)> = rows!(database, count, slug)?;
    Ok(found.first().map_or(0, |count| count.0))
}

/// Makes plans those of a database that has been running for a while. SQLite's plans do not depend on it.
async fn analyze(database: &Database) -> Result<(), Failure> {
    if let Database::Postgres(pool) = database {
        sqlx::query("VACUUM ANALYZE").execute(pool).await?;
    }
    Ok(())
}

/// Runs the program with these arguments on that database.
pub async fn run(url: &str, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new(tributary()?);
    command.args(["--database-url", url, "--log", "warn"]).args(arguments);
    // Standard output is for this program's own results.
    let ended = command.stdout(std::process::Stdio::null()).status().await?;
    if ended.success() {
        Ok(())
    } else {
        Err(format!("tributary {} failed", arguments.join(" ")).into())
    }
}
