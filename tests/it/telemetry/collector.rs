//! A collector of traces: takes OTLP over HTTP, as the gateway's operators have one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// Listens on a thread of its own, so that tests may wait for programs.
pub struct Collector {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Bytes>>>,
}

impl Collector {
    pub fn start() -> Self {
        let received = Arc::new(Mutex::new(Vec::new()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        let router = Router::new()
            .route("/v1/traces", post(take))
            .with_state(received.clone());
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = tokio::net::TcpListener::from_std(listener).unwrap();
                axum::serve(listener, router).await.unwrap();
            });
        });
        Self { address, received }
    }

    /// What was received, as it came.
    pub fn bytes(&self) -> Vec<u8> {
        self.received.lock().unwrap().concat()
    }

    /// The spans received so far.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for bytes in self.received.lock().unwrap().iter() {
            let request = ExportTraceServiceRequest::decode(bytes.clone()).expect("OTLP");
            for of_resource in request.resource_spans {
                let resource = of_resource.resource.expect("a resource");
                let named = resource
                    .attributes
                    .iter()
                    .find(|attribute| attribute.key == "service.name");
                assert_eq!(
                    text(named.and_then(|named| named.value.as_ref()?.value.clone())),
                    "tributary"
                );
                spans.extend(of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
            }
        }
        spans
    }
}

async fn take(State(received): State<Arc<Mutex<Vec<Bytes>>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    received.lock().unwrap().push(body);
    StatusCode::OK
}

/// An attribute of a span as text; empty where there is none.
pub fn attribute(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    text(found.and_then(|found| found.value.as_ref()?.value.clone()))
}

fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::StringValue(text)) => text,
        Some(Value::IntValue(number)) => number.to_string(),
        Some(other) => format!("{other:?}"),
        None => String::new(),
    }
}
