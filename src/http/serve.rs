//! Serves connections, each with a timeout for its headers, until the program is told to shut down.

use std::convert::Infallible;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::connection::{ConnectionContext, end};
use super::connections::Connections;
use super::{HttpOptions, Routes, StartError, accept, routes};
use service::app::App;

/// Serves until `ending` becomes true; then refuses new connections and lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    options: HttpOptions,
    ending: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let timeout = options.timeouts.shutdown();
    // Every connection holds a clone of the sender; the receiver completes when the last one is dropped.
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    let header_patience = options.timeouts.header();
    let head_bytes = options.limits.head_bytes;
    let limits = Connections::new(options.connections);
    let metrics = app.metrics.clone();
    let health_listener = match options.health_listen {
        Some(address) => {
            let listener = TcpListener::bind(address).await.and_then(TcpListener::into_std);
            let listener = listener.map_err(|error| StartError::Health(address, error))?;
            tracing::info!(address = %listener.local_addr()?, "answering health checks");
            Some(listener)
        }
        None => None,
    };
    let Routes { api, health, readiness } = routes(app, options, ending.clone())?;
    let connections = ConnectionContext {
        header_patience,
        head_bytes,
        limits,
        metrics,
        router: api,
        ending: ending.clone(),
        open,
    };
    let health = health_listener.map(|listener| (listener, health));
    accept::open(listener.into_std()?, health, connections, readiness)?;
    let mut told = ending;
    end(&mut told).await;
    tracing::info!("shutting down: no new connections; running requests may finish");
    if tokio::time::timeout(timeout, all_closed.recv()).await.is_err() {
        tracing::warn!("shutting down: some requests did not finish in time");
    }
    Ok(())
}
