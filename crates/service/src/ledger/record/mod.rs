//! Recording events: each once, with the commissions that it earns, in one transaction.
//!
//! What events refer to is read for many at once ([`look_up`]); each is evaluated by itself ([`evaluate`]), including
//! what earlier ones change ([`recording_state`], [`prepared`]); the results are written for many at once ([`write`]).
//! Events whose changes are not tracked in memory (tiers, refunds) are written before the next is looked up, so that a
//! list has the same result as its events one by one.
//!
//! On PostgreSQL a transaction writes once. It locks the partners of its events in the order of their ids, then writes
//! customers, events and keys in the order of their names, so that transactions cannot deadlock; events that must be
//! looked up again are left to the next transaction.

mod credit;
mod earn;
mod evaluate;
mod idempotency;
mod look_up;
mod lookup_batch;
mod prepared;
mod recorder;
mod recording_state;
mod write;

use super::event::{CheckedEvent, NewEvent};
use super::refund;
use crate::ServiceError;
use crate::app::App;
use crate::erased_names::ErasedNames;
use crate::error::SUM_TOO_LARGE;
use crate::once::repeated;
use auth::{Caller, Resource, Writer};
use domain::problem::{Problem, ProblemCode, Problems};
pub use earn::rows;
use evaluate::EvaluatedEvent;
use idempotency::KeyedEvents;
pub use look_up::{EventLookup, asks_customer};
use lookup_batch::LookupBatch;
pub use prepared::{Prepared, PreparedEvents};
pub(crate) use recorder::ERASED;
use recorder::NumberedResults;
pub use recorder::{AttemptError, RecordResult, RecordedEvent, Recorder};
pub use recording_state::RecordingState;
use store::StoreError;

/// Maximum number of events of one call.
pub const MAX_EVENTS: usize = 500;

/// Maximum number of events of one transaction on PostgreSQL, which keeps their partners locked until it ends.
const EVENTS_PER_TRANSACTION: usize = 100;

/// Records events in the order of the list, each independently of the others. An event that was recorded before is not
/// recorded again; the recorded one is returned.
pub async fn record(app: &App, caller: &Caller, events: Vec<NewEvent>) -> Result<Vec<RecordResult>, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    if events.len() > MAX_EVENTS {
        let message = format!("at most {MAX_EVENTS} events are recorded at once");
        return Err(Problems::one("", ProblemCode::Invalid, message).into());
    }
    // Where writers queue anyway, a larger transaction makes no other writer wait longer in total.
    let most = match app.store.reader().has_single_writer() {
        true => MAX_EVENTS,
        false => EVENTS_PER_TRANSACTION,
    };
    let mut answers = Vec::with_capacity(events.len());
    let mut together = most;
    while let Some(rest) = events.get(answers.len()..).filter(|rest| !rest.is_empty()) {
        let chunk = &rest[..rest.len().min(together)];
        match record_together(app, &writer, chunk).await? {
            BatchOutcome::Recorded(recorded) => {
                // If events depend on each other, looking up many at once is wasted.
                together = (recorded.len() * 2).min(most);
                answers.extend(recorded);
            }
            // Each then gets a transaction of its own, so that only events that cannot be recorded are refused.
            BatchOutcome::Apart(_) if chunk.len() > 1 => {
                for event in chunk.chunks(1) {
                    match record_together(app, &writer, event).await? {
                        BatchOutcome::Recorded(recorded) => answers.extend(recorded),
                        BatchOutcome::Apart(problems) => answers.push(Err(problems)),
                    }
                }
            }
            BatchOutcome::Apart(problems) => answers.push(Err(problems)),
        }
    }
    Ok(answers)
}

/// The result of recording events in one transaction.
enum BatchOutcome {
    /// The results of the first events, at least of one.
    Recorded(Vec<RecordResult>),
    /// Nothing was written: one of the events cannot be recorded. These are its problems, if it is the only one.
    Apart(Vec<Problem>),
}

fn too_large() -> Vec<Problem> {
    Problems::one("amount", ProblemCode::Invalid, SUM_TOO_LARGE).into_vec()
}

async fn record_together(app: &App, writer: &Writer, events: &[NewEvent]) -> Result<BatchOutcome, ServiceError> {
    repeated(|| Box::pin(record_once(app, writer, events))).await
}

async fn record_once(app: &App, writer: &Writer, events: &[NewEvent]) -> Result<BatchOutcome, ServiceError> {
    let mut renamed = ErasedNames::default();
    loop {
        match Box::pin(record_renamed(app, writer, events, renamed)).await? {
            RecordAttempt::Ended(outcome) => return Ok(outcome),
            RecordAttempt::Renamed(erased) => renamed = erased,
        }
    }
}

/// How an attempt to record events ended.
enum RecordAttempt {
    Ended(BatchOutcome),
    /// Some of the events name what was erased: the next attempt knows it.
    Renamed(ErasedNames),
}

