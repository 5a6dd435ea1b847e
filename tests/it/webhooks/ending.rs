//! Endpoints that are switched off, deleted, or asked to be told again.

use std::time::Duration;

use serde_json::{Value, json};
use tributary::service::ledger::verify::verify;
use tributary::service::webhook::Webhooks;
use tributary::service::webhook::prune::prune;

use super::{How, Receiver, Seller, admin, deliveries, endpoint, lasting, local, moved, told, work};
use crate::support::{Client, both_databases};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn state(staff: &Client, id: &str) -> (bool, Option<String>) {
    let document = format!("{{ webhookEndpoint(id: {id:?}) {{ active disabledReason }} }}");
    let found = staff.data(&document).await["webhookEndpoint"].clone();
    (
        found["active"].as_bool().unwrap(),
        found["disabledReason"].as_str().map(str::to_owned),
    )
}

#[apply(both_databases)]
async fn gone_switches_it_off_and_activating_sends_what_was_kept(app: TestApp) {
    // One at a time, so that the order in which they are sent is that in which they come.
    let app = app.with_webhooks(Webhooks { at_once: 1, ..local() });
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &["PARTNER_CREATED"]).await;
    receiver.answer([How::Status(410)]);
    Seller::new(&staff, "ann").await;
    work(&app.app).await;
    assert_eq!(
        state(&staff, &id).await,
        (false, Some("it answered 410 Gone".to_owned()))
    );
    Seller::new(&staff, "ben").await;
    moved(&app, DAY).await;
    assert_eq!(receiver.take().len(), 1);
    assert_eq!(
        told(&staff).await,
        ["PARTNER_CREATED PENDING", "PARTNER_CREATED PENDING"]
    );
    staff
        .done(
            "updateWebhookEndpoint",
            json!({ "id": id, "active": true }),
            "webhookEndpoint { id }",
        )
        .await;
    assert_eq!(state(&staff, &id).await, (true, None));
    work(&app.app).await;
    let names: Vec<_> = receiver
        .take()
        .iter()
        .map(|message| message.body["data"]["partnerExternalId"].clone())
        .collect();
    assert_eq!(names, ["P-ann", "P-ben"]);
}

#[apply(both_databases)]
async fn five_quiet_days_with_ten_failures_switch_it_off(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &["PARTNER_CREATED"]).await;
    for number in 0..10 {
        Seller::new(&staff, &format!("p{number}")).await;
    }
    receiver.answer((0..101).map(|_| How::Status(500)));
    work(&app.app).await;
    for _ in 0..8 {
        moved(&app, DAY / 2).await;
    }
    // Five days are over with the ninth attempt, but nothing has failed for good.
    moved(&app, DAY + DAY / 5).await;
    assert_eq!(state(&staff, &id).await, (true, None));
    moved(&app, DAY + DAY / 5).await;
    assert_eq!(
        state(&staff, &id).await,
        (
            false,
            Some("no delivery succeeded for 5 days, and 10 failed".to_owned())
        )
    );
}

#[apply(both_databases)]
async fn a_deleted_endpoint_is_sent_nothing_and_its_deliveries_stay(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &[]).await;
    receiver.answer([How::Status(500)]);
    Seller::new(&staff, "ann").await;
    work(&app.app).await;
    let deleted = staff
        .done("deleteWebhookEndpoint", json!({ "id": id }), "deletedId")
        .await;
    assert_eq!(deleted["deletedId"], *id);
    Seller::new(&staff, "ben").await;
    moved(&app, DAY).await;
    assert_eq!(receiver.take().len(), 1);
    let kept = deliveries(&staff).await;
    assert_eq!(
        (kept.len(), &kept[0]["status"], &kept[0]["endpoint"]["id"]),
        (1, &json!("CANCELED"), &json!(id))
    );
    assert_eq!(
        staff.data("{ webhookEndpoints { id } }").await["webhookEndpoints"],
        json!([])
    );
    let gone = ["NOT_FOUND id"];
    assert_eq!(
        staff
            .problems(
                "updateWebhookEndpoint",
                json!({ "id": id, "active": true }),
                "webhookEndpoint"
            )
            .await,
        gone
    );
    assert_eq!(
        staff
            .problems("rotateWebhookSecret", json!({ "id": id }), "webhookEndpoint")
            .await,
        gone
    );
    let again = json!({ "what": { "deliveryId": kept[0]["id"] } });
    assert_eq!(
        staff.problems("redeliverWebhook", again, "count").await,
        ["CONFLICT what.deliveryId"]
    );
    // After 30 days both are gone.
    app.clock.advance(DAY * 31);
    prune(&app.app).await.unwrap();
    assert_eq!(told(&staff).await, [""; 0]);
    assert_eq!(app.rows().await["webhook_endpoint"], [""; 0]);
}

