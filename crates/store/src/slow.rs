//! Slow statements: they are logged, with the request and the document for which they ran. Values are bound, and so are
//! not part of a statement's text; quoted text in it is left out all the same, except for words of ours.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use telemetry::metrics::Timer;

/// Maximum length of a statement in the log; more would not help.
const MAX_SQL_BYTES: usize = 2_000;

/// Measures a statement until it is dropped, whatever its outcome.
pub struct Stopwatch {
    _measured: Option<Timer>,
    _watched: Option<WatchedStatement>,
}

struct WatchedStatement {
    began: Instant,
    slow: Duration,
    sql: String,
}

impl Stopwatch {
    /// Starts now. `slow`: from which duration on the statement is logged; `None`: never.
    pub fn start(measured: Option<Timer>, slow: Option<Duration>, sql: &str) -> Self {
        let watched = slow.map(|slow| WatchedStatement {
            began: Instant::now(),
            slow,
            sql: beginning(sql).to_owned(),
        });
        Self {
            _measured: measured,
            _watched: watched,
        }
    }
}

impl Drop for WatchedStatement {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        if took >= self.slow {
            let asked = telemetry::asked();
            tracing::warn!(
                request = asked.as_ref().map(telemetry::CurrentDocument::request),
                document = asked.as_ref().map(telemetry::CurrentDocument::document),
                milliseconds = took.as_secs_f64() * 1e3,
                statement = %shown(&self.sql),
                "slow statement"
            );
        }
    }
}

fn beginning(sql: &str) -> &str {
    &sql[..sql.floor_char_boundary(MAX_SQL_BYTES)]
}

/// The text on one line, without quoted parts.
fn shown(sql: &str) -> String {
    let mut text = String::with_capacity(sql.len());
    for (number, part) in sql.split('\'').enumerate() {
        let is_quoted = number % 2 == 1;
        let is_word = part.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let part = match is_quoted {
            true if is_word => Cow::from(format!("'{part}'")),
            true => Cow::from("'?'"),
            false => Cow::from(part),
        };
        text.push_str(&part);
    }
    let words: Vec<_> = text.split_whitespace().collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_quotes_is_not_shown() {
        for (sql, text) in [
            ("SELECT 1", "SELECT 1"),
            (
                "SELECT id\n  FROM commission WHERE status = 'ACCRUED' AND tenant_id = $1",
                "SELECT id FROM commission WHERE status = 'ACCRUED' AND tenant_id = $1",
            ),
            ("SELECT 'ann@example.com', x", "SELECT '?', x"),
            ("SELECT 'it''s Ann', x", "SELECT '?''?', x"),
            // Cut off in the middle of a text.
            ("SELECT x WHERE a = 'ann@exam", "SELECT x WHERE a = '?'"),
        ] {
            assert_eq!(shown(sql), text);
        }
    }

    #[test]
    fn long_texts_are_cut_between_letters() {
        let long = "ä".repeat(MAX_SQL_BYTES);
        assert_eq!(beginning(&long).len(), MAX_SQL_BYTES);
        let odd = format!("x{long}");
        assert_eq!(beginning(&odd).len(), MAX_SQL_BYTES - 1);
        assert_eq!(beginning("short"), "short");
    }
}