async fn record_renamed(
    app: &App,
    writer: &Writer,
    events: &[NewEvent],
    renamed: ErasedNames,
) -> Result<RecordAttempt, ServiceError> {
    let transaction = app.begin(writer).await?;
    if events.len() == 1 {
        transaction.notes_once();
    }
    let recorder = Recorder {
        clock: &app.clock,
        latest_occurrence: app.latest_occurrence,
        writer,
        transaction: &transaction,
        writes_once: transaction.writes_in_one_statement(),
        keys: app.webhooks.keys.as_deref(),
        renamed,
    };
    let outcome = match recorder.record(events).await {
        Ok(answers) => {
            transaction.commit().await?;
            Ok(BatchOutcome::Recorded(answers))
        }
        Err(AttemptError::Renamed(erased)) => {
            transaction.rollback().await?;
            return Ok(RecordAttempt::Renamed(erased));
        }
        Err(AttemptError::Raced) => Err(StoreError::Raced.into()),
        Err(AttemptError::Store(error)) if store::is_sum_too_large(&error) => {
            transaction.rollback().await?;
            Ok(BatchOutcome::Apart(too_large()))
        }
        Err(AttemptError::Store(error)) => Err(error.into()),
        Err(AttemptError::Rejected(problems)) => Err(ServiceError::Rejected(problems)),
    };
    outcome.map(RecordAttempt::Ended)
}

impl Recorder<'_> {
    /// Records the events, or only the first of them; returns the results of those.
    async fn record(&self, events: &[NewEvent]) -> Result<Vec<RecordResult>, AttemptError> {
        let mut answers = NumberedResults::with_capacity(events.len());
        let mut keyed = KeyedEvents::look_up(self, events).await?;
        let mut reached = 0;
        while reached < events.len() {
            let (run, next) = self.gather(events, reached, &mut keyed, &mut answers).await?;
            reached = self.finish(run, &mut answers).await?.unwrap_or(next);
            // Results of later events are dropped: these events are looked at again.
            answers.retain(|(place, _)| *place < reached);
            keyed.forget_from(reached);
            if self.writes_once {
                break;
            }
        }
        keyed.keep(self, &answers).await?;
        answers.sort_unstable_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    /// The events from index `from` on that can be looked up at once, and the index after them. Events with problems
    /// get their results, and a refund or chargeback is recorded if it is the first.
    async fn gather(
        &self,
        events: &[NewEvent],
        from: usize,
        keyed: &mut KeyedEvents,
        answers: &mut NumberedResults,
    ) -> Result<(LookupBatch, usize), AttemptError> {
        let mut run = LookupBatch::default();
        for (place, event) in events.iter().enumerate().skip(from) {
            let mut problems = Problems::new();
            let latest = self.clock.now() + self.latest_occurrence;
            let checked = match event.clone().check(latest, &mut problems) {
                Some(checked) if problems.is_empty() => checked,
                _ => {
                    answers.push((place, Err(problems.into_vec())));
                    continue;
                }
            };
            let mut checked = checked;
            self.renamed.rename_in(&mut checked);
            let takes_back = checked.kind.takes_back();
            if !run.events.is_empty() && (takes_back || !run.may_take(&checked)) {
                return Ok((run, place));
            }
            if let Err(problems) = keyed.note(place, &checked, answers) {
                answers.push((place, Err(problems)));
                continue;
            }
            if takes_back {
                answers.push((place, mended(self.take_back(checked).await)?));
                return Ok((run, place + 1));
            }
            run.take(place, checked);
        }
        Ok((run, events.len()))
    }

    /// Records the events of a batch; returns the index from which on events must be looked up again, if any.
    async fn finish(&self, run: LookupBatch, answers: &mut NumberedResults) -> Result<Option<usize>, AttemptError> {
        if run.events.is_empty() {
            return Ok(None);
        }
        // Boxed here and below: these futures are large, and so would be every future that contains them.
        let mut found = Box::pin(self.look_up(&run)).await?;
        let (mut waiting, mut again) = (PreparedEvents::default(), None);
        for (number, (place, event)) in run.events.into_iter().enumerate() {
            if found.depends_on(&waiting, &event) {
                if self.writes_once {
                    again = Some(place);
                    break;
                }
                Box::pin(self.write(std::mem::take(&mut waiting), answers)).await?;
                found.known.standings = None;
            }
            match mended(Box::pin(self.work_out(event, &mut found, &waiting)).await)? {
                Ok(EvaluatedEvent::New(prepared)) => waiting.0.push((place, *prepared)),
                Ok(EvaluatedEvent::Known(recorded)) => answers.push((place, Ok(*recorded))),
                Ok(EvaluatedEvent::Later) if number == 0 => return Err(AttemptError::Raced),
                Ok(EvaluatedEvent::Later) => {
                    again = Some(place);
                    break;
                }
                Err(problems) => answers.push((place, Err(problems))),
            }
        }
        Box::pin(self.write(waiting, answers)).await?;
        Ok(again)
    }

    async fn take_back(&self, checked: CheckedEvent) -> Result<RecordedEvent, AttemptError> {
        if let Some(known) = self.known(&checked).await? {
            return Ok(known);
        }
        let mut problems = Problems::new();
        let named = checked.clone();
        let taken = refund::record(self.transaction, self.writer, checked, self.clock, &mut problems).await?;
        match taken {
            Some(refund::RefundOutcome::Done {
                event,
                clawbacks,
                reversed,
            }) => Ok(RecordedEvent {
                event: *event,
                commissions: clawbacks,
                reversed,
                adjustments: 0,
                duplicate: false,
            }),
            Some(refund::RefundOutcome::Raced) => Err(AttemptError::Raced),
            None => {
                // The event that it names may have been erased.
                self.refuse_erased([&named]).await?;
                Err(problems.into())
            }
        }
    }
}

/// Problems as a result: they were found before anything was written, so other events are not affected.
fn mended<T>(attempt: Result<T, AttemptError>) -> Result<Result<T, Vec<Problem>>, AttemptError> {
    match attempt {
        Ok(done) => Ok(Ok(done)),
        Err(AttemptError::Rejected(problems)) => Ok(Err(problems)),
        Err(interrupted) => Err(interrupted),
    }
}
