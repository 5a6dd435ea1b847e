//! GraphiQL, served under a strict Content-Security-Policy; or, if its files are not available, an explorer of our own.
//!
//! Every file of the page is referenced with its hash, so neither a CDN nor a cache in between can change what runs
//! here. GraphiQL's files are part of the program if its build found them (`build.rs`), or are read from a folder at
//! start. Otherwise the browser loads the very same files from a CDN, and the policy admits only those; if that fails,
//! the page becomes the explorer in the folder beside this file.

mod assets;
mod libraries;
#[cfg(test)]
mod tests;

use std::sync::{Arc, LazyLock};

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use assets::AssetSource;
pub use assets::{AssetsError, GraphiqlAssets};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libraries::LIBRARIES;
use sha2::{Digest, Sha384};

use super::HttpState;

const TEMPLATE: &str = include_str!("page.html");

/// The files that every page loads.
const PAGE: [(&str, &str); 2] = [
    ("page.css", include_str!("page.css")),
    (
        "page.js",
        concat!(
            include_str!("tabs.js"),
            include_str!("transport.js"),
            include_str!("graphiql.js"),
            include_str!("page.js"),
        ),
    ),
];

/// The files that it loads in place of GraphiQL.
const EXPLORER: [(&str, &str); 2] = [
    (
        "explorer.css",
        concat!(
            include_str!("explorer/frame.css"),
            include_str!("explorer/text.css"),
            include_str!("explorer/docs.css"),
            include_str!("explorer/narrow.css"),
        ),
    ),
    (
        "explorer.js",
        concat!(
            include_str!("explorer/elements.js"),
            include_str!("explorer/language.js"),
            include_str!("explorer/schema.js"),
            include_str!("explorer/cursor.js"),
            include_str!("explorer/insert.js"),
            include_str!("explorer/complete.js"),
            include_str!("explorer/editor.js"),
            include_str!("explorer/docs.js"),
            include_str!("explorer/results.js"),
            include_str!("explorer/tabs.js"),
            include_str!("explorer/explorer.js"),
        ),
    ),
];

/// The one inline style that GraphiQL 4.1.2 inserts: it stops the page scrolling behind an open dialog.
const DIALOG_STYLE: &str = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='";

/// A file that is served below /graphiql.
pub struct StaticFile {
    name: &'static str,
    content_type: &'static str,
    content: Bytes,
}

impl StaticFile {
    fn new(name: &'static str, content: Bytes) -> Self {
        let content_type = match name.rsplit_once('.') {
            Some((_, "css")) => "text/css; charset=utf-8",
            Some((_, "js")) => "text/javascript; charset=utf-8",
            _ => "text/plain; charset=utf-8",
        };
        Self {
            name,
            content_type,
            content,
        }
    }
}

/// Where a browser that opens the page gets GraphiQL from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphiqlFiles {
    /// From the gateway.
    Own,
    Cdn,
    /// From nowhere: the explorer replaces it.
    Explorer,
}

/// Where GraphiQL comes from with these settings, if they can be followed.
pub fn graphiql_files(assets: &GraphiqlAssets) -> Result<GraphiqlFiles, AssetsError> {
    Ok(match AssetSource::new(assets)? {
        AssetSource::Own(_) => GraphiqlFiles::Own,
        AssetSource::Cdn => GraphiqlFiles::Cdn,
        AssetSource::Nothing => GraphiqlFiles::Explorer,
    })
}

/// The page with its files, ready to be served.
pub struct GraphiqlPage {
    html: String,
    content_security_policy: HeaderValue,
    files: Vec<StaticFile>,
}

static EMBEDDED: LazyLock<Arc<GraphiqlPage>> = LazyLock::new(|| {
    let source = AssetSource::new(&GraphiqlAssets::Embedded).expect("what is part of the program is there");
    Arc::new(GraphiqlPage::new(source))
});

/// The GraphiQL page, for a browser's `GET /graphql`.
pub fn page(state: &HttpState) -> Response {
    state.graphiql.response()
}

