//! Requests: how they ended, and what was refused.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::codes::{CODES, REASONS, Reason, place};
use super::series;

/// The route of a request. Paths that no route serves count as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Graphql,
    WebSocket,
    Export,
    Graphiql,
    Healthz,
    Readyz,
    Metrics,
    OpenApi,
    Redirect,
    Tracking,
    Other,
}

const ROUTES: [&str; 11] = [
    "/graphql",
    "/graphql/ws",
    "/export",
    "/graphiql",
    "/healthz",
    "/readyz",
    "/metrics",
    "/openapi.json",
    "/r",
    "/t",
    "other",
];

/// Classes of status; the index is the first digit less one.
const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

impl Route {
    pub fn of(path: &str) -> Self {
        match path {
            "/graphql" => Self::Graphql,
            "/graphql/ws" => Self::WebSocket,
            "/healthz" => Self::Healthz,
            "/readyz" => Self::Readyz,
            "/metrics" => Self::Metrics,
            "/openapi.json" => Self::OpenApi,
            path if path.starts_with("/graphiql/") => Self::Graphiql,
            path if path.starts_with("/export/") => Self::Export,
            path if path.starts_with("/r/") => Self::Redirect,
            path if path.starts_with("/t/") => Self::Tracking,
            _ => Self::Other,
        }
    }

    pub fn word(self) -> &'static str {
        ROUTES[self as usize]
    }
}

/// The series of requests.
pub struct RequestMetrics {
    statuses: [[Counter; 5]; ROUTES.len()],
    seconds: [Histogram; ROUTES.len()],
    errors: [Counter; CODES.len()],
    refusals: [Histogram; REASONS.len()],
}

impl RequestMetrics {
    pub(super) fn new(registry: &mut Registry) -> Self {
        let statuses = "Answered HTTP requests.";
        let statuses = series::counters(
            registry,
            "tributary_http_requests_total",
            statuses,
            &["route", "status"],
        );
        Self {
            statuses: ROUTES.map(|route| CLASSES.map(|class| statuses.of(&[route, class]))),
            seconds: series::seconds_each(
                registry,
                "tributary_http_request_duration_seconds",
                "Seconds from a request's headers to the start of its response.",
                &["route"],
                ROUTES,
            ),
            errors: series::counter_each(
                registry,
                "tributary_errors_total",
                "Top-level errors in responses, by extensions.code.",
                &["code"],
                CODES,
            ),
            refusals: series::seconds_each(
                registry,
                "tributary_refusal_duration_seconds",
                "Duration in seconds of requests that were refused before execution.",
                &["reason"],
                REASONS,
            ),
        }
    }

    /// Counts an answered request.
    pub fn answered(&self, route: Route, status: u16, took: Duration) {
        let class = usize::from(status / 100).clamp(1, CLASSES.len()) - 1;
        self.statuses[route as usize][class].inc();
        self.seconds[route as usize].observe(took.as_secs_f64());
    }

    /// Counts a request of which nothing ran. `code` is that of its first error.
    pub fn refused(&self, status: u16, code: &str, took: Duration) {
        self.refusals[Reason::of(status, code) as usize].observe(took.as_secs_f64());
    }

    /// Counts the errors in an answer.
    pub fn errors(&self, codes: &[&str]) {
        for code in codes {
            self.errors[place(code)].inc();
        }
    }
}

/// Every `extensions.code`.
pub fn known_codes() -> impl Iterator<Item = &'static str> {
    // The last one stands for all others.
    CODES.into_iter().take(CODES.len() - 1)
}

/// The code itself, if it is known; otherwise "other".
pub fn known_code(code: &str) -> &'static str {
    CODES[place(code)]
}
