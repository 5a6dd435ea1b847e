//! How event streams look.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::{Value, json};
use tower::ServiceExt;
use tributary::http::{HttpOptions, SubscriptionsSection, ThrottleSection};

use super::{CHANGES, Events, Gateway, codes, token, whole};
use crate::ledger::Shop;
use crate::support::both_databases;

#[apply(both_databases)]
async fn who_takes_a_stream_as_gladly_as_json_gets_one_for_subscriptions_only(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    // What urql sends with everything that it asks for.
    let accept = "application/graphql-response+json, application/graphql+json, application/json, \
            text/event-stream, multipart/mixed";
    for (query, media_type) in [
        ("{ viewer { subject } }", "application/graphql-response+json"),
        ("{ nonsense }", "application/graphql-response+json"),
        ("mutation { __typename }", "application/graphql-response+json"),
        (CHANGES, "text/event-stream"),
    ] {
        let response = gateway.accepting(accept, &admin, &json!({ "query": query })).await;
        let found = response.headers()[header::CONTENT_TYPE].to_str().unwrap();
        assert_eq!(found.split(';').next(), Some(media_type), "{query}");
    }
    let mut stream = Events::of(gateway.accepting(accept, &admin, &json!({ "query": CHANGES })).await);
    let row = shop.sale("1", &ann, &campaign, "100").await;
    assert_eq!(stream.next().await["data"]["commissionChanged"]["id"], row.as_str());
}

#[apply(both_databases)]
async fn a_stream_is_events_and_comments(app: TestApp) {
    let shop = Shop::new(&app).await;
    let (ann, campaign) = (shop.partner("ann").await, shop.percent("10").await);
    let options = HttpOptions {
        subscriptions: SubscriptionsSection {
            ping_seconds: 1,
            ..SubscriptionsSection::default()
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let body = json!({ "query": "subscription { commissionChanged { id partner { name } } }" });
    let response = gateway.stream(&token(&app, json!({})), &body).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers();
    assert_eq!(headers[header::CONTENT_TYPE], "text/event-stream; charset=utf-8");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    assert!(headers.contains_key("x-request-id") && !headers.contains_key(header::CONTENT_ENCODING));
    let mut stream = Events::of(response);
    // It is there, and it goes on being there.
    for _ in 0..2 {
        assert_eq!(stream.piece().await.as_deref(), Some(":"));
    }
    let row = shop.sale("1", &ann, &campaign, "100").await;
    let piece = stream.piece().await.expect("an event");
    let lines: Vec<_> = piece.lines().collect();
    let [event, id, data] = lines[..] else {
        panic!("an event, its id and its data: {piece}");
    };
    assert_eq!(event, "event: next");
    let result: Value = serde_json::from_str(data.strip_prefix("data: ").expect("a result")).unwrap();
    assert_eq!(result["data"]["commissionChanged"]["id"], row.as_str());
    assert_eq!(json!(id.strip_prefix("id: ")), result["extensions"]["cursor"]);
}

#[apply(both_databases)]
async fn one_answer_is_a_stream_that_is_complete(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let response = gateway
        .stream(&token(&app, json!({})), &json!({ "query": "{ viewer { subject } }" }))
        .await;
    let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.unwrap();
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let data = text
        .strip_prefix("event: next\ndata: ")
        .and_then(|text| text.strip_suffix("\n\nevent: complete\ndata:\n\n"));
    let result: Value = serde_json::from_str(data.expect("two events")).unwrap();
    assert_eq!(result["data"], json!({ "viewer": { "subject": "ann" } }));
}

#[apply(both_databases)]
async fn what_is_wrong_with_a_request_is_said_without_a_stream(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let bearer = format!("Bearer {}", token(&app, json!({})));
    let body = json!({ "query": CHANGES }).to_string();
    for (status, content_type, authorization, body) in [
        (401, "application/json", None, body.as_str()),
        (401, "application/json", Some("Bearer nonsense"), body.as_str()),
        (415, "text/plain", Some(bearer.as_str()), body.as_str()),
        (400, "application/json", Some(bearer.as_str()), "nonsense"),
        (400, "application/json", Some(bearer.as_str()), "{}"),
    ] {
        let mut request = Request::post("/graphql")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::CONTENT_TYPE, content_type);
        if let Some(authorization) = authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = gateway.router.clone().oneshot(request).await.unwrap();
        assert_eq!(response.status().as_u16(), status, "{body}");
        assert_eq!(
            response.headers()[header::CONTENT_TYPE],
            "application/json; charset=utf-8"
        );
    }
}

#[apply(both_databases)]
async fn who_asks_for_too_much_hears_when_to_ask_again(app: TestApp) {
    app.tenant("acme").await;
    let options = HttpOptions {
        throttle: ThrottleSection {
            maximum: 20,
            restore_per_second: 1,
            ..ThrottleSection::default()
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let admin = token(&app, json!({}));
    for document in ["{ viewer { subject } }", "subscription { nonsense }"] {
        let body = json!({ "query": document });
        let mut statuses = Vec::new();
        while statuses.last() != Some(&429) && statuses.len() < 30 {
            let response = gateway.stream(&admin, &body).await;
            statuses.push(response.status().as_u16());
            if response.status() == 429 {
                let seconds: u32 = response.headers()[header::RETRY_AFTER]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap();
                assert!((1..=30).contains(&seconds), "{seconds}");
                assert_eq!(codes(&whole(response).await["errors"]), ["THROTTLED"]);
            }
        }
        assert_eq!(statuses.last(), Some(&429), "{document}");
    }
}
