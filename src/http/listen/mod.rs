//! A running subscription, whatever the transport of its events.

pub mod resume;
mod shared_batches;

use std::sync::Arc;
use std::time::Duration;

use async_graphql::Response as GraphqlResponse;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use tokio::sync::watch;

use super::HttpState;
use super::access_check::AccessCheck;
use super::admission::{Admission, Requester};
use super::documents::Hash;
use super::execution::{self, SharedEvent};
use super::failed::Failed;
use super::guard::DocumentProblem;
use super::permits::ConcurrencyPermit;
use super::stream_end::StreamEnd;
use super::{cost, errors};
use crate::graphql::ApiError;
use crate::graphql::subscription::{
    ChangeNotice, ChangeSource, EventPayload, ReceivedBatch as InBatch, ResumeError, rows,
};
use crate::http::codes;
use auth::Caller;
use service::authentication::AuthError;
pub use shared_batches::RecentBatches;
use shared_batches::{ChangedRows, SharedBatch, SharedResult, SharingKey};
use store::outbox::ListenerLost;
use telemetry::metrics::OpenGauge;

/// What a subscription yields.
pub enum StreamItem {
    /// An event, and the cursor after which to resume, if it has one.
    Event(Box<GraphqlResponse>, Option<String>),
    /// There are no more events.
    End(StreamEnd),
}

/// Why a subscription does not begin.
pub enum SubscribeError {
    /// The maximum number of subscriptions is reached. The text is for the caller.
    Full(String),
    /// The answer gives the reason.
    Refused(GraphqlResponse),
    Failed(Failed),
}

impl SubscribeError {
    /// The errors as they appear in answers without data.
    pub fn errors(self, request_id: &str) -> Vec<serde_json::Value> {
        match self {
            Self::Full(message) => errors::listed(&[DocumentProblem::new(codes::THROTTLED, message)], request_id),
            Self::Refused(response) => response.errors.iter().map(|error| serde_json::json!(error)).collect(),
            Self::Failed(failed) => failed.errors(request_id),
        }
    }
}

/// One subscription.
struct LiveSubscription {
    state: HttpState,
    request_id: String,
    caller: Caller,
    access: AccessCheck,
    admission: Arc<Admission>,
    fingerprint: Hash,
    source: ChangeSource,
    waiting: Option<PendingRows>,
    _seat: ConcurrencyPermit,
    _counted: OpenGauge,
}

/// Changes that were received but are not all shown yet.
struct PendingRows {
    heard: InBatch,
    turn: Arc<SharedBatch>,
    showing: Arc<SharedResult>,
    rows: Arc<ChangedRows>,
    /// The first row that is new and not shown yet.
    next: usize,
}

impl PendingRows {
    /// The first row from `from` on that was not received before.
    fn new_from(&self, from: usize) -> Option<usize> {
        let is_new = |(changed, _): &(ChangeNotice, EventPayload)| match changed {
            ChangeNotice::Commission(change) => self.heard.is_new(change),
            ChangeNotice::Backtest(_) => true,
        };
        let found = self.rows.iter().skip(from).position(is_new);
        found.map(|found| from + found)
    }
}

/// Begins a subscription. Changes committed after this returns are received, until the subscription ends.
pub async fn begin(
    state: &HttpState,
    requester: Requester,
    authorization: String,
    admission: Admission,
) -> Result<BoxStream<'static, StreamItem>, SubscribeError> {
    let (caller, request_id) = (requester.caller.clone(), requester.request_id.clone());
    let permit = permit(state, &caller).map_err(SubscribeError::Full)?;
    let begun = execution::listen(state, requester, &admission).await;
    let source = begun
        .map_err(SubscribeError::Failed)?
        .map_err(SubscribeError::Refused)?;
    let subscription = LiveSubscription {
        state: state.clone(),
        request_id,
        caller,
        access: AccessCheck::new(authorization),
        fingerprint: admission.fingerprint(),
        admission: Arc::new(admission.subscribed()),
        source,
        waiting: None,
        _seat: permit,
        _counted: state.app.metrics.subscription(),
    };
    // The stream keeps a pending step when its consumer stops waiting for it.
    let heard = stream::unfold(Some(subscription), |subscription| async {
        let mut subscription = subscription?;
        match subscription.next().await {
            Ok((response, cursor)) => Some((StreamItem::Event(Box::new(response), cursor), Some(subscription))),
            Err(end) => Some((StreamItem::End(end), None)),
        }
    });
    Ok(heard.boxed())
}

