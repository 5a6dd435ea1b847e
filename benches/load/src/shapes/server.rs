//! The ceiling's part: runs statements that the harness gave it, and returns their results as they come from the
//! database.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use axum::extract::{Query, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Json, Router};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::wire::finish;
use crate::ceiling::Failed;
use crate::database::Database;

struct Shapes {
    database: Arc<Database>,
    statements: OnceLock<Vec<&'static str>>,
}

pub fn router(database: Arc<Database>) -> Router {
    let statements = OnceLock::new();
    Router::new()
        .route("/shapes", post(learn))
        .route("/shape", get(answer))
        .with_state(Arc::new(Shapes { database, statements }))
}

/// Receives the statements, once.
async fn learn(State(shapes): State<Arc<Shapes>>, Json(statements): Json<Vec<String>>) -> Result<Json<usize>, Failed> {
    // They live as long as the program, so that sqlx prepares each only once.
    let statements = statements.into_iter().map(|text| &*text.leak()).collect();
    let known = shapes.statements.get_or_init(|| statements);
    Ok(Json(known.len()))
}

/// Takes the `number` of the statement, the `tenant`, and the ids in their order: `id0`, `id1`.
async fn answer(
    State(shapes): State<Arc<Shapes>>,
    Query(asked): Query<HashMap<String, String>>,
) -> Result<impl IntoResponse, Failed> {
    let Database::Postgres(pool) = &*shapes.database else {
        return Err("shapes are PostgreSQL's".into());
    };
    let value = |name: &str| asked.get(name).ok_or_else(|| format!("{name} is missing"));
    let number: usize = value("number")?.parse()?;
    let statements = shapes.statements.get().ok_or("no statements")?;
    let statement = *statements.get(number).ok_or("no such statement")?;
    let mut query = sqlx::query_scalar(AssertSqlSafe(statement)).bind(Uuid::parse_str(value("tenant")?)?);
    for number in 0.. {
        let Some(id) = asked.get(&format!("id{number}")) else {
            break;
        };
        query = query.bind(Uuid::parse_str(id)?);
    }
    let text: String = query.fetch_one(pool).await?;
    Ok(([("content-type", "application/json")], finish(&text)))
}
