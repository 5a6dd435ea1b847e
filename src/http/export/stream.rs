//! A running export. Its own task reads it, one page ahead of the reader, so that it notices a reader who stops: the
//! export then ends and releases what it holds. A body that ends without an error is complete.

use std::io;
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use futures::stream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;
use tracing::Instrument;

use super::floor::{BytesTaken, SpeedFloor, TooSlow};
use super::seat::Seat;
use crate::export::{self, ExportError, ExportFile};
use crate::http::access_check::AccessCheck;
use crate::http::reset::ResetSwitch;
use crate::http::response::streamed;
use crate::http::{HttpState, listen};
use domain::id::TenantId;
use service::authentication::AuthError;
use telemetry::metrics::OpenGauge;

/// Maximum number of pieces waiting for the reader.
const AHEAD: usize = 1;

/// The most that is handed to the connection at once.
const PIECE_BYTES: usize = 16 * 1024;

/// How long before the end of the shutdown period readers are told that nothing more comes.
const END_NOTICE: Duration = Duration::from_secs(1);

/// An export that has begun.
pub struct RunningExport {
    pub state: HttpState,
    pub tenant: TenantId,
    pub document: ExportFile,
    pub access: AccessCheck,
    /// That of the connection, if there is one.
    pub reset: Option<ResetSwitch>,
    pub _seat: Seat,
    pub _counted: OpenGauge,
}

/// The reader, as the task sees it.
struct ToReader {
    pieces: mpsc::Sender<StreamChunk>,
    floor: SpeedFloor,
}

/// The body: pieces small enough to see how fast they are read.
struct ExportReader {
    pieces: mpsc::Receiver<StreamChunk>,
    /// What is left of the present piece.
    piece: Bytes,
    taken: BytesTaken,
    /// Why the export was cut off, as the last text of the body.
    told: oneshot::Receiver<String>,
    is_cut: bool,
    /// How long a reader has for that text before the connection breaks.
    notice_for: Duration,
}

impl ExportReader {
    /// `None`: the export is complete.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        if self.is_cut {
            // Whoever reads slowly needs time for what the connection holds.
            tokio::time::sleep(self.notice_for).await;
            return Some(Err(cut_off()));
        }
        if let Ok(why) = self.told.try_recv() {
            self.is_cut = true;
            return Some(Ok(Bytes::from(why)));
        }
        if self.piece.is_empty() {
            match self.pieces.recv().await {
                Some(StreamChunk::Rows(text)) => self.piece = Bytes::from(text),
                Some(StreamChunk::End) => return None,
                None => return Some(Err(cut_off())),
            }
        }
        let piece = self.piece.split_to(self.piece.len().min(PIECE_BYTES));
        self.taken.add(piece.len());
        Some(Ok(piece))
    }
}

fn cut_off() -> io::Error {
    io::Error::other("the export was cut off")
}

enum StreamChunk {
    Rows(Vec<u8>),
    /// There are no more rows.
    End,
}

/// Why an export ends early.
#[derive(Debug, thiserror::Error)]
enum ExportAborted {
    #[error("the client has gone")]
    Gone,
    #[error("it was read at less than {0} bytes a second for {1} seconds")]
    TooSlow(u64, u64),
    #[error("it took too long overall")]
    Late,
    #[error("the gateway is shutting down")]
    Ending,
    #[error("the token is no longer valid")]
    Unauthenticated,
    #[error(transparent)]
    Failed(#[from] ExportError),
}

impl RunningExport {
    /// Sends the first piece, and continues in a task of its own as fast as the body is read.
    pub fn body(self, first: export::ExportChunk) -> Body {
        let (pieces, waiting) = mpsc::channel(AHEAD);
        let (tell, told) = oneshot::channel();
        let reader = ExportReader {
            pieces: waiting,
            piece: Bytes::new(),
            taken: BytesTaken::default(),
            told,
            is_cut: false,
            notice_for: self.state.options.exports.floor_window(),
        };
        let floor = SpeedFloor::new(&self.state.options.exports, reader.taken.clone());
        let turns = self.state.turns_of(self.tenant);
        let to_reader = ToReader { pieces, floor };
        tokio::spawn(turns.take(self.run(to_reader, first, tell)).in_current_span());
        let pieces = stream::unfold(Some(reader), |reader| async {
            let mut reader = reader?;
            match reader.next().await? {
                Ok(piece) => Some((Ok(piece), Some(reader))),
                Err(error) => Some((Err(error), None)),
            }
        });
        streamed(pieces)
    }

    async fn run(mut self, mut reader: ToReader, first: export::ExportChunk, tell: oneshot::Sender<String>) {
        let start = Instant::now();
        let (mut told, limits) = (self.state.ending.clone(), self.state.options.exports.clone());
        let shutdown = self.state.options.timeouts.shutdown().saturating_sub(END_NOTICE);
        let ending = async {
            listen::ending(&mut told).await;
            tokio::time::sleep(shutdown).await;
        };
        let mut rows = 0;
        let ended = tokio::select! {
            ended = timeout(limits.whole(), self.pages(&mut reader, first, &mut rows)) => ended.unwrap_or(Err(ExportAborted::Late)),
            () = ending => Err(ExportAborted::Ending),
        };
        let milliseconds = start.elapsed().as_secs_f64() * 1e3;
        match ended {
            Ok(()) => tracing::info!(rows, milliseconds, "exported"),
            Err(ExportAborted::Failed(cause)) => tracing::error!(rows, milliseconds, %cause, "an export failed"),
            Err(cut) => {
                tracing::warn!(rows, milliseconds, cause = %cut, "an export was cut off");
                let Self {
                    state,
                    document,
                    reset,
                    _seat: seat,
                    _counted: counted,
                    ..
                } = self;
                // The connection to the database goes with its place.
                drop((document, seat, counted));
                if let ExportAborted::TooSlow(..) = cut {
                    // Nobody is told who has gone meanwhile.
                    let _ = tell.send(format!("\n\nthe export was cut off: {cut}\n"));
                    // Twice what the reader has for it, since that begins when the connection has room for it.
                    tokio::time::sleep(state.options.exports.floor_window() * 2).await;
                }
                // A reader who takes nothing would not see the body's error, but the end of the program.
                let is_read = matches!(cut, ExportAborted::Gone | ExportAborted::Unauthenticated);
                if let (false, Some(reset)) = (is_read, &reset) {
                    reset.reset();
                }
            }
        }
    }

    async fn pages(
        &mut self,
        reader: &mut ToReader,
        mut read: export::ExportChunk,
        rows: &mut u64,
    ) -> Result<(), ExportAborted> {
        loop {
            *rows += read.rows;
            self.send(reader, StreamChunk::Rows(read.text)).await?;
            if !read.goes_on {
                return self.send(reader, StreamChunk::End).await;
            }
            self.check().await?;
            read = self.document.next().await?;
            // Let tasks that wait for a processor run first.
            tokio::task::yield_now().await;
        }
    }

    async fn send(&self, reader: &mut ToReader, piece: StreamChunk) -> Result<(), ExportAborted> {
        let limits = &self.state.options.exports;
        match reader.floor.wait(reader.pieces.send(piece)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(ExportAborted::Gone),
            Err(TooSlow) => Err(ExportAborted::TooSlow(
                limits.floor_bytes_per_second,
                limits.floor_seconds,
            )),
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
