//! One operation of a socket, from its request to its last message.

use std::panic::AssertUnwindSafe;

use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use futures::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::http::HttpState;
use crate::http::admission::{self, Requester};
use crate::http::execution;
use crate::http::failed::Failed;
use crate::http::listen::{self, StreamItem};
use crate::http::request::GraphqlRequest;
use crate::http::stream_end::StreamEnd;
use service::authentication::{AuthError, authenticate};

/// A message from an operation to its socket.
pub struct OperationMessage {
    pub id: String,
    /// Distinguishes operations that had the same id.
    pub number: u64,
    pub what: OperationOutput,
}

pub enum OperationOutput {
    Next(Box<Response>),
    /// The last message: the operation completed.
    Complete,
    /// The last message: the operation failed.
    Error(Vec<Value>),
    /// The token is no longer valid.
    Unauthenticated,
}

/// An operation to run.
pub struct SocketOperation {
    pub state: HttpState,
    pub request_id: String,
    pub authorization: String,
    pub id: String,
    pub number: u64,
    pub ask: GraphqlRequest,
    pub tell: mpsc::Sender<OperationMessage>,
}

impl SocketOperation {
    /// Runs the operation. `begun` is dropped as soon as the socket may continue to read.
    pub async fn run(self, begun: oneshot::Sender<()>) {
        let Self {
            state,
            request_id,
            authorization,
            id,
            number,
            ask,
            tell,
        } = self;
        let teller = OperationSender { id, number, tell };
        let running = steps(&state, &request_id, authorization, ask, &teller, begun);
        let last = match AssertUnwindSafe(running).catch_unwind().await {
            Ok(last) => last,
            Err(_) => OperationOutput::Error(Failed::Panicked.errors(&request_id)),
        };
        teller.tell(last).await;
    }
}

struct OperationSender {
    id: String,
    number: u64,
    tell: mpsc::Sender<OperationMessage>,
}

impl OperationSender {
    /// Waits while the socket is busy. If the socket is gone, this task will soon be aborted.
    async fn tell(&self, what: OperationOutput) {
        let (id, number) = (self.id.clone(), self.number);
        let _ = self.tell.send(OperationMessage { id, number, what }).await;
    }
}

/// Runs the operation up to its last message, which is returned.
async fn steps(
    state: &HttpState,
    request_id: &str,
    authorization: String,
    ask: GraphqlRequest,
    teller: &OperationSender,
    begun: oneshot::Sender<()>,
) -> OperationOutput {
    let caller = match authenticate(&state.app, Some(&authorization)).await {
        Ok(caller) => caller,
        Err(AuthError::Missing | AuthError::Invalid) => return OperationOutput::Unauthenticated,
        Err(AuthError::Store(cause)) => {
            return OperationOutput::Error(StreamEnd::of(&cause, request_id, "authentication").errors(request_id));
        }
    };
    let turns = state.turns_of(caller.tenant());
    let requester = Requester::confirmed(caller, request_id.to_owned());
    let admitting = admission::admit(state, &requester, ask, |_| Ok(()));
    let admission = match turns.clone().take(admitting).await {
        Ok(admission) => admission,
        Err(refused) => return OperationOutput::Error(refused.errors(request_id)),
    };
    if admission.operation() != OperationType::Subscription {
        drop(begun);
        return match turns.take(execution::execute(state, requester, &admission)).await {
            Ok(response) => {
                teller.tell(OperationOutput::Next(Box::new(response))).await;
                OperationOutput::Complete
            }
            Err(failed) => OperationOutput::Error(failed.errors(request_id)),
        };
    }
    let mut heard = match listen::begin(state, requester, authorization, admission).await {
        Ok(heard) => heard,
        Err(unbegun) => return OperationOutput::Error(unbegun.errors(request_id)),
    };
    drop(begun);
    while let Some(heard) = heard.next().await {
        match heard {
            StreamItem::Event(response, _) => teller.tell(OperationOutput::Next(response)).await,
            StreamItem::End(StreamEnd::Unauthenticated) => return OperationOutput::Unauthenticated,
            StreamItem::End(end) => return OperationOutput::Error(end.errors(request_id)),
        }
    }
    OperationOutput::Complete
}
