//! Which pages may open sockets. Browsers let every page open one to any host, and only report the page's origin.

use axum::http::{HeaderMap, header};

use crate::http::options::CorsSection;

/// Whether the origin is this host itself or a listed one. Clients that are not browsers send none.
pub fn is_allowed(headers: &HeaderMap, cors: &CorsSection) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return true;
    };
    let Ok(origin) = origin.to_str() else {
        return false;
    };
    if cors.lists(origin) {
        return true;
    }
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    match (origin.split_once("://"), host) {
        (Some((_, own)), Some(host)) => own.eq_ignore_ascii_case(host),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_and_own_pages_may_and_others_may_not() {
        let cors = CorsSection {
            origins: vec!["https://portal.example".to_owned()],
            localhost: false,
        };
        for (origin, expected) in [
            ("https://portal.example", true),
            ("http://api.example:8080", true),
            ("http://portal.example", false),
            ("http://api.example", false),
            ("https://portal.example.evil.example", false),
            ("http://evil.example", false),
            ("null", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([
                (header::ORIGIN, origin.parse().unwrap()),
                (header::HOST, "api.example:8080".parse().unwrap()),
            ]);
            assert_eq!(is_allowed(&headers, &cors), expected, "{origin}");
            let all = CorsSection {
                origins: vec!["*".to_owned()],
                localhost: false,
            };
            assert!(is_allowed(&headers, &all), "{origin}");
        }
        assert!(is_allowed(&HeaderMap::new(), &cors));
    }
}
