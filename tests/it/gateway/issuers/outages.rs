//! Providers that are away, slow, or not themselves.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::net::TcpListener;
use tributary::auth::IssuerSettings;

use super::provider::{How, Provider};
use super::{Gateway, NO, OK, Signer, usual};
use crate::support::{Client, TestApp};

/// Longer than any pause between attempts.
const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_gateway_starts_without_its_provider_and_finds_it_when_it_comes() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    gateway.provider.answer(How::Status(503));
    let token = key.token(&app, &gateway.provider);
    let mut attempts = Vec::new();
    for second in 0..64 {
        gateway.refresh().await;
        assert_eq!(gateway.status(token.clone()).await, NO);
        if attempts.len() < gateway.provider.asked() {
            attempts.push(second);
        }
        app.clock.advance(Duration::from_secs(1));
    }
    assert_eq!(
        attempts,
        [0, 1, 3, 7, 15, 31, 63],
        "with growing pauses, however many ask"
    );
    assert_eq!(
        gateway.status(app.sign(&json!({}))).await,
        OK,
        "our own tokens are good meanwhile"
    );
    gateway.provider.answer(How::Well);
    app.clock.advance(MINUTE);
    assert_eq!(gateway.status(token).await, OK);
}

#[tokio::test]
async fn keys_outlive_an_outage_for_a_day() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let (key, new) = (Signer::new("a"), Signer::new("b"));
    gateway.provider.serve(&[key.jwk()]);
    gateway.refresh().await;
    let token = key.token(&app, &gateway.provider);
    gateway.provider.answer(How::Status(500));
    for _ in 0..24 {
        app.clock.advance(Duration::from_secs(3600));
        gateway.refresh().await;
        assert_eq!(gateway.status(token.clone()).await, OK);
    }
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(
        gateway.status(token.clone()).await,
        NO,
        "nobody has said for a day that it is good"
    );
    let ready = Client::new(gateway.router.clone(), None);
    let ready = ready.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!(ready.status, OK, "others are served");

    gateway.provider.serve(&[new.jwk()]);
    gateway.provider.answer(How::Well);
    app.clock.advance(MINUTE);
    gateway.refresh().await;
    assert_eq!(gateway.status(token).await, NO, "it was replaced meanwhile");
    assert_eq!(gateway.status(new.token(&app, &gateway.provider)).await, OK);
}

#[tokio::test]
async fn answers_that_are_none_leave_the_keys_from_before() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let (old, new) = (Signer::new("old"), Signer::new("new"));
    gateway.provider.serve(&[old.jwk()]);
    gateway.refresh().await;
    // None of these may bring the new key, or take the old one away.
    gateway.provider.serve(&[new.jwk()]);
    for (index, how) in [
        How::Status(404),
        How::Status(201),
        How::Redirect,
        How::Silence,
        How::Trickle,
        How::Endless,
        How::Text(String::new()),
        How::Text("<html>".to_owned()),
        How::Text("{}".to_owned()),
        How::Text(format!("{{\"keys\":[{}]}}", new.jwk())),
        How::Text(format!("{}{{\"keys\":[]}}", " ".repeat(256 * 1024))),
    ]
    .into_iter()
    .enumerate()
    {
        let is_sound = index == 9;
        gateway.provider.answer(how.clone());
        app.clock.advance(5 * MINUTE);
        let start = Instant::now();
        gateway.refresh().await;
        assert!(start.elapsed() < Duration::from_secs(10), "{how:?}");
        assert_eq!(gateway.provider.asked(), index + 2, "{how:?}");
        let of_old = gateway.status(old.token(&app, &gateway.provider)).await;
        let of_new = gateway.status(new.token(&app, &gateway.provider)).await;
        assert_eq!((of_old, of_new), if is_sound { (NO, OK) } else { (OK, NO) }, "{how:?}");
        gateway.provider.serve(&[old.jwk()]);
        gateway.provider.answer(How::Well);
        app.clock.advance(5 * MINUTE);
        // Back to the beginning, without being counted.
        gateway.refresh().await;
        gateway.provider.uncount();
        gateway.provider.serve(&[new.jwk()]);
    }
}

#[tokio::test]
async fn a_slow_provider_keeps_nobody_waiting_for_long_and_those_with_known_keys_not_at_all() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let (key, unknown) = (Signer::new("a"), Signer::new("b"));
    gateway.provider.serve(&[key.jwk()]);
    gateway.refresh().await;
    gateway.provider.answer(How::Silence);
    app.clock.advance(MINUTE);
    let start = Instant::now();
    let waits = async {
        let waited = gateway.status(unknown.token(&app, &gateway.provider)).await;
        (waited, start.elapsed())
    };
    let others = async {
        // The fetch is under way once somebody has asked.
        while gateway.provider.asked() < 2 {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            assert_eq!(gateway.status(key.token(&app, &gateway.provider)).await, OK);
        }
        start.elapsed()
    };
    let ((waited, long), short) = tokio::join!(waits, others);
    assert_eq!(waited, NO);
    assert!(short < long && long < Duration::from_secs(10), "{short:?} {long:?}");
    // Whoever comes afterwards does not wait: it is not time to try again.
    assert_eq!(gateway.status(unknown.token(&app, &gateway.provider)).await, NO);
    assert_eq!(gateway.provider.asked(), 2);
}

#[tokio::test]
async fn a_provider_that_is_another_one_gives_no_keys() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let key = Signer::new("a");
    gateway.provider.serve(&[key.jwk()]);
    let token = key.token(&app, &gateway.provider);
    let issuer = gateway.provider.issuer();
    for pretended in [
        format!("{issuer}/"),
        issuer.replace("127.0.0.1", "localhost"),
        String::new(),
    ] {
        gateway.provider.pretend(&pretended);
        gateway.refresh().await;
        assert_eq!(gateway.status(token.clone()).await, NO, "{pretended}");
        app.clock.advance(MINUTE);
    }
    assert_eq!(gateway.provider.asked(), 0, "its keys are not even looked at");
    gateway.provider.pretend(&issuer);
    gateway.refresh().await;
    assert_eq!(gateway.status(token).await, OK);
}

#[tokio::test]
async fn a_provider_that_takes_no_connections_is_a_failure_like_others() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let provider = Provider::start().await;
    let settings = IssuerSettings {
        jwks_url: Some(format!("http://{closed}/keys")),
        ..usual(&provider)
    };
    let gateway = Gateway::with(&app, provider, settings);
    let token = Signer::new("a").token(&app, &gateway.provider);
    assert_eq!(gateway.status(token).await, NO);
}

#[tokio::test]
async fn fetches_are_counted() {
    let app = TestApp::on_sqlite().await;
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    gateway
        .provider
        .serve(&[Signer::new("a").jwk(), Signer::new("b").jwk()]);
    gateway.provider.answer(How::Status(500));
    gateway.refresh().await;
    app.clock.advance(MINUTE);
    gateway.provider.answer(How::Well);
    gateway.refresh().await;
    let fetched_at = app.clock.now().timestamp();
    let text = app.app.metrics.render(&[], None);
    for line in [
        "tributary_issuer_fetches_total{issuer=\"default\",result=\"failed\"} 1".to_owned(),
        "tributary_issuer_fetches_total{issuer=\"default\",result=\"ok\"} 1".to_owned(),
        "tributary_issuer_keys{issuer=\"default\"} 2".to_owned(),
        format!("tributary_issuer_last_success_timestamp_seconds{{issuer=\"default\"}} {fetched_at}"),
    ] {
        assert!(text.lines().any(|shown| shown == line), "{line}\n{text}");
    }
}
