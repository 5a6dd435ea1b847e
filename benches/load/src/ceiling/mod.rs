//! The ceiling: the fastest server that we know how to write for these responses. No GraphQL, no authorisation, no
//! limits: one statement per operation, rows straight into structs, structs straight into JSON.

mod answers;
mod reads;
mod record;
mod simulate;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use uuid::Uuid;

use crate::Failure;
use crate::database::Database;

type Shared = State<Arc<Database>>;

/// Serves until it is killed; prints its address to standard output.
pub async fn run(url: &str, listen: SocketAddr) -> Result<(), Failure> {
    let database = Arc::new(Database::open(url).await?);
    let router = Router::new()
        .route("/readyz", get(|| async { "ready" }))
        .route("/q1", get(q1))
        .route("/q2", get(q2))
        .route("/q3", get(q3))
        .route("/q4", get(q4))
        .route("/q5", get(q5))
        .route("/m1", post(m1))
        .route("/m2", post(m2))
        .with_state(database.clone())
        .merge(crate::shapes::router(database));
    let listener = tokio::net::TcpListener::bind(listen).await?;
    println!("http://{}", listener.local_addr()?);
    let listener = axum::serve::ListenerExt::tap_io(listener, |stream| {
        let _ = stream.set_nodelay(true);
    });
    axum::serve(listener, router).await?;
    Ok(())
}

/// Why a request failed: the harness counts it as an error.
pub struct Failed(String);

impl<E: std::fmt::Display> From<E> for Failed {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        (StatusCode::INTERNAL_SERVER_ERROR, self.0).into_response()
    }
}

/// Selects a row by its id.
#[derive(serde::Deserialize)]
struct One {
    tenant: Uuid,
    id: Uuid,
}

#[derive(serde::Deserialize)]
struct OfStatus {
    tenant: Uuid,
    status: String,
}

/// Selects the rows after this one.
#[derive(serde::Deserialize)]
struct Behind {
    tenant: Uuid,
    at: chrono::DateTime<chrono::Utc>,
    id: Uuid,
}

#[derive(serde::Deserialize)]
struct OfTenant {
    tenant: Uuid,
}

async fn q1(database: Shared, Query(one): Query<One>) -> Result<Json<answers::PartnerById>, Failed> {
    Ok(Json(reads::partner(&database, one.tenant, one.id).await?))
}

async fn q2(database: Shared, Query(wanted): Query<OfStatus>) -> Result<Json<answers::Newest>, Failed> {
    Ok(Json(reads::newest(&database, wanted.tenant, &wanted.status).await?))
}

async fn q3(database: Shared, Query(one): Query<One>) -> Result<Json<answers::PartnersOfGroup>, Failed> {
    Ok(Json(reads::partners_of_group(&database, one.tenant, one.id).await?))
}

async fn q4(database: Shared, Query(one): Query<One>) -> Result<Json<answers::Dashboard>, Failed> {
    Ok(Json(reads::dashboard(&database, one.tenant, one.id).await?))
}

async fn q5(database: Shared, Query(behind): Query<Behind>) -> Result<Json<answers::Page>, Failed> {
    Ok(Json(reads::page(&database, behind.tenant, behind.at, behind.id).await?))
}

async fn m1(
    database: Shared,
    Query(of): Query<OfTenant>,
    Json(variables): Json<record::Variables>,
) -> Result<Json<answers::Recorded>, Failed> {
    Ok(Json(record::record(&database, of.tenant, variables.input).await?))
}

async fn m2(Json(variables): Json<simulate::Variables>) -> Result<Json<answers::Simulated>, Failed> {
    Ok(Json(simulate::simulate(variables.input)?))
}
