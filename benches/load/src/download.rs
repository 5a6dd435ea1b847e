//! Reads a chunked response to its very end, and discards it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

pub struct Download {
    pub lines: u64,
    pub bytes: u64,
    pub first_byte: Duration,
    pub took: Duration,
}

/// The parser's position in the body.
enum Place {
    /// In the line with the size of the next chunk: the number read so far.
    Size(u64),
    /// In a chunk: the number of bytes left.
    Chunk(u64),
    /// After a chunk.
    Behind,
    /// After the last chunk, which is empty.
    End,
}

/// Downloads a file. An incomplete response is a failure.
pub async fn download(address: SocketAddr, path: &str, token: &str) -> Result<Download, Failure> {
    let mut stream = TcpStream::connect(address).await?;
    let start = Instant::now();
    let request = format!("GET {path} HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {token}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(256 * 1024);
    let head = loop {
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let first_byte = start.elapsed();
    if !buffer.starts_with(b"HTTP/1.1 200 ") {
        return Err(String::from_utf8_lossy(&buffer).into());
    }
    buffer.drain(..head);
    let (mut place, mut lines, mut bytes) = (Place::Size(0), 0, 0);
    loop {
        place = walk(place, &buffer, &mut lines, &mut bytes)?;
        if matches!(place, Place::End) {
            break;
        }
        buffer.clear();
        if stream.read_buf(&mut buffer).await? == 0 {
            return Err(format!("the file was cut off after {lines} lines").into());
        }
    }
    let took = start.elapsed();
    Ok(Download {
        lines,
        bytes,
        first_byte,
        took,
    })
}

fn walk(mut place: Place, mut rest: &[u8], lines: &mut u64, bytes: &mut u64) -> Result<Place, Failure> {
    while !rest.is_empty() {
        place = match place {
            Place::Size(size) => {
                let digit = rest[0];
                rest = &rest[1..];
                match digit {
                    b'\r' => Place::Size(size),
                    b'\n' if size == 0 => Place::End,
                    b'\n' => Place::Chunk(size),
                    digit => {
                        let digit = char::from(digit).to_digit(16).ok_or("no size of a chunk")?;
                        Place::Size(size * 16 + u64::from(digit))
                    }
                }
            }
            Place::Chunk(left) => {
                let here = left.min(rest.len() as u64);
                let (chunk, behind) = rest.split_at(usize::try_from(here)?);
                *lines += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
                *bytes += here;
                rest = behind;
                if left == here {
                    Place::Behind
                } else {
                    Place::Chunk(left - here)
                }
            }
            Place::Behind => {
                let is_end = rest[0] == b'\n';
                rest = &rest[1..];
                if is_end { Place::Size(0) } else { Place::Behind }
            }
            // The empty line after the last chunk.
            Place::End => return Ok(Place::End),
        };
    }
    Ok(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_read_however_they_are_cut() {
        let body = b"5\r\na\nb\nc\r\n10\r\n0123456789abcde\n\r\n0\r\n\r\n";
        for cut in 1..body.len() - 3 {
            let (mut lines, mut bytes) = (0, 0);
            let place = walk(Place::Size(0), &body[..cut], &mut lines, &mut bytes).unwrap();
            assert!(!matches!(place, Place::End));
            let place = walk(place, &body[cut..], &mut lines, &mut bytes).unwrap();
            assert!(matches!(place, Place::End), "{cut}");
            assert_eq!((lines, bytes), (3, 21));
        }
    }
}
