//! Listeners while the database cannot be asked: they are told so, and not that it is a fault of ours.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tributary::app::App;
use tributary::http::HttpOptions;
use tributary::store::{self, StoreOptions};

use super::socket::Socket;
use super::{CHANGES, Gateway, codes, of_partner};
use crate::ledger::Shop;
use crate::support::TestApp;
use crate::support::proxy::{Proxy, Way};

fn sql(text: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, text)
}

/// A gateway over this database that waits for a locked row for so long.
async fn gateway(app: &TestApp, url: String, lock_timeout: Duration) -> Gateway {
    let options = StoreOptions {
        url,
        max_connections: 4,
        lock_timeout,
        ..StoreOptions::default()
    };
    let store = store::connect(&options).await.expect("the database opens");
    let behind = Arc::new(App::new(store, app.clock.clone(), app.app.keys.clone()));
    Gateway::with(&behind, HttpOptions::default()).await
}

#[tokio::test]
async fn an_event_that_cannot_be_read_ends_as_unavailable() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    shop.sale("1", &ann, &campaign, "100").await;
    let gateway = gateway(&app, app.database_url(), Duration::from_millis(500)).await;
    let own = of_partner(&app, &ann);
    let mut stream = gateway.events(&own, CHANGES).await;
    let mut socket = gateway.socket(&own).await;
    socket.subscribe("1", CHANGES).await;
    // The row is told of again, by a transaction that needs nothing of the table that somebody else then locks.
    let again = app.store().begin_unaudited().await.unwrap();
    let copy = "INSERT INTO outbox (tenant_id, type, object_id, at) SELECT tenant_id, type, object_id, at FROM outbox";
    again.execute_raw(sql(copy)).await.unwrap();
    let locked = app.store().begin_unaudited().await.unwrap();
    locked.execute_raw(sql("LOCK TABLE partner")).await.unwrap();
    again.commit().await.unwrap();
    let last = stream.next().await;
    assert_eq!(codes(&last["errors"]), ["UNAVAILABLE"], "{last}");
    assert_eq!(stream.piece().await.as_deref(), Some("event: complete\ndata:"));
    let last = socket.hear().await;
    assert_eq!(
        (&last["type"], codes(&last["payload"])),
        (&json!("error"), vec!["UNAVAILABLE".to_owned()])
    );
    locked.rollback().await.unwrap();
    // The socket goes on.
    socket.subscribe("2", CHANGES).await;
    let row = shop.sale("2", &ann, &campaign, "100").await;
    assert_eq!(socket.changed("2").await, format!("ACCRUED {row}"));
}

#[tokio::test]
async fn nobody_begins_to_listen_where_the_database_is_down() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    let ann = shop.partner("ann").await;
    let proxy = Proxy::before(&app.database_url()).await;
    let gateway = gateway(&app, proxy.url(&app.database_url()), Duration::from_secs(5)).await;
    let own = of_partner(&app, &ann);
    let mut open = gateway.socket(&own).await;
    proxy.fail(Way::Down);
    open.start("1", CHANGES).await;
    let refused = open.hear().await;
    assert_eq!(
        (&refused["type"], codes(&refused["payload"])),
        (&json!("error"), vec!["UNAVAILABLE".to_owned()])
    );
    // Clients connect again after this code, and not after that of a fault.
    let mut new = Socket::open(gateway.address).await;
    new.say(json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {own}") } }))
        .await;
    assert_eq!(new.closed().await, (1013, "Try again later".to_owned()));
    let response = gateway.stream(&own, &json!({ "query": CHANGES })).await;
    assert_eq!(response.status(), 503);
    proxy.fail(Way::Open);
    open.subscribe("2", CHANGES).await;
}
