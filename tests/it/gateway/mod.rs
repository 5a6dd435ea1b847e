//! What stands in front of the schema: HTTP, limits, errors, tokens, and those who try to get around them.

mod attacks;
mod bounds;
mod fairness;
mod headers;
mod heavy;
mod issuers;
mod jwks;
mod jwt;
pub mod key_pair;
mod keys;
mod limits;
pub mod merging;
mod patience;
mod persisted;
mod protocol;
mod strangers;
mod validation;
mod values;

use axum::Router;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use tokio::sync::watch;
use tributary::http::HttpOptions;

use crate::support::{Client, TestApp};

/// A gateway with these options over the test's database.
fn gateway(app: &TestApp, options: HttpOptions) -> Router {
    let (_, ending) = watch::channel(false);
    tributary::http::router(app.app.clone(), options, ending).expect("the options are sound")
}

/// Why a gateway with these options does not start.
fn start_error(app: &TestApp, options: HttpOptions) -> String {
    let (_, ending) = watch::channel(false);
    let started = tributary::http::router(app.app.clone(), options, ending);
    started.expect_err("it must not start").to_string()
}

/// An admin of the tenant `acme` at a gateway with these options.
fn admin(app: &TestApp, options: HttpOptions) -> Client {
    Client::new(gateway(app, options), Some(app.sign(&json!({}))))
}

/// Does to the database what the program never would.
async fn run(transaction: &impl ConnectionTrait, sql: &str) {
    let statement = Statement::from_string(transaction.get_database_backend(), sql);
    transaction.execute_raw(statement).await.expect("sound SQL");
}

/// The first error's text.
fn message(body: &Value) -> &str {
    body["errors"][0]["message"].as_str().unwrap_or_default()
}
