//! Links that are followed, what the script on a brand's pages sends, and how long touches are kept.

mod collector;
mod outages;
mod program;
mod pruning;
mod redirect;
mod script;

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;
use tributary::app::App;
use tributary::domain::id::{CampaignId, PartnerId};
use tributary::service::tracking::write_waiting;

use crate::ledger::Shop;
use crate::support::TestApp;

pub const BRAND: &str = "https://shop.example";

/// A link's tenant and key, in the database.
pub struct Linked {
    pub partner: String,
    pub campaign: String,
}

/// An active link "ann-1" of a partner, which leads to https://shop.example/spring.
pub async fn link(app: &TestApp, shop: &Shop<'_>) -> Linked {
    let (partner, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    another_link(app, &partner, &campaign, "ann-1").await;
    let origins = format!("UPDATE tenant SET tracking_origins = '[\"{BRAND}\"]'");
    app.execute(&origins).await;
    Linked { partner, campaign }
}

/// Another link of a partner. Its row is written directly: how links are made is tested elsewhere.
pub async fn another_link(app: &TestApp, partner: &str, campaign: &str, key: &str) {
    let partner = bytes(app, partner.parse::<PartnerId>().unwrap().uuid());
    let campaign = bytes(app, campaign.parse::<CampaignId>().unwrap().uuid());
    let id = bytes(app, uuid::Uuid::from_u128(fastrand::u128(..)));
    app.execute(&format!(
        "INSERT INTO link (tenant_id, id, partner_id, campaign_id, key, destination_url, status, created_at, updated_at)
         SELECT tenant_id, {id}, id, {campaign}, '{key}', '{BRAND}/spring?page=1', 'ACTIVE', created_at, created_at
         FROM partner WHERE id = {partner}"
    ))
    .await;
    app.execute(&format!(
        "UPDATE campaign SET link_hosts = '[\"shop.example\"]' WHERE id = {campaign}"
    ))
    .await;
}

fn bytes(app: &TestApp, id: uuid::Uuid) -> String {
    match app.is_postgres() {
        true => format!("'{id}'"),
        false => format!("x'{}'", id.simple()),
    }
}

/// An answer, without its body.
pub struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The click's id in the address to which it leads.
    pub fn click(&self) -> Option<String> {
        let address = url::Url::parse(self.header("location")).unwrap();
        let mut pairs = address.query_pairs();
        pairs
            .find(|(name, _)| name == "tc")
            .map(|(_, value)| value.into_owned())
    }
}

pub async fn ask(router: &Router, method: Method, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_owned())).unwrap();
    let address: SocketAddr = "192.0.2.1:1".parse().unwrap();
    request.extensions_mut().insert(ConnectInfo(address));
    let response = Box::pin(router.clone().oneshot(request)).await.unwrap();
    let (head, body) = response.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
    Reply {
        status: head.status,
        headers: head.headers,
        text: String::from_utf8(body.to_vec()).unwrap(),
    }
}

/// Follows a link.
pub async fn follow(app: &TestApp, path: &str) -> Reply {
    ask(&app.router(), Method::GET, path, &[("user-agent", "Mozilla/5.0")], "").await
}

/// Sends what the script sends, from the brand's page.
pub async fn send(app: &TestApp, body: &Value) -> Reply {
    let headers = [
        (header::ORIGIN.as_str(), BRAND),
        ("content-type", "text/plain;charset=UTF-8"),
    ];
    let reply = ask(&app.router(), Method::POST, "/t/acme", &headers, &body.to_string()).await;
    assert_eq!((reply.status, reply.text.as_str()), (StatusCode::NO_CONTENT, ""));
    reply
}

/// Writes what waits.
pub async fn written(app: &App) {
    assert!(write_waiting(app).await);
}

/// The touches as stored: kind, visitor, and whether they have a click's id.
pub async fn touches(app: &TestApp) -> Vec<String> {
    app.texts(
        "SELECT kind || ' ' || COALESCE(visitor_id, 'nobody') || CASE WHEN click_id IS NULL THEN '' ELSE ' clicked' END
         FROM touch ORDER BY occurred_at, id",
    )
    .await
}

/// The clicks that were counted, by day.
pub async fn days(app: &TestApp) -> Vec<String> {
    app.texts("SELECT day || ' ' || CAST(clicks AS text) FROM link_day ORDER BY day")
        .await
}
