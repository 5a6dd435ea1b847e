//! How PostgreSQL answered the statements that the gateway sent for each query: the plans as executed, with the real
//! values, which `auto_explain` writes into the server's log. The server of `scripts/bench-postgres` keeps its log
//! where the database can read it.

use std::collections::BTreeMap;
use std::path::Path;

use sqlx::{AssertSqlSafe, PgPool};

use crate::Failure;
use crate::client::Connection;
use crate::database::Database;
use crate::load::NUMBERS;
use crate::operation::Operation;
use crate::scale::Scale;
use crate::stage::Stage;

/// Number of requests per operation: more than the five after which PostgreSQL may settle on a generic plan.
const CASES: usize = 40;
const LOG: &str = "server.log";

pub async fn run(operations: &[Operation], scale: Scale, url: &str, folder: &Path) -> Result<(), Failure> {
    let Database::Postgres(pool) = Database::open(url).await? else {
        return Err("plans are PostgreSQL's".into());
    };
    let database = scale.database();
    // The names come from this program and cannot be bound. Connections that are opened from now on explain what they
    // run.
    let on = format!(
        "ALTER DATABASE {database} SET session_preload_libraries = 'auto_explain';
         ALTER DATABASE {database} SET auto_explain.log_min_duration = 0"
    );
    let off = format!(
        "ALTER DATABASE {database} RESET session_preload_libraries;
         ALTER DATABASE {database} RESET auto_explain.log_min_duration"
    );
    sqlx::raw_sql("LOAD 'auto_explain'").execute(&pool).await?;
    sqlx::raw_sql(AssertSqlSafe(on)).execute(&pool).await?;
    let explained = explain(operations, url, folder, &pool).await;
    sqlx::raw_sql(AssertSqlSafe(off)).execute(&pool).await?;
    explained
}

async fn explain(operations: &[Operation], url: &str, folder: &Path, pool: &PgPool) -> Result<(), Failure> {
    let stage = Stage::set(url, folder).await?;
    let mut connection = Connection::open(stage.gateway.address).await?;
    for operation in operations {
        let (start,): (i64,) = sqlx::query_as("SELECT size FROM pg_stat_file($1)")
            .bind(LOG)
            .fetch_one(pool)
            .await?;
        for case in stage.cases(*operation).iter().cycle().take(CASES) {
            connection.ask_json(&case.gateway, &NUMBERS).await?;
        }
        let (log,): (String,) = sqlx::query_as("SELECT pg_read_file($1, $2, 100000000)")
            .bind(LOG)
            .bind(start)
            .fetch_one(pool)
            .await?;
        println!("## {}\n", operation.name());
        for ((statement, plan), times) in plans(&log) {
            println!("{times} times\n\n    {statement}\n");
            for line in &plan {
                let suspicious = line.contains("Seq Scan") || line.contains("Sort");
                println!("    {}{line}", if suspicious { "! " } else { "  " });
            }
            println!();
        }
    }
    Ok(())
}

/// Each statement and plan in the log, and how often it was executed.
fn plans(log: &str) -> BTreeMap<(String, Vec<String>), usize> {
    let mut found = BTreeMap::new();
    let mut lines = log.lines().peekable();
    while let Some(line) = lines.next() {
        if !line.ends_with("plan:") {
            continue;
        }
        let mut entry = Vec::new();
        // The continuation lines of an entry are indented by a tab.
        while let Some(line) = lines.next_if(|line| line.starts_with('\t')) {
            entry.push(line.trim_start_matches('\t'));
        }
        let starts_plan = |line: &&str| line.contains("  (cost=");
        let Some(start) = entry.iter().position(starts_plan) else {
            continue;
        };
        let statement = entry[..start].join(" ");
        let statement = statement.trim_start_matches("Query Text: ").to_owned();
        if statement.contains("pg_") {
            continue;
        }
        let plan = entry[start..].iter().map(|line| match line.split_once("  (cost=") {
            Some((node, _)) => node.to_owned(),
            None => (*line).to_owned(),
        });
        // Values in conditions would make equal plans differ.
        let plan: Vec<_> = plan.map(|line| without_values(&line)).collect();
        *found.entry((statement, plan)).or_insert(0) += 1;
    }
    found
}

/// Replaces quoted values with `?`.
fn without_values(line: &str) -> String {
    let parts = line.split('\'').enumerate();
    parts
        .map(|(index, part)| if index % 2 == 0 { part } else { "?" })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = "2026-11-21 18:00:00.000 UTC [1] LOG:  duration: 0.021 ms  plan:
\tQuery Text: SELECT id FROM commission WHERE tenant_id = $1 AND status = $2 LIMIT 3
\tLimit  (cost=0.28..8.29 rows=1 width=16)
\t  ->  Index Scan using commission_by_status on commission  (cost=0.28..8.29 rows=1 width=16)
\t        Index Cond: ((tenant_id = '0195'::uuid) AND (status = 'PAID'::text))
";

    #[test]
    fn equal_plans_of_other_values_are_one() {
        let log = format!(
            "{ENTRY}{}2026-11-21 LOG:  checkpoint starting\n",
            ENTRY.replace("PAID", "APPROVED")
        );
        let found = plans(&log);
        let ((statement, plan), times) = found.first_key_value().unwrap();
        assert_eq!((found.len(), *times), (1, 2));
        assert!(statement.starts_with("SELECT id FROM commission"));
        assert_eq!(plan[0], "Limit");
        assert_eq!(
            plan[2],
            "        Index Cond: ((tenant_id = ?::uuid) AND (status = ?::text))"
        );
    }
}
