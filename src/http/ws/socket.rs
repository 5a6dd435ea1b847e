//! One socket, from its opening to its closing.

use std::collections::HashMap;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{Message, Utf8Bytes, WebSocket};
use futures::future::BoxFuture;
use serde_json::{Map, Value};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::close::Close;
use super::message::{self, Incoming};
use super::operation::{OperationMessage, OperationOutput, SocketOperation};
use crate::http::guard::DocumentProblem;
use crate::http::listen;
use crate::http::request::GraphqlRequest;
use crate::http::stream_end::StreamEnd;
use crate::http::{HttpState, codes, errors};
use service::authentication::{AuthError, authenticate};

/// Maximum number of operations' messages that wait for the reader.
const QUEUE: usize = 8;
/// How long the other side may take over the closing handshake.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

pub struct Socket {
    state: HttpState,
    request_id: String,
    /// The Authorization header of the request that opened it.
    header: Option<String>,
    wire: WebSocket,
    /// `None`: the client has not authenticated.
    session: Option<SocketSession>,
    operations: HashMap<String, RunningOperation>,
    /// The number of operations so far.
    count: u64,
    /// An operation that is beginning; nothing is read until it has begun. Completes then, whatever the outcome.
    beginning: Option<oneshot::Receiver<()>>,
    tell: mpsc::Sender<OperationMessage>,
    told: mpsc::Receiver<OperationMessage>,
    ending: watch::Receiver<bool>,
    silence: Silence,
}

struct SocketSession {
    authorization: String,
    expiry: BoxFuture<'static, ()>,
}

struct RunningOperation {
    number: u64,
    task: AbortHandle,
}

impl Drop for RunningOperation {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How long nothing was received.
struct Silence {
    since: Instant,
    /// Whether the client was pinged since.
    pinged: bool,
}

/// Why the connection ends.
enum SocketEnd {
    /// It is closed with a code and a reason.
    Close(Close),
    /// The client is gone.
    Gone,
}

/// What happens next.
enum SocketEvent {
    Heard(Option<Result<Message, axum::Error>>),
    Told(OperationMessage),
    Begun,
    Silent,
}

impl Socket {
    pub fn new(state: HttpState, request_id: String, header: Option<String>, wire: WebSocket) -> Self {
        let (tell, told) = mpsc::channel(QUEUE);
        Self {
            ending: state.ending.clone(),
            state,
            request_id,
            header,
            wire,
            session: None,
            operations: HashMap::new(),
            count: 0,
            beginning: None,
            tell,
            told,
            silence: Silence {
                since: Instant::now(),
                pinged: false,
            },
        }
    }

    /// Runs until one side ends the connection. `is_ours`: the client speaks our protocol.
    pub async fn run(mut self, is_ours: bool) {
        let over = if is_ours {
            let Err(over) = self.talk().await;
            over
        } else {
            SocketEnd::Close(Close::subprotocol())
        };
        // Nothing receives the messages of running operations any more.
        self.operations.clear();
        if let SocketEnd::Close(close) = over {
            tracing::debug!(request_id = self.request_id, ?close, "a socket is closed");
            let goodbye = async {
                if self.wire.send(close.into_message()).await.is_ok() {
                    // Closing with unread data would also discard our own message.
                    while let Some(Ok(_)) = self.wire.recv().await {}
                }
            };
            let _ = tokio::time::timeout(CLOSE_TIMEOUT, goodbye).await;
        }
    }

    async fn talk(&mut self) -> Result<Infallible, SocketEnd> {
        let init_until = Instant::now() + self.state.options.subscriptions.init();
        loop {
            match self.next(init_until).await? {
                SocketEvent::Heard(Some(Ok(message))) => {
                    self.silence = Silence {
                        since: Instant::now(),
                        pinged: false,
                    };
                    self.hear(message).await?;
                }
                SocketEvent::Heard(Some(Err(error))) => return Err(self.broken(&error)),
                SocketEvent::Heard(None) => return Err(SocketEnd::Gone),
                SocketEvent::Told(told) => self.pass_on(told).await?,
                SocketEvent::Begun => self.beginning = None,
                SocketEvent::Silent if self.silence.pinged => return Err(SocketEnd::Gone),
                SocketEvent::Silent => {
                    self.silence.pinged = true;
                    self.write(Message::Ping(Default::default())).await?;
                }
            }
        }
    }

    async fn next(&mut self, init_until: Instant) -> Result<SocketEvent, SocketEnd> {
        let is_beginning = self.beginning.is_some();
        let limit = self.state.options.subscriptions.ping() * if self.silence.pinged { 2 } else { 1 };
        let silent = self.silence.since + limit;
        let is_known = self.session.is_some();
        tokio::select! {
            heard = self.wire.recv(), if !is_beginning => Ok(SocketEvent::Heard(heard)),
            Some(told) = self.told.recv() => Ok(SocketEvent::Told(told)),
            _ = begun(&mut self.beginning), if is_beginning => Ok(SocketEvent::Begun),
            () = tokio::time::sleep_until(silent), if !is_beginning => Ok(SocketEvent::Silent),
            () = tokio::time::sleep_until(init_until), if !is_known => Err(SocketEnd::Close(Close::init_timeout())),
            close = cut(&mut self.session, &mut self.ending) => Err(SocketEnd::Close(close)),
        }
    }

