//! GraphiQL, served from the binary under a strict Content-Security-Policy.
//!
//! Every file of the page is named with its hash, so neither a CDN nor a cache between can change what runs here.
//! The library files are embedded when `scripts/graphiql-assets` had fetched them before the build; then the page
//! works offline. Otherwise the browser loads the very same files from a CDN, and the policy admits just those.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha384};

/// What `build.rs` found in assets/graphiql: name, content type, content.
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/graphiql_assets.rs"));
}

/// A file of an npm package that the page needs. `tools/graphiql` pins the same versions; a test compares.
struct Library {
    /// The embedded file's name.
    name: &'static str,
    cdn_url: &'static str,
    integrity: &'static str,
}

/// In loading order: GraphiQL expects React to be there.
const LIBRARIES: [Library; 4] = [
    Library {
        name: "graphiql.css",
        cdn_url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/dist/style.css",
        integrity: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    },
    Library {
        name: "react.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    Library {
        name: "react-dom.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    Library {
        name: "graphiql.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/dist/index.umd.js",
        integrity: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    },
];

const TEMPLATE: &str = include_str!("graphiql.html");
const PAGE_SCRIPT: (&str, &str, &[u8]) = (
    "page.js",
    "text/javascript; charset=utf-8",
    include_bytes!("graphiql.js"),
);
const PAGE_STYLE: (&str, &str, &[u8]) = ("page.css", "text/css; charset=utf-8", include_bytes!("graphiql.css"));

/// The one inline style that GraphiQL 4.1.2 inserts: it stops the page scrolling behind an open dialog.
const DIALOG_STYLE: &str = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='";

struct Page {
    html: String,
    content_security_policy: HeaderValue,
}

static PAGE: LazyLock<Page> = LazyLock::new(|| Page::new(!embedded::FILES.is_empty()));

/// The GraphiQL page, for a browser's `GET /graphql`.
pub fn page() -> Response {
    let headers: [(HeaderName, HeaderValue); 5] = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/html; charset=utf-8"),
        ),
        (header::CONTENT_SECURITY_POLICY, PAGE.content_security_policy.clone()),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        // The page names its files by hash, so a page from another build must not be reused.
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, PAGE.html.as_str()).into_response()
}

/// `GET /graphiql/{name}`: one file of the page. The page asks for each with its hash in the query string, so that
/// a browser may keep it for good.
pub async fn asset(Path(name): Path<String>) -> Response {
    let files = [PAGE_SCRIPT, PAGE_STYLE]
        .into_iter()
        .chain(embedded::FILES.iter().copied());
    match files.into_iter().find(|(file, ..)| *file == name) {
        Some((_, content_type, content)) => {
            let headers = [
                (header::CONTENT_TYPE, content_type),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
            ];
            (headers, Bytes::from_static(content)).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Page {
    fn new(libraries_embedded: bool) -> Self {
        let mut files: Vec<(String, String)> = Vec::new();
        let mut sources = String::new();
        for library in &LIBRARIES {
            if libraries_embedded {
                files.push((own_url(library.name, library.integrity), library.integrity.to_owned()));
            } else {
                files.push((library.cdn_url.to_owned(), library.integrity.to_owned()));
                // Whole addresses: the CDN's host alone would admit every package that anybody ever published.
                sources.push(' ');
                sources.push_str(library.cdn_url);
            }
        }
        for (name, _, content) in [PAGE_STYLE, PAGE_SCRIPT] {
            let integrity = integrity(content);
            files.push((own_url(name, &integrity), integrity));
        }
        let tags: String = files.iter().map(|(url, integrity)| tag(url, integrity)).collect();

        let policy = format!(
            "default-src 'none'; script-src 'self'{sources}; style-src 'self' {DIALOG_STYLE}{sources}; font-src data:; \
             img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        Self {
            html: TEMPLATE.replace("<!-- files -->", tags.trim_end()),
            content_security_policy: HeaderValue::try_from(policy).expect("it is made of constants in ASCII"),
        }
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

/// `defer` keeps the order of the scripts.
fn tag(url: &str, integrity: &str) -> String {
    let path = url.split('?').next().unwrap_or(url);
    if path.ends_with(".css") {
        format!("<link rel=\"stylesheet\" href=\"{url}\" integrity=\"{integrity}\" crossorigin=\"anonymous\">\n    ")
    } else {
        format!("<script defer src=\"{url}\" integrity=\"{integrity}\" crossorigin=\"anonymous\"></script>\n    ")
    }
}

fn integrity(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embedded_libraries_are_the_files_that_the_hashes_name() {
        if embedded::FILES.is_empty() {
            return;
        }
        for library in &LIBRARIES {
            let (_, _, content) = embedded::FILES.iter().find(|(name, ..)| *name == library.name).unwrap();
            assert_eq!(integrity(content), library.integrity, "{}", library.name);
        }
    }

    #[test]
    fn the_cdn_serves_the_versions_that_npm_pins() {
        let pins: serde_json::Value = serde_json::from_str(include_str!("../../tools/graphiql/package.json")).unwrap();
        for (package, version) in pins["dependencies"].as_object().unwrap() {
            let versioned = format!("/npm/{package}@{}/", version.as_str().unwrap());
            assert!(
                LIBRARIES.iter().any(|library| library.cdn_url.contains(&versioned)),
                "{versioned}"
            );
        }
    }

    #[test]
    fn the_policy_admits_own_files_and_at_most_the_four_of_the_cdn() {
        for (libraries_embedded, cdn_addresses) in [(true, 0), (false, 2 * LIBRARIES.len())] {
            let page = Page::new(libraries_embedded);
            let policy = page.content_security_policy.to_str().unwrap();
            assert_eq!(policy.matches("https://").count(), cdn_addresses, "{policy}");
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(
                page.html.matches("integrity=\"sha384-").count(),
                LIBRARIES.len() + 2,
                "{}",
                page.html
            );
        }
    }

    #[tokio::test]
    async fn the_page_and_its_own_files_are_served_and_nothing_else() {
        assert_eq!(page().headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(asset(Path("page.js".into())).await.status(), StatusCode::OK);
        assert_eq!(
            asset(Path("../Cargo.toml".into())).await.status(),
            StatusCode::NOT_FOUND
        );
    }
}
