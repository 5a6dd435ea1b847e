//! The script for a brand's pages.

use axum::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::ask;
use crate::support::both_databases;

#[apply(both_databases)]
async fn the_script_is_small_never_changes_and_has_the_documented_hash(app: TestApp) {
    let reply = ask(&app.router(), Method::GET, "/t/1.js", &[], "").await;
    assert_eq!(reply.status, StatusCode::OK);
    assert!(reply.text.len() < 3_000, "{}", reply.text.len());
    for (name, value) in [
        ("content-type", "text/javascript; charset=utf-8"),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("access-control-allow-origin", "*"),
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        assert_eq!(reply.header(name), value);
    }
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA384, reply.text.as_bytes());
    let hash = format!("sha384-{}", STANDARD.encode(digest));
    let page = std::fs::read_to_string("docs/tracking.md").unwrap();
    assert!(
        page.contains(&format!("integrity=\"{hash}\"")),
        "docs/tracking.md: {hash}"
    );
    let unknown = ask(&app.router(), Method::GET, "/t/2.js", &[], "").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}
