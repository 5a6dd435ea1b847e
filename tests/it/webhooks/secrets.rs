//! Secrets: shown once, kept encrypted, changed without a gap.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use serde_json::{Value, json};
use tributary::auth::SealingKeys;
use tributary::service::webhook::Webhooks;

use super::{Receiver, Seller, admin, deliveries, endpoint, lasting, local, work};
use crate::support::{TestApp, both_databases};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// Whether any table holds a secret, in base64 or as bytes.
async fn is_somewhere(app: &TestApp, secret: &str) -> bool {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(secret.trim_start_matches("whsec_"))
        .unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let rows = app
        .rows()
        .await
        .into_values()
        .flatten()
        .collect::<Vec<_>>()
        .join("\n")
        .to_lowercase();
    rows.contains(&secret.trim_start_matches("whsec_").to_lowercase()) || rows.contains(&hex)
}

#[apply(both_databases)]
async fn a_secret_is_shown_once_and_kept_in_no_table(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let input = json!({ "url": receiver.url(), "idempotencyKey": "k" });
    let first = staff
        .done(
            "createWebhookEndpoint",
            input.clone(),
            "webhookEndpoint { id url } secret",
        )
        .await;
    let secret = first["secret"].as_str().expect("a secret");
    assert_eq!(secret.len(), "whsec_".len() + 44);
    let again = staff
        .mutate("createWebhookEndpoint", input, "webhookEndpoint { id url } secret")
        .await;
    assert_eq!(
        (&again["webhookEndpoint"], &again["secret"]),
        (&first["webhookEndpoint"], &Value::Null)
    );
    assert_eq!(again["userErrors"][0]["code"], "CONFLICT");
    let id = &first["webhookEndpoint"]["id"];
    let rotate = json!({ "id": id, "idempotencyKey": "k" });
    let second = staff.done("rotateWebhookSecret", rotate.clone(), "secret").await["secret"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(staff.mutate("rotateWebhookSecret", rotate, "secret").await["secret"].is_null());
    Seller::new(&staff, "ann").await;
    work(&app.app).await;
    for secret in [secret, &second] {
        assert!(!is_somewhere(&app, secret).await);
        assert!(
            !deliveries(&staff)
                .await
                .iter()
                .any(|one| one.to_string().contains(secret))
        );
    }
}

#[apply(both_databases)]
async fn both_secrets_sign_for_a_day(app: TestApp) {
    let app = app.with_webhooks(local());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let (id, first) = endpoint(&staff, &receiver.url(), &[]).await;
    let rotate = async || {
        let done = staff
            .done(
                "rotateWebhookSecret",
                json!({ "id": id }),
                "secret webhookEndpoint { secretRotatedAt }",
            )
            .await;
        done["secret"].as_str().unwrap().to_owned()
    };
    let signed = async |secrets: &[&String]| {
        staff
            .done("sendTestWebhook", json!({ "endpointId": id }), "webhookDelivery { id }")
            .await;
        work(&app.app).await;
        let message = receiver.take().remove(0);
        let count = message.headers["webhook-signature"].split(' ').count();
        (
            secrets
                .iter()
                .map(|secret| message.is_signed_with(secret))
                .collect::<Vec<_>>(),
            count,
        )
    };
    assert_eq!(signed(&[&first]).await, (vec![true], 1));
    let second = rotate().await;
    assert_eq!(signed(&[&first, &second]).await, (vec![true, true], 2));
    app.clock.advance(HOUR * 23);
    assert_eq!(signed(&[&first, &second]).await, (vec![true, true], 2));
    app.clock.advance(HOUR);
    assert_eq!(signed(&[&first, &second]).await, (vec![false, true], 1));
    // At most two are live.
    let (third, fourth) = (rotate().await, rotate().await);
    assert_eq!(signed(&[&second, &third, &fourth]).await, (vec![false, true, true], 2));
}

#[apply(both_databases)]
async fn without_a_key_there_are_no_webhooks_and_nothing_is_lost_meanwhile(app: TestApp) {
    let none = Webhooks { keys: None, ..local() };
    let app = app.with_webhooks(none.clone());
    let (staff, receiver) = (admin(&app).await, Receiver::start().await);
    let made = staff
        .problems(
            "createWebhookEndpoint",
            json!({ "url": receiver.url() }),
            "webhookEndpoint",
        )
        .await;
    assert_eq!(made, ["CONFLICT"]);
    let one = "a:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let with = |keys: &str| Webhooks {
        keys: Some(Arc::new(SealingKeys::parse(keys).unwrap())),
        ..local()
    };
    let app = app.with_webhooks(with(one));
    let tenant = app.tenant("second").await;
    let staff = lasting(&app, &tenant);
    endpoint(&staff, &receiver.url(), &[]).await;
    let app = app.with_webhooks(none);
    let staff = lasting(&app, &tenant);
    Seller::new(&staff, "ann").await;
    work(&app.app).await;
    assert!(receiver.take().is_empty());
    // A new key before the one that it was encrypted with.
    let app = app.with_webhooks(with(&format!("b:HwECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,{one}")));
    work(&app.app).await;
    assert_eq!(receiver.kinds(), ["partner.created"]);
}
