//! A WebSocket client that says what it is told to, right or wrong.

use std::net::SocketAddr;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::Response;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::summary;

const TIMEOUT: Duration = Duration::from_secs(60);

pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub async fn open(address: SocketAddr) -> Self {
        let opened = Self::with(address, &[("sec-websocket-protocol", "graphql-transport-ws")]).await;
        let (socket, response) = opened.expect("it opens");
        assert_eq!(response.headers()["sec-websocket-protocol"], "graphql-transport-ws");
        socket
    }

    /// Opens one with these headers.
    pub async fn with(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<(Self, Response<Option<Vec<u8>>>), Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let (stream, response) = connect_async(request).await?;
        Ok((Self(stream), response))
    }

    pub async fn send(&mut self, message: Message) {
        self.0.send(message).await.expect("it is open");
    }

    pub async fn say(&mut self, message: Value) {
        self.send(Message::text(message.to_string())).await;
    }

    /// `None`: the other side is gone.
    pub async fn tries_to_say(&mut self, message: Value) -> Option<()> {
        self.0.send(Message::text(message.to_string())).await.ok()
    }

    /// The next message of the protocol; `None`: the other side is gone.
    pub async fn tries_to_hear(&mut self) -> Option<Value> {
        loop {
            let message = tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("a message");
            match message?.ok()? {
                Message::Text(text) => return Some(serde_json::from_str(&text).expect("JSON")),
                Message::Ping(_) | Message::Pong(_) => {}
                _ => return None,
            }
        }
    }

    pub async fn init(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.say(json!({ "type": "connection_init", "payload": payload })).await;
        assert_eq!(self.hear().await, json!({ "type": "connection_ack" }));
    }

    /// Starts an operation.
    pub async fn start(&mut self, id: &str, document: &str) {
        self.say(json!({ "type": "subscribe", "id": id, "payload": { "query": document } }))
            .await;
    }

    /// Starts a subscription, and knows that it has begun: the gateway answers what comes behind it.
    pub async fn subscribe(&mut self, id: &str, document: &str) {
        self.start(id, document).await;
        self.say(json!({ "type": "ping", "payload": { "behind": id } })).await;
        assert_eq!(
            self.hear().await,
            json!({ "type": "pong", "payload": { "behind": id } })
        );
    }

    /// The next message of the protocol.
    pub async fn hear(&mut self) -> Value {
        let text = loop {
            let message = tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("a message");
            match message.expect("it is open").expect("it is whole") {
                Message::Text(text) => break text,
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        };
        serde_json::from_str(&text).expect("JSON")
    }

    /// "STATUS id" of the next event of this operation.
    pub async fn changed(&mut self, id: &str) -> String {
        let message = self.hear().await;
        assert_eq!(
            (&message["type"], &message["id"]),
            (&json!("next"), &json!(id)),
            "{message}"
        );
        summary(&message["payload"])
    }

    /// The code it is closed with, and the reason; messages before that are left out.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            let message = tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("an end");
            match message.expect("a close frame before the end").expect("a close frame") {
                Message::Close(Some(frame)) => return (frame.code.into(), frame.reason.to_string()),
                Message::Close(None) => panic!("no code"),
                _ => {}
            }
        }
    }

    /// The next message of whatever kind.
    pub async fn next(&mut self) -> Option<Result<Message, Error>> {
        tokio::time::timeout(TIMEOUT, self.0.next()).await.expect("a message")
    }
}
