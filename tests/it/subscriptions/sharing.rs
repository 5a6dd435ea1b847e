//! Many listeners: what they are told is found out once, and there may be so many only.

use axum::http::header;
use serde_json::{Value, json};
use tributary::http::{HttpOptions, SubscriptionsSection};

use super::{CHANGES, Events, Gateway, codes, of_partner, token, until_listening, whole};
use crate::ledger::Shop;
use crate::support::{TestApp, both_databases};

/// Another token of the partner.
fn another_of_partner(app: &TestApp, partner: &str, number: usize) -> String {
    let scope = "commissions:read partners:read";
    token(
        app,
        json!({ "partner": partner, "scope": scope, "jti": number.to_string() }),
    )
}

/// How many statements a sale and the telling of it take. The outbox is also looked at when nothing happens.
async fn statements_of_a_sale(
    shop: &Shop<'_>,
    number: &str,
    partner: &str,
    campaign: &str,
    streams: &mut [Events],
) -> usize {
    shop.app.reset_statements();
    let row = shop.sale(number, partner, campaign, "100").await;
    for stream in streams {
        let event = stream.next().await;
        assert_eq!(event["data"]["commissionChanged"]["id"], row.as_str(), "{event}");
    }
    let statements = shop.app.statements();
    statements.iter().filter(|sql| !sql.contains("outbox")).count()
}

#[apply(both_databases)]
async fn many_listeners_take_the_statements_of_one(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let document = "subscription { commissionChanged { id partner { name commissions { totalCount } } } }";
    let input = json!({ "name": "listener", "scopes": ["commissions:read", "partners:read"] });
    let key = shop.staff().done("createApiKey", input, "key").await["key"]
        .as_str()
        .unwrap()
        .to_owned();
    let mut number = 0;
    for kind in ["partner", "staff", "key"] {
        let mut streams = Vec::new();
        let mut taken = Vec::new();
        for count in [1, 2, 40] {
            while streams.len() < count {
                let own = match kind {
                    "partner" => another_of_partner(&app, &ann, streams.len()),
                    "staff" => token(&app, json!({ "sub": format!("staff {}", streams.len()) })),
                    _ => key.clone(),
                };
                streams.push(gateway.events(&own, document).await);
            }
            number += 1;
            taken.push(statements_of_a_sale(&shop, &number.to_string(), &ann, &campaign, &mut streams).await);
        }
        assert!(
            taken.iter().all(|statements| *statements == taken[0]),
            "{kind}: {taken:?}"
        );
        drop(streams);
        until_listening(&app.app, 0).await;
    }
}

#[apply(both_databases)]
async fn every_one_of_many_ends_with_its_partner(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, ben, campaign) = (
        shop.partner("ann").await,
        shop.partner("ben").await,
        shop.percent("10").await,
    );
    let gateway = Gateway::start(&app).await;
    let mut anns = Vec::new();
    for number in 0..10 {
        anns.push(gateway.events(&another_of_partner(&app, &ann, number), CHANGES).await);
    }
    let mut bens = gateway.events(&of_partner(&app, &ben), CHANGES).await;
    let row = shop.sale("1", &ann, &campaign, "100").await;
    for stream in &mut anns {
        assert_eq!(stream.changed().await, format!("ACCRUED {row}"));
    }
    shop.staff()
        .done(
            "suspendPartner",
            json!({ "id": ann, "reason": "mistake" }),
            "partner { id }",
        )
        .await;
    shop.approve(&[&row]).await;
    for stream in &mut anns {
        assert_eq!(codes(&stream.next().await["errors"]), ["UNAUTHENTICATED"]);
    }
    let row = shop.sale("2", &ben, &campaign, "100").await;
    assert_eq!(bens.changed().await, format!("ACCRUED {row}"));
}

