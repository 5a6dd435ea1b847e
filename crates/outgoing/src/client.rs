//! A minimal client for plain HTTP, for this program's own readiness and for a trace collector beside it. One
//! connection per request, no TLS, no redirects.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{HeaderValue, Request, Response, Uri, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::Resolve;

/// Maximum size of an answer in bytes. No answer to the requests made here is longer.
const MAX_RESPONSE_BYTES: usize = 1024 * 1024;

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{0}: only addresses such as http://127.0.0.1:4318 can be asked")]
    Address(Uri),
    #[error("{0} does not take connections: {1}")]
    Unreachable(String, std::io::Error),
    #[error(transparent)]
    Protocol(#[from] hyper::Error),
    #[error("the answer was cut off or too long")]
    Answer,
    #[error("no answer within {0:?}")]
    Timeout(Duration),
}

/// Sends a request to the address in its URI, and reads the whole answer within `timeout`.
pub async fn send(
    request: Request<Bytes>,
    timeout: Duration,
    resolver: &dyn Resolve,
) -> Result<Response<Bytes>, ClientError> {
    tokio::time::timeout(timeout, exchange(request, resolver))
        .await
        .unwrap_or(Err(ClientError::Timeout(timeout)))
}

/// Whether requests can be sent to this URI.
pub fn is_address(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTP) && uri.host().is_some()
}

/// Connects to the server of such a URI.
pub async fn connect(authority: &Authority, resolver: &dyn Resolve) -> io::Result<TcpStream> {
    let port = authority.port_u16().unwrap_or(80);
    // The authority's host keeps the brackets around an IPv6 address.
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let addresses = match host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) => resolver.resolve(host).await?,
    };
    let addresses: Vec<_> = addresses
        .into_iter()
        .map(|address| SocketAddr::new(address, port))
        .collect();
    TcpStream::connect(addresses.as_slice()).await
}

async fn exchange(mut request: Request<Bytes>, resolver: &dyn Resolve) -> Result<Response<Bytes>, ClientError> {
    let uri = request.uri();
    let wrong = || ClientError::Address(uri.clone());
    let authority = uri.authority().filter(|_| is_address(uri)).ok_or_else(wrong)?;
    let connecting = connect(authority, resolver).await;
    let stream = connecting.map_err(|error| ClientError::Unreachable(authority.to_string(), error))?;
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path: Uri = path.parse().map_err(|_| wrong())?;
    request.headers_mut().insert(header::HOST, host);
    *request.uri_mut() = path;

    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let answering = async move {
        let (parts, body) = sender.send_request(request.map(Full::new)).await?.into_parts();
        let body = Limited::new(body, MAX_RESPONSE_BYTES).collect().await;
        let body = body.map_err(|_| ClientError::Answer)?.to_bytes();
        Ok(Response::from_parts(parts, body))
    };
    let mut answering = std::pin::pin!(answering);
    // The connection ends by itself once the answer has arrived or cannot arrive; its own error adds nothing.
    tokio::select! {
        answer = &mut answering => answer,
        _ = connection => answering.await,
    }
}
