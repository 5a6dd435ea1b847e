//! A collector of traces: takes OTLP over HTTP, as the gateway's operators have one.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use axum::serve::Listener;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// What was sent, with its headers.
type Received = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// Listens on a thread of its own, so that tests may wait for programs.
pub struct Collector {
    pub address: SocketAddr,
    received: Received,
}

impl Collector {
    pub fn start() -> Self {
        Self::accepting(|listener, router| async { axum::serve(listener, router).await.unwrap() })
    }

    /// Behind a certificate.
    pub fn start_tls(acceptor: TlsAcceptor) -> Self {
        Self::accepting(|listener, router| async {
            axum::serve(TlsListener { listener, acceptor }, router).await.unwrap();
        })
    }

    fn accepting<F: Future<Output = ()>>(serve: impl FnOnce(TcpListener, Router) -> F + Send + 'static) -> Self {
        let received = Received::default();
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
            runtime.block_on(async { serve(TcpListener::from_std(listener).unwrap(), router).await });
        });
        Self { address, received }
    }

    /// The values of a header of everything that was received.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let received = self.received.lock().unwrap();
        let values = received.iter().filter_map(|(headers, _)| headers.get(name));
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    }

    /// What was received, as it came.
    pub fn bytes(&self) -> Vec<u8> {
        let received = self.received.lock().unwrap();
        received.iter().flat_map(|(_, body)| body.to_vec()).collect()
    }

    /// The spans received so far.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans = Vec::new();
        for (_, bytes) in self.received.lock().unwrap().iter() {
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

async fn take(State(received): State<Received>, headers: HeaderMap, body: Bytes) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    received.lock().unwrap().push((headers, body));
    StatusCode::OK
}

struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, peer) = self.listener.accept().await.unwrap();
            // Whoever does not trust the certificate ends the handshake.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, peer);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.listener.local_addr()
    }
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
