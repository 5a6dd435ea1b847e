mod build;

use super::*;

#[test]
fn the_policy_admits_scripts_and_workers_of_the_gateway_only() {
    for policy in [CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_WITHOUT] {
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("http") && !policy.contains("eval"), "{policy}");
    }
    assert!(CONTENT_SECURITY_POLICY.contains("script-src 'self';"));
    assert_eq!(CONTENT_SECURITY_POLICY.matches("unsafe").count(), 1);
}

#[test]
fn the_page_has_no_inline_script_and_names_only_files_that_are_served() {
    let Some(page) = file(PAGE) else {
        return;
    };
    let html = std::str::from_utf8(page).unwrap();
    assert_eq!(
        html.matches("<script").count(),
        html.matches(" src=\"./graphiql/").count(),
        "{html}"
    );
    for named in html.split("\"./graphiql/").skip(1) {
        let name = named.split('"').next().unwrap();
        assert!(file(name).is_some(), "{name}");
    }
}

/// The figure that docs/operations.md states; the compression of responses is that of gzip.
#[test]
fn the_page_is_at_most_8_mb_before_compression() {
    let bytes: usize = embedded::FILES.iter().map(|(_, content)| content.len()).sum();
    assert!(bytes <= 8_000_000, "{bytes}");
}

#[test]
fn without_a_bundle_the_page_says_how_to_get_it_and_how_to_ask_with_curl() {
    let response = respond_with_page(None);
    assert_eq!(
        response.headers()[header::CONTENT_SECURITY_POLICY],
        CONTENT_SECURITY_POLICY_WITHOUT
    );
    let html = std::str::from_utf8(ABSENT).unwrap();
    assert!(!html.contains("<script") && !html.contains("<style"), "{html}");
    for said in ["npm", "scripts/graphiql-assets", "curl -s"] {
        assert!(html.contains(said), "{said}");
    }
}

#[tokio::test]
async fn files_are_served_with_their_types_and_nothing_else_is() {
    let types = embedded::FILES.iter().filter(|(name, _)| *name != PAGE);
    for (name, _) in types {
        let response = asset(Path((*name).to_owned())).await;
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let content_type = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(
            content_type.starts_with("text/javascript"),
            name.ends_with(".js"),
            "{name}: {content_type}"
        );
    }
    for name in [PAGE, "inputs", "../Cargo.toml", "..%2fCargo.toml", "/etc/passwd", ""] {
        assert_eq!(
            asset(Path(name.to_owned())).await.status(),
            StatusCode::NOT_FOUND,
            "{name}"
        );
    }
    let page = page().await;
    assert_eq!(page.headers()[header::CACHE_CONTROL], "no-store");
    assert_eq!(page.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
}