/// A place for one more subscription; the error is the text that tells the caller why there is none.
fn permit(state: &HttpState, caller: &Caller) -> Result<ConcurrencyPermit, String> {
    let most = &state.options.subscriptions;
    // No tenant's id contains a slash.
    let tenant = caller.tenant().to_string();
    let subject = format!("{tenant}/{}", caller.subject());
    let taken = state
        .seats
        .take([(subject, most.per_subject), (tenant, most.per_tenant)]);
    taken.map_err(|full| {
        let (who, most) = match full {
            0 => ("this token's subject", most.per_subject),
            _ => ("this tenant", most.per_tenant),
        };
        format!("{who} has {most} subscriptions, the maximum: end one first")
    })
}

impl LiveSubscription {
    /// The next event and its cursor.
    async fn next(&mut self) -> Result<(GraphqlResponse, Option<String>), StreamEnd> {
        let mut waiting = match self.waiting.take() {
            Some(waiting) => waiting,
            None => self.hear().await?,
        };
        self.pay(self.admission.admitted.cost).await;
        if self.access.is_due() {
            let caller = self.access.recheck(&self.state.app).await;
            self.caller = caller.map_err(|error| self.no_access(error))?;
        }
        let shown = self.show(&waiting).await?;
        let mut response = execution::tell(&self.state, &self.request_id, &self.admission, &shown);
        let cursor = self.source.cursor(&waiting.heard, waiting.rows[waiting.next].0);
        if let Some(cursor) = &cursor {
            response = response.extension("cursor", async_graphql::Value::from(cursor.as_str()));
        }
        self.waiting = waiting.new_from(waiting.next + 1).map(|next| {
            waiting.next = next;
            waiting
        });
        Ok((response, cursor))
    }

    /// Callers that ask for much are served more slowly; one that falls behind as a result is told so.
    async fn pay(&self, cost: u64) {
        while let Err(wait) = self.admission.charge(&self.state, cost) {
            tokio::time::sleep(wait.max(Duration::from_millis(1))).await;
        }
    }

    /// Waits for changes that have rows to show.
    async fn hear(&mut self) -> Result<PendingRows, StreamEnd> {
        loop {
            let (heard, changed) = tokio::select! {
                heard = self.source.next() => heard.map_err(|unheard| match unheard {
                    ResumeError::Lost(ListenerLost::Behind) | ResumeError::Pruned => StreamEnd::Behind,
                    ResumeError::Store(cause) => StreamEnd::of(&cause, &self.request_id, "reading what was missed"),
                    ResumeError::Lost(ListenerLost::Ended) | ResumeError::Foreign => {
                        tracing::error!(request_id = self.request_id, "nobody follows the outbox any more");
                        StreamEnd::Fault
                    }
                })?,
                // A caller whose access has ended would receive nothing and only occupy its place.
                () = tokio::time::sleep(self.state.options.subscriptions.ping()) => {
                    self.check_idly().await?;
                    continue;
                }
            };
            if changed.is_empty() {
                // Reading is work, even if it finds nothing for this listener.
                self.pay(cost::MISSED).await;
                continue;
            }
            let turn = match heard.is_alone {
                true => SharedBatch::new(heard.batch.clone()),
                false => self.state.turns.of(&heard.batch),
            };
            let caller = self.access.recheck_since(&self.state.app, turn.began).await;
            self.caller = caller.map_err(|error| self.no_access(error))?;
            let showing = turn.showing(&self.group());
            let (app, caller, request_id) = (self.state.app.clone(), self.caller.clone(), self.request_id.clone());
            let read = async move {
                let found = rows(&app, &caller, &changed).await;
                found.map_err(|error| match error {
                    ApiError::Internal(cause) => StreamEnd::of(&cause, &request_id, "reading what changed"),
                    error => {
                        tracing::error!(request_id, ?error, "reading what changed failed");
                        StreamEnd::Fault
                    }
                })
            };
            let rows = turn.rows(&showing, read).await.map_err(|end| self.ended(end))?;
            let mut waiting = PendingRows {
                heard,
                turn,
                showing,
                rows,
                next: 0,
            };
            if let Some(next) = waiting.new_from(0) {
                waiting.next = next;
                return Ok(waiting);
            }
        }
    }

