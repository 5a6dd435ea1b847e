//! The format of an export, from the `format` parameter or else from the Accept header.

use axum::http::{HeaderMap, StatusCode};

use crate::export::{ExportKind, FileFormat};
use crate::http::{codes, negotiate};

const CSV: &str = "text/csv; charset=utf-8; header=present";
const WITHOUT_HEADER: &str = "text/csv; charset=utf-8; header=absent";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JSON_LINES: &str = "application/jsonl; charset=utf-8";

/// The media types that callers may accept, the preferred one first, and the content type that is sent: JSON Lines has
/// two names.
const ACCEPTED: [(&str, FileFormat, &str); 4] = [
    ("text/csv", FileFormat::Csv, CSV),
    ("application/jsonl", FileFormat::JsonLines, JSON_LINES),
    (
        "application/x-ndjson",
        FileFormat::JsonLines,
        "application/x-ndjson; charset=utf-8",
    ),
    (XLSX, FileFormat::Xlsx, XLSX),
];

/// The media types that an export is offered in, and what is sent for each.
fn offered(kind: ExportKind) -> impl Iterator<Item = (&'static str, FileFormat, &'static str)> {
    let forms = kind.forms();
    ACCEPTED.into_iter().filter(|(_, form, _)| forms.contains(form))
}

/// The media types that an export is offered in.
pub fn media_types(kind: ExportKind) -> impl Iterator<Item = &'static str> {
    offered(kind).map(|(name, ..)| name)
}

/// The format and its media type. `given` are the values of the parameter. The error is the status and the text that
/// say what is wrong.
pub fn of(
    kind: ExportKind,
    given: &[&str],
    headers: &HeaderMap,
) -> Result<(FileFormat, &'static str), (StatusCode, String)> {
    let forms = kind.forms();
    match given {
        [] => {
            let names: Vec<_> = media_types(kind).collect();
            let best = negotiate::best(headers, &names);
            let found = best.and_then(|best| offered(kind).find(|(name, ..)| *name == best));
            found.map(|(_, form, media_type)| (form, media_type)).ok_or_else(|| {
                let text = format!(
                    "this is {}: accept it, or set format={}",
                    names.join(" or "),
                    forms[0].word()
                );
                (StatusCode::NOT_ACCEPTABLE, text)
            })
        }
        [word] => match forms.iter().find(|form| form.word() == *word) {
            Some(form) => Ok((*form, media_type(*form))),
            None => {
                let words: Vec<_> = forms.iter().map(|form| form.word()).collect();
                let text = format!("format must be one of {}, not {word:?}", words.join(", "));
                Err((StatusCode::BAD_REQUEST, text))
            }
        },
        _ => Err((StatusCode::BAD_REQUEST, "format is given twice".to_owned())),
    }
}

fn media_type(form: FileFormat) -> &'static str {
    match form {
        FileFormat::JsonLines => JSON_LINES,
        FileFormat::Xlsx => XLSX,
        FileFormat::Csv | FileFormat::Wise => CSV,
        FileFormat::PayPal => WITHOUT_HEADER,
    }
}

/// The error code that goes with one of these statuses.
pub fn code(status: StatusCode) -> &'static str {
    match status {
        StatusCode::NOT_ACCEPTABLE => codes::BAD_REQUEST,
        _ => codes::BAD_USER_INPUT,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header;

    use super::*;

    fn asked(kind: &str, given: &[&str], accept: Option<&str>) -> Result<&'static str, StatusCode> {
        let kind = ExportKind::named(kind).unwrap();
        let headers = accept.map(|accept| (header::ACCEPT, accept.parse().unwrap()));
        let found = of(kind, given, &HeaderMap::from_iter(headers));
        found.map(|(form, _)| form.word()).map_err(|(status, _)| status)
    }

    #[test]
    fn the_parameter_decides_and_else_the_header() {
        for (accept, expected) in [
            ("*/*", Ok("csv")),
            ("text/*", Ok("csv")),
            ("application/jsonl", Ok("jsonl")),
            ("text/csv;q=0.5, application/x-ndjson", Ok("jsonl")),
            ("application/json", Err(StatusCode::NOT_ACCEPTABLE)),
            ("text/csv;q=0", Err(StatusCode::NOT_ACCEPTABLE)),
        ] {
            assert_eq!(asked("events", &[], Some(accept)), expected, "{accept}");
        }
        assert_eq!(asked("events", &[], None), Ok("csv"));
        assert_eq!(asked("events", &["jsonl"], Some("text/csv")), Ok("jsonl"));
        assert_eq!(asked("events", &["xlsx"], None), Ok("xlsx"));
        assert_eq!(asked("events", &[], Some(XLSX)), Ok("xlsx"));
        assert_eq!(asked("payout-file", &["xlsx"], None), Err(StatusCode::BAD_REQUEST));
        assert_eq!(asked("payout-file", &["wise"], None), Ok("wise"));
        assert_eq!(
            asked("payout-file", &[], Some("application/jsonl")),
            Err(StatusCode::NOT_ACCEPTABLE)
        );
        for (kind, given) in [
            ("events", vec!["wise"]),
            ("payout-file", vec!["jsonl"]),
            ("events", vec!["csv", "csv"]),
        ] {
            assert_eq!(asked(kind, &given, None), Err(StatusCode::BAD_REQUEST));
        }
    }
}
