//! How far behind webhooks are, as operators see it.

use std::time::Duration;

use axum::body::Body;
use axum::http::Request;
use serde_json::json;
use tokio::sync::watch;
use tributary::service::webhook::fan_out::fan_out;
use tributary::service::webhook::lag::{Lag, lag};

use super::{How, Receiver, Seller, admin, endpoint, local, work};
use crate::support::both_databases;

const SECOND: Duration = Duration::from_secs(1);

#[apply(both_databases)]
async fn the_oldest_that_is_left_to_do_says_how_far_it_is_behind(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    app.clock.advance(SECOND * 60);
    assert_eq!(lag(&app.app).await.unwrap(), Lag::default(), "nobody listens");
    let (id, _) = endpoint(&staff, &receiver.url(), &["COMMISSION_ACCRUED"]).await;
    app.clock.advance(SECOND * 60);
    assert_eq!(lag(&app.app).await.unwrap(), Lag::default(), "nothing happened since");
    let of = |outbox: u32, deliveries: u32| Lag {
        outbox: SECOND * outbox,
        deliveries: SECOND * deliveries,
    };
    seller.earns(&staff, "1").await;
    app.clock.advance(SECOND * 30);
    seller.earns(&staff, "2").await;
    app.clock.advance(SECOND * 10);
    assert_eq!(lag(&app.app).await.unwrap(), of(40, 0));
    fan_out(&app.app).await.unwrap();
    assert_eq!(lag(&app.app).await.unwrap(), Lag::default());
    app.clock.advance(SECOND * 7);
    assert_eq!(lag(&app.app).await.unwrap(), of(0, 7));
    // What waits for its next attempt is not due.
    receiver.answer([How::Status(500), How::Status(500)]);
    work(&app.app).await;
    assert_eq!(lag(&app.app).await.unwrap(), Lag::default());
    app.clock.advance(SECOND * 20);
    let behind = lag(&app.app).await.unwrap().deliveries;
    assert!(behind > SECOND * 14 && behind <= SECOND * 15, "{behind:?}");
    staff
        .done(
            "updateWebhookEndpoint",
            json!({ "id": id, "active": false }),
            "webhookEndpoint { id }",
        )
        .await;
    assert_eq!(
        lag(&app.app).await.unwrap(),
        Lag::default(),
        "nothing is to be sent to it"
    );
    staff
        .done(
            "updateWebhookEndpoint",
            json!({ "id": id, "active": true }),
            "webhookEndpoint { id }",
        )
        .await;
    work(&app.app).await;
    let page = staff.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
    for line in [
        "tributary_webhook_attempts_total{result=\"errors\"} 2\n",
        "tributary_webhook_attempts_total{result=\"ok\"} 2\n",
    ] {
        assert!(page.sent().contains(line), "{line}: {}", page.sent());
    }
}

#[apply(both_databases)]
async fn the_job_says_how_far_it_is_behind(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    endpoint(&staff, &receiver.url(), &["PARTNER_CREATED"]).await;
    // It is answered, but takes long: another one waits for as long as the clock says.
    receiver.answer([How::Silence]);
    Seller::new(&staff, "ann").await;
    fan_out(&app.app).await.unwrap();
    app.clock.advance(SECOND * 45);
    let (end, ending) = watch::channel(false);
    let running = tokio::spawn(tributary::jobs::run(app.app.clone(), ending));
    let seen = async {
        loop {
            let page = staff.send(Request::get("/metrics").body(Body::empty()).unwrap()).await;
            let is_behind = |text: &str| {
                page.sent()
                    .contains(&format!("tributary_webhook_delivery_lag_seconds {text}\n"))
            };
            if is_behind("45") || is_behind("45.0") {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), seen)
        .await
        .expect("it is seen");
    end.send(true).unwrap();
    running.await.unwrap();
}