    /// Identifies the listeners that receive the same results. Uses the caller as last checked, since its permissions
    /// may have changed.
    fn group(&self) -> SharingKey {
        SharingKey {
            scope: self.caller.scope(),
            permissions: self.caller.permissions(),
            fingerprint: self.fingerprint,
        }
    }

    async fn show(&self, waiting: &PendingRows) -> Result<Arc<SharedEvent>, StreamEnd> {
        let PendingRows {
            turn,
            showing,
            rows,
            next,
            ..
        } = waiting;
        let (state, admission) = (self.state.clone(), self.admission.clone());
        let (row, request_id) = (rows[*next].1.clone(), self.request_id.clone());
        let requester = Requester::confirmed(self.caller.clone(), self.request_id.clone());
        let show = async move {
            match execution::show(&state, requester, &admission, row).await {
                Ok(shown) => Ok(shown),
                Err(failed) => {
                    let is_late = matches!(failed, Failed::Late(_));
                    let errors = failed.errors(&request_id);
                    tracing::error!(request_id, ?errors, "an event could not be shown");
                    Err(if is_late {
                        StreamEnd::Unavailable
                    } else {
                        StreamEnd::Fault
                    })
                }
            }
        };
        turn.event(showing, *next, show).await.map_err(|end| self.ended(end))
    }

    /// A failure for the first listener that asked is a failure for all.
    fn ended(&self, end: StreamEnd) -> StreamEnd {
        tracing::error!(request_id = self.request_id, "an event was dropped");
        end
    }

    /// Why the subscription ends if the caller's access could not be confirmed.
    fn no_access(&self, error: AuthError) -> StreamEnd {
        match error {
            AuthError::Missing | AuthError::Invalid => StreamEnd::Unauthenticated,
            AuthError::Store(cause) => StreamEnd::of(&cause, &self.request_id, "authentication"),
        }
    }

    /// Checks the caller's access while nothing happens: then an unavailable database is no reason to end.
    async fn check_idly(&mut self) -> Result<(), StreamEnd> {
        match self.access.recheck(&self.state.app).await {
            Err(AuthError::Missing | AuthError::Invalid) => Err(StreamEnd::Unauthenticated),
            Err(AuthError::Store(_)) => Ok(()),
            Ok(caller) => {
                self.caller = caller;
                Ok(())
            }
        }
    }
}

/// Completes when the token expires; never if it does not expire.
pub fn expiry(state: &HttpState, caller: &Caller) -> futures::future::BoxFuture<'static, ()> {
    match caller.expires_at() {
        None => std::future::pending().boxed(),
        Some(moment) => {
            let rest = (moment - state.app.clock.now()).to_std().unwrap_or_default();
            tokio::time::sleep(rest).boxed()
        }
    }
}

/// Completes when the program is told to shut down; never once the sender is gone.
pub async fn ending(told: &mut watch::Receiver<bool>) {
    if told.wait_for(|ending| *ending).await.is_err() {
        std::future::pending().await
    }
}
