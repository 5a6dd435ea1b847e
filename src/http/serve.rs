//! Accepting connections, each with patience for its headers, until the program is told to end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::{HttpOptions, StartError, router};
use crate::app::App;

/// Where the system has no more files or memory for connections, the next attempt waits so long.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `ending` turns true; then refuses new connections and lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    options: HttpOptions,
    ending: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let (header, patience) = (options.timeouts.header(), options.timeouts.shutdown());
    let router = router(app, options, ending.clone())?;
    let mut told = ending;
    // Every connection holds a clone; when the last is gone the receiver hears so.
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = end(&mut told) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                // Answers are small and written at once.
                let _ = stream.set_nodelay(true);
                let mut builder = http1::Builder::new();
                builder.timer(TokioTimer::new()).header_read_timeout(header);
                let service = TowerToHyperService::new(service(router.clone()));
                let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
                let (mut told, open) = (told.clone(), open.clone());
                tokio::spawn(async move {
                    let mut connection = pin!(connection);
                    let ended = tokio::select! {
                        ended = connection.as_mut() => ended,
                        () = end(&mut told) => {
                            // What runs is finished, and nothing new is read.
                            connection.as_mut().graceful_shutdown();
                            connection.await
                        }
                    };
                    if let Err(error) = ended {
                        tracing::debug!(%error, "a connection broke");
                    }
                    drop(open);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    drop(listener);
    tracing::info!("ending: no new connections, running requests finish");
    drop(open);
    if tokio::time::timeout(patience, all_closed.recv()).await.is_err() {
        tracing::warn!("ending: some requests did not finish in time");
    }
    Ok(())
}

/// Completes when the program is told to end; also when whoever would tell is gone.
async fn end(told: &mut watch::Receiver<bool>) {
    let _ = told.wait_for(|ending| *ending).await;
}

/// The router as a service of hyper's bodies.
fn service(
    router: Router,
) -> impl tower_service::Service<Request<Incoming>, Response = axum::response::Response, Error = Infallible, Future: Send>
+ Clone {
    router.into_service()
}
