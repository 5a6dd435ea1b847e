//! The exports: a path for each, since each has parameters of its own.

use serde_json::{Map, Value, json};

use super::endpoints::fails;
use super::parameters::parameters;
use super::{TOKEN, schemas};
use crate::export::{ExportKind, Exports};
use crate::http::export::media_types;

pub fn paths(exports: &Exports) -> impl Iterator<Item = (String, Value)> {
    ExportKind::all().map(|kind| (format!("/export/{}", kind.name()), path(exports, kind)))
}

fn path(exports: &Exports, kind: ExportKind) -> Value {
    let forms = kind.forms();
    let words: Vec<_> = forms.iter().map(|form| form.word()).collect();
    let mut given = vec![json!({
        "name": "format",
        "in": "query",
        "description": "The format of the file; without it, the header Accept decides.",
        "schema": { "type": "string", "enum": words, "default": words[0] },
    })];
    given.extend(parameters(exports, kind).into_iter().map(|(parameter, only)| {
        let mut description = parameter.description.to_owned();
        if only.len() < forms.len() {
            let words: Vec<_> = only.iter().map(|form| form.word()).collect();
            description = format!("{description} Only with format={}.", words.join(" or "));
        }
        json!({
            "name": parameter.name,
            "in": "query",
            "description": description.trim(),
            "required": parameter.is_required(),
            "schema": schemas::of(parameter),
        })
    }));
    json!({
        "summary": format!("The export {}", kind.name()),
        "parameters": given,
        "get": operation(kind, "", "Returns the file, from one snapshot of the database and read page by page. An incomplete \
             file ends as an aborted transfer. Several values of a list are given by repeating the parameter, or separated by \
             commas."),
        "head": operation(kind, "Head", "Checks the request and returns the head of the response, without beginning an export."),
    })
}

fn operation(kind: ExportKind, suffix: &str, description: &str) -> Value {
    let scope = kind.permission().to_string();
    let mut success = json!({
        "description": "The file.",
        "headers": { "content-disposition": { "schema": { "type": "string" } } },
    });
    if suffix.is_empty() {
        let content: Map<_, _> = media_types(kind).map(|name| (name.to_owned(), json!({}))).collect();
        success["content"] = Value::Object(content);
    }
    let mut responses = fails(&["400", "401", "403", "406", "429", "500", "503", "504"]);
    responses.insert("200".to_owned(), success);
    json!({
        "operationId": format!("export-{}{suffix}", kind.name()),
        "tags": ["exports"],
        "description": description,
        "security": [{ TOKEN: [scope] }],
        "responses": responses,
    })
}
