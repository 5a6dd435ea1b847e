//! Hearing of changes: over WebSockets and event streams, from this replica and others, until something ends it.

mod access;
mod away;
mod closing;
mod ending;
mod events;
mod followers;
mod killed;
mod limits;
mod resuming;
mod sharing;
pub mod socket;
mod streams;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::{Request, Response, header};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tower::ServiceExt;
use tributary::app::App;
use tributary::http::{self, HttpOptions};
use tributary::store;

use crate::support::TestApp;
use socket::Socket;

/// What tests subscribe to.
const CHANGES: &str = "subscription { commissionChanged { id status partner { id } } }";

/// A gateway behind a port.
struct Gateway {
    address: SocketAddr,
    router: Router,
    tell: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl Gateway {
    async fn start(app: &TestApp) -> Self {
        Self::with(&app.app, HttpOptions::default()).await
    }

    async fn with(app: &Arc<App>, options: HttpOptions) -> Self {
        let (tell, ending) = watch::channel(false);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = http::router(app.clone(), options.clone(), ending.clone()).unwrap();
        let app = app.clone();
        let serving = tokio::spawn(async move {
            http::serve(listener, app, options, ending).await.unwrap();
        });
        Self {
            address,
            router,
            tell,
            serving,
        }
    }

    /// A socket that has said who it is.
    async fn socket(&self, token: &str) -> Socket {
        let mut socket = Socket::open(self.address).await;
        socket.init(token).await;
        socket
    }

    /// An event stream of this document.
    async fn events(&self, token: &str, document: &str) -> Events {
        let response = self.stream(token, &json!({ "query": document })).await;
        assert_eq!(response.status(), 200);
        Events::of(response)
    }

    async fn stream(&self, token: &str, body: &Value) -> Response<Body> {
        self.accepting("text/event-stream", token, body).await
    }

    /// An event stream that goes on behind this id.
    async fn back(&self, token: &str, document: &str, last_event: &str) -> Response<Body> {
        let body = json!({ "query": document }).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "text/event-stream")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("last-event-id", last_event)
            .body(Body::from(body))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn accepting(&self, accept: &str, token: &str, body: &Value) -> Response<Body> {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, accept)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// The events of a stream.
struct Events {
    body: BodyDataStream,
    text: String,
}

impl Events {
    fn of(response: Response<Body>) -> Self {
        Self {
            body: response.into_body().into_data_stream(),
            text: String::new(),
        }
    }

    /// The next event or comment as it was sent; `None`: the stream has ended.
    async fn piece(&mut self) -> Option<String> {
        loop {
            if let Some((piece, rest)) = self.text.split_once("\n\n") {
                let (piece, rest) = (piece.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(piece);
            }
            let chunk = self.body.next().await?.expect("the body is whole");
            self.text.push_str(std::str::from_utf8(&chunk).expect("UTF-8"));
        }
    }

    /// The result of the next event, which is no comment and not the end.
    async fn next(&mut self) -> Value {
        self.behind().await.1
    }

    /// The same behind its id, which clients send as Last-Event-ID when they come back; empty if it has none.
    async fn behind(&mut self) -> (String, Value) {
        loop {
            let piece = self.piece().await.expect("an event");
            if piece != ":" {
                let rest = piece.strip_prefix("event: next\n").expect("a result");
                let (id, data) = match rest.strip_prefix("id: ") {
                    Some(rest) => rest.split_once('\n').expect("a result behind its id"),
                    None => ("", rest),
                };
                let data = data.strip_prefix("data: ").expect("a result");
                let result: Value = serde_json::from_str(data).expect("JSON");
                let cursor = result["extensions"]["cursor"].as_str().unwrap_or_default();
                assert_eq!(cursor, id, "one cursor in both places");
                return (id.to_owned(), result);
            }
        }
    }

    async fn changed(&mut self) -> String {
        summary(&self.next().await)
    }
}

/// An answer that is no stream.
async fn whole(response: Response<Body>) -> Value {
    assert_eq!(
        response.headers()[header::CONTENT_TYPE]
            .to_str()
            .unwrap()
            .split(';')
            .next(),
        Some("application/json")
    );
    let bytes = axum::body::to_bytes(response.into_body(), 100_000).await.unwrap();
    serde_json::from_slice(&bytes).expect("JSON")
}

/// "STATUS id" of an event.
fn summary(result: &Value) -> String {
    let row = &result["data"]["commissionChanged"];
    let text = |value: &Value| {
        value
            .as_str()
            .unwrap_or_else(|| panic!("no event: {result}"))
            .to_owned()
    };
    format!("{} {}", text(&row["status"]), text(&row["id"]))
}

/// The codes of the errors of a result.
fn codes(errors: &Value) -> Vec<String> {
    let errors = errors.as_array().expect("errors").iter();
    errors
        .map(|error| error["extensions"]["code"].as_str().expect("a code").to_owned())
        .collect()
}

/// Another process on the same database.
async fn replica(app: &TestApp) -> Arc<App> {
    let options = store::StoreOptions {
        url: app.database_url(),
        max_connections: 4,
        acquire_timeout: std::time::Duration::from_secs(30),
        statement_timeout: std::time::Duration::from_secs(30),
        lock_timeout: std::time::Duration::from_secs(30),
        ..store::StoreOptions::default()
    };
    let store = store::connect(&options).await.unwrap();
    Arc::new(App::new(store, app.clock.clone(), app.app.keys.clone()))
}

/// Lets others go on until so many listen.
async fn until_listening(app: &App, count: usize) {
    while app.changes.listeners() != count {
        tokio::task::yield_now().await;
    }
}

/// A token of the tenant `acme` with these claims over an admin's.
fn token(app: &TestApp, claims: Value) -> String {
    app.sign(&claims)
}

fn of_partner(app: &TestApp, partner: &str) -> String {
    token(
        app,
        json!({ "partner": partner, "scope": "commissions:read partners:read" }),
    )
}