    /// Why nothing more can be read.
    fn broken(&self, error: &axum::Error) -> SocketEnd {
        use std::error::Error;
        tracing::debug!(request_id = self.request_id, %error, "a socket broke");
        let inner = error.source().map(ToString::to_string).unwrap_or_default();
        if inner.contains("too long") || inner.contains("too large") || inner.contains("too big") {
            return SocketEnd::Close(Close::too_large(self.state.options.subscriptions.message_bytes));
        }
        SocketEnd::Gone
    }

    async fn hear(&mut self, message: Message) -> Result<(), SocketEnd> {
        let text = match message {
            Message::Text(text) => text,
            Message::Binary(_) => return Err(SocketEnd::Close(Close::invalid("messages are text"))),
            // The WebSocket library answers pings.
            Message::Ping(_) | Message::Pong(_) => return Ok(()),
            Message::Close(_) => return Err(SocketEnd::Gone),
        };
        let incoming = message::read(&text).map_err(|error| SocketEnd::Close(Close::invalid(&error)))?;
        match incoming {
            Incoming::Init(payload) => self.initialise(&payload).await,
            Incoming::Ping(payload) => self.say(message::pong(payload)).await,
            Incoming::Pong => Ok(()),
            Incoming::Subscribe { id, ask } => self.subscribe(id, ask).await,
            Incoming::Complete { id } => {
                // It may have completed already.
                self.operations.remove(&id);
                Ok(())
            }
        }
    }

    async fn initialise(&mut self, payload: &Map<String, Value>) -> Result<(), SocketEnd> {
        if self.session.is_some() {
            return Err(SocketEnd::Close(Close::init_twice()));
        }
        let authorization = message::authorization(payload).or_else(|| self.header.take());
        let caller = authenticate(&self.state.app, authorization.as_deref()).await;
        let caller = caller.map_err(|error| {
            SocketEnd::Close(match error {
                AuthError::Missing => Close::unauthorized(),
                AuthError::Invalid => Close::forbidden(),
                AuthError::Store(cause) => match StreamEnd::of(&cause, &self.request_id, "authentication") {
                    StreamEnd::Unavailable => Close::later(),
                    _ => Close::internal(),
                },
            })
        })?;
        self.session = Some(SocketSession {
            authorization: authorization.unwrap_or_default(),
            expiry: listen::expiry(&self.state, &caller),
        });
        self.say(message::ack()).await
    }

    async fn subscribe(&mut self, id: String, ask: GraphqlRequest) -> Result<(), SocketEnd> {
        let Some(session) = &self.session else {
            return Err(SocketEnd::Close(Close::unauthorized()));
        };
        if self.operations.contains_key(&id) {
            return Err(SocketEnd::Close(Close::same_name(&id)));
        }
        let most = self.state.options.subscriptions.operations;
        if self.operations.len() >= most {
            let message = format!("a socket runs at most {most} operations at once");
            let errors = errors::listed(&[DocumentProblem::new(codes::THROTTLED, message)], &self.request_id);
            return self.say(message::error(&id, &errors)).await;
        }
        self.count += 1;
        let operation = SocketOperation {
            state: self.state.clone(),
            request_id: self.request_id.clone(),
            authorization: session.authorization.clone(),
            id: id.clone(),
            number: self.count,
            ask,
            tell: self.tell.clone(),
        };
        let (begun, beginning) = oneshot::channel();
        let task = tokio::spawn(operation.run(begun)).abort_handle();
        self.beginning = Some(beginning);
        self.operations.insert(
            id,
            RunningOperation {
                number: self.count,
                task,
            },
        );
        Ok(())
    }

    /// Sends an operation's message, unless the operation was stopped before.
    async fn pass_on(&mut self, told: OperationMessage) -> Result<(), SocketEnd> {
        let OperationMessage { id, number, what } = told;
        if self.operations.get(&id).is_none_or(|running| running.number != number) {
            return Ok(());
        }
        let text = match what {
            OperationOutput::Next(response) => message::next(&id, &response),
            OperationOutput::Complete => {
                self.operations.remove(&id);
                message::complete(&id)
            }
            OperationOutput::Error(errors) => {
                self.operations.remove(&id);
                message::error(&id, &errors)
            }
            OperationOutput::Unauthenticated => return Err(SocketEnd::Close(Close::forbidden())),
        };
        self.say(text).await
    }

    async fn say(&mut self, text: String) -> Result<(), SocketEnd> {
        self.write(Message::Text(Utf8Bytes::from(text))).await
    }

    /// Writes a message, and waits until the operating system has taken it.
    async fn write(&mut self, message: Message) -> Result<(), SocketEnd> {
        let limit = self.state.options.subscriptions.ping();
        tokio::select! {
            written = self.wire.send(message) => written.map_err(|_| SocketEnd::Gone),
            // The client does not read what was sent, and will not read why it is closed.
            () = tokio::time::sleep(limit) => Err(SocketEnd::Gone),
            close = cut(&mut self.session, &mut self.ending) => Err(SocketEnd::Close(close)),
        }
    }
}

async fn begun(beginning: &mut Option<oneshot::Receiver<()>>) {
    if let Some(beginning) = beginning {
        // The sender signals by being dropped.
        let _ = beginning.await;
    }
}

/// What ends a socket from outside: the token expires, or the program shuts down.
async fn cut(session: &mut Option<SocketSession>, ending: &mut watch::Receiver<bool>) -> Close {
    let expired = async {
        match session {
            Some(session) => (&mut session.expiry).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        () = expired => Close::forbidden(),
        () = listen::ending(ending) => Close::going_away(),
    }
}