#[apply(both_databases)]
async fn what_has_ended_is_sent_again_when_asked_for(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &["PARTNER_CREATED"]).await;
    for name in ["ann", "ben", "cas"] {
        Seller::new(&staff, name).await;
        app.clock.advance(DAY);
        work(&app.app).await;
    }
    let before = receiver.take();
    let all = deliveries(&staff).await;
    let one = json!({ "what": { "deliveryId": all[0]["id"] }, "idempotencyKey": "once" });
    for _ in 0..2 {
        assert_eq!(staff.done("redeliverWebhook", one.clone(), "count").await["count"], 1);
    }
    // It is on its way.
    let twice = json!({ "what": { "deliveryId": all[0]["id"] } });
    assert_eq!(
        staff.problems("redeliverWebhook", twice, "count").await,
        ["CONFLICT what.deliveryId"]
    );
    work(&app.app).await;
    let again = receiver.take();
    assert_eq!((again.len(), &again[0].text), (1, &before[0].text));
    assert_eq!(again[0].headers["webhook-id"], before[0].headers["webhook-id"]);
    assert_eq!(deliveries(&staff).await[0]["attempts"].as_array().unwrap().len(), 2);
    let since = json!({ "what": { "since": { "endpointId": id, "since": "2026-03-03T12:00:00Z" } } });
    assert_eq!(staff.done("redeliverWebhook", since, "count").await["count"], 2);
    work(&app.app).await;
    assert_eq!(receiver.take().len(), 2);
}

#[apply(both_databases)]
async fn the_outbox_is_pruned_behind_those_who_read_it(app: TestApp) {
    let app = app.with_webhooks(local());
    let (tenant, receiver) = (app.tenant("acme").await, Receiver::start().await);
    let staff = lasting(&app, &tenant);
    let seller = Seller::new(&staff, "ann").await;
    seller.earns(&staff, "1").await;
    let length = async || app.rows().await["outbox"].len();
    app.clock.advance(DAY * 8);
    assert_eq!(length().await, 2);
    // Nobody reads.
    assert_eq!(prune(&app.app).await.unwrap(), 2);
    assert_eq!(length().await, 0);
    endpoint(&staff, &receiver.url(), &[]).await;
    seller.earns(&staff, "2").await;
    app.clock.advance(DAY * 8);
    assert_eq!(prune(&app.app).await.unwrap(), 0, "it is not told yet");
    work(&app.app).await;
    seller.earns(&staff, "3").await;
    prune(&app.app).await.unwrap();
    assert_eq!(length().await, 1);
    work(&app.app).await;
    let amounts: Vec<_> = receiver
        .take()
        .iter()
        .map(|message| message.body["data"]["amount"]["amount"].clone())
        .collect();
    assert_eq!(amounts, ["2.00", "3.00"]);
    assert_eq!(verify(&app.app, &tenant).await.unwrap(), []);
}

#[apply(both_databases)]
async fn a_tenant_has_twenty_endpoints_at_most(app: TestApp) {
    let staff = admin(&app).await;
    for number in 0..20 {
        endpoint(&staff, &format!("https://example.com/{number}"), &[]).await;
    }
    let one_more = json!({ "url": "https://example.com/more" });
    assert_eq!(
        staff
            .problems("createWebhookEndpoint", one_more, "webhookEndpoint")
            .await,
        ["CONFLICT"]
    );
    let all = staff.data("{ webhookEndpoints { url } }").await;
    assert_eq!(
        (
            all["webhookEndpoints"].as_array().unwrap().len(),
            &all["webhookEndpoints"][7]["url"]
        ),
        (20, &Value::from("https://example.com/7"))
    );
}
