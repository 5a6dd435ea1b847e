//! Which pages of other origins may call the API.

use std::net::Ipv6Addr;
use std::time::Duration;

use axum::http::{HeaderName, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};
use url::{Host, Url};

use super::StartError;
use super::options::CorsSection;
use super::request::POSITION;

impl CorsSection {
    /// Refuses values that no browser would ever send, so that a misspelt origin is not taken for an allowed one.
    pub fn check(&self) -> Result<(), StartError> {
        let mut origins = self.origins.iter();
        match origins.find(|origin| *origin != "*" && !is_origin(origin)) {
            Some(wrong) => Err(StartError::Origin(wrong.clone())),
            None => Ok(()),
        }
    }

    /// Whether pages of this origin may call the API.
    pub fn lists(&self, origin: &str) -> bool {
        let is_listed = |listed: &String| listed == "*" || listed.eq_ignore_ascii_case(origin);
        self.origins.iter().any(is_listed) || self.localhost && is_local(origin)
    }
}

/// Whether an origin is the browser's own machine. Names below `localhost` are, too (RFC 6761, 6.3).
fn is_local(origin: &str) -> bool {
    let Ok(url) = Url::parse(origin) else {
        return false;
    };
    ["http", "https"].contains(&url.scheme())
        && match url.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

/// Lets the pages of the listed origins call the API; `None`: no origin is listed.
pub fn layer(settings: &CorsSection) -> Result<Option<CorsLayer>, StartError> {
    settings.check()?;
    if settings.origins.is_empty() && !settings.localhost {
        return Ok(None);
    }
    let origins = if settings.origins.iter().any(|origin| origin == "*") {
        // Harmless, since there are no cookies: a page knows a token or does not.
        AllowOrigin::any()
    } else {
        let settings = settings.clone();
        AllowOrigin::predicate(move |origin, _| origin.to_str().is_ok_and(|origin| settings.lists(origin)))
    };
    let headers = [
        header::ACCEPT,
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        HeaderName::from_static("x-request-id"),
        HeaderName::from_static("graphql-require-preflight"),
        HeaderName::from_static("apollo-require-preflight"),
        HeaderName::from_static("x-apollo-operation-name"),
        // Sent to resume an event stream.
        HeaderName::from_static("last-event-id"),
        HeaderName::from_static(POSITION),
        // Traced pages send these with every request.
        HeaderName::from_static("traceparent"),
        HeaderName::from_static("tracestate"),
    ];
    let layer = CorsLayer::new()
        .allow_origin(origins)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers(headers)
        .expose_headers([
            HeaderName::from_static("x-request-id"),
            header::RETRY_AFTER,
            HeaderName::from_static(POSITION),
        ])
        .max_age(Duration::from_secs(600));
    Ok(Some(layer))
}

/// Whether a browser may send this as an origin: a scheme, a host, and a port unless it is the scheme's own (RFC 6454, 6.2).
fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let of = |part: &str, others: &[u8]| {
        let is_fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || others.contains(&byte);
        !part.is_empty() && part.bytes().all(is_fine)
    };
    let is_scheme = of(scheme, b"+-.") && scheme.starts_with(|first: char| first.is_ascii_lowercase());
    let is_host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => host.split('.').all(|label| of(label, b"-_")),
    };
    let is_port = match (scheme, port) {
        (_, None) => true,
        ("http", Some("80")) | ("https", Some("443")) => false,
        (_, Some(port)) => !port.starts_with('0') && of(port, b"") && port.parse::<u16>().is_ok(),
    };
    is_scheme && is_host && is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_ones_own_machine_are_told_from_others() {
        let cors = CorsSection {
            origins: vec!["https://portal.example".to_owned()],
            localhost: true,
        };
        for (origin, expected) in [
            ("http://localhost:5173", true),
            ("https://app.localhost", true),
            ("http://127.0.0.1:3000", true),
            ("http://[::1]:3000", true),
            ("https://portal.example", true),
            ("http://localhost.evil.example", false),
            ("http://127.0.0.1.evil.example", false),
            ("http://10.0.0.1", false),
            ("capacitor://localhost", false),
            ("null", false),
        ] {
            assert_eq!(cors.lists(origin), expected, "{origin}");
        }
        let listed = CorsSection {
            localhost: false,
            ..cors
        };
        assert!(!listed.lists("http://localhost:5173"));
    }

    #[test]
    fn origins_are_what_browsers_send() {
        for right in [
            "https://portal.example",
            "http://localhost:3000",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "https://[2001:db8::1]:8443",
            "capacitor://localhost",
            "https://xn--bcher-kva.example",
        ] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "",
            "null",
            "portal.example",
            "https://",
            "https://portal.example/",
            "https://portal.example/path",
            "https://portal.example?a",
            "https://portal.example:443",
            "https://portal.example:",
            "https://portal.example:0",
            "https://portal.example:65536",
            "https://portal.example:+1",
            "https://Portal.example",
            "HTTPS://portal.example",
            "https://*.portal.example",
            "https://ann@portal.example",
            "https://portal..example",
            "https://bücher.example",
            "https://portal.example, https://other.example",
            " https://portal.example",
            "http://[::1",
            "http://[nonsense]",
            "://portal.example",
            "1http://portal.example",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
