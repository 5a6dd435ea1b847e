//! An export on its way. It is read by a task of its own, a page ahead of the reader, so that a reader who stops is noticed:
//! then it ends, and gives back what it holds. A body that ends without an error is whole.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::Instrument;

use crate::export::{self, ExportError, ExportFile};
use crate::http::seats::Seat;
use crate::http::{HttpState, listen};
use service::authentication::{AuthError, authenticate_listener};
use telemetry::metrics::OpenGauge;

/// Pieces that wait for the reader.
const AHEAD: usize = 1;

/// The end of the program leaves so much time for telling readers that nothing more comes.
const FAREWELL: Duration = Duration::from_secs(1);

/// An export that has begun.
pub struct RunningExport {
    pub front: HttpState,
    pub document: ExportFile,
    /// What the caller showed, as an Authorization header has it.
    pub authorization: String,
    /// When the caller's right was looked at.
    pub checked: Instant,
    pub _seat: Seat,
    pub _counted: OpenGauge,
}

enum StreamChunk {
    Rows(Vec<u8>),
    /// There are no more.
    End,
}

/// Why an export ends before its end.
#[derive(Debug, thiserror::Error)]
enum Cut {
    #[error("nobody reads any more")]
    Gone,
    #[error("the reader took too long over a piece")]
    Stalled,
    #[error("it took too long in all")]
    Late,
    #[error("the program ends")]
    Ending,
    #[error("the token is no longer good")]
    Unauthenticated,
    #[error(transparent)]
    Failed(#[from] ExportError),
}

impl RunningExport {
    /// Goes on by itself as far as the body is read, after the first piece.
    pub fn body(self, first: export::ExportChunk) -> Body {
        let (pieces, taken) = mpsc::channel(AHEAD);
        tokio::spawn(self.run(pieces, first).in_current_span());
        let pieces = stream::unfold(Some(taken), |taken| async {
            let mut taken: mpsc::Receiver<StreamChunk> = taken?;
            match taken.recv().await {
                Some(StreamChunk::Rows(text)) => Some((Ok(Bytes::from(text)), Some(taken))),
                Some(StreamChunk::End) => None,
                None => Some((Err(io::Error::other("the export was cut off")), None)),
            }
        });
        Body::from_stream(pieces)
    }

    async fn run(mut self, pieces: mpsc::Sender<StreamChunk>, first: export::ExportChunk) {
        let start = Instant::now();
        let (mut told, limits) = (self.front.ending.clone(), self.front.options.exports.clone());
        let patience = self.front.options.timeouts.shutdown().saturating_sub(FAREWELL);
        let ending = async {
            listen::ending(&mut told).await;
            tokio::time::sleep(patience).await;
        };
        let mut rows = 0;
        let ended = tokio::select! {
            ended = timeout(limits.whole(), self.pages(&pieces, first, &mut rows)) => ended.unwrap_or(Err(Cut::Late)),
            () = ending => Err(Cut::Ending),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        match ended {
            Ok(()) => tracing::info!(rows, milliseconds, "exported"),
            Err(Cut::Failed(cause)) => tracing::error!(rows, milliseconds, %cause, "an export failed"),
            Err(cut) => tracing::warn!(rows, milliseconds, cause = %cut, "an export was cut off"),
        }
    }

    async fn pages(
        &mut self,
        pieces: &mpsc::Sender<StreamChunk>,
        mut read: export::ExportChunk,
        rows: &mut u64,
    ) -> Result<(), Cut> {
        loop {
            *rows += read.rows;
            self.send(pieces, StreamChunk::Rows(read.text)).await?;
            if !read.goes_on {
                return self.send(pieces, StreamChunk::End).await;
            }
            self.check().await?;
            read = self.document.next().await?;
            // Whoever waits for a processor goes first.
            tokio::task::yield_now().await;
        }
    }

    async fn send(&self, pieces: &mpsc::Sender<StreamChunk>, piece: StreamChunk) -> Result<(), Cut> {
        match timeout(self.front.options.exports.stall(), pieces.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(Cut::Gone),
            Err(_) => Err(Cut::Stalled),
        }
    }

    /// Whether the caller may still ask, as every request is asked.
    async fn check(&mut self) -> Result<(), Cut> {
        if self.checked.elapsed() <= listen::CONFIDENCE {
            return Ok(());
        }
        let now = Instant::now();
        let since = now.checked_sub(listen::CONFIDENCE).unwrap_or(now);
        match authenticate_listener(&self.front.app, &self.authorization, since).await {
            Ok(_) => {
                self.checked = now;
                Ok(())
            }
            Err(AuthError::Missing | AuthError::Invalid) => Err(Cut::Unauthenticated),
            Err(AuthError::Store(cause)) => Err(ExportError::from(cause).into()),
        }
    }
}
