//! `GET /t/{version}.js`: the script for a brand's pages. A version never changes once it is released: pages name its hash.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::page;

/// The versions of the script.
const VERSIONS: [(&str, &str); 1] = [("1.js", include_str!("script/1.js"))];

pub async fn get(name: Result<Path<String>, PathRejection>) -> Response {
    let name = name.map(|Path(name)| name).unwrap_or_default();
    match VERSIONS.iter().find(|(version, _)| *version == name) {
        Some((_, text)) => {
            let headers = [
                (header::CONTENT_TYPE, "text/javascript; charset=utf-8"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                // Pages of other origins check its hash, which they may only do if it is for everybody.
                (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
            ];
            let resource_policy = [("cross-origin-resource-policy", "cross-origin")];
            (headers, resource_policy, *text).into_response()
        }
        None => page(StatusCode::NOT_FOUND, "There is no such script.\n"),
    }
}
