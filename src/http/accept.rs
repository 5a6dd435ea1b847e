//! The door: accepts connections on a thread of its own, and answers there whoever asks how the program is. Requests that
//! keep all other threads busy do not keep that answer waiting.
//!
//! Whether the database can serve is looked at there, too, again and again, so that the answer needs no waiting for it. All
//! other connections go on to the threads that run operations.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle};

use super::StartError;
use super::health::Readiness;
use super::serve::{ConnectionContext, TrackedConnection, end};

/// Where the system has no more files or memory for connections, the next attempt waits so long.
const PAUSE: Duration = Duration::from_millis(100);

/// How long it takes until more of a request's first bytes are looked for.
const BLINK: Duration = Duration::from_millis(5);

/// How requests begin that are answered here.
const HERE: [&[u8]; 2] = [b"GET /healthz ", b"GET /readyz "];
const LONGEST: usize = 13;

/// Opens it. It is shut when the program is told to end.
pub fn open(
    listener: std::net::TcpListener,
    connections: ConnectionContext,
    readiness: Arc<Readiness>,
) -> Result<(), StartError> {
    let inside = Handle::current();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let door = move || {
        runtime.block_on(async {
            readiness.look().await;
            let watching = tokio::spawn(async move { readiness.watch().await });
            let connections = Arc::new(connections);
            match TcpListener::from_std(listener) {
                Ok(listener) => accept(listener, &connections, &inside).await,
                Err(error) => tracing::error!(%error, "cannot listen"),
            }
            // Whoever is still answered here holds a part of it.
            while Arc::strong_count(&connections) > 1 {
                tokio::time::sleep(BLINK).await;
            }
            watching.abort();
        });
    };
    std::thread::Builder::new().name("door".to_owned()).spawn(door)?;
    Ok(())
}

async fn accept(listener: TcpListener, connections: &Arc<ConnectionContext>, inside: &Handle) {
    let mut told = connections.ending.clone();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = end(&mut told) => break,
        };
        match accepted {
            Ok((stream, _)) => {
                tokio::spawn(admit(stream, connections.clone(), connections.hold(), inside.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    // Whom the system has let in already must not find the door shut. Does not wait for more.
    let Ok(listener) = listener.into_std() else {
        return;
    };
    while let Ok((stream, _)) = listener.accept() {
        match stream.set_nonblocking(true) {
            Ok(()) => send_in(stream, connections.clone(), connections.hold(), inside),
            Err(error) => tracing::warn!(%error, "cannot accept a connection"),
        }
    }
}

/// Answers here, or sends the connection in.
async fn admit(stream: TcpStream, connections: Arc<ConnectionContext>, held: TrackedConnection, inside: Handle) {
    let mut told = connections.ending.clone();
    let is_answered_here = tokio::select! {
        here = is_answered_here(&stream) => here,
        () = end(&mut told) => Ok(false),
        // Nobody who says nothing is waited for.
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
        // It has gone.
        Err(error) => tracing::debug!(%error, "a connection broke"),
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

/// Looks at the first bytes without taking them.
async fn is_answered_here(stream: &TcpStream) -> io::Result<bool> {
    let mut bytes = [0; LONGEST];
    loop {
        let length = stream.peek(&mut bytes).await?;
        let start = &bytes[..length];
        if start.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if HERE.iter().any(|here| start.starts_with(here)) {
            return Ok(true);
        }
        if !HERE.iter().any(|here| here.starts_with(start)) {
            return Ok(false);
        }
        // What is there already would be told again at once.
        tokio::time::sleep(BLINK).await;
    }
}
