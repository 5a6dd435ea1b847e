//! One request and its answer, on a connection of its own.

use axum::http::{HeaderValue, Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::time::{Instant, timeout_at};
use url::{Position, Url};

use super::{OutgoingError, Stream};

/// How much of an answer is read.
pub const LONGEST_ANSWER: usize = 1024;

/// How much the head of an answer may have.
const LONGEST_HEAD: usize = 16 * 1024;

/// How much longer the beginning of an answer is waited for whose status is there.
const PATIENCE_FOR_BODIES: std::time::Duration = std::time::Duration::from_secs(1);

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    /// The first [`LONGEST_ANSWER`] bytes, or what came of them in time.
    pub beginning: Vec<u8>,
}

/// Posts a JSON body. The status decides; of the rest only what comes before `deadline`, and soon, is read.
pub(super) async fn post(
    stream: Box<dyn Stream>,
    url: &Url,
    headers: &[(&str, String)],
    body: String,
    deadline: Instant,
) -> Result<Answer, OutgoingError> {
    let broken = |_| OutgoingError::Broken;
    let mut request = Request::post(&url[Position::BeforePath..Position::AfterQuery])
        .header(header::HOST, &url[Position::BeforeHost..Position::AfterPort])
        .header(header::USER_AGENT, HeaderValue::from_static("Tributary-Webhooks/1"))
        .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
        .header(header::CONNECTION, HeaderValue::from_static("close"));
    for (name, value) in headers {
        request = request.header(*name, value);
    }
    let request = request
        .body(Full::new(Bytes::from(body)))
        .map_err(|_| OutgoingError::Broken)?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(LONGEST_HEAD)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    let answering = async move {
        let answer = sender.send_request(request).await.map_err(broken)?;
        let status = answer.status().as_u16();
        let mut beginning = Vec::new();
        let until = deadline.min(Instant::now() + PATIENCE_FOR_BODIES);
        // What is late, or breaks off, is not worth a failure: the status is there.
        let _ = timeout_at(until, read(answer.into_body(), &mut beginning)).await;
        Ok(Answer { status, beginning })
    };
    let mut answering = std::pin::pin!(answering);
    // The connection ends of itself when the answer is there or cannot come; its own error says nothing more.
    tokio::select! {
        answer = &mut answering => answer,
        _ = connection => answering.await,
    }
}

async fn read(mut body: Incoming, beginning: &mut Vec<u8>) {
    while let Some(Ok(frame)) = body.frame().await {
        if let Ok(data) = frame.into_data() {
            let room = LONGEST_ANSWER - beginning.len();
            beginning.extend_from_slice(&data[..data.len().min(room)]);
        }
        if beginning.len() == LONGEST_ANSWER {
            return;
        }
    }
}
