//! Connections whose last answer is cut off are reset instead of closed: over HTTP/1.0, the end of the connection is the
//! end of the answer, and only a reset tells its reader that something is missing.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// A stream that is reset when it is dropped, if its [`ResetSwitch`] says so.
pub struct ResettableStream {
    stream: TcpStream,
    switch: ResetSwitch,
}

/// Decides how a connection ends. A request finds that of its connection among its extensions.
#[derive(Clone, Default)]
pub struct ResetSwitch(Arc<Switch>);

#[derive(Default)]
struct Switch {
    resets: AtomicBool,
    told: Notify,
}

impl ResetSwitch {
    /// Ends the connection now, whether or not its reader takes what was sent.
    pub fn reset(&self) {
        self.0.resets.store(true, Ordering::Relaxed);
        self.0.told.notify_one();
    }

    /// Completes once the connection is to be reset.
    pub async fn told(&self) {
        self.0.told.notified().await;
    }
}

impl ResettableStream {
    pub fn new(stream: TcpStream, switch: ResetSwitch) -> Self {
        Self { stream, switch }
    }
}

impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.switch.0.resets.load(Ordering::Relaxed) {
            // If this fails, so does the connection.
            let _ = self.stream.set_zero_linger();
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, into)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
