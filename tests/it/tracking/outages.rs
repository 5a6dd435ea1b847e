//! Links while the database is slow or away, and when the program ends.

use std::sync::Arc;
use std::time::Duration;

use axum::http::{Method, StatusCode};
use tokio::sync::watch;
use tributary::app::App;
use tributary::service::tracking::{Tracking, TrackingSettings, run, write_waiting};
use tributary::store;

use super::{ask, days, follow, link, touches, written};
use crate::ledger::Shop;
use crate::support::proxy::{Proxy, Way};
use crate::support::{TestApp, both_databases};

#[apply(both_databases)]
async fn a_stop_loses_no_click(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let (end, ending) = watch::channel(false);
    let running = app.app.clone();
    let worker = tokio::spawn(async move { run(&running, ending).await });
    for _ in 0..450 {
        follow(&app, "/r/acme/ann-1").await;
    }
    end.send_replace(true);
    worker.await.unwrap();
    assert_eq!(touches(&app).await.len(), 450);
    assert_eq!(days(&app).await, ["2026-03-01 450"]);
}

#[apply(both_databases)]
async fn visitors_do_not_wait_for_what_is_written_and_too_many_clicks_are_counted_as_lost(app: TestApp) {
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let settings = TrackingSettings {
        waiting: 10,
        ..TrackingSettings::default()
    };
    let small = Arc::new(App::clone(&app.app).with_tracking(Tracking::new(settings)));
    let router = app.router_of(small.clone());
    // Nothing else can be written meanwhile on SQLite.
    let writing = app.store().begin_unaudited().await.unwrap();
    for _ in 0..8 {
        let reply = ask(&router, Method::GET, "/r/acme/ann-1", &[], "").await;
        assert_eq!(reply.status, StatusCode::FOUND);
    }
    writing.rollback().await.unwrap();
    written(&small).await;
    assert_eq!(touches(&app).await.len(), 5);
    let metrics = small.metrics.render(&[], None);
    for line in ["{result=\"lost\"} 3", "{result=\"recorded\"} 5"] {
        assert!(
            metrics.contains(&format!("tributary_tracked_touches_total{line}\n")),
            "{line}"
        );
    }
}

#[tokio::test]
async fn links_lead_on_while_the_database_is_away_and_their_clicks_are_written_once_it_is_back() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let shop = Shop::new(&app).await;
    link(&app, &shop).await;
    let proxy = Proxy::before(&app.database_url()).await;
    let options = crate::support::database::options(proxy.url(&app.database_url()));
    let store = store::connect(&options).await.unwrap();
    let behind = app.app.on(store);
    let router = app.router_of(behind.clone());
    let ask_at = |path: &'static str| {
        let router = router.clone();
        async move { ask(&router, Method::GET, path, &[], "").await }
    };
    assert_eq!(ask_at("/r/acme/ann-1").await.status, StatusCode::FOUND);
    proxy.fail(Way::Down);
    app.clock.advance(Duration::from_secs(3600));
    for _ in 0..3 {
        assert_eq!(ask_at("/r/acme/ann-1").await.status, StatusCode::FOUND);
    }
    let unknown = ask_at("/r/acme/other").await;
    assert_eq!(unknown.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(unknown.header("retry-after"), "2");
    assert!(!write_waiting(&behind).await);
    // A commit that is not confirmed is not repeated.
    proxy.fail(Way::CutAtCommit { after: true });
    assert!(!write_waiting(&behind).await);
    proxy.fail(Way::Open);
    written(&behind).await;
    assert_eq!(touches(&app).await.len(), 4);
    assert_eq!(days(&app).await, ["2026-03-01 4"]);
}
