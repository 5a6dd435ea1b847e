//! Content negotiation: which media types a request has and accepts (RFC 9110, 12.5.1; GraphQL over HTTP, 6).

use axum::http::{HeaderMap, header};

/// The media type of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// `application/graphql-response+json`: the status says whether the document was executed.
    Graphql,
    /// `application/json`: the status of a well-formed request is always 200.
    Json,
}

impl MediaType {
    pub fn header(self) -> &'static str {
        match self {
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        }
    }

    fn name(self) -> &'static str {
        self.header().split(';').next().unwrap_or_default()
    }
}

/// How much a request prefers a media type.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct MediaPreference {
    /// In thousandths; 0: not acceptable.
    quality: u16,
    /// 2: named exactly, 1: matched by its kind, such as `application/*`, 0: matched by `*/*`.
    specificity: u8,
}

/// The media type that the caller prefers; `None`: it accepts neither.
pub fn response_type(headers: &HeaderMap) -> Option<MediaType> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(MediaType::Json);
    }
    let json = wish(headers, MediaType::Json.name());
    let graphql = wish(headers, MediaType::Graphql.name());
    // Between types named alike the modern one wins; a wildcard gets what every client understands.
    let best = match (graphql, json) {
        (Some(graphql), Some(json)) if graphql > json || (graphql == json && graphql.specificity == 2) => {
            (graphql, MediaType::Graphql)
        }
        (Some(graphql), None) => (graphql, MediaType::Graphql),
        (_, Some(json)) => (json, MediaType::Json),
        (None, None) => return None,
    };
    Some(best)
        .filter(|(wish, _)| wish.quality > 0)
        .map(|(_, media_type)| media_type)
}

/// The offered media type that the caller prefers, the first of equals; `None`: it accepts none of them.
pub fn best<'a>(headers: &HeaderMap, offered: &[&'a str]) -> Option<&'a str> {
    if !headers.contains_key(header::ACCEPT) {
        return offered.first().copied();
    }
    let wishes = offered
        .iter()
        .filter_map(|offered| Some((wish(headers, offered)?, *offered)));
    let liked = wishes.filter(|(wish, _)| wish.quality > 0);
    liked
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, offered)| offered)
}

/// Whether the caller is a browser opening a page.
pub fn wants_page(headers: &HeaderMap) -> bool {
    wish(headers, "text/html").is_some_and(|wish| wish.quality > 0 && wish.specificity == 2)
}

/// Whether the caller prefers a stream of events to a single answer.
pub fn wants_events(headers: &HeaderMap) -> bool {
    let Some(events) = named(headers, "text/event-stream") else {
        return false;
    };
    let answers = [MediaType::Json, MediaType::Graphql].map(|media_type| named(headers, media_type.name()));
    answers.into_iter().flatten().all(|answer| events > answer)
}

/// Whether the caller accepts a stream of events when there is no single answer. Clients such as urql name it beside
/// JSON in every request.
pub fn takes_events(headers: &HeaderMap) -> bool {
    named(headers, "text/event-stream").is_some()
}

fn named(headers: &HeaderMap, media_type: &str) -> Option<MediaPreference> {
    wish(headers, media_type).filter(|wish| wish.quality > 0 && wish.specificity == 2)
}

/// The preference of the most specific media range that covers `media_type`.
fn wish(headers: &HeaderMap, media_type: &str) -> Option<MediaPreference> {
    let values = headers.get_all(header::ACCEPT).iter();
    let ranges = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    let kind = media_type.split('/').next().unwrap_or_default();
    let wishes = ranges.filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let name = parts.next()?;
        let specificity = if name.eq_ignore_ascii_case(media_type) {
            2
        } else if name
            .strip_suffix("/*")
            .is_some_and(|name| name.eq_ignore_ascii_case(kind))
        {
            1
        } else if name == "*/*" {
            0
        } else {
            return None;
        };
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some(MediaPreference {
            quality: quality.map_or(Some(1000), thousandths)?,
            specificity,
        })
    });
    wishes.max_by_key(|wish| (wish.specificity, wish.quality))
}

/// Reads 0.5 as 500; `None`: the text is not a valid quality.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

/// Whether the body is JSON in UTF-8, which another site's page cannot send without a CORS preflight.
pub fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next().and_then(|value| value.to_str().ok()), values.next()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|name| name.eq_ignore_ascii_case("application/json"));
    let mut charsets = parts.filter_map(|part| {
        part.split_once('=')
            .filter(|(name, _)| name.eq_ignore_ascii_case("charset"))
    });
    is_json && charsets.all(|(_, charset)| charset.trim_matches('"').eq_ignore_ascii_case("utf-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, value.parse().unwrap())])
    }

    #[test]
    fn the_best_liked_media_type_is_sent() {
        for (accept, expected) in [
            ("application/json", Some(MediaType::Json)),
            ("application/graphql-response+json", Some(MediaType::Graphql)),
            (
                "Application/GraphQL-Response+JSON;charset=utf-8",
                Some(MediaType::Graphql),
            ),
            (
                "application/json, application/graphql-response+json",
                Some(MediaType::Graphql),
            ),
            (
                "application/json, application/graphql-response+json;q=0.9",
                Some(MediaType::Json),
            ),
            (
                "application/graphql-response+json;q=0, application/json;q=0.001",
                Some(MediaType::Json),
            ),
            ("*/*", Some(MediaType::Json)),
            ("application/*", Some(MediaType::Json)),
            (
                "*/*;q=0.1, application/graphql-response+json;q=0.2",
                Some(MediaType::Graphql),
            ),
            ("*/*, application/json;q=0", Some(MediaType::Graphql)),
            ("text/html, */*;q=0.8", Some(MediaType::Json)),
            ("text/html", None),
            ("application/json;q=0", None),
            ("*/*;q=0", None),
            ("application/jsonp", None),
            ("application/json;q=2", None),
            ("", None),
        ] {
            assert_eq!(response_type(&headers(header::ACCEPT, accept)), expected, "{accept}");
        }
        assert_eq!(response_type(&HeaderMap::new()), Some(MediaType::Json));
    }

    #[test]
    fn a_stream_is_sent_to_those_who_like_it_best() {
        for (accept, wanted, taken) in [
            ("text/event-stream", true, true),
            ("text/event-stream, */*", true, true),
            ("application/json;q=0.5, text/event-stream", true, true),
            // What urql sends.
            (
                "application/graphql-response+json, application/json, text/event-stream, multipart/mixed",
                false,
                true,
            ),
            ("application/json, text/event-stream;q=0.5", false, true),
            ("text/event-stream;q=0", false, false),
            ("text/*", false, false),
            ("*/*", false, false),
        ] {
            let headers = headers(header::ACCEPT, accept);
            assert_eq!(
                (wants_events(&headers), takes_events(&headers)),
                (wanted, taken),
                "{accept}"
            );
        }
        assert!(!wants_events(&HeaderMap::new()));
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        for (value, expected) in [
            ("application/json", true),
            ("Application/JSON; Charset=\"UTF-8\"", true),
            ("application/json; charset=utf-16", false),
            ("application/json+x", false),
            ("text/plain", false),
            ("text/plain; application/json", false),
            ("multipart/form-data; boundary=application/json", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            assert_eq!(is_json(&headers(header::CONTENT_TYPE, value)), expected, "{value}");
        }
        let mut twice = headers(header::CONTENT_TYPE, "application/json");
        twice.append(header::CONTENT_TYPE, "text/plain".parse().unwrap());
        assert!(!is_json(&twice));
    }
}
