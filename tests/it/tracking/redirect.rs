//! Following links.

use std::time::Duration;

use axum::http::{Method, StatusCode};

use super::{another_link, ask, days, follow, link, touches, written};
use crate::ledger::Shop;
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_link_leads_on_and_its_click_is_recorded_and_counted(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let reply = follow(&app, "/r/acme/ann-1?page=2&utm=x%20y&ref=z&tc=z").await;
    assert_eq!(reply.status, StatusCode::FOUND);
    assert_eq!(reply.header("cache-control"), "no-store");
    let click = reply.click().expect("a click");
    assert_eq!(
        reply.header("location"),
        format!("https://shop.example/spring?page=1&utm=x%20y&ref=ann-1&tc={click}")
    );
    assert_ne!(follow(&app, "/r/acme/ann-1").await.click().as_ref(), Some(&click));
    written(&app.app).await;
    assert_eq!(touches(&app).await, ["CLICK nobody clicked", "CLICK nobody clicked"]);
    // Days are those of the tenant, whose clock is an hour ahead.
    app.clock.advance(Duration::from_secs(11 * 3600));
    follow(&app, "/r/acme/ann-1").await;
    written(&app.app).await;
    assert_eq!(days(&app).await, ["2026-03-01 2", "2026-03-02 1"]);
}

#[apply(both_databases)]
async fn a_name_that_nobody_has_leads_to_a_plain_page(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let id = app.texts("SELECT slug FROM tenant").await;
    assert_eq!(id, ["acme"]);
    let long = format!("/r/acme/{}", "x".repeat(65));
    for path in [
        "/r/acme/nobody",
        "/r/acme/ANN-1",
        "/r/other/ann-1",
        "/r/ACME/ann-1",
        "/r/acme/%00",
        "/r/acme/%ff",
        "/r/acme/%0d%0aset-cookie:a",
        &long,
    ] {
        let reply = follow(&app, path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(reply.text, "This link does not exist.\n");
        assert_eq!(reply.header("content-type"), "text/plain; charset=utf-8");
    }
    let posted = ask(&app.router(), Method::POST, "/r/acme/ann-1", &[], "").await;
    assert_eq!(posted.status, StatusCode::METHOD_NOT_ALLOWED);
    written(&app.app).await;
    assert!(touches(&app).await.is_empty());
}

#[apply(both_databases)]
async fn whoever_is_no_person_is_led_on_and_not_recorded(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    for (method, header) in [
        (Method::HEAD, ("accept", "*/*")),
        (Method::GET, ("sec-purpose", "prefetch;prerender")),
        (Method::GET, ("purpose", "prefetch")),
        (Method::GET, ("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1)")),
    ] {
        let reply = ask(&app.router(), method, "/r/acme/ann-1", &[header], "").await;
        assert_eq!(reply.status, StatusCode::FOUND);
        assert_eq!(reply.header("location"), "https://shop.example/spring?page=1&ref=ann-1");
    }
    app.execute("UPDATE link SET status = 'DISABLED', disabled_at = created_at")
        .await;
    app.clock.advance(Duration::from_secs(6));
    let reply = follow(&app, "/r/acme/ann-1?a=b").await;
    assert_eq!(reply.header("location"), "https://shop.example/spring?page=1&a=b");
    written(&app.app).await;
    assert!(touches(&app).await.is_empty() && days(&app).await.is_empty());
}

#[apply(both_databases)]
async fn nobody_leads_a_link_elsewhere(app: TestApp) {
    let shop = Shop::new(&app).await;
    let made = link(&app, &shop).await;
    for query in [
        "//evil.example",
        "url=https://evil.example",
        "@evil.example",
        "%0d%0alocation:%20https://evil.example",
        "%23@evil.example/",
        "/..//evil.example",
        "\\evil.example",
    ] {
        let reply = follow(&app, &format!("/r/acme/ann-1?{query}")).await;
        assert_eq!(reply.status, StatusCode::FOUND, "{query}");
        let address = url::Url::parse(reply.header("location")).unwrap();
        assert_eq!(address.host_str(), Some("shop.example"), "{query}");
        assert_eq!(address.path(), "/spring");
        assert_eq!(reply.headers.get_all("location").iter().count(), 1);
    }
    let long = "x=1&".repeat(3_000);
    let reply = follow(&app, &format!("/r/acme/ann-1?{long}")).await;
    assert!(reply.header("location").len() > long.len());
    // A destination that is no longer allowed leads nowhere, whatever was allowed when it was written.
    another_link(&app, &made.partner, &made.campaign, "ann-2").await;
    for address in [
        "https://evil.example/",
        "https://a@shop.example/",
        "javascript:alert(1)",
    ] {
        app.execute(&format!(
            "UPDATE link SET destination_url = '{address}' WHERE key = 'ann-2'"
        ))
        .await;
        app.clock.advance(Duration::from_secs(6));
        assert_eq!(
            follow(&app, "/r/acme/ann-2").await.status,
            StatusCode::NOT_FOUND,
            "{address}"
        );
    }
}

#[apply(both_databases)]
async fn a_link_that_was_deleted_loses_no_click_of_others(app: TestApp) {
    let shop = Shop::new(&app).await;
    let made = link(&app, &shop).await;
    another_link(&app, &made.partner, &made.campaign, "ann-2").await;
    for key in ["ann-1", "ann-2", "ann-1"] {
        follow(&app, &format!("/r/acme/{key}")).await;
    }
    app.execute("DELETE FROM link WHERE key = 'ann-2'").await;
    written(&app.app).await;
    assert_eq!(days(&app).await, ["2026-03-01 2"]);
}
