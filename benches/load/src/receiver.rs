//! The receiver of webhooks: reads requests up to their content length, answers 204, and counts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

const ANSWER: &[u8] = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";

pub struct Receiver {
    address: SocketAddr,
    count: Arc<AtomicUsize>,
    serving: JoinHandle<()>,
}

impl Receiver {
    pub async fn start() -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, count) = (listener.local_addr()?, Arc::<AtomicUsize>::default());
        let counted = count.clone();
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let counted = counted.clone();
                tokio::spawn(async move {
                    if serve(stream).await.is_ok() {
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                });
            }
        });
        Ok(Self {
            address,
            count,
            serving,
        })
    }

    /// The URL of one of its endpoints.
    pub fn url(&self, number: i64) -> String {
        format!("http://{}/{number}", self.address)
    }

    /// The number of messages received so far.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Relaxed)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    let mut bytes = Vec::with_capacity(2048);
    while !is_whole(&bytes) {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    stream.write_all(ANSWER).await
}

fn is_whole(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    bytes.len() >= end + 4 + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_whole_with_its_body() {
        let whole = b"POST / HTTP/1.1\r\nContent-Length: 4\r\n\r\nbody";
        for end in 0..whole.len() {
            assert!(!is_whole(&whole[..end]), "{end}");
        }
        assert!(is_whole(whole));
    }
}
