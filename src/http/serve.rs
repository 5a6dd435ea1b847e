//! Accepting connections, each with patience for its headers, until the program is told to end.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};

use super::{HttpOptions, StartError, router};
use crate::app::App;
use crate::metrics::Metrics;

/// Where the system has no more files or memory for connections, the next attempt waits so long.
const PAUSE: Duration = Duration::from_millis(100);

/// Once the program is told to end, connections stay open so long for a request that is on its way; its answer closes
/// the connection.
const GRACE: Duration = Duration::from_secs(1);

/// Serves until `ending` turns true; then refuses new connections and lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    options: HttpOptions,
    ending: watch::Receiver<bool>,
) -> Result<(), StartError> {
    let patience = options.timeouts.shutdown();
    // Every connection holds a clone; when the last is gone the receiver hears so.
    let (open, mut all_closed) = mpsc::channel::<Infallible>(1);
    let connections = Connections {
        header_patience: options.timeouts.header(),
        metrics: app.metrics.clone(),
        router: router(app, options, ending.clone())?,
        ending: ending.clone(),
        open,
    };
    let mut told = ending;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = end(&mut told) => break,
        };
        match accepted {
            Ok((stream, _)) => connections.serve(stream),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    connections.serve_the_rest(listener);
    drop(connections);
    tracing::info!("ending: no new connections, running requests finish");
    if tokio::time::timeout(patience, all_closed.recv()).await.is_err() {
        tracing::warn!("ending: some requests did not finish in time");
    }
    Ok(())
}

/// What every connection is given.
struct Connections {
    header_patience: Duration,
    metrics: Arc<Metrics>,
    router: Router,
    ending: watch::Receiver<bool>,
    open: mpsc::Sender<Infallible>,
}

impl Connections {
    /// Whom the system has let in already must not find the door shut. Does not wait for more.
    fn serve_the_rest(&self, listener: TcpListener) {
        let Ok(listener) = listener.into_std() else {
            return;
        };
        while let Ok((stream, _)) = listener.accept() {
            match stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream)) {
                Ok(stream) => self.serve(stream),
                Err(error) => tracing::warn!(%error, "cannot accept a connection"),
            }
        }
    }

    /// Serves one connection in a task of its own.
    fn serve(&self, stream: TcpStream) {
        // Answers are small and written at once.
        let _ = stream.set_nodelay(true);
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_patience);
        let open = Open {
            _held: self.open.clone(),
        };
        let service = TowerToHyperService::new(service(self.router.clone(), self.ending.clone(), open));
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let (mut told, open) = (self.ending.clone(), (self.open.clone(), self.metrics.connection()));
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let last_call = async {
                end(&mut told).await;
                tokio::time::sleep(GRACE).await;
            };
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = last_call => {
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
}

/// Completes when the program is told to end; also when whoever would tell is gone.
async fn end(told: &mut watch::Receiver<bool>) {
    let _ = told.wait_for(|ending| *ending).await;
}

/// Whoever holds one is waited for when the program ends: a socket outlives its request's connection.
#[derive(Clone)]
pub struct Open {
    _held: mpsc::Sender<Infallible>,
}

/// The router as a service of hyper's bodies. Once the program is told to end, each answer is its connection's last.
fn service(
    router: Router,
    ending: watch::Receiver<bool>,
    open: Open,
) -> impl tower_service::Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone {
    let router = router.layer(axum::middleware::map_response(move |mut response: Response| {
        if *ending.borrow() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        std::future::ready(response)
    }));
    router.layer(Extension(open)).into_service()
}
