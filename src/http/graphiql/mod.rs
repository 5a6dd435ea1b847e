//! GraphiQL, as the build bundled it from tools/graphiql; or, if it could not, a page that says how to get it.

#[cfg(test)]
mod tests;

use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// The page and its files, by name: made by build.rs.
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));
}

/// The page, among its files.
const PAGE: &str = "index.html";

const ABSENT: &[u8] = include_bytes!("absent.html");

/// Scripts and workers come from the gateway only. The editor places its text with inline styles, which therefore this
/// page, and no other of the gateway, allows.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self' \
    'unsafe-inline'; font-src 'self' data:; img-src 'self' data:; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// Nothing but the page's own text.
const CONTENT_SECURITY_POLICY_WITHOUT: &str =
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether GraphiQL is part of this program.
pub fn is_embedded() -> bool {
    file(PAGE).is_some()
}

/// The page for a browser's `GET /graphql`.
pub async fn page() -> Response {
    respond_with_page(file(PAGE))
}

/// `GET /graphiql/{name}`: one file of the page.
pub async fn asset(Path(name): Path<String>) -> Response {
    match file(&name).filter(|_| name != PAGE) {
        Some(content) => respond_with_asset(&name, content),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Names are looked up in the table: nothing of a request becomes a path.
fn file(name: &str) -> Option<&'static [u8]> {
    let found = embedded::FILES.iter().find(|(file, _)| *file == name);
    found.map(|(_, content)| *content)
}

fn respond_with_page(page: Option<&'static [u8]>) -> Response {
    let policy = match page {
        Some(_) => CONTENT_SECURITY_POLICY,
        None => CONTENT_SECURITY_POLICY_WITHOUT,
    };
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        // The page names its files by hash, so a page of another build must not be reused.
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, page.unwrap_or(ABSENT)).into_response()
}

/// The name of a file contains the hash of its content, so a browser may keep it for good.
fn respond_with_asset(name: &str, content: &'static [u8]) -> Response {
    let content_type = match name.rsplit_once('.') {
        Some((_, "css")) => "text/css; charset=utf-8",
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "ttf")) => "font/ttf",
        _ => "text/plain; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content).into_response()
}
