//! Who looks after webhooks, and who reads what they tell.

use serde_json::{Value, json};

use super::{Receiver, Seller, approve, endpoint, local, work};
use crate::support::both_databases;

#[apply(both_databases)]
async fn endpoints_take_the_read_scope_of_what_they_hear_of(app: TestApp) {
    let tenant = app.tenant("acme").await;
    let url = "https://example.com/";
    let ask = async |scopes: &str, types: Value| {
        let input = json!({ "url": url, "eventTypes": types });
        let answer = app
            .staff(&tenant, scopes)
            .try_mutate("createWebhookEndpoint", input, "webhookEndpoint { id } secret")
            .await;
        answer.codes().first().map(|code| (*code).to_owned())
    };
    let forbidden = Some("FORBIDDEN".to_owned());
    assert_eq!(
        ask(
            "webhooks:write webhooks:read commissions:read",
            json!(["COMMISSION_PAID"])
        )
        .await,
        None
    );
    assert_eq!(
        ask(
            "webhooks:write webhooks:read commissions:read",
            json!(["COMMISSION_PAID", "PAYOUT_SETTLED"])
        )
        .await,
        forbidden
    );
    assert_eq!(
        ask("webhooks:write webhooks:read commissions:read", json!([])).await,
        forbidden
    );
    assert_eq!(
        ask("webhooks:write webhooks:read commissions:read", Value::Null).await,
        forbidden
    );
    assert_eq!(
        ask("webhooks:read commissions:read", json!(["COMMISSION_PAID"])).await,
        forbidden
    );
    let all = "webhooks:write webhooks:read commissions:read payouts:read partners:read tiered_commissions:read events:read coupons:read links:read";
    assert_eq!(ask(all, json!([])).await, None);
    // Nobody sends elsewhere what they may not read.
    let staff = app.staff(&tenant, "admin");
    let (id, _) = endpoint(&staff, url, &["PAYOUT_SETTLED"]).await;
    let narrow = app.staff(&tenant, "webhooks:write webhooks:read commissions:read");
    for change in [
        json!({ "url": "https://example.org/" }),
        json!({ "eventTypes": ["COMMISSION_PAID"] }),
        json!({ "active": false }),
    ] {
        let mut input = change;
        input["id"] = json!(id);
        assert_eq!(
            narrow
                .try_mutate("updateWebhookEndpoint", input, "webhookEndpoint { id }")
                .await
                .codes(),
            ["FORBIDDEN"]
        );
    }
    assert_eq!(
        narrow
            .try_mutate("rotateWebhookSecret", json!({ "id": id }), "secret")
            .await
            .codes(),
        ["FORBIDDEN"]
    );
    let since = json!({ "what": { "since": { "endpointId": id, "since": "2026-01-01T00:00:00Z" } } });
    assert_eq!(
        narrow.try_mutate("redeliverWebhook", since, "count").await.codes(),
        ["FORBIDDEN"]
    );
}

#[apply(both_databases)]
async fn deliveries_take_the_read_scope_of_what_they_tell(app: TestApp) {
    let app = app.with_webhooks(local());
    let tenant = app.tenant("acme").await;
    let (staff, receiver) = (app.staff(&tenant, "admin"), Receiver::start().await);
    endpoint(&staff, &receiver.url(), &[]).await;
    let seller = Seller::new(&staff, "ann").await;
    let row = seller.earns(&staff, "10").await;
    approve(&staff, &row).await;
    work(&app.app).await;
    let document = "{ webhookDeliveries { totalCount nodes { id type payload } } }";
    let narrow = app.staff(&tenant, "webhooks:read commissions:read");
    let seen = narrow.data(document).await["webhookDeliveries"].clone();
    assert_eq!(seen["totalCount"], 2);
    let types: Vec<_> = seen["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["type"].clone())
        .collect();
    assert_eq!(types, ["COMMISSION_APPROVED", "COMMISSION_ACCRUED"]);
    let all = staff.data(document).await["webhookDeliveries"]["nodes"].clone();
    let partner = all
        .as_array()
        .unwrap()
        .iter()
        .find(|node| node["type"] == "PARTNER_CREATED")
        .unwrap()["id"]
        .clone();
    let one = format!("{{ node(id: {partner}) {{ ... on WebhookDelivery {{ id payload }} }} }}");
    assert_eq!(narrow.ask(&one).await.codes(), ["FORBIDDEN"]);
    assert_eq!(
        narrow
            .try_mutate(
                "redeliverWebhook",
                json!({ "what": { "deliveryId": partner } }),
                "count"
            )
            .await
            .codes(),
        ["FORBIDDEN"]
    );
    staff.data(&one).await;
}

#[apply(both_databases)]
async fn nothing_of_webhooks_is_seen_elsewhere(app: TestApp) {
    let app = app.with_webhooks(local());
    let tenant = app.tenant("acme").await;
    let (staff, receiver) = (app.staff(&tenant, "admin"), Receiver::start().await);
    let (id, _) = endpoint(&staff, &receiver.url(), &[]).await;
    let seller = Seller::new(&staff, "ann").await;
    work(&app.app).await;
    let document = format!(
        "{{ webhookEndpoint(id: {id:?}) {{ id }} node(id: {id:?}) {{ id }} webhookEndpoints {{ id }} webhookDeliveries {{ nodes {{ id }} }} }}"
    );
    let nothing =
        json!({ "webhookEndpoint": null, "node": null, "webhookEndpoints": [], "webhookDeliveries": { "nodes": [] } });
    let foreign = app.staff(&app.tenant("other").await, "admin");
    assert_eq!(foreign.data(&document).await, nothing);
    for (mutation, input, path) in [
        ("updateWebhookEndpoint", json!({ "id": id, "active": false }), "id"),
        ("rotateWebhookSecret", json!({ "id": id }), "id"),
        ("sendTestWebhook", json!({ "endpointId": id }), "endpointId"),
    ] {
        let made = if mutation == "sendTestWebhook" {
            "webhookDelivery"
        } else {
            "webhookEndpoint"
        };
        assert_eq!(
            foreign.problems(mutation, input, made).await,
            [format!("NOT_FOUND {path}")]
        );
    }
    assert_eq!(
        foreign
            .problems("deleteWebhookEndpoint", json!({ "id": id }), "deletedId")
            .await,
        ["NOT_FOUND id"]
    );
    assert_eq!(app.partner(&tenant, &seller.id).data(&document).await, nothing);
    assert_eq!(
        app.staff(&tenant, "partners:read")
            .ask("{ webhookEndpoints { id } }")
            .await
            .codes(),
        ["FORBIDDEN"]
    );
}
