//! Whether anything becomes slower as the ledger grows: the same requests to two gateways, over `base` and over
//! `grown`, in turn; and the dashboard of the partner with most of the ledger beside that of a partner with little.

use std::path::Path;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tributary::domain::id::PartnerId;
use uuid::Uuid;

use crate::Failure;
use crate::client::{Connection, Request};
use crate::database::{Database, Sql, rows};
use crate::histogram::Histogram;
use crate::measure::{Figures, Target, in_turn};
use crate::operation::Operation;
use crate::stage::{Stage, lasting};

const OPERATIONS: [Operation; 6] = [
    Operation::Q1,
    Operation::Q2,
    Operation::Q3,
    Operation::Q4,
    Operation::Q5,
    Operation::M1,
];
/// Maximum ratio of the times over the larger and the smaller data set.
const AT_MOST: f64 = 1.3;
/// The first query of a partner's portal, as in examples/portal, but without the sums of months.
const PORTAL: &str = r#"{ viewer {
  tenant { name timeZone minimumPayouts { amount currency } }
  partner { id name
    campaigns(first: 50) { nodes { id name } }
    termsInForce { source earnsNothing holdbackDays group { name } rulesCurrency qualifiedCustomers
      terms { basis value currency trigger eventType recurringMonths } lifetimeValue { amount currency } }
    balances { currency accrued approved paid reversed payable }
    commissions(first: 10) { pageInfo { hasNextPage } nodes { id kind status amount { amount currency } accruedAt matureAt
      campaign { name } event { type kind amount { amount currency } } explanation { source outcome detail amount } } }
    payouts(first: 12) { nodes { id status createdAt amount { amount currency } } } } } }"#;
const PORTAL_BEGINS: &str = "{\"data\":{\"viewer\":{\"tenant\":{";
const APPROVE: &str = "mutation($input: ApproveCommissionsInput!) { approveCommissions(input: $input) {
  commission { id status } userErrors { code message } } }";
const MAKE: &str = "mutation($input: CreateManualCommissionInput!) { createManualCommission(input: $input) {
  commission { id } userErrors { code message } } }";
/// Number of rows that are approved one after the other; the first ones are for warming up only.
const APPROVALS: usize = 350;
const WARM_APPROVALS: usize = 50;

/// Requests to one server.
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
        compare(
            operation.name(),
            operation.begins().0,
            [of(&base), of(&grown)],
            time,
            rounds,
        )
        .await?;
    }
    let (of_base, _) = extremes(&base.database).await?;
    let (few, many) = extremes(&grown.database).await?;
    let begins = Operation::Q4.begins().0;
    let pages = [viewed(&base, PORTAL, of_base.0)?, viewed(&grown, PORTAL, few.0)?];
    compare("a portal's first page", PORTAL_BEGINS, pages, time, rounds).await?;
    approving([&base, &grown]).await?;
    for (what, document, begins) in [
        ("Q4", Operation::Q4.document(), begins),
        ("the portal's page", PORTAL, PORTAL_BEGINS),
    ] {
        let name = format!("{what} of a partner with {} and with {} commissions", few.1, many.1);
        let sides = [viewed(&grown, document, few.0)?, viewed(&grown, document, many.0)?];
        compare(&name, begins, sides, time, rounds).await?;
    }
    Ok(())
}

/// A partner's query, with that partner's token.
fn viewed<'a>(stage: &'a Stage, document: &str, partner: Uuid) -> Result<Side<'a>, Failure> {
    let tenant = stage.sample.tenants.first().ok_or("no tenant")?;
    let token = stage.tokens.partner(tenant.id, partner);
    let requests = lasting(vec![Request::post(
        "/graphql",
        Some(&token),
        &json!({ "query": document }),
    )]);
    Ok(Side { stage, requests })
}

fn requests(stage: &Stage, operation: Operation) -> &'static [Request] {
    let cases = stage.cases(operation).into_iter();
    lasting(cases.map(|case| case.gateway).collect())
}

/// With one connection, where the time is that of the request itself.
async fn compare(
    name: &str,
    begins: &'static str,
    sides: [Side<'_>; 2],
    time: Duration,
    rounds: usize,
) -> Result<(), Failure> {
    let targets = sides.map(|side| Target {
        server: &side.stage.gateway,
        database: &side.stage.database,
        requests: side.requests,
        begins,
    });
    tell(name, in_turn(targets, 1, time, rounds).await?);
    Ok(())
}

/// Approves rows of partners from all over the ledger, one per request. The rows are created for this, since seeded
/// rows that may be approved are approved already.
async fn approving(stages: [&Stage; 2]) -> Result<(), Failure> {
    let mut figures = Vec::new();
    for stage in stages {
        let tenant = stage.sample.tenants.first().ok_or("no tenant")?;
        let staff = stage.tokens.staff(tenant.id);
        let active = Sql::of("SELECT id FROM partner WHERE tenant_id = $1 AND status = 'ACTIVE' ORDER BY id");
        let partners: Vec<(Uuid,)> = rows!(&stage.database, active, tenant.id)?;
        let mut connection = Connection::open(stage.gateway.address).await?;
        let mut latencies = Histogram::default();
        let step = (partners.len() / APPROVALS).max(1);
        for (place, (partner,)) in partners.into_iter().step_by(step).take(APPROVALS).enumerate() {
            let input = json!({
                "partnerId": PartnerId::from_uuid(partner).to_string(),
                "amount": { "amount": "1", "currency": "EUR" },
                "reason": "measured",
            });
            let (made, _) = mutate(&mut connection, &staff, MAKE, input).await?;
            let id = &made["data"]["createManualCommission"]["commission"]["id"];
            let (answer, took) = mutate(&mut connection, &staff, APPROVE, json!({ "ids": [id] })).await?;
            if answer["data"]["approveCommissions"][0]["commission"]["status"] != "APPROVED" {
                return Err(format!("a row was not approved: {made} {answer}").into());
            }
            if place >= WARM_APPROVALS {
                latencies.add(took);
            }
        }
        let millis = |share| latencies.per_mille(share).as_secs_f64() * 1e3;
        figures.push(Figures {
            p50_ms: millis(500),
            p99_ms: millis(990),
            ..Figures::default()
        });
    }
    let figures: [Figures; 2] = figures.try_into().map_err(|_| "two sides")?;
    tell("approving", figures);
    Ok(())
}

async fn mutate(
    connection: &mut Connection,
    token: &str,
    document: &str,
    input: Value,
) -> Result<(Value, Duration), Failure> {
    let body = json!({ "query": document, "variables": { "input": input } });
    let (request, begun) = (Request::post("/graphql", Some(token), &body), Instant::now());
    let answer = connection.ask_json(&request, &AtomicU64::new(0)).await?;
    Ok((answer, begun.elapsed()))
}

fn tell(name: &str, [before, after]: [Figures; 2]) {
    let ratio = after.p50_ms / before.p50_ms;
    let verdict = if ratio > AT_MOST { " **too much**" } else { "" };
    println!(
        "| {name} | {:.3} | {:.3} | {ratio:.2}{verdict} | {:.3} | {:.3} |",
        before.p50_ms, after.p50_ms, before.p99_ms, after.p99_ms
    );
}

/// The active partners with about ten commissions and with the most, and their numbers of commissions.
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
