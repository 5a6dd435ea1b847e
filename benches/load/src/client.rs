//! An HTTP/1.1 client with persistent connections: it sends prebuilt bytes and reads no further than the response's
//! length, because it shares the processors with what it measures.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// Digits that are replaced in each request, so that it records something new.
pub const HOLE: &str = "0000000000000000";
/// The text before a hole.
pub const HOLE_MARK: &str = "bench-";

/// The bytes of a request, with the positions of its holes.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
    holes: Vec<usize>,
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self::of(format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n"))
    }

    pub fn post(path: &str, token: Option<&str>, body: &Value) -> Self {
        let body = body.to_string();
        let token = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
        Self::of(format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\n{token}accept: application/json\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn of(text: String) -> Self {
        let mark = format!("{HOLE_MARK}{HOLE}");
        let holes = text.match_indices(&mark).map(|(at, _)| at + HOLE_MARK.len());
        Self {
            holes: holes.collect(),
            bytes: text.into_bytes(),
        }
    }

    /// Writes the request into `buffer`, its holes filled with numbers that no other request has.
    fn write_to(&self, buffer: &mut Vec<u8>, numbers: &AtomicU64) {
        buffer.clear();
        buffer.extend_from_slice(&self.bytes);
        for hole in &self.holes {
            let mut number = numbers.fetch_add(1, Ordering::Relaxed);
            for digit in buffer[*hole..*hole + HOLE.len()].iter_mut().rev() {
                *digit = b'0' + (number % 10) as u8;
                number /= 10;
            }
        }
    }
}

/// A persistent connection.
pub struct Connection {
    stream: TcpStream,
    sent: Vec<u8>,
    received: Vec<u8>,
}

/// A response, in the connection's buffer.
pub struct Answer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            sent: Vec::with_capacity(4096),
            received: Vec::with_capacity(64 * 1024),
        })
    }

    pub async fn ask(&mut self, request: &Request, numbers: &AtomicU64) -> Result<Answer<'_>, Failure> {
        request.write_to(&mut self.sent, numbers);
        self.stream.write_all(&self.sent).await?;
        self.received.clear();
        let (status, body, end) = loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(head) = Head::read(&self.received)? {
                break (head.status, head.length, head.length + head.body);
            }
        };
        while self.received.len() < end {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err("the server closed the connection within an answer".into());
            }
        }
        let body = &self.received[body..end];
        Ok(Answer { status, body })
    }

    /// The response as JSON; a failure if its status is not 200.
    pub async fn ask_json(&mut self, request: &Request, numbers: &AtomicU64) -> Result<Value, Failure> {
        let answer = self.ask(request, numbers).await?;
        if answer.status != 200 {
            return Err(format!("{}: {}", answer.status, String::from_utf8_lossy(answer.body)).into());
        }
        Ok(serde_json::from_slice(answer.body)?)
    }
}

struct Head {
    status: u16,
    /// Length of the head itself, with the empty line.
    length: usize,
    /// Length of the body.
    body: usize,
}

impl Head {
    /// `None`: the head is not complete.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        const LENGTH: &[u8] = b"content-length:";
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            return Ok(None);
        };
        let mut lines = bytes[..end].split(|byte| *byte == b'\n');
        let first = lines.next().and_then(|line| line.get(9..12)).ok_or("no status")?;
        let length = lines
            .find(|line| line.len() > LENGTH.len() && line[..LENGTH.len()].eq_ignore_ascii_case(LENGTH))
            .ok_or("an answer without content-length")?;
        Ok(Some(Self {
            status: std::str::from_utf8(first)?.parse()?,
            length: end + 4,
            body: std::str::from_utf8(&length[LENGTH.len()..])?.trim().parse()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn holes_are_filled_with_numbers_of_their_own() {
        let input = json!([{ "id": format!("{HOLE_MARK}{HOLE}") }, { "id": format!("{HOLE_MARK}{HOLE}") }]);
        let request = Request::post("/", None, &input);
        let (mut buffer, numbers) = (Vec::new(), AtomicU64::new(41));
        request.write_to(&mut buffer, &numbers);
        let text = String::from_utf8(buffer).unwrap();
        assert!(text.ends_with(r#"[{"id":"bench-0000000000000041"},{"id":"bench-0000000000000042"}]"#));
        assert_eq!(numbers.into_inner(), 43);
    }

    #[test]
    fn heads_are_read_when_they_are_all_there() {
        let whole = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nx: y\r\n\r\nbody";
        for end in 0..whole.len() - 4 {
            assert!(Head::read(&whole[..end]).unwrap().is_none(), "{end}");
        }
        let head = Head::read(whole).unwrap().unwrap();
        assert_eq!((head.status, head.length, head.body), (200, whole.len() - 4, 12));
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
    }
}
