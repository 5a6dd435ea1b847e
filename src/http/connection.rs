//! One connection: many requests with keep-alive, or only one, until it ends or the program is told to shut down.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::{Extension, Router};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use socket2::SockRef;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::connections::Connections;
use super::permits::ConcurrencyPermit;
use super::reset::{ResetSwitch, ResettableStream};
use telemetry::metrics::{Metrics, OpenGauge};

/// How long connections stay open for a request that is already on its way once shutdown begins; its answer closes the
/// connection.
const GRACE: Duration = Duration::from_secs(1);

/// How much of an answer the system takes before it can be sent.
const UNSENT_BYTES: u32 = 128 * 1024;

/// What every connection needs.
pub struct ConnectionContext {
    pub header_patience: Duration,
    /// The maximum size of a head, and of what is read of a body before it is asked for.
    pub head_bytes: usize,
    pub limits: Connections,
    pub metrics: Arc<Metrics>,
    pub router: Router,
    pub ending: watch::Receiver<bool>,
    pub open: mpsc::Sender<Infallible>,
}

/// Counts a connection, and makes the shutdown wait for it.
pub struct TrackedConnection {
    open: ShutdownGuard,
    _counted: OpenGauge,
}

impl ConnectionContext {
    pub fn hold(&self, place: ConcurrencyPermit) -> TrackedConnection {
        TrackedConnection {
            open: ShutdownGuard {
                _held: self.open.clone(),
                _place: Arc::new(place),
            },
            _counted: self.metrics.connection(),
        }
    }

    /// Serves one connection in a task of the current runtime: many requests with keep-alive, or only one.
    pub fn serve(&self, stream: TcpStream, held: TrackedConnection, keeps_alive: bool) -> JoinHandle<()> {
        // Answers are small and written at once.
        let _ = stream.set_nodelay(true);
        // A connection without an address is over already.
        let address = stream
            .peer_addr()
            .unwrap_or_else(|_| SocketAddr::from(([0, 0, 0, 0], 0)));
        // What a slow reader has not taken is not piled up in the system, and its pace can be seen.
        let _ = SockRef::from(&stream).set_tcp_notsent_lowat(UNSENT_BYTES);
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.header_patience)
            .max_buf_size(self.head_bytes)
            .keep_alive(keeps_alive);
        let streams = Arc::new(AtomicBool::new(false));
        let reset = ResetSwitch::default();
        let service = service(
            self.router
                .clone()
                .layer((Extension(reset.clone()), Extension(ConnectInfo(address)))),
            self.ending.clone(),
            held.open.clone(),
            streams.clone(),
        );
        let service = TowerToHyperService::new(service);
        let stream = ResettableStream::new(stream, reset.clone());
        let connection = builder.serve_connection(TokioIo::new(stream), service).with_upgrades();
        let mut told = self.ending.clone();
        tokio::spawn(async move {
            let mut connection = pin!(connection);
            let last_call = async {
                end(&mut told).await;
                tokio::time::sleep(GRACE).await;
            };
            let ended = tokio::select! {
                ended = connection.as_mut() => ended,
                () = reset.told() => Ok(()),
                () = last_call => {
                    // Running requests are finished, and no new ones are read.
                    connection.as_mut().graceful_shutdown();
                    if streams.load(Ordering::Relaxed) {
                        // The event stream is over. A client that does not take the rest now is not reading.
                        tokio::time::timeout(GRACE, connection.as_mut()).await.unwrap_or(Ok(()))
                    } else {
                        tokio::select! {
                            ended = connection.as_mut() => ended,
                            () = reset.told() => Ok(()),
                        }
                    }
                }
            };
            if let Err(error) = ended {
                // A body ended with an error.
                if error.is_user() {
                    reset.reset();
                }
                tracing::debug!(%error, "a connection broke");
            }
            drop(held);
        })
    }
}

/// Completes when the program is told to shut down, or once the sender is gone.
pub async fn end(told: &mut watch::Receiver<bool>) {
    let _ = told.wait_for(|ending| *ending).await;
}

/// The shutdown waits for everything that holds one, and its connection counts as open: a WebSocket outlives its request's
/// connection.
#[derive(Clone)]
pub struct ShutdownGuard {
    _held: mpsc::Sender<Infallible>,
    _place: Arc<ConcurrencyPermit>,
}

/// The router as a service for hyper's bodies. Once shutdown begins, each answer is the last on its connection.
/// `streams` is set to whether the last answer is a stream of events.
fn service(
    router: Router,
    ending: watch::Receiver<bool>,
    open: ShutdownGuard,
    streams: Arc<AtomicBool>,
) -> impl tower_service::Service<Request<Incoming>, Response = Response, Error = Infallible, Future: Send> + Clone {
    let asked = streams.clone();
    let router = router.layer(axum::middleware::map_response(move |mut response: Response| {
        let kind = response.headers().get(header::CONTENT_TYPE);
        let is_stream = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        streams.store(is_stream, Ordering::Relaxed);
        if *ending.borrow() && response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        std::future::ready(response)
    }));
    let router = router.layer(axum::middleware::map_request(move |request: Request| {
        asked.store(false, Ordering::Relaxed);
        std::future::ready(request)
    }));
    router.layer(Extension(open)).into_service()
}
