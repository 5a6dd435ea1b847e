//! Puts load on a server: a number of connections, each of which sends its next request as soon as it has a response.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failure;
use crate::client::{Answer, Connection, Request};
use crate::histogram::Histogram;

/// Numbers that fill the holes of requests; they never repeat within a process.
pub static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// The result of loading a server for a while.
#[derive(Clone, Default)]
pub struct Loaded {
    pub latencies: Histogram,
    pub seconds: f64,
    /// Number of responses that do not count, and the text of the first of them.
    pub errors: u64,
    pub first_error: Option<String>,
}

impl Loaded {
    pub fn rate(&self) -> f64 {
        self.latencies.total() as f64 / self.seconds
    }
}

/// Sends the requests in turn, starting with the first, for this long. Responses count if they begin with `begins`.
pub async fn load(
    address: SocketAddr,
    requests: &'static [Request],
    begins: &'static str,
    connections: usize,
    time: Duration,
) -> Result<Loaded, Failure> {
    let mut opened = Vec::with_capacity(connections);
    for _ in 0..connections {
        opened.push(Connection::open(address).await?);
    }
    let turn: &'static AtomicUsize = Box::leak(Box::default());
    let start = Instant::now();
    let end = start + time;
    let mut asking = JoinSet::new();
    for connection in opened {
        asking.spawn(ask_until(connection, requests, begins, turn, end));
    }
    let mut all = Loaded::default();
    while let Some(ended) = asking.join_next().await {
        let one = ended??;
        all.latencies.merge(&one.latencies);
        all.errors += one.errors;
        all.first_error = all.first_error.or(one.first_error);
    }
    all.seconds = start.elapsed().as_secs_f64();
    Ok(all)
}

async fn ask_until(
    mut connection: Connection,
    requests: &[Request],
    begins: &str,
    turn: &AtomicUsize,
    end: Instant,
) -> Result<Loaded, Failure> {
    let mut loaded = Loaded::default();
    let mut sent = Instant::now();
    while sent < end {
        let request = &requests[turn.fetch_add(1, Ordering::Relaxed) % requests.len()];
        let answer = connection.ask(request, &NUMBERS).await?;
        let answered = Instant::now();
        if counts(&answer, begins) {
            loaded.latencies.add(answered - sent);
        } else {
            loaded.errors += 1;
            let text = || format!("{} {}", answer.status, String::from_utf8_lossy(answer.body));
            loaded.first_error.get_or_insert_with(text);
        }
        sent = answered;
    }
    Ok(loaded)
}

/// Whether a response counts. GraphQL errors are at the end of a response, which then ends with their list; only then
/// is it searched. A list of user errors must be empty.
fn counts(answer: &Answer<'_>, begins: &str) -> bool {
    let contains = |text: &str| answer.body.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    answer.status == 200
        && answer.body.starts_with(begins.as_bytes())
        && !(answer.body.ends_with(b"]}") && contains("\"errors\":"))
        && (!begins.contains("Event") || !contains("\"userErrors\":[{"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(status: u16, body: &str, begins: &str) -> bool {
        let body = body.as_bytes();
        counts(&Answer { status, body }, begins)
    }

    #[test]
    fn only_answers_without_errors_count() {
        let begins = "{\"data\":{\"recordEvent\":{";
        assert!(verdict(
            200,
            r#"{"data":{"recordEvent":{"userErrors":[]}},"extensions":{"cost":{}}}"#,
            begins
        ));
        for (status, body) in [
            (500, r#"{"data":{"recordEvent":{"userErrors":[]}}}"#),
            (200, r#"{"data":{"recordEvent":null},"errors":[{}]}"#),
            (
                200,
                r#"{"data":{"recordEvent":{"userErrors":[]}},"errors":[{"message":"x"}]}"#,
            ),
            (200, r#"{"data":{"recordEvent":{"userErrors":[{"code":"INVALID"}]}}}"#),
        ] {
            assert!(!verdict(status, body, begins), "{body}");
        }
    }
}
