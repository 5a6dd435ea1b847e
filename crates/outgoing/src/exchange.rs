//! One request and its answer, on a connection of its own.

use http::request::Builder;
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
    let mut request = addressed(Request::post(path(url)), url)
        .header(header::USER_AGENT, HeaderValue::from_static("Tributary-Webhooks/1"))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let read = |answer: Response<Incoming>| async move {
        let status = answer.status().as_u16();
        let mut beginning = Vec::new();
        let until = deadline.min(Instant::now() + PATIENCE_FOR_BODIES);
        // A late or incomplete body is not a failure: the status has arrived.
        let _ = timeout_at(until, read(answer.into_body(), &mut beginning)).await;
        Ok(ResponseHead { status, beginning })
    };
    exchange(stream, request, Bytes::from(body), read).await
}

/// Gets a document of at most `longest` bytes; a longer or incomplete one is an error.
pub(super) async fn get(stream: Box<dyn Stream>, url: &Url, longest: usize) -> Result<FullResponse, OutgoingError> {
    let request = addressed(Request::get(path(url)), url)
        .header(header::USER_AGENT, HeaderValue::from_static("Tributary/1"))
        .header(header::ACCEPT, HeaderValue::from_static("application/json"));
    let read = |answer: Response<Incoming>| async move {
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), longest).collect().await;
        let body = body.map_err(|error| match error.is::<LengthLimitError>() {
            true => OutgoingError::TooLong(longest),
            false => OutgoingError::Broken,
        })?;
        let body = body.to_bytes();
        Ok(FullResponse { status, body })
    };
    exchange(stream, request, Bytes::new(), read).await
}

fn path(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

fn addressed(request: Builder, url: &Url) -> Builder {
    request
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::CONNECTION, HeaderValue::from_static("close"))
}

/// Sends a request, and reads the answer once its head is there.
async fn exchange<T, F: Future<Output = Result<T, OutgoingError>>>(
    stream: Box<dyn Stream>,
    request: Builder,
    body: Bytes,
    read: impl FnOnce(Response<Incoming>) -> F,
) -> Result<T, OutgoingError> {
    let broken = |_| OutgoingError::Broken;
    let request = request.body(Full::new(body)).map_err(|_| OutgoingError::Broken)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD_BYTES)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let answering = async move {
        let answer = sender.send_request(request).await.map_err(broken)?;
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
