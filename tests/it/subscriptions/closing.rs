//! What closes a socket, and with which code.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Error, Message};
use tributary::http::{CorsSection, HttpOptions, SubscriptionsSection};

use super::socket::Socket;
use super::{CHANGES, Gateway, codes, token, until_listening};
use crate::support::both_databases;

const OURS: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");

/// A gateway with these settings of subscriptions.
async fn gateway(app: &crate::support::TestApp, subscriptions: SubscriptionsSection) -> Gateway {
    let options = HttpOptions {
        subscriptions,
        ..HttpOptions::default()
    };
    Gateway::with(&app.app, options).await
}

#[apply(both_databases)]
async fn who_breaks_the_protocol_is_told_how(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let admin = token(&app, json!({}));
    let init = json!({ "type": "connection_init", "payload": { "authorization": format!("Bearer {admin}") } });
    let subscribe = json!({ "type": "subscribe", "id": "1", "payload": { "query": CHANGES } });
    let invalid = |payload: Value| json!({ "type": "connection_init", "payload": payload });
    for (code, says, messages) in [
        (4400, "Invalid message", vec![json!("nonsense")]),
        (4400, "Invalid message", vec![json!({ "type": "start" })]),
        (
            4400,
            "Invalid message",
            vec![init.clone(), json!({ "type": "subscribe", "id": "1" })],
        ),
        (
            4400,
            "Invalid message",
            vec![
                init.clone(),
                json!({ "type": "subscribe", "id": "1", "payload": { "variables": {} } }),
            ],
        ),
        (4401, "Unauthorized", vec![subscribe.clone()]),
        (4401, "Unauthorized", vec![json!({ "type": "connection_init" })]),
        (4401, "Unauthorized", vec![invalid(json!({ "token": admin }))]),
        (
            4403,
            "Forbidden",
            vec![invalid(json!({ "authorization": "Bearer nonsense" }))],
        ),
        (4403, "Forbidden", vec![invalid(json!({ "authorization": admin }))]),
        (
            4409,
            "Subscriber for 1 already exists",
            vec![init.clone(), subscribe.clone(), subscribe.clone()],
        ),
        (
            4429,
            "Too many initialisation requests",
            vec![init.clone(), init.clone()],
        ),
    ] {
        let mut socket = Socket::open(gateway.address).await;
        for message in &messages {
            socket.say(message.clone()).await;
        }
        let (found, reason) = socket.closed().await;
        assert_eq!(found, code, "{messages:?}: {reason}");
        assert!(reason.starts_with(says), "{reason}");
    }
    let mut socket = Socket::open(gateway.address).await;
    socket.send(Message::binary(b"{}".to_vec())).await;
    assert_eq!(socket.closed().await.0, 4400);
    until_listening(&app.app, 0).await;
}

#[apply(both_databases)]
async fn who_does_not_say_who_it_is_is_let_go(app: TestApp) {
    let gateway = gateway(
        &app,
        SubscriptionsSection {
            init_seconds: 1,
            ..SubscriptionsSection::default()
        },
    )
    .await;
    let mut socket = Socket::open(gateway.address).await;
    // That somebody is there is not the question.
    socket.say(json!({ "type": "ping" })).await;
    assert_eq!(socket.hear().await, json!({ "type": "pong" }));
    assert_eq!(
        socket.closed().await,
        (4408, "Connection initialisation timeout".to_owned())
    );
}

#[apply(both_databases)]
async fn a_token_may_come_with_the_request_or_in_either_form_of_payload(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let bearer = format!("Bearer {}", token(&app, json!({})));
    for (header, payload) in [
        (Some(bearer.as_str()), Value::Null),
        (Some(bearer.as_str()), json!({ "other": 1 })),
        (Some("Bearer nonsense"), json!({ "authorization": bearer })),
        (None, json!({ "Authorization": bearer })),
        (None, json!({ "headers": { "Authorization": bearer } })),
    ] {
        let mut headers = vec![OURS];
        headers.extend(header.map(|header| ("authorization", header)));
        let (mut socket, _) = Socket::with(gateway.address, &headers).await.expect("it opens");
        socket
            .say(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(socket.hear().await, json!({ "type": "connection_ack" }));
    }
    let (mut socket, _) = Socket::with(gateway.address, &[OURS, ("authorization", "Bearer nonsense")])
        .await
        .expect("it opens");
    socket.say(json!({ "type": "connection_init" })).await;
    assert_eq!(socket.closed().await.0, 4403);
}

#[apply(both_databases)]
async fn other_protocols_are_not_spoken(app: TestApp) {
    let gateway = Gateway::start(&app).await;
    let (mut socket, response) = Socket::with(gateway.address, &[]).await.expect("it opens");
    assert!(!response.headers().contains_key("sec-websocket-protocol"));
    assert_eq!(socket.closed().await, (4406, "Subprotocol not acceptable".to_owned()));
}

#[apply(both_databases)]
async fn pages_of_other_origins_open_nothing(app: TestApp) {
    app.tenant("acme").await;
    let options = HttpOptions {
        cors: CorsSection {
            origins: vec!["https://portal.example".to_owned()],
            localhost: false,
        },
        ..HttpOptions::default()
    };
    let gateway = Gateway::with(&app.app, options).await;
    let own = format!("http://{}", gateway.address);
    for origin in ["https://portal.example", own.as_str()] {
        assert!(
            Socket::with(gateway.address, &[OURS, ("origin", origin)]).await.is_ok(),
            "{origin}"
        );
    }
    for origin in ["https://evil.example", "http://portal.example", "null"] {
        match Socket::with(gateway.address, &[OURS, ("origin", origin)]).await {
            Err(Error::Http(response)) => {
                assert_eq!(response.status(), StatusCode::FORBIDDEN, "{origin}");
                let body: Value = serde_json::from_slice(response.body().as_deref().unwrap_or_default()).unwrap();
                assert_eq!(codes(&body["errors"]), ["FORBIDDEN"]);
            }
            _ => panic!("{origin} must be refused"),
        }
    }
}

#[apply(both_databases)]
async fn messages_that_are_too_large_are_not_taken(app: TestApp) {
    app.tenant("acme").await;
    let gateway = Gateway::start(&app).await;
    let mut socket = gateway.socket(&token(&app, json!({}))).await;
    let ping = |bytes: usize| json!({ "type": "ping", "payload": { "text": "x".repeat(bytes) } });
    socket.say(ping(60_000)).await;
    assert_eq!(socket.hear().await["type"], "pong");
    socket.say(ping(64 * 1024)).await;
    assert_eq!(socket.closed().await.0, 1009);
}

#[apply(both_databases)]
async fn who_is_silent_is_asked_and_who_does_not_answer_is_let_go(app: TestApp) {
    app.tenant("acme").await;
    let gateway = gateway(
        &app,
        SubscriptionsSection {
            ping_seconds: 1,
            ..SubscriptionsSection::default()
        },
    )
    .await;
    let admin = token(&app, json!({}));
    let mut socket = gateway.socket(&admin).await;
    // Whoever reads answers pings without knowing.
    for _ in 0..3 {
        assert!(matches!(socket.next().await, Some(Ok(Message::Ping(_)))));
    }
    socket.subscribe("1", CHANGES).await;
    assert_eq!(app.app.changes.listeners(), 1);
    // Now nobody reads, and so nobody answers.
    until_listening(&app.app, 0).await;
}
