//! What operators see: metrics, traces, logs, health, and what becomes of requests when replicas end or code panics.

mod collector;
mod ending;
pub mod exposition;
mod health;
mod logs;
mod metrics;
mod panics;
mod traces;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::sync::watch;
use tributary::http::HttpOptions;

use crate::support::{Client, TestApp};
use exposition::Exposition;

/// A gateway with these options over the test's database.
fn gateway(app: &TestApp, options: HttpOptions) -> Router {
    let (_, ending) = watch::channel(false);
    tributary::http::router(app.app.clone(), options, ending).expect("the options are sound")
}

/// An admin of the tenant `acme` at a gateway with these options.
fn admin(app: &TestApp, options: HttpOptions) -> Client {
    Client::new(gateway(app, options), Some(app.sign(&json!({}))))
}

/// What a client of no rights reads at /metrics.
async fn scrape(client: &Client) -> Exposition {
    let answer = client.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.status, 200);
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    assert_eq!(answer.headers["content-type"], kind);
    Exposition::parse(answer.sent())
}
