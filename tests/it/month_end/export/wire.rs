//! Exports and other answers that come in pieces, as they arrive over a connection: with every version of HTTP, every
//! encoding and every method.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

use super::{broken, seeded};
use crate::support::both_databases;
use crate::support::program::Program;

const PATIENCE: Duration = Duration::from_secs(30);

/// What came before the connection ended, and how it ended.
struct Heard {
    head: String,
    body: Vec<u8>,
    ended: Result<(), ErrorKind>,
}

impl Heard {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The text, if it came whole: the end of its chunks, or of the connection, and that of its compression.
    fn text(&self) -> Option<String> {
        let is_chunked = self.header("transfer-encoding") == Some("chunked");
        let bytes = match is_chunked {
            true => unchunked(&self.body)?,
            false => self.ended.is_ok().then(|| self.body.clone())?,
        };
        let mut text = String::new();
        match self.header("content-encoding") {
            None => text = String::from_utf8(bytes).unwrap(),
            Some("gzip") => drop(GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?),
            Some(other) => panic!("{other}"),
        }
        Some(text)
    }
}

/// The data of chunks, if the last one, which is empty, is there.
fn unchunked(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut data = Vec::new();
    loop {
        let end = rest.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        rest = &rest[end + 2..];
        if length == 0 {
            return (rest == b"\r\n").then_some(data);
        }
        data.extend_from_slice(rest.get(..length)?);
        rest = rest.get(length + 2..)?;
    }
}

fn split(bytes: &[u8], ended: Result<(), ErrorKind>) -> Heard {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    let end = end.unwrap_or_else(|| panic!("no head: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    Heard {
        head: head.to_ascii_lowercase(),
        body: bytes[end + 4..].to_vec(),
        ended,
    }
}

fn request(program: &Program, line: &str, version: &str, headers: &str) -> String {
    format!(
        "{line} HTTP/{version}\r\nhost: {}\r\nauthorization: Bearer {}\r\nconnection: close\r\n{headers}\r\n",
        program.address, program.token
    )
}

/// Everything that is sent for a request.
fn hear(program: &Program, line: &str, version: &str, headers: &str, body: &str) -> Heard {
    let mut stream = TcpStream::connect(program.address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let request = request(program, line, version, headers);
    stream.write_all(request.as_bytes()).unwrap();
    stream.write_all(body.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    let ended = stream.read_to_end(&mut bytes);
    split(&bytes, ended.map(drop).map_err(|error| error.kind()))
}

/// What an answer said before it said what it cost, which depends on the requests before it.
fn without_cost(text: &str) -> &str {
    text.split(",\"extensions\"").next().unwrap()
}

/// The encodings that clients ask for.
const ENCODINGS: [&str; 6] = [
    "",
    "accept-encoding: gzip\r\n",
    "accept-encoding: deflate, gzip;q=1.0, *;q=0.5\r\n",
    "accept-encoding: br, zstd, deflate\r\n",
    "accept-encoding: identity\r\n",
    "accept-encoding: gzip;q=0\r\n",
];

/// A client that asks by HTTP/1.0 and reads nothing until it is told to.
async fn stalled(program: &Program) -> tokio::net::TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let SocketAddr::V4(_) = program.address else {
        panic!("an address of IPv4")
    };
    let mut stream = socket.connect(program.address).await.unwrap();
    let request = request(program, "GET /export/commissions?format=jsonl", "1.0", "");
    stream.write_all(request.as_bytes()).await.unwrap();
    // It has begun.
    let mut first = [0; 15];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.0 200 OK");
    stream
}

async fn how_it_ends(mut stream: tokio::net::TcpStream) -> Result<(), ErrorKind> {
    let mut rest = Vec::new();
    let rest = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut rest));
    rest.await.expect("an end").map(drop).map_err(|error| error.kind())
}

