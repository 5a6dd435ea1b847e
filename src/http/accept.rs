//! Accepts connections on a thread of its own and answers health checks there, so that they do not wait for requests
//! that keep all other threads busy.
//!
//! That thread also checks the database periodically, so that readiness checks need not wait for the database. All
//! other connections are handed to the threads that run operations. Supervisors may have an address of their own
//! (`health_listen`), which this thread serves, too, for as long as the program runs.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};

use super::StartError;
use super::connection::{ConnectionContext, TrackedConnection, end};
use super::connections::ConnectionLimit;
use super::health::Readiness;

/// How long to wait before the next attempt when the system has no more files or memory for connections.
const PAUSE: Duration = Duration::from_millis(100);

/// How long to wait before looking again whether the last connections have been handed over.
const HANDOVER_INTERVAL: Duration = Duration::from_millis(5);

/// How long a connection beyond the limits may take to show that it is a health check, and to take the answer if not.
const HEALTH_PATIENCE: Duration = Duration::from_secs(1);

/// When clients that are refused may try again.
const RETRY_AFTER_SECONDS: u64 = 5;

/// How much is read of a request that is refused with its connection.
const MAX_DISCARDED_BYTES: u64 = 64 * 1024;

/// How the requests begin that are answered on this thread.
const HEALTH_REQUESTS: [&[u8]; 2] = [b"GET /healthz ", b"GET /readyz "];
const MAX_START_BYTES: usize = 13;

/// Starts accepting connections; stops when the program is told to shut down.
pub fn open(
    listener: std::net::TcpListener,
    health: Option<(std::net::TcpListener, Router)>,
    connections: ConnectionContext,
    readiness: Arc<Readiness>,
) -> Result<(), StartError> {
    let inside = Handle::current();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let door = move || {
        runtime.block_on(async {
            readiness.look().await;
            let watching = tokio::spawn(async move { readiness.watch().await });
            let health = health.map(|(listener, router)| tokio::spawn(serve_health(listener, router)));
            let connections = Arc::new(connections);
            match TcpListener::from_std(listener) {
                Ok(listener) => accept(listener, &connections, &inside).await,
                Err(error) => tracing::error!(%error, "cannot listen"),
            }
            // Every connection that is still served on this thread holds a clone.
            while Arc::strong_count(&connections) > 1 {
                tokio::time::sleep(HANDOVER_INTERVAL).await;
            }
            drop(connections);
            // Supervisors ask until the program has ended.
            if let Some(health) = health {
                let _ = health.await;
            }
            watching.abort();
        });
    };
    std::thread::Builder::new().name("door".to_owned()).spawn(door)?;
    Ok(())
}

/// Answers health checks at their own address.
async fn serve_health(listener: std::net::TcpListener, router: Router) {
    let serving = async { axum::serve(TcpListener::from_std(listener)?, router).await };
    if let Err(error) = serving.await {
        tracing::error!(%error, "the health listener has stopped");
    }
}

async fn accept(listener: TcpListener, connections: &Arc<ConnectionContext>, inside: &Handle) {
    let mut told = connections.ending.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = end(&mut told) => break,
        };
        match accepted {
            Ok((stream, peer)) => match connections.limits.enter(peer.ip()) {
                Ok(place) => {
                    let held = connections.hold(place);
                    tokio::spawn(admit(stream, connections.clone(), held, inside.clone()));
                }
                Err(limit) => {
                    let looking = admit_health_check(stream, connections.clone(), (limit, peer.ip()));
                    let looking = tokio::spawn(looking).abort_handle();
                    if connections.limits.keep_looking(looking) {
                        connections.limits.note_refused(limit, peer.ip());
                    }
                }
            },
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Connections that the system has already accepted must not be refused. Does not wait for more.
    let Ok(listener) = listener.into_std() else {
        return;
    };
    while let Ok((stream, peer)) = listener.accept() {
        let Ok(place) = connections.limits.enter(peer.ip()) else {
            continue;
        };
        match stream.set_nonblocking(true) {
            Ok(()) => send_in(stream, connections.clone(), connections.hold(place), inside),
            Err(error) => tracing::warn!(%error, "cannot accept a connection"),
        }
    }
}

/// Serves the connection on this thread, or hands it over to the others.
async fn admit(stream: TcpStream, connections: Arc<ConnectionContext>, held: TrackedConnection, inside: Handle) {
    let mut told = connections.ending.clone();
    let is_answered_here = tokio::select! {
        here = is_answered_here(&stream) => here,
        () = end(&mut told) => Ok(false),
        // A client that sends nothing is not waited for.
        () = tokio::time::sleep(connections.header_patience) => return,
    };
    match is_answered_here {
        Ok(true) => {
            let _ = connections.serve(stream, held, false).await;
        }
        Ok(false) => match stream.into_std() {
            Ok(stream) => send_in(stream, connections, held, &inside),
            Err(error) => tracing::warn!(%error, "cannot serve a connection"),
        },
        // The client has disconnected.
        Err(error) => tracing::debug!(%error, "a connection broke"),
    }
}

/// Answers a health check although there are as many connections as may be; all others are told so.
async fn admit_health_check(
    mut stream: TcpStream,
    connections: Arc<ConnectionContext>,
    (limit, from): (ConnectionLimit, IpAddr),
) {
    let is_health_check = tokio::time::timeout(HEALTH_PATIENCE, is_answered_here(&stream)).await;
    if let Ok(Ok(true)) = is_health_check
        && let Some(place) = connections.limits.beyond()
    {
        let _ = connections.serve(stream, connections.hold(place), false).await;
        return;
    }
    connections.limits.note_refused(limit, from);
    if let Ok(Ok(false)) = is_health_check {
        let body = format!("{}\n", limit.message());
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: {}\r\n\
             retry-after: {RETRY_AFTER_SECONDS}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        let telling = async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await?;
            // Closing it while something is unread would discard the answer.
            tokio::io::copy(&mut (&mut stream).take(MAX_DISCARDED_BYTES), &mut tokio::io::sink()).await
        };
        let _ = tokio::time::timeout(HEALTH_PATIENCE, telling).await;
    }
}

fn send_in(stream: std::net::TcpStream, connections: Arc<ConnectionContext>, held: TrackedConnection, inside: &Handle) {
    inside.spawn(async move {
        match TcpStream::from_std(stream) {
            Ok(stream) => drop(connections.serve(stream, held, true)),
            Err(error) => tracing::warn!(%error, "cannot serve a connection"),
        }
    });
}

/// Looks at the first bytes without consuming them, once: health checks are short, and come in one piece. One that comes
/// in several is answered by the other threads.
async fn is_answered_here(stream: &TcpStream) -> io::Result<bool> {
    let mut bytes = [0; MAX_START_BYTES];
    let length = stream.peek(&mut bytes).await?;
    match &bytes[..length] {
        [] => Err(io::ErrorKind::UnexpectedEof.into()),
        start => Ok(HEALTH_REQUESTS.iter().any(|here| start.starts_with(here))),
    }
}
