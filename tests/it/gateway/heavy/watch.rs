//! What another tenant sees of the program.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::program::{Program, is_slow};

/// How many of its requests are timed, unless they take too long.
const SAMPLES: usize = 60;
const FEWEST: usize = 20;
const LONG: Duration = Duration::from_secs(2);

/// How long its requests take, the longest first, and how long readiness.
pub struct Seen {
    requests: Vec<Duration>,
    readiness: Vec<Duration>,
}

impl Seen {
    /// Asks again and again.
    pub fn watch(program: &Program, token: &str) -> Self {
        let body = json!({ "query": "{ partners(first: 5) { nodes { id name } } }" }).to_string();
        let honest = program.request_of(token, &body);
        let ready = program.request("GET /readyz", "", b"");
        let mut seen = Self {
            requests: Vec::with_capacity(SAMPLES),
            readiness: Vec::with_capacity(SAMPLES),
        };
        let began = Instant::now();
        while seen.requests.len() < FEWEST || (seen.requests.len() < SAMPLES && began.elapsed() < LONG) {
            for (request, times) in [(&honest, &mut seen.requests), (&ready, &mut seen.readiness)] {
                let start = Instant::now();
                let reply = program.send(request);
                times.push(start.elapsed());
                assert_eq!(reply.status, 200, "{}", reply.body);
            }
        }
        seen.requests.sort_by(|a, b| b.cmp(a));
        seen.readiness.sort_by(|a, b| b.cmp(a));
        seen
    }

    pub fn p99(&self) -> Duration {
        self.requests[self.requests.len() / 100]
    }

    pub fn longest_readiness(&self) -> Duration {
        self.readiness[0]
    }

    /// Whether it waited for longer than it may: three times as long as in quiet. Where that is a few milliseconds, the
    /// machine's other work and these tests' own take more than the program does.
    pub fn problem(&self, quiet: &Self) -> Option<String> {
        let (floor, readiness) = match is_slow() {
            true => (Duration::from_millis(500), Duration::from_secs(1)),
            false => (Duration::from_millis(100), Duration::from_millis(100)),
        };
        let (p99, most) = (self.p99(), (quiet.p99() * 3).max(floor));
        let ready = self.longest_readiness();
        (p99 > most || ready > readiness)
            .then(|| format!("others waited {p99:?}, at most {most:?}, readiness {ready:?}, at most {readiness:?}"))
    }
}
