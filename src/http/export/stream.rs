//! A running export. Its own task reads it, one page ahead of the reader, so that it notices a reader who stops: the
//! export then ends and releases what it holds. A body that ends without an error is complete.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::mpsc;
use tokio::time::timeout;
use tracing::Instrument;

use crate::export::{self, ExportError, ExportFile};
use crate::http::access_check::AccessCheck;
use crate::http::permits::ConcurrencyPermit;
use crate::http::reset::ResetSwitch;
use crate::http::response::streamed;
use crate::http::{HttpState, listen};
use service::authentication::AuthError;
use telemetry::metrics::OpenGauge;

/// Maximum number of pieces waiting for the reader.
const AHEAD: usize = 1;

/// How long before the end of the shutdown period readers are told that nothing more comes.
const END_NOTICE: Duration = Duration::from_secs(1);

/// An export that has begun.
pub struct RunningExport {
    pub state: HttpState,
    pub document: ExportFile,
    pub access: AccessCheck,
    /// That of the connection, if there is one.
    pub reset: Option<ResetSwitch>,
    pub _seat: ConcurrencyPermit,
    pub _counted: OpenGauge,
}

enum StreamChunk {
    Rows(Vec<u8>),
    /// There are no more rows.
    End,
}

/// Why an export ends early.
#[derive(Debug, thiserror::Error)]
enum ExportAborted {
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
    /// Sends the first piece, and continues in a task of its own as fast as the body is read.
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
        streamed(pieces)
    }

    async fn run(mut self, pieces: mpsc::Sender<StreamChunk>, first: export::ExportChunk) {
        let start = Instant::now();
        let (mut told, limits) = (self.state.ending.clone(), self.state.options.exports.clone());
        let shutdown = self.state.options.timeouts.shutdown().saturating_sub(END_NOTICE);
        let ending = async {
            listen::ending(&mut told).await;
            tokio::time::sleep(shutdown).await;
        };
        let mut rows = 0;
        let ended = tokio::select! {
            ended = timeout(limits.whole(), self.pages(&pieces, first, &mut rows)) => ended.unwrap_or(Err(ExportAborted::Late)),
            () = ending => Err(ExportAborted::Ending),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        match ended {
            Ok(()) => tracing::info!(rows, milliseconds, "exported"),
            Err(ExportAborted::Failed(cause)) => tracing::error!(rows, milliseconds, %cause, "an export failed"),
            Err(cut) => {
                tracing::warn!(rows, milliseconds, cause = %cut, "an export was cut off");
                // A reader who takes nothing would not see the body's error, but the end of the program.
                let is_read = matches!(cut, ExportAborted::Gone | ExportAborted::Unauthenticated);
                if let (false, Some(reset)) = (is_read, &self.reset) {
                    reset.reset();
                }
            }
        }
    }

    async fn pages(
        &mut self,
        pieces: &mpsc::Sender<StreamChunk>,
        mut read: export::ExportChunk,
        rows: &mut u64,
    ) -> Result<(), ExportAborted> {
        loop {
            *rows += read.rows;
            self.send(pieces, StreamChunk::Rows(read.text)).await?;
            if !read.goes_on {
                return self.send(pieces, StreamChunk::End).await;
            }
            self.check().await?;
            read = self.document.next().await?;
            // Let tasks that wait for a processor run first.
            tokio::task::yield_now().await;
        }
    }

    async fn send(&self, pieces: &mpsc::Sender<StreamChunk>, piece: StreamChunk) -> Result<(), ExportAborted> {
        match timeout(self.state.options.exports.stall(), pieces.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ExportAborted::Gone),
            Err(_) => Err(ExportAborted::Stalled),
        }
    }

    /// Checks that the caller still has access, as for every request.
    async fn check(&mut self) -> Result<(), ExportAborted> {
        if !self.access.is_due() {
            return Ok(());
        }
        match self.access.recheck(&self.state.app).await {
            Ok(_) => Ok(()),
            Err(AuthError::Missing | AuthError::Invalid) => Err(ExportAborted::Unauthenticated),
            Err(AuthError::Store(cause)) => Err(ExportError::from(cause).into()),
        }
    }
}
