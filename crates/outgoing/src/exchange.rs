//! One request and its answer, on a connection of its own.

use http::{HeaderValue, Request, Response, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use super::{OutgoingError, Stream};

/// How much of an answer is read, in bytes.
pub const MAX_KEPT_BYTES: usize = 1024;

/// Maximum size of an answer's head in bytes.
const MAX_HEAD_BYTES: usize = 16 * 1024;

/// How much longer to wait for the beginning of a body once the status has arrived.
const PATIENCE_FOR_BODIES: std::time::Duration = std::time::Duration::from_secs(1);

/// The status and the beginning of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    pub status: u16,
    /// The first [`MAX_KEPT_BYTES`] bytes, or as many as arrived in time.
    pub beginning: Vec<u8>,
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullResponse {
    pub status: u16,
    pub body: Bytes,
}

/// Posts a JSON body. The status decides; of the body only what arrives before `deadline`, and soon, is read.
pub(super) async fn post(
    stream: Box<dyn Stream>,
    url: &Url,
    headers: &[(&str, String)],
    body: String,
    deadline: Instant,
) -> Result<ResponseHead, OutgoingError> {
    let mut request = Request::post("/")
        .header(header::USER_AGENT, HeaderValue::from_static("Tributary-Webhooks/1"))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request.body(Bytes::from(body)).map_err(|_| OutgoingError::Broken)?;
    let read = |answer: Response<Incoming>| async move {
        let status = answer.status().as_u16();
        let mut beginning = Vec::new();
        let until = deadline.min(Instant::now() + PATIENCE_FOR_BODIES);
        // A late or incomplete body is not a failure: the status has arrived.
        let _ = timeout_at(until, read(answer.into_body(), &mut beginning)).await;
        Ok(ResponseHead { status, beginning })
    };
    exchange(stream, url, request, read).await
}

/// Gets a document of at most `longest` bytes; a longer or incomplete one is an error.
pub(super) async fn get(stream: Box<dyn Stream>, url: &Url, longest: usize) -> Result<FullResponse, OutgoingError> {
    let request = Request::get("/")
        .header(header::USER_AGENT, HeaderValue::from_static("Tributary/1"))
        .header(header::ACCEPT, HeaderValue::from_static("application/json"))
        .body(Bytes::new());
    let request = request.map_err(|_| OutgoingError::Broken)?;
    let (parts, body) = send(stream, url, request, longest).await?.into_parts();
    let status = parts.status.as_u16();
    Ok(FullResponse { status, body })
}

/// Sends a request, and reads the whole answer of at most `longest` bytes.
pub(super) async fn send(
    stream: Box<dyn Stream>,
    url: &Url,
    request: Request<Bytes>,
    longest: usize,
) -> Result<Response<Bytes>, OutgoingError> {
    let read = |answer: Response<Incoming>| async move {
        let (parts, body) = answer.into_parts();
        let body = Limited::new(body, longest).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => OutgoingError::TooLong(longest),
            false => OutgoingError::Broken,
        })?;
        Ok(Response::from_parts(parts, body.to_bytes()))
    };
    exchange(stream, url, request, read).await
}

/// Sends a request to a URL, whatever its own, and reads the answer once its head is there.
async fn exchange<T, F: Future<Output = Result<T, OutgoingError>>>(
    stream: Box<dyn Stream>,
    url: &Url,
    mut request: Request<Bytes>,
    read: impl FnOnce(Response<Incoming>) -> F,
) -> Result<T, OutgoingError> {
    let broken = |_| OutgoingError::Broken;
    let path = &url[Position::BeforePath..Position::AfterQuery];
    *request.uri_mut() = path.parse().map_err(|_| OutgoingError::Broken)?;
    let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort]);
    let headers = request.headers_mut();
    headers.insert(header::HOST, host.map_err(|_| OutgoingError::Broken)?);
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let answering = async move {
        let answer = sender.send_request(request.map(Full::new)).await.map_err(broken)?;
        read(answer).await
    };
    let mut answering = std::pin::pin!(answering);
    // The connection ends by itself once the answer has arrived or cannot arrive; its own error adds nothing.
    tokio::select! {
        answer = &mut answering => answer,
        _ = connection => answering.await,
    }
}

async fn read(mut body: Incoming, beginning: &mut Vec<u8>) {
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            let room = MAX_KEPT_BYTES - beginning.len();
            beginning.extend_from_slice(&data[..data.len().min(room)]);
        }
        if beginning.len() == MAX_KEPT_BYTES {
            return;
        }
    }
}
