//! One operation of a socket, from what was asked to its last message.

use std::panic::AssertUnwindSafe;

use async_graphql::Response;
use async_graphql::parser::types::OperationType;
use futures::{FutureExt, StreamExt};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use crate::auth::{AuthError, authenticate};
use crate::http::Front;
use crate::http::admission::{self, Asker};
use crate::http::ask::Ask;
use crate::http::execution::{self, Failed};
use crate::http::listen::{self, End, Heard};

/// What an operation tells its socket.
pub struct Told {
    pub id: String,
    /// Which of those that had this id.
    pub number: u64,
    pub what: What,
}

pub enum What {
    Next(Box<Response>),
    /// The last: it came to its end.
    Complete,
    /// The last: it did not.
    Error(Vec<Value>),
    /// The token is not good any more.
    Unauthenticated,
}

/// An operation that is to run.
pub struct Operation {
    pub front: Front,
    pub request_id: String,
    pub authorization: String,
    pub id: String,
    pub number: u64,
    pub ask: Ask,
    pub tell: mpsc::Sender<Told>,
}

impl Operation {
    /// Runs it. `begun` is dropped as soon as the socket may read on.
    pub async fn run(self, begun: oneshot::Sender<()>) {
        let Self {
            front,
            request_id,
            authorization,
            id,
            number,
            ask,
            tell,
        } = self;
        let teller = Teller { id, number, tell };
        let running = steps(&front, &request_id, authorization, ask, &teller, begun);
        let last = match AssertUnwindSafe(running).catch_unwind().await {
            Ok(last) => last,
            Err(_) => What::Error(Failed::Panicked.errors(&request_id)),
        };
        teller.tell(last).await;
    }
}

struct Teller {
    id: String,
    number: u64,
    tell: mpsc::Sender<Told>,
}

impl Teller {
    /// Waits while the socket is busy. If it is gone, so is this soon.
    async fn tell(&self, what: What) {
        let (id, number) = (self.id.clone(), self.number);
        let _ = self.tell.send(Told { id, number, what }).await;
    }
}

/// Everything up to the last message.
async fn steps(
    front: &Front,
    request_id: &str,
    authorization: String,
    ask: Ask,
    teller: &Teller,
    begun: oneshot::Sender<()>,
) -> What {
    let caller = match authenticate(&front.app, Some(&authorization)).await {
        Ok(caller) => caller,
        Err(AuthError::Missing | AuthError::Invalid) => return What::Unauthenticated,
        Err(AuthError::Store(cause)) => {
            return What::Error(End::of(&cause, request_id, "authentication").errors(request_id));
        }
    };
    let asker = Asker {
        caller,
        request_id: request_id.to_owned(),
    };
    let admission = match admission::admit(front, &asker, ask, |_| Ok(())).await {
        Ok(admission) => admission,
        Err(refused) => return What::Error(refused.errors(request_id)),
    };
    if admission.operation() != OperationType::Subscription {
        drop(begun);
        return match execution::execute(front, asker, &admission).await {
            Ok(response) => {
                teller.tell(What::Next(Box::new(response))).await;
                What::Complete
            }
            Err(failed) => What::Error(failed.errors(request_id)),
        };
    }
    let mut heard = match listen::begin(front, asker, authorization, admission).await {
        Ok(heard) => heard,
        Err(unbegun) => return What::Error(unbegun.errors(request_id)),
    };
    drop(begun);
    while let Some(heard) = heard.next().await {
        match heard {
            Heard::Event(response, _) => teller.tell(What::Next(response)).await,
            Heard::End(End::Unauthenticated) => return What::Unauthenticated,
            Heard::End(end) => return What::Error(end.errors(request_id)),
        }
    }
    What::Complete
}