#[apply(both_databases)]
async fn every_body_comes_whole_in_every_encoding(app: TestApp) {
    let tenant = seeded(&app, "acme", 600).await;
    let logged = tempfile::NamedTempFile::new().unwrap();
    let settings = "[throttle]\nmaximum = 10000000";
    let log = logged.reopen().unwrap();
    let program = Program::launch(&app, settings, "127.0.0.1:0", &["--log", "error"], log);
    let stream = json!({ "query": "{ partners(first: 50) { nodes { id name email } } }" }).to_string();
    let posted = |accept: &str| {
        format!(
            "content-type: application/json\r\naccept: {accept}\r\ncontent-length: {}\r\n",
            stream.len()
        )
    };
    for (line, headers, body) in [
        ("GET /export/commissions", String::new(), ""),
        ("GET /export/partners?format=jsonl", String::new(), ""),
        ("POST /graphql", posted("application/json"), stream.as_str()),
        ("POST /graphql", posted("text/event-stream"), stream.as_str()),
    ] {
        let plain = hear(&program, line, "1.1", &headers, body)
            .text()
            .expect("a whole body");
        assert!(plain.len() > 1024, "{plain}");
        for encoding in ENCODINGS {
            for version in ["1.0", "1.1"] {
                let heard = hear(&program, line, version, &format!("{headers}{encoding}"), body);
                let what = format!("{line} {version} {encoding:?}: {}", heard.head);
                assert!(heard.head.starts_with(&format!("http/{version} 200 ok")), "{what}");
                assert_eq!(heard.ended, Ok(()), "{what}");
                assert_eq!(
                    heard.text().as_deref().map(without_cost),
                    Some(without_cost(&plain)),
                    "{what}"
                );
                let is_compressed =
                    encoding.contains("gzip") && !encoding.contains("q=0\r") && !headers.contains("event-stream");
                assert_eq!(heard.header("content-encoding").is_some(), is_compressed, "{what}");
            }
        }
    }
    let logged = std::fs::read_to_string(logged.path()).unwrap();
    assert!(logged.is_empty(), "{logged}");
    drop(tenant);
}

#[apply(both_databases)]
async fn head_gets_the_head_and_costs_and_writes_nothing(app: TestApp) {
    let tenant = seeded(&app, "acme", 600).await;
    let staff = app.staff(&tenant, "admin");
    // Enough for a few looks, and for no export.
    let program = Program::start(&app, "[throttle]\nmaximum = 100\nrestore_per_second = 1");
    let count = "{ auditLog(filter: { operation: \"export commissions\" }) { totalCount } }";
    for version in ["1.0", "1.1"] {
        for (encoding, compressed) in [("", None), ("accept-encoding: gzip\r\n", Some("gzip"))] {
            let heard = hear(&program, "HEAD /export/commissions", version, encoding, "");
            assert!(
                heard.head.starts_with(&format!("http/{version} 200 ok")),
                "{}",
                heard.head
            );
            assert_eq!((heard.ended, heard.body.len()), (Ok(()), 0));
            assert_eq!(heard.header("content-length"), None, "{}", heard.head);
            assert_eq!(heard.header("content-encoding"), compressed, "{}", heard.head);
            assert_eq!(
                heard.header("content-type"),
                Some("text/csv; charset=utf-8; header=present")
            );
            assert!(heard.header("content-disposition").is_some());
        }
    }
    assert_eq!(staff.data(count).await["auditLog"]["totalCount"], 0);
    let wrong = hear(&program, "HEAD /export/commissions?nonsense=1", "1.1", "", "");
    assert!(wrong.head.starts_with("http/1.1 400 "), "{}", wrong.head);
    let costly = hear(&program, "GET /export/commissions", "1.1", "", "");
    assert!(costly.head.starts_with("http/1.1 429 "), "{}", costly.head);
}

#[apply(both_databases)]
async fn what_fails_in_the_middle_has_no_clean_end(app: TestApp) {
    broken(&app).await;
    let program = Program::start(&app, "");
    for version in ["1.0", "1.1"] {
        for encoding in ["", "accept-encoding: gzip\r\n"] {
            let heard = hear(&program, "GET /export/partners", version, encoding, "");
            assert!(
                heard.head.starts_with(&format!("http/{version} 200 ok")),
                "{}",
                heard.head
            );
            assert_eq!(heard.text(), None, "{version} {encoding}");
            assert_eq!(heard.ended, Err(ErrorKind::ConnectionReset), "{version} {encoding}");
        }
    }
}

#[apply(both_databases)]
async fn who_stops_reading_by_http_1_0_sees_that_something_is_missing(app: TestApp) {
    seeded(&app, "acme", 12_000).await;
    let program = Program::start(
        &app,
        "[throttle]\nmaximum = 100000000\n[exports]\nfloor_seconds = 1\nper_tenant = 1",
    );
    let reader = stalled(&program).await;
    let start = Instant::now();
    while !hear(&program, "GET /export/partners", "1.1", "", "")
        .head
        .starts_with("http/1.1 200")
    {
        assert!(start.elapsed() < PATIENCE, "it is not given up");
    }
    assert_eq!(how_it_ends(reader).await, Err(ErrorKind::ConnectionReset));
}

#[apply(both_databases)]
async fn the_end_of_the_program_is_not_the_end_of_an_export(app: TestApp) {
    seeded(&app, "acme", 12_000).await;
    let program = Program::start(&app, "[timeouts]\nshutdown_seconds = 2");
    let reader = stalled(&program).await;
    program.terminate();
    assert_eq!(program.wait().code(), Some(0));
    assert_eq!(how_it_ends(reader).await, Err(ErrorKind::ConnectionReset));
}
