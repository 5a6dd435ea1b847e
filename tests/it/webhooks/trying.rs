//! Deliveries that fail: when they are tried again, what waits for them and what does not.

use std::time::Duration;

use serde_json::{Value, json};

use super::{How, Message, Receiver, Seller, admin, approve, deliveries, endpoint, local, moved, patient, told, work};
use crate::support::both_databases;

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[apply(both_databases)]
async fn what_fails_is_tried_again_and_only_its_object_waits(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    endpoint(&staff, &receiver.url(), &["COMMISSION_ACCRUED", "COMMISSION_APPROVED"]).await;
    let first = seller.earns(&staff, "1").await;
    receiver.answer([How::Status(500)]);
    work(&app.app).await;
    approve(&staff, &first).await;
    let second = seller.earns(&staff, "2").await;
    approve(&staff, &second).await;
    work(&app.app).await;
    let of = |id: &Value| if *id == json!(first) { 1 } else { 2 };
    let seen = |messages: Vec<Message>| -> Vec<_> {
        messages
            .iter()
            .map(|message| (message.kind().to_owned(), of(&message.body["data"]["commissionId"])))
            .collect()
    };
    let (accrued, approved) = ("commission.accrued".to_owned(), "commission.approved".to_owned());
    assert_eq!(
        seen(receiver.take()),
        [(accrued.clone(), 1), (accrued.clone(), 2), (approved.clone(), 2)]
    );
    let waiting = &deliveries(&staff).await;
    assert_eq!(
        waiting[0]["attempts"],
        json!([{
            "at": "2026-03-01T12:00:00Z", "statusCode": 500, "error": null, "answer": "no: 500",
            "milliseconds": waiting[0]["attempts"][0]["milliseconds"],
        }])
    );
    assert_eq!(
        (&waiting[1]["status"], &waiting[1]["nextAttemptAt"]),
        (&json!("PENDING"), &Value::Null)
    );
    moved(&app, SECOND * 4).await;
    assert!(receiver.take().is_empty());
    moved(&app, SECOND * 2).await;
    assert_eq!(seen(receiver.take()), [(accrued, 1), (approved, 1)]);
    assert!(deliveries(&staff).await.iter().all(|one| one["status"] == "DELIVERED"));
}

#[apply(both_databases)]
async fn no_answer_and_half_an_answer_are_told_apart(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &[]).await;
    receiver.answer([
        How::Reset,
        How::Silence,
        How::Redirect("https://example.com/".to_owned()),
        How::Status(404),
        How::Slow,
    ]);
    let test = json!({ "endpointId": id, "type": "PAYOUT_SETTLED" });
    staff
        .done("sendTestWebhook", test, "webhookDelivery { id type status }")
        .await;
    for wait in [0, 6, 331, 1981, 7921] {
        moved(&app, SECOND * wait).await;
    }
    let messages = receiver.take();
    assert_eq!(messages.len(), 5);
    assert!(
        messages
            .iter()
            .all(|message| message.body["data"]["test"] == true && message.kind() == "payout.settled")
    );
    let ids: std::collections::BTreeSet<_> = messages.iter().map(|message| &message.headers["webhook-id"]).collect();
    let times: std::collections::BTreeSet<_> = messages
        .iter()
        .map(|message| &message.headers["webhook-timestamp"])
        .collect();
    assert_eq!((ids.len(), times.len()), (1, 5));
    let delivery = &deliveries(&staff).await[0];
    let attempts = delivery["attempts"].as_array().unwrap();
    let seen: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt["statusCode"].as_i64(), attempt["error"].as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (None, Some("the connection broke before the answer")),
            (None, Some("no answer within 400 ms")),
            (Some(307), None),
            (Some(404), None),
            (Some(200), None),
        ]
    );
    assert_eq!(
        (&delivery["status"], &attempts[4]["answer"]),
        (&json!("DELIVERED"), &json!("bit by"))
    );
}

#[apply(both_databases)]
async fn after_the_tenth_attempt_the_next_of_the_object_is_tried(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    endpoint(&staff, &receiver.url(), &["COMMISSION_ACCRUED", "COMMISSION_APPROVED"]).await;
    let row = seller.earns(&staff, "1").await;
    approve(&staff, &row).await;
    receiver.answer((0..10).map(|_| How::Status(503)));
    for _ in 0..10 {
        moved(&app, DAY + DAY / 5).await;
    }
    assert_eq!(receiver.take().len(), 11);
    assert_eq!(
        told(&staff).await,
        ["COMMISSION_ACCRUED FAILED", "COMMISSION_APPROVED DELIVERED"]
    );
    assert_eq!(deliveries(&staff).await[0]["attempts"].as_array().unwrap().len(), 10);
}

#[apply(both_databases)]
async fn a_dead_endpoint_does_not_hold_others_up(app: TestApp) {
    let app = app.with_webhooks(patient());
    let (staff, receiver, dead) = (admin(&app).await, Receiver::start().await, Receiver::start().await);
    let seller = Seller::new(&staff, "ann").await;
    endpoint(&staff, &dead.url(), &[]).await;
    endpoint(&staff, &receiver.url(), &[]).await;
    dead.answer((0..50).map(|_| How::Silence));
    for _ in 0..20 {
        seller.earns(&staff, "1").await;
    }
    tributary::service::webhook::fan_out::fan_out(&app.app).await.unwrap();
    let sending = crate::webhooks::send_due(&app.app);
    let listening = async {
        let mut heard = 0;
        while heard < 20 {
            tokio::task::yield_now().await;
            heard += receiver.take().len();
        }
        // The other one has had a first look at what it gets.
        dead.take().len()
    };
    let silent = tokio::select! {
        silent = listening => silent,
        _ = sending => panic!("the dead endpoint takes longer than the living one"),
    };
    assert!(silent <= app.app.webhooks.at_once, "{silent}");
}

#[apply(both_databases)]
async fn one_that_fails_gets_one_request_at_a_time(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, dead) = (admin(&app).await, Receiver::start().await);
    endpoint(&staff, &dead.url(), &["PARTNER_CREATED"]).await;
    for number in 0..20 {
        Seller::new(&staff, &format!("p{number}")).await;
    }
    dead.answer((0..20).map(|_| How::Status(500)));
    work(&app.app).await;
    assert_eq!(dead.take().len(), 20);
    moved(&app, SECOND * 6).await;
    assert_eq!(dead.take().len(), 20);
    assert!(deliveries(&staff).await.iter().all(|one| one["status"] == "DELIVERED"));
}
