//! Where no request goes, whatever an endpoint is called.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use futures::FutureExt;
use futures::future::BoxFuture;
use serde_json::json;
use tributary::outgoing::Resolve;

use super::{How, Receiver, deliveries, endpoint, local, resolving, work};
use crate::support::{TestApp, both_databases};

/// Answers with one list after the other, the last one for ever.
struct Scripted(Mutex<VecDeque<Vec<IpAddr>>>);

impl Scripted {
    fn new(answers: &[&[&str]]) -> Arc<Self> {
        let list = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Self(Mutex::new(answers.iter().map(list).collect())))
    }
}

impl Resolve for Scripted {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        async move {
            let mut answers = self.0.lock().unwrap();
            let next = if answers.len() > 1 {
                answers.pop_front()
            } else {
                answers.front().cloned()
            };
            next.ok_or_else(|| io::ErrorKind::NotFound.into())
        }
        .boxed()
    }
}

/// Sends a test to a URL; what came of it.
async fn error_of(app: &TestApp, url: &str) -> String {
    let staff = app.staff(&app.tenant(&format!("t{}", fastrand::u32(..))).await, "admin");
    let (id, _) = endpoint(&staff, url, &[]).await;
    staff
        .done("sendTestWebhook", json!({ "endpointId": id }), "webhookDelivery { id }")
        .await;
    work(&app.app).await;
    let delivery = deliveries(&staff).await[0].clone();
    assert_eq!(
        (&delivery["status"], &delivery["attempts"][0]["statusCode"]),
        (&json!("PENDING"), &json!(null))
    );
    delivery["attempts"][0]["error"].as_str().expect("an error").to_owned()
}

#[apply(both_databases)]
async fn urls_that_say_where_they_lead_are_refused_at_once(app: TestApp) {
    let staff = app.admin().await;
    for url in [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://10.1.2.3/",
        "https://2130706433/",
        "https://[::ffff:10.0.0.1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::a00:1]/",
        "https://[fd00::1]/",
        "https://example.com:8443/",
        "ftp://example.com/",
        "https://ann:pw@example.com/",
        "no address",
        "",
    ] {
        let made = staff
            .problems("createWebhookEndpoint", json!({ "url": url }), "webhookEndpoint")
            .await;
        assert_eq!(made, ["INVALID url"], "{url}");
    }
    let (id, _) = endpoint(&staff, "https://example.com/", &[]).await;
    let changed = json!({ "id": id, "url": "https://127.0.0.1/" });
    assert_eq!(
        staff
            .problems("updateWebhookEndpoint", changed, "webhookEndpoint")
            .await,
        ["INVALID url"]
    );
}

#[apply(both_databases)]
async fn names_that_lead_inside_are_not_followed(app: TestApp) {
    let receiver = Receiver::start().await;
    let refused = "the name does not resolve to an allowed address";
    let mut app = app;
    for inside in [
        "127.0.0.1",
        "10.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "fe80::1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "2001:0:a00:1::f7f7:f7f7",
    ] {
        app = app.with_webhooks(resolving(Scripted::new(&[&[inside]]), &[]));
        assert_eq!(error_of(&app, "https://hooks.example/").await, refused, "{inside}");
    }
    // An operator who allows one network allows no other.
    app = app.with_webhooks(resolving(Scripted::new(&[&["127.0.0.1"]]), &["192.168.0.0/16"]));
    assert_eq!(
        error_of(&app, &format!("http://hooks.example:{}/", receiver.port())).await,
        refused
    );
    app = app.with_webhooks(resolving(Scripted::new(&[]), &[]));
    // Nor is anybody told which names there are inside.
    assert_eq!(error_of(&app, "https://hooks.example/").await, refused);
    assert!(receiver.take().is_empty());
}

/// The name led to the receiver when it was first asked about; then it leads to somebody inside.
#[apply(both_databases)]
async fn what_was_checked_is_what_is_connected_to(app: TestApp) {
    let (outside, staff) = (Receiver::start().await, app.admin().await);
    let resolver = Scripted::new(&[&["127.0.0.1"], &["127.9.9.9"]]);
    let app = app.with_webhooks(resolving(resolver, &["127.0.0.1/32"]));
    let staff_of = app.staff(&app.tenant("second").await, "admin");
    let (id, _) = endpoint(&staff_of, &format!("http://hooks.example:{}/", outside.port()), &[]).await;
    for _ in 0..2 {
        staff_of
            .done("sendTestWebhook", json!({ "endpointId": id }), "webhookDelivery { id }")
            .await;
        work(&app.app).await;
    }
    let all = deliveries(&staff_of).await;
    assert_eq!((&all[0]["status"], outside.take().len()), (&json!("DELIVERED"), 1));
    assert_eq!(
        all[1]["attempts"][0]["error"],
        "the name does not resolve to an allowed address"
    );
    drop(staff);
}

#[apply(both_databases)]
async fn redirects_are_not_followed(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver, inside) = (app.admin().await, Receiver::start().await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &[]).await;
    receiver.answer([How::Redirect(inside.url())]);
    staff
        .done("sendTestWebhook", json!({ "endpointId": id }), "webhookDelivery { id }")
        .await;
    work(&app.app).await;
    assert_eq!((receiver.take().len(), inside.take().len()), (1, 0));
    assert_eq!(deliveries(&staff).await[0]["attempts"][0]["statusCode"], 307);
}

#[apply(both_databases)]
async fn who_does_not_speak_tls_is_not_told(app: TestApp) {
    let app = app.with_webhooks(local());
    let receiver = Receiver::start().await;
    let url = receiver.url().replace("http://", "https://");
    let error = error_of(&app, &url).await;
    assert!(
        ["the TLS handshake failed", "no answer within 400 ms"].contains(&error.as_str()),
        "{error}"
    );
    assert!(receiver.take().is_empty());
}
