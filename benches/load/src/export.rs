//! Exporting a tenant's commissions as a file: the time and memory that it takes, and how other requests fare
//! meanwhile.

use std::path::Path;
use std::time::Duration;

use tributary::domain::id::PartnerId;
use uuid::Uuid;

use crate::Failure;
use crate::database::{Sql, rows};
use crate::download::{Download, download};
use crate::load::{Loaded, load};
use crate::operation::{Case, Operation};
use crate::process::{forget_peak, memory_mb};
use crate::stage::{Stage, lasting};

/// Other requests are counted in intervals of this length, until the file is complete.
const PIECE: Duration = Duration::from_secs(1);

#[derive(clap::Args)]
pub struct Options {
    /// Only the commissions of the partner that has most of them
    #[arg(long)]
    of_one_partner: bool,
    #[arg(long, default_value = "csv")]
    format: String,
}

pub async fn run(
    options: &Options,
    (operation, connections): (Operation, usize),
    url: &str,
    folder: &Path,
    time: Duration,
) -> Result<(), Failure> {
    let stage = Stage::set(url, folder).await?;
    let tenant = stage.sample.tenants.first().ok_or("no tenant")?.id;
    let token = stage.tokens.staff(tenant);
    let mut path = format!("/export/commissions?format={}", options.format);
    if options.of_one_partner {
        path = format!(
            "{path}&partnerId={}",
            PartnerId::from_uuid(largest(&stage, tenant).await?)
        );
    }
    let (address, pid) = (stage.gateway.address, stage.gateway.pid);
    let requests: Vec<_> = stage
        .cases(operation)
        .into_iter()
        .map(|Case { gateway, .. }| gateway)
        .collect();
    let (requests, (begins, _)) = (lasting(requests), operation.begins());

    // Once to warm up caches, and whatever else a process does only the first time.
    let first = download(address, &path, &token).await?;
    told("first", &first);
    let (before, _) = memory_mb(pid)?;
    forget_peak(pid)?;
    let alone = download(address, &path, &token).await?;
    told("alone", &alone);
    let (_, peak) = memory_mb(pid)?;
    println!(
        "- memory: {before:.0} MB before, {peak:.0} MB at most meanwhile: {:+.0} MB",
        peak - before
    );

    let others = load(address, requests, begins, connections, time).await?;
    let running = tokio::spawn({
        let (path, token) = (path.clone(), token.clone());
        async move { download(address, &path, &token).await }
    });
    let mut beside = Loaded::default();
    while !running.is_finished() {
        let piece = load(address, requests, begins, connections, PIECE).await?;
        beside.latencies.merge(&piece.latencies);
        beside.seconds += piece.seconds;
        beside.errors += piece.errors;
        beside.first_error = beside.first_error.or(piece.first_error);
    }
    told("beside other requests", &running.await??);
    for (what, loaded) in [("alone", &others), ("beside an export", &beside)] {
        let millis = |share| loaded.latencies.per_mille(share).as_secs_f64() * 1e3;
        println!(
            "- {} over {connections} connections, {what}: {:.0}/s, p50 {:.2} ms, p99 {:.2} ms ({} errors{})",
            operation.name(),
            loaded.rate(),
            millis(500),
            millis(990),
            loaded.errors,
            loaded
                .first_error
                .as_deref()
                .map(|error| format!(", {error}"))
                .unwrap_or_default(),
        );
    }
    Ok(())
}

fn told(how: &str, download: &Download) {
    let seconds = download.took.as_secs_f64();
    println!(
        "- export {how}: {} lines, {:.0} MB in {seconds:.1} s, {:.0} lines/s; the first byte after {:.0} ms",
        download.lines,
        download.bytes as f64 / 1e6,
        download.lines as f64 / seconds,
        download.first_byte.as_secs_f64() * 1e3,
    );
}

async fn largest(stage: &Stage, tenant: Uuid) -> Result<Uuid, Failure> {
    let sql = Sql::of(
        "SELECT partner_id FROM commission WHERE tenant_id = $1 GROUP BY partner_id ORDER BY count(*) DESC LIMIT 1",
    );
    let found: Vec<(Uuid,)> = rows!(&stage.database, sql, tenant)?;
    Ok(found.first().ok_or("no commissions")?.0)
}
