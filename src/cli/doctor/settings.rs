//! Settings that are valid, but perhaps not intended.

use std::time::Duration;

use url::Url;

use super::report::CheckResult;
use crate::config::{Config, refusals};
use crate::http::{self, HttpOptions};
use outgoing::{Outgoing, OutgoingError};
use store::each_host;

/// How long to wait for the collector of traces.
pub const TIMEOUT: Duration = Duration::from_secs(2);

/// Whether `serve` would refuse them in production.
pub fn production(config: &Config) -> CheckResult {
    match refusals(config, false) {
        refused if refused.is_empty() => CheckResult::ok(),
        refused => CheckResult::wrong(
            refused.join("; "),
            "serve refuses to start in production until this is fixed",
        ),
    }
}

/// Whether strangers may see more than they need.
pub fn exposure(config: &Config) -> CheckResult {
    let mut open = Vec::new();
    let is_public = !config.listen.ip().is_loopback();
    if is_public && !config.http.production {
        open.push("everybody who reaches it sees GraphiQL, introspection and suggestions (set production)");
    }
    if is_public && !config.http.production && config.metrics_listen.is_none() {
        open.push("and /metrics (set metrics_listen)");
    }
    if config.http.production && config.metrics_listen.is_none() && config.http.health_listen.is_none() {
        open.push("there are no metrics (set metrics_listen)");
    }
    let urls = config.store.standby_urls.iter().chain([&config.store.url]);
    if urls.flat_map(|url| each_host(url)).any(|url| is_plain(&url)) {
        open.push("the connection to the database may be unencrypted (add ?sslmode=verify-full to its URL)");
    }
    match open.is_empty() {
        true => CheckResult::ok(),
        false => CheckResult::warning(open.join("; "), "unless this is intended"),
    }
}

/// Whether the database is on another machine, and the URL does not require encryption.
fn is_plain(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let Some(host) = url.host_str().filter(|_| url.scheme().starts_with("postgres")) else {
        return false;
    };
    let is_here = ["", "localhost", "127.0.0.1", "[::1]"].contains(&host) || host.starts_with('%');
    let mut modes = url
        .query_pairs()
        .filter(|(name, _)| name == "sslmode" || name == "ssl-mode");
    let is_safe = modes.any(|(_, mode)| mode == "verify-full" || mode == "verify-ca" || mode == "require");
    !is_here && !is_safe
}

/// Whether GraphiQL is available.
pub fn graphiql(options: &HttpOptions) -> CheckResult {
    if options.production {
        return CheckResult::ok().found("not shown in production");
    }
    if http::graphiql_is_embedded() {
        return CheckResult::ok();
    }
    CheckResult::warning(
        "it is not part of this build; its page says so",
        "build where npm is installed, or run scripts/graphiql-assets on another machine and copy assets/graphiql",
    )
}

/// Whether the collector of traces accepts connections.
pub async fn traces(endpoint: &str, outgoing: &Outgoing) -> CheckResult {
    match outgoing.reach(endpoint).await {
        Ok(()) => CheckResult::ok(),
        Err(OutgoingError::Refused(_)) => {
            let found = format!("{endpoint:?} is no address such as http://127.0.0.1:4318");
            CheckResult::wrong(found, "mend otlp_endpoint")
        }
        Err(error) => {
            let found = format!("the collector at {endpoint} takes no connections ({error}), and traces are dropped");
            CheckResult::warning(found, "start it, or fix otlp_endpoint")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn databases_elsewhere_must_be_reached_through_tls() {
        for (url, plain) in [
            ("sqlite://tributary.db?mode=rwc", false),
            ("postgres://ann@localhost/books", false),
            ("postgres://ann@127.0.0.1:5432/books", false),
            ("postgres://ann@[::1]/books", false),
            ("postgres:///books", false),
            ("postgres://%2Frun%2Fpostgresql/books", false),
            ("postgres://ann@database.example/books", true),
            ("postgres://ann@database.example/books?sslmode=prefer", true),
            ("postgres://ann@database.example/books?sslmode=verify-full", false),
            (
                "postgresql://ann@10.0.0.7/books?application_name=x&sslmode=require",
                false,
            ),
        ] {
            assert_eq!(is_plain(url), plain, "{url}");
        }
    }
}
