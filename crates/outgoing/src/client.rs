//! A minimal client for plain HTTP, for this program's own readiness and for a trace collector beside it. One
//! connection per request, no TLS, no redirects.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, Uri, header, uri::Scheme};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

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
pub async fn send(request: Request<Bytes>, timeout: Duration) -> Result<Response<Bytes>, ClientError> {
    tokio::time::timeout(timeout, exchange(request))
        .await
        .unwrap_or(Err(ClientError::Timeout(timeout)))
}

/// Whether requests can be sent to this URI.
pub fn is_address(uri: &Uri) -> bool {
    uri.scheme() == Some(&Scheme::HTTP) && uri.host().is_some()
}

async fn exchange(mut request: Request<Bytes>) -> Result<Response<Bytes>, ClientError> {
    let uri = request.uri();
    let wrong = || ClientError::Address(uri.clone());
    let authority = uri.authority().filter(|_| is_address(uri)).ok_or_else(wrong)?;
    // The authority's host keeps the brackets around an IPv6 address, which are needed here as well.
    let address = format!("{}:{}", authority.host(), authority.port_u16().unwrap_or(80));
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let path: Uri = path.parse().map_err(|_| wrong())?;
    request.headers_mut().insert(header::HOST, host);
    *request.uri_mut() = path;

    let stream = TcpStream::connect(&address)
        .await
        .map_err(|error| ClientError::Unreachable(address, error))?;
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
