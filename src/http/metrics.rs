//! `GET /metrics`: beside the API outside production, otherwise at its own address, because it requires no token and
//! shows everyone how much is requested.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::HttpState;
use service::app::App;

/// Prometheus' text format.
const CONTENT_TYPE: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

pub async fn beside_the_api(State(state): State<HttpState>) -> Response {
    page(&state.app)
}

/// Serves only metrics, until it is aborted: those of the last requests are of interest, too.
pub fn serve_metrics(listener: TcpListener, app: Arc<App>) -> JoinHandle<()> {
    let page = |State(app): State<Arc<App>>| async move { page(&app) };
    let router = Router::new().route("/metrics", get(page)).with_state(app);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the metrics listener has stopped");
        }
    })
}

fn page(app: &App) -> Response {
    let text = app.metrics.render(&app.store.pools(), app.changes.lag());
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text).into_response()
}
