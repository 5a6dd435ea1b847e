//! A small identity provider: serves its keys and its discovery document, as well or as badly as it is told to.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// How to answer whoever wants the keys.
#[derive(Clone, Debug)]
pub enum How {
    Well,
    Status(u16),
    /// Leads to where the same keys are.
    Redirect,
    /// Says nothing.
    Silence,
    /// Begins, and never comes to an end.
    Trickle,
    /// Goes on for ever.
    Endless,
    Text(String),
}

struct Served {
    keys: Vec<Value>,
    keys_url: String,
    /// What its discovery document says of itself.
    issuer: String,
    how: How,
    /// How often somebody wanted the keys, and the document.
    asked: usize,
    discovered: usize,
}

pub struct Provider {
    pub address: SocketAddr,
    served: Arc<Mutex<Served>>,
    serving: JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Provider {
    /// Without any keys.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let served = Arc::new(Mutex::new(Served {
            keys: Vec::new(),
            keys_url: format!("http://{address}/keys"),
            issuer: format!("http://{address}"),
            how: How::Well,
            asked: 0,
            discovered: 0,
        }));
        let router = Router::new().fallback(answer).with_state(served.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            address,
            served,
            serving,
        }
    }

    /// What it calls itself in tokens.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn keys_url(&self) -> String {
        self.served.lock().unwrap().keys_url.clone()
    }

    /// These are its keys from now on.
    pub fn serve(&self, keys: &[Value]) {
        self.served.lock().unwrap().keys = keys.to_vec();
    }

    pub fn answer(&self, how: How) {
        self.served.lock().unwrap().how = how;
    }

    /// Its discovery document names another issuer.
    pub fn pretend(&self, issuer: &str) {
        self.served.lock().unwrap().issuer = issuer.to_owned();
    }

    /// Its discovery document says that the keys are there.
    pub fn lead_to(&self, url: &str) {
        self.served.lock().unwrap().keys_url = url.to_owned();
    }

    /// Takes the last fetch of the keys for none.
    pub fn uncount(&self) {
        self.served.lock().unwrap().asked -= 1;
    }

    /// How often somebody wanted the keys.
    pub fn asked(&self) -> usize {
        self.served.lock().unwrap().asked
    }

    /// How often somebody wanted the discovery document.
    pub fn discovered(&self) -> usize {
        self.served.lock().unwrap().discovered
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a provider outside of the gateway, which compresses nothing"
)]
async fn answer(State(served): State<Arc<Mutex<Served>>>, uri: Uri) -> Response {
    let (how, keys) = {
        let mut served = served.lock().unwrap();
        match uri.path() {
            "/keys" => served.asked += 1,
            "/.well-known/openid-configuration" => {
                served.discovered += 1;
                let document = json!({ "issuer": served.issuer, "jwks_uri": served.keys_url });
                return document.to_string().into_response();
            }
            "/elsewhere" => return json!({ "keys": served.keys }).to_string().into_response(),
            _ => return StatusCode::NOT_FOUND.into_response(),
        }
        (served.how.clone(), json!({ "keys": served.keys }).to_string())
    };
    match how {
        How::Well => keys.into_response(),
        How::Status(status) => (StatusCode::from_u16(status).unwrap(), keys).into_response(),
        How::Redirect => (StatusCode::FOUND, [(header::LOCATION, "/elsewhere")]).into_response(),
        How::Silence => std::future::pending().await,
        How::Trickle => {
            let beginning = futures::stream::iter([Ok::<_, Infallible>(Bytes::from("{\"keys\":"))]);
            Body::from_stream(beginning.chain(futures::stream::pending())).into_response()
        }
        How::Endless => {
            let spaces = futures::stream::repeat_with(|| Ok::<_, Infallible>(Bytes::from(vec![b' '; 4096])));
            Body::from_stream(spaces).into_response()
        }
        How::Text(text) => text.into_response(),
    }
}