#[apply(both_databases)]
async fn each_is_told_what_it_may_see(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let fields = "id partner { name tags } campaign { name } adjustments { totalCount } transitions { to actor }";
    let tokens = [
        token(&app, json!({})),
        token(&app, json!({ "scope": "commissions:read" })),
        token(&app, json!({ "scope": "commissions:read partners:read" })),
        token(&app, json!({ "partner": ann, "scope": "commissions:read" })),
        of_partner(&app, &ann),
    ];
    let document = format!("subscription {{ commissionChanged {{ {fields} }} }}");
    let mut streams = Vec::new();
    // Twice, so that there is somebody to share with.
    for own in tokens.iter().chain(&tokens) {
        let response = gateway.stream(own, &json!({ "query": document })).await;
        let request = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        streams.push((own, request, Events::of(response)));
    }
    let row = shop.sale("1", &ann, &campaign, "100").await;
    let mut seen = Vec::new();
    for (own, request, stream) in &mut streams {
        let event = stream.next().await;
        let shown = app
            .client(Some(own.clone()))
            .ask(&format!("{{ commission(id: {row:?}) {{ {fields} }} }}"))
            .await;
        assert_eq!(event["data"]["commissionChanged"], shown.body["data"]["commission"]);
        let errors = event["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(errors.len(), shown.codes().len(), "{event}");
        for error in errors {
            assert_eq!(
                error["extensions"]["requestId"],
                Value::from(request.as_str()),
                "{error}"
            );
        }
        seen.push(event["data"].to_string());
    }
    seen.sort();
    seen.dedup();
    assert!(seen.len() >= 3, "{seen:?}");
}

#[apply(both_databases)]
async fn a_subject_and_a_tenant_have_so_many_subscriptions(app: TestApp) {
    let shop = Shop::new(&app).await;
    app.tenant("other").await;
    let options = HttpOptions {
        subscriptions: SubscriptionsSection {
            per_subject: 3,
            per_tenant: 5,
            ..SubscriptionsSection::default()
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let of = |subject: &str| shop.app.sign(&json!({ "sub": subject }));
    // Here the sockets' gateway and that of the streams count for themselves.
    let (mut one, mut two) = (gateway.socket(&of("ann")).await, gateway.socket(&of("ann")).await);
    one.subscribe("1", CHANGES).await;
    one.subscribe("2", CHANGES).await;
    two.subscribe("1", CHANGES).await;
    two.start("2", CHANGES).await;
    let refused = two.hear().await;
    assert_eq!(
        (&refused["type"], codes(&refused["payload"])),
        (&json!("error"), vec!["THROTTLED".to_owned()])
    );
    assert!(
        refused["payload"][0]["message"]
            .as_str()
            .unwrap()
            .contains("subject has 3"),
        "{refused}"
    );
    // What is no subscription goes on.
    two.start("q", "{ viewer { subject } }").await;
    assert_eq!(two.hear().await["type"], "next");
    assert_eq!(two.hear().await["type"], "complete");
    // What ends makes room, however it ends.
    one.say(json!({ "type": "complete", "id": "1" })).await;
    until_listening(&app.app, 2).await;
    two.subscribe("2", CHANGES).await;
    drop((one, two));
    until_listening(&app.app, 0).await;

    let mut streams = Vec::new();
    for subject in ["ann", "ann", "ann", "ben", "ben"] {
        streams.push(gateway.events(&of(subject), CHANGES).await);
    }
    // No stream has begun: the answer is one of HTTP, whatever else than events is taken.
    for (subject, says) in [("ann", "subject has 3"), ("eve", "tenant has 5")] {
        for accept in ["text/event-stream", "application/json, text/event-stream"] {
            let response = gateway
                .accepting(accept, &of(subject), &json!({ "query": CHANGES }))
                .await;
            assert_eq!(response.status(), 429, "{accept}");
            assert_eq!(response.headers()[header::RETRY_AFTER], "5");
            let refused = whole(response).await;
            assert_eq!(codes(&refused["errors"]), ["THROTTLED"]);
            assert!(
                refused["errors"][0]["message"].as_str().unwrap().contains(says),
                "{refused}"
            );
        }
    }
    streams.push(
        gateway
            .events(&shop.app.sign(&json!({ "tenant": "other", "sub": "ann" })), CHANGES)
            .await,
    );
    until_listening(&app.app, 6).await;
    streams.clear();
    streams.push(gateway.events(&of("eve"), CHANGES).await);
    until_listening(&app.app, 1).await;
}
