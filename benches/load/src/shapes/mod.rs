//! The benchmark of arbitrary shapes: documents drawn from the schema, each beside one statement with the same result.

mod draw;
mod fill;
mod mapping;
mod plain_fields;
mod random;
mod server;
mod sql;
mod wire;

use std::path::Path;
use std::time::Duration;

use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, PgPool};
use tributary::domain::id::TenantId;
use uuid::Uuid;

use crate::client::{Connection, Request};
use crate::database::Database;
use crate::load::NUMBERS;
use crate::measure::{Figures, Work, measure};
use crate::server::Server;
use crate::stage::{Stage, lasting};
use crate::{Failure, median};

use draw::{Document, Drawing};

pub use server::router;

/// What to draw and how long to measure.
#[derive(clap::Args, Clone, Copy)]
pub struct Options {
    /// How many documents
    #[arg(long, default_value_t = 40)]
    documents: usize,
    /// Another seed draws other documents
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How long each server is asked for each document
    #[arg(long, default_value_t = 2000, value_name = "MILLISECONDS")]
    each: u64,
    /// Only this document, and its text and statement
    #[arg(long, value_name = "NUMBER")]
    show: Option<usize>,
}

const CONNECTIONS: usize = 16;
/// Number of sets of ids that each document is sent with, in turn.
const CASES: usize = 20;
const WARM_UP: Duration = Duration::from_millis(300);
const WORST: usize = 5;
/// Minimum ratios for the median and for the worst document.
const GOALS: (f64, f64) = (0.6, 0.4);

struct Measured {
    number: usize,
    gateway: Figures,
    ceiling: Figures,
}

impl Measured {
    fn ratio(&self) -> f64 {
        self.gateway.requests_a_second / self.ceiling.requests_a_second
    }
}

pub async fn run(options: Options, url: &str, folder: &Path) -> Result<(), Failure> {
    let database = Database::open(url).await?;
    let Database::Postgres(pool) = &database else {
        return Err("shapes are for PostgreSQL only".into());
    };
    fill::fill(pool).await?;
    let stage = Stage::set(url, folder).await?;
    let ceiling = Server::ceiling(url, folder).await?;
    let documents: Vec<_> = (0..options.documents)
        .map(|number| Drawing::draw(options.seed, number))
        .collect();
    let statements: Vec<_> = documents.iter().map(sql::statement).collect();
    let teach = Request::post("/shapes", None, &json!(statements));
    Connection::open(ceiling.address)
        .await?
        .ask_json(&teach, &NUMBERS)
        .await?;

    println!("| | document | lists | requests/s | CPU s per 1,000 | statements |\n|--:|---|--:|--:|--:|--:|");
    let mut all = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        if options.show.is_some_and(|wanted| wanted != number) {
            continue;
        }
        if options.show.is_some() {
            println!("{}\n\n{}\n", document.text, statements[number]);
        }
        let cases = cases(document, number, &stage, pool).await?;
        check(document, &cases, &stage.gateway, &ceiling).await?;
        let (of_gateway, of_ceiling) = cases.into_iter().unzip();
        let servers = [
            (&stage.gateway, lasting(of_gateway), "{\"data\":{"),
            (&ceiling, lasting(of_ceiling), "{"),
        ];
        let mut figures = Vec::new();
        for (server, requests, begins) in servers {
            let work = |time| Work {
                requests,
                begins,
                connections: CONNECTIONS,
                time,
            };
            measure(server, work(WARM_UP), &database).await?;
            figures.push(measure(server, work(Duration::from_millis(options.each)), &database).await?);
        }
        let (Some(ceiling), Some(gateway)) = (figures.pop(), figures.pop()) else {
            return Err("nothing was measured".into());
        };
        let measured = Measured {
            number,
            gateway,
            ceiling,
        };
        println!("{}", line(&measured, document));
        all.push(measured);
    }
    summary(&mut all, &documents);
    Ok(())
}

fn line(measured: &Measured, document: &Document) -> String {
    let (gateway, ceiling) = (&measured.gateway, &measured.ceiling);
    let statements = match (gateway.statements_a_request, ceiling.statements_a_request) {
        (Some(one), Some(other)) => format!("{one:.1} / {other:.1}"),
        _ => "-".to_owned(),
    };
    let errors = gateway.errors + ceiling.errors;
    format!(
        "| {} | {} | {} | {:.0} / {:.0} ({:.2}) | {:.2} / {:.2} | {statements} |{}",
        measured.number,
        document.name,
        document.lists,
        gateway.requests_a_second,
        ceiling.requests_a_second,
        measured.ratio(),
        gateway.cpu_ms_a_request,
        ceiling.cpu_ms_a_request,
        if errors > 0 {
            format!(" **{errors} errors**")
        } else {
            String::new()
        },
    )
}

