//! Loading a server: so many connections, each asking again as soon as it is answered.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Failure;
use crate::client::{Answer, Connection, Request};
use crate::histogram::Histogram;

/// Numbers that fill the holes of requests; those of one process never repeat.
pub static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// What came of loading a server for a while.
#[derive(Clone, Default)]
pub struct Loaded {
    pub latencies: Histogram,
    pub seconds: f64,
    /// Answers that do not count, and what the first of them said.
    pub errors: u64,
    pub first_error: Option<String>,
}

impl Loaded {
    pub fn rate(&self) -> f64 {
        self.latencies.total() as f64 / self.seconds
    }
}

/// Asks the requests in turn, beginning with the first, for so long. `begins` is how answers must begin to count.
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

/// Whether an answer is one. Errors of the GraphQL answer stand at its end, and an answer that has some ends with their
/// list; only then it is searched. What a caller could mend must be said to be nothing.
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
