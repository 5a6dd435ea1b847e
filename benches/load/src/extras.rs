//! The figures beside the table: startup, a large simulation, and events in lists.

use std::path::Path;
use std::time::Duration;

use crate::client::Connection;
use crate::load::{NUMBERS, load};
use crate::operation::{batches, simulation};
use crate::server::Server;
use crate::stage::{Stage, lasting};
use crate::{Failure, median};

const STARTS: usize = 10;
const SCENARIOS: u32 = 500;
const EVENTS: usize = 100;
const CONNECTIONS: usize = 4;

pub async fn run(url: &str, folder: &Path, time: Duration) -> Result<(), Failure> {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::gateway(url, folder).await?.ready_after.as_secs_f64() * 1e3);
    }
    println!(
        "- start to ready, on a migrated database: {:.0} ms (median of {STARTS})",
        median(starts)
    );

    let stage = Stage::set(url, folder).await?;
    let tenant = stage.sample.tenants.first().ok_or("no tenant")?;
    let address = stage.gateway.address;
    let simulate = lasting(vec![simulation(tenant, &stage.tokens, SCENARIOS)]);
    let simulated = load(
        address,
        simulate,
        "{\"data\":{\"simulatePartnerGroup\":{\"results\":[",
        1,
        time,
    )
    .await?;
    println!(
        "- simulatePartnerGroup with {SCENARIOS} scenarios: p50 {:.2} ms, p99 {:.2} ms at 1 connection ({} errors)",
        simulated.latencies.per_mille(500).as_secs_f64() * 1e3,
        simulated.latencies.per_mille(990).as_secs_f64() * 1e3,
        simulated.errors,
    );

    // Lists that name the same partner wait for each other.
    for (whose, step) in [
        ("each of its own partners", EVENTS),
        ("all of nearly the same partners", 7),
    ] {
        let lists = lasting(batches(tenant, &stage.tokens, EVENTS, step));
        check(&lists[0], address).await?;
        let recorded = load(address, lists, "{\"data\":{\"recordEvents\":[{", CONNECTIONS, time).await?;
        println!(
            "- recordEvents in lists of {EVENTS} over {CONNECTIONS} connections, {whose}: {:.0} events/s, p99 {:.0} ms a list ({} errors)",
            recorded.rate() * EVENTS as f64,
            recorded.latencies.per_mille(990).as_secs_f64() * 1e3,
            recorded.errors,
        );
    }
    Ok(())
}

/// Each event of a list must earn something, or the rate would mean nothing.
async fn check(request: &crate::client::Request, address: std::net::SocketAddr) -> Result<(), Failure> {
    let answer = Connection::open(address).await?.ask_json(request, &NUMBERS).await?;
    let recorded = answer["data"]["recordEvents"].as_array();
    let earns = |event: &serde_json::Value| event["commissions"].as_array().is_some_and(|rows| rows.len() == 1);
    if recorded.is_some_and(|events| events.len() == EVENTS && events.iter().all(earns)) {
        Ok(())
    } else {
        Err(format!("not every event of the list was recorded and earned: {answer}").into())
    }
}