fn summary(all: &mut [Measured], documents: &[Document]) {
    all.sort_by(|one, other| one.ratio().total_cmp(&other.ratio()));
    let ratios = median(all.iter().map(Measured::ratio).collect());
    let worst = all.first().map_or(0.0, Measured::ratio);
    let (of_median, of_worst) = GOALS;
    println!(
        "\nOf {} documents: median {ratios:.2} (at least {of_median}), worst {worst:.2} (at least {of_worst}), {} below {of_worst}. The worst:\n",
        all.len(),
        all.iter().filter(|measured| measured.ratio() < of_worst).count(),
    );
    for measured in all.iter().take(WORST) {
        println!(
            "- {} ({:.2}): `{}`",
            measured.number,
            measured.ratio(),
            documents[measured.number].text
        );
    }
    let more = |measured: &&Measured| {
        let most = documents[measured.number].lists.max(1) as f64 + 0.5;
        measured.gateway.statements_a_request.is_some_and(|count| count > most)
    };
    let numbers: Vec<_> = all
        .iter()
        .filter(more)
        .map(|measured| measured.number.to_string())
        .collect();
    println!(
        "\nMore statements than lists: {}.",
        if numbers.is_empty() {
            "none".to_owned()
        } else {
            numbers.join(", ")
        }
    );
}

/// The document with different ids each time: the gateway's request and the ceiling's.
async fn cases(
    document: &Document,
    number: usize,
    stage: &Stage,
    pool: &PgPool,
) -> Result<Vec<(Request, Request)>, Failure> {
    let mut cases = Vec::new();
    for turn in 0..CASES {
        let tenant = &stage.sample.tenants[turn % stage.sample.tenants.len()];
        let mut variables = Map::from_iter([("yes".to_owned(), json!(true))]);
        let mut path = format!("/shape?number={number}&tenant={}", tenant.id);
        for (place, of) in document.ids.iter().enumerate() {
            let id = id(pool, tenant.id, of.table(), turn).await?;
            variables.insert(format!("id{place}"), json!(wire_id(of.prefix(), id)));
            path.push_str(&format!("&id{place}={id}"));
        }
        // Directives that leave something out use the same variable `yes`.
        let body = json!({ "query": document.text, "variables": variables });
        let token = stage.tokens.staff(tenant.id);
        cases.push((Request::post("/graphql", Some(&token), &body), Request::get(&path)));
    }
    Ok(cases)
}

/// The id of some row of the tenant.
async fn id(pool: &PgPool, tenant: Uuid, table: &str, turn: usize) -> Result<Uuid, Failure> {
    // The name comes from this program; names cannot be bound.
    let text = format!(
        "SELECT id FROM {table} WHERE tenant_id = $1 ORDER BY id
         OFFSET (SELECT count(*) FROM {table} WHERE tenant_id = $1) * $2 / $3 LIMIT 1"
    );
    let query = sqlx::query_scalar(AssertSqlSafe(text)).bind(tenant);
    Ok(query
        .bind(i64::try_from(turn)?)
        .bind(CASES as i64)
        .fetch_one(pool)
        .await?)
}

/// The id as clients see it, of whatever kind.
fn wire_id(prefix: &str, id: Uuid) -> String {
    let tenant = TenantId::from_uuid(id).to_string();
    tenant.replacen("ten", prefix, 1)
}

/// Both servers must return the same before anything is measured.
async fn check(
    document: &Document,
    cases: &[(Request, Request)],
    gateway: &Server,
    ceiling: &Server,
) -> Result<(), Failure> {
    let mut gateway = Connection::open(gateway.address).await?;
    let mut ceiling = Connection::open(ceiling.address).await?;
    for (asked, answered) in cases {
        let mut ours: Value = gateway.ask_json(asked, &NUMBERS).await?;
        if ours.get("errors").is_some() {
            return Err(format!("the gateway refused: {ours}\n{}", document.text).into());
        }
        let theirs = wire::tidy(ceiling.ask_json(answered, &NUMBERS).await?);
        let ours = wire::tidy(ours["data"].take());
        if ours != theirs {
            return Err(format!("{}\ndiffers.\ngateway: {ours}\nceiling: {theirs}", document.text).into());
        }
    }
    Ok(())
}