/// `GET /graphiql/{name}`: one file of the page.
pub async fn asset(State(state): State<HttpState>, Path(name): Path<String>) -> Response {
    state.graphiql.file(&name)
}

impl GraphiqlPage {
    /// The page according to the settings.
    pub fn load(assets: &GraphiqlAssets) -> Result<Arc<Self>, AssetsError> {
        Ok(match assets {
            GraphiqlAssets::Embedded => EMBEDDED.clone(),
            assets => Arc::new(Self::new(AssetSource::new(assets)?)),
        })
    }

    fn new(source: AssetSource) -> Self {
        let mut libraries = String::new();
        let mut foreign = String::new();
        for library in &LIBRARIES {
            match source {
                AssetSource::Own(_) => {
                    libraries.push_str(&tag(&own_url(library.name, library.integrity), library.integrity))
                }
                AssetSource::Cdn => {
                    libraries.push_str(&tag(library.cdn_url, library.integrity));
                    // Full URLs: the CDN's host alone would admit every package ever published.
                    foreign.push(' ');
                    foreign.push_str(library.cdn_url);
                }
                AssetSource::Nothing => {}
            }
        }
        let policy = format!(
            "default-src 'none'; script-src 'self'{foreign}; style-src 'self' {DIALOG_STYLE}{foreign}; font-src data:; \
             img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let own = |files: &[(&'static str, &'static str)]| -> String {
            let tags = files.iter().map(|(name, content)| {
                let integrity = integrity(content.as_bytes());
                tag(&own_url(name, &integrity), &integrity)
            });
            tags.collect()
        };
        let mut files = match source {
            AssetSource::Own(files) => files,
            AssetSource::Cdn | AssetSource::Nothing => Vec::new(),
        };
        files.extend(
            PAGE.iter()
                .chain(&EXPLORER)
                .map(|(name, content)| StaticFile::new(name, Bytes::from_static(content.as_bytes()))),
        );
        Self {
            html: TEMPLATE
                .replace("<!-- page files -->", &own(&PAGE))
                .replace("<!-- graphiql files -->", &libraries)
                .replace("<!-- explorer files -->", &own(&EXPLORER)),
            content_security_policy: HeaderValue::try_from(policy).expect("it is made of constants in ASCII"),
            files,
        }
    }
}

impl GraphiqlPage {
    fn response(&self) -> Response {
        let headers: [(HeaderName, HeaderValue); 5] = [
            (
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/html; charset=utf-8"),
            ),
            (header::CONTENT_SECURITY_POLICY, self.content_security_policy.clone()),
            (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
            (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
            // The page names its files by hash, so a page from another build must not be reused.
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        (headers, self.html.clone()).into_response()
    }

    /// The page requests each file with its hash in the query string, so that a browser may cache it for good. Names
    /// are looked up among the files loaded at start: nothing of a request becomes a path.
    fn file(&self, name: &str) -> Response {
        let Some(file) = self.files.iter().find(|file| file.name == name) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let headers = [
            (header::CONTENT_TYPE, file.content_type),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        ];
        (headers, file.content.clone()).into_response()
    }
}

/// Relative to /graphql, so that it also works below a path prefix of a reverse proxy.
fn own_url(name: &str, integrity: &str) -> String {
    let version: String = integrity
        .trim_start_matches("sha384-")
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    format!("graphiql/{name}?v={}", &version[..16])
}

/// `defer` keeps the scripts in order, and waits for the page to be parsed.
fn tag(url: &str, integrity: &str) -> String {
    let path = url.split('?').next().unwrap_or(url);
    if path.ends_with(".css") {
        format!("<link rel=\"stylesheet\" href=\"{url}\" integrity=\"{integrity}\" crossorigin=\"anonymous\">")
    } else {
        format!("<script defer src=\"{url}\" integrity=\"{integrity}\" crossorigin=\"anonymous\"></script>")
    }
}

fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}
