//! A subscription while it runs, however its events travel.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use async_graphql::Response as GraphqlResponse;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;

use super::Front;
use super::errors;
use super::guard::Problem;
use super::run::{self, Admission, Asker};
use crate::auth::{AuthError, Caller, authenticate};
use crate::graphql::subscription::{Commission, Source, rows};
use crate::graphql::{INTERNAL_CODE, INTERNAL_MESSAGE};
use crate::metrics::Open;
use crate::store::outbox::Lost;

/// A caller's right that was looked at so recently is not looked at again: it ends within a second everywhere.
const CONFIDENCE: Duration = Duration::from_millis(250);

/// What comes next.
pub enum Heard {
    Event(Box<GraphqlResponse>),
    /// Nothing more.
    End(End),
}

/// Why nothing more comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The token is no longer good.
    Unauthenticated,
    /// The listener fell behind.
    Behind,
    /// A fault of ours, which is logged.
    Fault,
}

impl End {
    /// The one error that says so.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        let problem = match self {
            Self::Unauthenticated => Problem::new("UNAUTHENTICATED", AuthError::Invalid.to_string()),
            Self::Behind => Problem::new(
                "THROTTLED",
                "events came faster than they were taken, and some were lost: read the commissions, and subscribe again",
            ),
            Self::Fault => Problem::new(INTERNAL_CODE, INTERNAL_MESSAGE),
        };
        errors::listed(&[problem], request_id)
    }
}

/// One subscription.
struct Subscription {
    front: Front,
    request_id: String,
    /// What the caller showed, as an Authorization header has it.
    authorization: String,
    caller: Caller,
    /// When the caller's right was looked at.
    checked: Instant,
    admission: Admission,
    source: Source,
    /// What was read and is not shown yet.
    waiting: VecDeque<Commission>,
    _counted: Open,
}

/// Begins a subscription. What is committed after this is heard, until an end. The errors say why it does not begin.
pub async fn begin(
    front: &Front,
    asker: Asker,
    authorization: String,
    admission: Admission,
) -> Result<BoxStream<'static, Heard>, Vec<serde_json::Value>> {
    let (caller, request_id) = (asker.caller.clone(), asker.request_id.clone());
    let source = match run::listen(front, asker, &admission).await {
        Ok(Ok(source)) => source,
        Ok(Err(response)) => return Err(response.errors.iter().map(|error| serde_json::json!(error)).collect()),
        Err(failed) => return Err(failed.errors(&request_id)),
    };
    let subscription = Subscription {
        front: front.clone(),
        request_id,
        authorization,
        caller,
        checked: Instant::now(),
        admission,
        source,
        waiting: VecDeque::new(),
        _counted: front.app.metrics.subscription(),
    };
    // The stream keeps what is under way when somebody stops waiting for it.
    let heard = stream::unfold(Some(subscription), |subscription| async {
        let mut subscription = subscription?;
        match subscription.next().await {
            Ok(response) => Some((Heard::Event(Box::new(response)), Some(subscription))),
            Err(end) => Some((Heard::End(end), None)),
        }
    });
    Ok(heard.boxed())
}

impl Subscription {
    async fn next(&mut self) -> Result<GraphqlResponse, End> {
        while self.waiting.is_empty() {
            let changed = self.source.next().await.map_err(|lost| match lost {
                Lost::Behind => End::Behind,
                Lost::Ended => {
                    tracing::error!(request_id = self.request_id, "nobody follows the outbox any more");
                    End::Fault
                }
            })?;
            self.check().await?;
            let found = rows(&self.front.app, &self.caller, &changed).await;
            let found = found.map_err(|error| {
                tracing::error!(request_id = self.request_id, ?error, "reading what changed failed");
                End::Fault
            })?;
            self.waiting.extend(found);
        }
        // Who asks for much is served more slowly; who then falls behind hears so.
        while let Err(wait) = self.admission.charge(&self.front) {
            tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
        }
        if self.checked.elapsed() > CONFIDENCE {
            self.check().await?;
        }
        let Some(row) = self.waiting.pop_front() else {
            return Err(End::Fault);
        };
        let asker = Asker {
            caller: self.caller.clone(),
            request_id: self.request_id.clone(),
        };
        match run::show(&self.front, asker, &self.admission, row).await {
            Ok(response) => Ok(response),
            Err(failed) => {
                let errors = failed.errors(&self.request_id);
                tracing::error!(request_id = self.request_id, ?errors, "an event could not be shown");
                Err(End::Fault)
            }
        }
    }

    /// Whether the caller may still ask, as every request is asked.
    async fn check(&mut self) -> Result<(), End> {
        self.caller = authenticate(&self.front.app, Some(&self.authorization))
            .await
            .map_err(|error| match error {
                AuthError::Missing | AuthError::Invalid => End::Unauthenticated,
                AuthError::Store(cause) => {
                    tracing::error!(request_id = self.request_id, %cause, "authentication failed");
                    End::Fault
                }
            })?;
        self.checked = Instant::now();
        Ok(())
    }
}

/// Completes when the token expires; never where it does not.
pub fn expiry(front: &Front, caller: &Caller) -> futures::future::BoxFuture<'static, ()> {
    match caller.expires_at() {
        None => std::future::pending().boxed(),
        Some(moment) => {
            let rest = (moment - front.app.clock.now()).to_std().unwrap_or_default();
            tokio::time::sleep(rest).boxed()
        }
    }
}

/// Completes when the program is told to end; never where nobody is left who could tell.
pub async fn ending(told: &mut watch::Receiver<bool>) {
    if told.wait_for(|ending| *ending).await.is_err() {
        std::future::pending().await
    }
}
