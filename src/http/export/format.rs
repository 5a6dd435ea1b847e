//! In which format an export is sent: as the parameter says, or else as the header Accept does.

use axum::http::{HeaderMap, StatusCode};

use crate::export::Format;
use crate::http::negotiate;

/// A format as it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    pub format: Format,
    pub media_type: &'static str,
    /// What the names of its files end with.
    pub ending: &'static str,
}

const CSV: Form = Form {
    format: Format::Csv,
    media_type: "text/csv; charset=utf-8; header=present",
    ending: "csv",
};

const JSON_LINES: Form = Form {
    format: Format::JsonLines,
    media_type: "application/jsonl; charset=utf-8",
    ending: "jsonl",
};

/// The same under the name that it has had for longer.
const NDJSON: Form = Form {
    media_type: "application/x-ndjson; charset=utf-8",
    ..JSON_LINES
};

/// What callers may accept, the best first.
const ACCEPTED: [(&str, Form); 3] = [
    ("text/csv", CSV),
    ("application/jsonl", JSON_LINES),
    ("application/x-ndjson", NDJSON),
];

/// `given` are the values of the parameter. Otherwise the status and the text that say what is wrong.
pub fn of(given: &[&str], headers: &HeaderMap) -> Result<Form, (StatusCode, String)> {
    let wrong = |text: String| Err((StatusCode::BAD_REQUEST, text));
    match given {
        [] => {
            let best = negotiate::best(headers, &ACCEPTED.map(|(name, _)| name));
            let best = best.and_then(|best| ACCEPTED.iter().find(|(name, _)| *name == best));
            best.map(|(_, form)| *form).ok_or_else(|| {
                let text =
                    "exports are text/csv or application/jsonl: accept one of them, or say format=csv or format=jsonl";
                (StatusCode::NOT_ACCEPTABLE, text.to_owned())
            })
        }
        ["csv"] => Ok(CSV),
        ["jsonl"] => Ok(JSON_LINES),
        [other] => wrong(format!("format must be csv or jsonl, not {other:?}")),
        _ => wrong("format is given twice".to_owned()),
    }
}

/// The code that goes with a status of these.
pub fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_ACCEPTABLE => "BAD_REQUEST",
        _ => "BAD_USER_INPUT",
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn accepting(accept: &str) -> Result<Form, StatusCode> {
        let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
        of(&[], &headers).map_err(|(status, _)| status)
    }

    #[test]
    fn the_parameter_decides_and_else_the_header() {
        for (accept, expected) in [
            ("*/*", Ok(CSV)),
            ("text/*", Ok(CSV)),
            ("application/jsonl", Ok(JSON_LINES)),
            ("text/csv;q=0.5, application/x-ndjson", Ok(NDJSON)),
            ("application/json", Err(StatusCode::NOT_ACCEPTABLE)),
            ("text/csv;q=0", Err(StatusCode::NOT_ACCEPTABLE)),
        ] {
            assert_eq!(accepting(accept), expected, "{accept}");
        }
        let none = HeaderMap::new();
        assert_eq!(of(&[], &none), Ok(CSV));
        let csv = HeaderMap::from_iter([(header::ACCEPT, "text/csv".parse().unwrap())]);
        assert_eq!(of(&["jsonl"], &csv), Ok(JSON_LINES));
        assert!(of(&["xlsx"], &none).is_err() && of(&["csv", "csv"], &none).is_err());
    }
}
