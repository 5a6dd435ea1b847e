//! What the script sends.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::json;
use tokio::sync::watch;
use tributary::http::{self, HttpOptions, ThrottleSection};

use super::{BRAND, ask, follow, link, send, touches, written};
use crate::ledger::{Shop, euros};
use crate::support::both_databases;

#[apply(both_databases)]
async fn a_click_joins_the_first_visitor_that_names_it(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let click = follow(&app, "/r/acme/ann-1").await.click();
    // Even before it is written.
    send(&app, &json!({ "visitor": "visitor-1", "tc": click })).await;
    send(&app, &json!({ "visitor": "visitor-2", "tc": click })).await;
    written(&app.app).await;
    send(&app, &json!({ "visitor": "visitor-3", "tc": click })).await;
    written(&app.app).await;
    assert_eq!(touches(&app).await, ["CLICK visitor-1 clicked"]);
}

#[apply(both_databases)]
async fn a_click_can_be_named_for_half_an_hour(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let [first, second] = [follow(&app, "/r/acme/ann-1").await, follow(&app, "/r/acme/ann-1").await];
    written(&app.app).await;
    app.clock.advance(Duration::from_secs(1800));
    send(&app, &json!({ "visitor": "in-time-1", "tc": first.click() })).await;
    written(&app.app).await;
    app.clock.advance(Duration::from_secs(1));
    send(&app, &json!({ "visitor": "too-late-1", "tc": second.click() })).await;
    written(&app.app).await;
    let mut found = touches(&app).await;
    found.sort();
    assert_eq!(found, ["CLICK in-time-1 clicked", "CLICK nobody clicked"]);
}

#[apply(both_databases)]
async fn a_click_that_another_process_writes_later_is_joined_then(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let other = app.replica().await;
    let router = app.router_of(other.clone());
    let click = ask(&router, Method::GET, "/r/acme/ann-1", &[], "").await.click();
    send(&app, &json!({ "visitor": "visitor-1", "tc": click })).await;
    written(&app.app).await;
    assert!(touches(&app).await.is_empty());
    written(&other).await;
    written(&app.app).await;
    assert_eq!(touches(&app).await, ["CLICK visitor-1 clicked"]);
}

#[apply(both_databases)]
async fn pages_report_links_and_coupons_and_the_partner_earns(app: TestApp) {
    let shop = Shop::new(&app).await;
    let made = link(&app, &shop).await;
    let coupon = json!({ "partnerId": made.partner, "campaignId": made.campaign, "code": "SPRING" });
    shop.make("createCoupon", "coupon", coupon).await;
    send(&app, &json!({ "visitor": "visitor-1", "ref": "ann-1" })).await;
    send(&app, &json!({ "visitor": "visitor-1", "coupon": "spring" })).await;
    for nonsense in [
        json!({ "visitor": "visitor-1", "ref": "nobody" }),
        json!({ "visitor": "visitor-1", "coupon": "nothing" }),
        json!({ "visitor": "short", "ref": "ann-1" }),
        json!({ "visitor": "visitor-1", "ref": "ann-1", "coupon": "spring" }),
        json!({ "visitor": "visitor-1", "tc": "guess" }),
        json!({ "visitor": "visitor-1" }),
        json!({ "ref": "ann-1" }),
        json!({ "visitor": "visitor-1", "ref": "a\0b" }),
        json!([1]),
    ] {
        send(&app, &nonsense).await;
    }
    written(&app.app).await;
    assert_eq!(touches(&app).await, ["CLICK visitor-1", "COUPON visitor-1"]);
    let sale = json!({ "externalId": "1", "kind": "CHARGE", "amount": euros("100"), "visitorId": "visitor-1" });
    let selection = "event { attribution { partner { id } } } commissions { amount { amount } }";
    let sold = shop.staff().done("recordEvent", sale, selection).await;
    assert_eq!(sold["event"]["attribution"]["partner"]["id"], json!(made.partner));
    assert_eq!(sold["commissions"][0]["amount"]["amount"], "10.00");
    // Links and coupons that are out of use are not recorded.
    app.execute("UPDATE link SET status = 'DISABLED', disabled_at = created_at")
        .await;
    app.execute("UPDATE coupon SET status = 'DISABLED'").await;
    send(&app, &json!({ "visitor": "visitor-1", "ref": "ann-1" })).await;
    send(&app, &json!({ "visitor": "visitor-1", "coupon": "spring" })).await;
    written(&app.app).await;
    assert_eq!(touches(&app).await.len(), 2);
}

#[apply(both_databases)]
async fn only_pages_of_the_brand_are_heard_and_all_are_answered_alike(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let body = json!({ "visitor": "visitor-1", "ref": "ann-1" }).to_string();
    let long = format!("{}{}", body, " ".repeat(1024));
    let router = app.router();
    for (path, origin, body) in [
        ("/t/acme", "https://evil.example", &body),
        ("/t/acme", "http://shop.example", &body),
        ("/t/acme", "null", &body),
        ("/t/acme", "", &body),
        ("/t/other", BRAND, &body),
        ("/t/%ff", BRAND, &body),
        ("/t/acme", BRAND, &long),
    ] {
        let headers: Vec<_> = [("origin", origin)]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let reply = ask(&router, Method::POST, path, &headers, body).await;
        assert_eq!(
            (reply.status, reply.text.as_str()),
            (StatusCode::NO_CONTENT, ""),
            "{path} {origin}"
        );
        let is_brand = path == "/t/acme" && origin == BRAND;
        assert_eq!(
            reply.header("access-control-allow-origin") == BRAND,
            is_brand,
            "{path} {origin}"
        );
    }
    written(&app.app).await;
    assert!(touches(&app).await.is_empty());
    for (origin, methods) in [(BRAND, "POST"), ("https://evil.example", "")] {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let reply = ask(&router, Method::OPTIONS, "/t/acme", &headers, "").await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
        assert_eq!(reply.header("access-control-allow-methods"), methods);
    }
}

#[apply(both_databases)]
async fn an_address_sends_only_so_much(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let options = HttpOptions {
        collector: ThrottleSection {
            maximum: 3,
            restore_per_second: 1,
            ..ThrottleSection::of_collector()
        },
        ..HttpOptions::default()
    };
    let (_, ending) = watch::channel(false);
    let router = http::router(app.app.clone(), options, ending).unwrap();
    let body = json!({ "visitor": "visitor-1", "ref": "ann-1" }).to_string();
    for _ in 0..100 {
        let reply = ask(&router, Method::POST, "/t/acme", &[("origin", BRAND)], &body).await;
        assert_eq!(reply.status, StatusCode::NO_CONTENT);
    }
    written(&app.app).await;
    let recorded = touches(&app).await.len();
    assert!((3..50).contains(&recorded), "{recorded}");
}
