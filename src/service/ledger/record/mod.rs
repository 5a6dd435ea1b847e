//! Recording events: each once, with the commissions that it earns, in one transaction.
//!
//! What events name is read for many of them at once ([`look_up`]); each is worked out by itself ([`work_out`]); what they
//! come to is written for many at once ([`write`]). Events of a list that could change each other wait for the writing of
//! those before them, so that a list comes to the same as its events one by one.

mod earn;
mod keyed;
mod look_up;
mod work_out;
mod write;

use std::collections::HashSet;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend};

use super::event::{CheckedEvent, NewEvent};
use super::{refund, tiers};
use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::clock::Clock;
use crate::domain::commission::{Commission, CommissionKind};
use crate::domain::event::Event;
use crate::domain::problem::{Problem, ProblemCode, Problems};
use crate::service::ServiceError;
use crate::service::error::SUM_TOO_LARGE;
use crate::service::once::Turns;
use crate::store::{self, StoreError, Transaction};

pub use earn::rows;
use keyed::Keyed;
pub use work_out::Prepared;
use work_out::WorkedOut;

/// The most events of one call.
pub const MAX_EVENTS: usize = 500;

/// A recorded event and its own rows.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub event: Event,
    pub commissions: Vec<Commission>,
    /// The rows that a refund or chargeback reversed.
    pub reversed: Vec<Commission>,
    /// How many payouts its recording adjusted retroactively.
    pub adjustments: u64,
    /// It had been recorded before; nothing was written now.
    pub duplicate: bool,
}

/// What became of one event of a list: recorded, or what to mend.
pub type Answer = Result<Recorded, Vec<Problem>>;

/// How one attempt ended without an answer.
pub enum Interrupted {
    /// What to mend; nothing was written.
    Rejected(Vec<Problem>),
    /// Another writer recorded the same event meanwhile: look again.
    Raced,
    Store(StoreError),
}

impl From<StoreError> for Interrupted {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problems> for Interrupted {
    fn from(problems: Problems) -> Self {
        Self::Rejected(problems.into_vec())
    }
}

/// Records events in the order of the list; each stands alone. An event that was recorded before is answered with what
/// it was then.
pub async fn record(app: &App, caller: &Caller, events: Vec<NewEvent>) -> Result<Vec<Answer>, ServiceError> {
    let writer = caller.write(Resource::Events)?;
    if events.len() > MAX_EVENTS {
        let mut problems = Problems::new();
        problems.add(
            "",
            ProblemCode::Invalid,
            format!("at most {MAX_EVENTS} events are recorded at once"),
        );
        return Err(problems.into());
    }
    // SQLite has one writer, who saves a flush to disk for every event that shares a transaction. On PostgreSQL a
    // transaction that locked many partners would make others wait and could deadlock.
    let together = match app.store.reader().get_database_backend() {
        DbBackend::Sqlite => MAX_EVENTS,
        _ => 1,
    };
    let mut answers = Vec::with_capacity(events.len());
    for chunk in events.chunks(together) {
        if let Some(recorded) = record_together(app, &writer, chunk).await? {
            answers.extend(recorded);
            continue;
        }
        // Each has a transaction of its own, then: only those that are too much are refused.
        for event in chunk.chunks(1) {
            let recorded = match chunk.len() {
                1 => None,
                _ => record_together(app, &writer, event).await?,
            };
            answers.extend(recorded.unwrap_or_else(|| vec![Err(too_large())]));
        }
    }
    Ok(answers)
}

fn too_large() -> Vec<Problem> {
    let mut problems = Problems::new();
    problems.add("amount", ProblemCode::Invalid, SUM_TOO_LARGE);
    problems.into_vec()
}

/// `None`: nothing was written, since one of them would take a sum beyond its bound.
async fn record_together(app: &App, writer: &Writer, events: &[NewEvent]) -> Result<Option<Vec<Answer>>, ServiceError> {
    // A race is lost to a writer who has committed by now; losing several in a row takes several of them.
    const ATTEMPTS: usize = 5;
    let (mut attempt, mut turns) = (1, Turns::default());
    loop {
        let transaction = app.begin(writer).await?;
        if events.len() == 1 {
            transaction.notes_once();
        }
        let recorder = Recorder {
            clock: &app.clock,
            latest_occurrence: app.latest_occurrence,
            writer,
            transaction: &transaction,
        };
        match recorder.record(events).await {
            Ok(answers) => {
                transaction.commit().await?;
                return Ok(Some(answers));
            }
            Err(Interrupted::Raced) if attempt < ATTEMPTS => {}
            Err(Interrupted::Store(error)) if error.has_given_way() => {
                transaction.rollback().await?;
                match turns.comes_again(&error).await {
                    true => continue,
                    false => return Err(error.into()),
                }
            }
            Err(Interrupted::Store(error)) if attempt < ATTEMPTS && store::is_passing(&error) => {}
            // A tier that would have counted it was deleted meanwhile.
            Err(Interrupted::Store(error)) if attempt < ATTEMPTS && store::is_reference_violation(&error) => {}
            Err(Interrupted::Store(error)) if store::is_sum_too_large(&error) => {
                transaction.rollback().await?;
                return Ok(None);
            }
            Err(Interrupted::Store(error)) => return Err(error.into()),
            Err(Interrupted::Rejected(problems)) => return Err(ServiceError::Rejected(problems)),
            Err(Interrupted::Raced) => {
                let mut problems = Problems::new();
                problems.add(
                    "externalId",
                    ProblemCode::Conflict,
                    "is being recorded by others: try again",
                );
                return Err(problems.into());
            }
        }
        transaction.rollback().await?;
        attempt += 1;
    }
}

/// One attempt, in one transaction.
pub struct Recorder<'a> {
    pub clock: &'a Clock,
    pub latest_occurrence: Duration,
    pub writer: &'a Writer,
    pub transaction: &'a Transaction,
}

/// Events that are looked up at once, each with its place in the list. None names an event or a customer that another one
/// names, so what is read for one stays true while those before it are recorded.
#[derive(Default)]
struct Run {
    events: Vec<(usize, CheckedEvent)>,
    names: HashSet<Name>,
}

/// What two events must not share to be looked up at once.
#[derive(PartialEq, Eq, Hash)]
enum Name {
    Event(String),
    Customer(String),
    Key(String),
}

impl Run {
    /// Whether the event need not wait for those that are there.
    fn may_take(&self, event: &CheckedEvent) -> bool {
        Self::names(event).all(|name| !self.names.contains(&name))
    }

    fn take(&mut self, place: usize, event: CheckedEvent) {
        self.names.extend(Self::names(&event));
        self.events.push((place, event));
    }

    /// The event's external id, its customer's, and its idempotency key.
    fn names(event: &CheckedEvent) -> impl Iterator<Item = Name> {
        let customer = event.customer_external_id.iter().cloned().map(Name::Customer);
        let key = event.idempotency_key.iter().cloned().map(Name::Key);
        customer.chain(key).chain([Name::Event(event.external_id.clone())])
    }
}

type Answers = Vec<(usize, Answer)>;

impl Recorder<'_> {
    async fn record(&self, events: &[NewEvent]) -> Result<Vec<Answer>, Interrupted> {
        let (mut answers, mut run) = (Answers::with_capacity(events.len()), Run::default());
        let mut keyed = Keyed::look_up(self, events).await?;
        for (place, event) in events.iter().enumerate() {
            let mut problems = Problems::new();
            let latest = self.clock.now() + self.latest_occurrence;
            let checked = match event.clone().check(latest, &mut problems) {
                Some(checked) if problems.is_empty() => checked,
                _ => {
                    answers.push((place, Err(problems.into_vec())));
                    continue;
                }
            };
            let takes_back = checked.kind.takes_back();
            if takes_back || !run.may_take(&checked) {
                self.finish(std::mem::take(&mut run), &mut answers).await?;
            }
            if let Err(problems) = keyed.note(place, &checked, &answers) {
                answers.push((place, Err(problems)));
                continue;
            }
            if takes_back {
                answers.push((place, mended(self.take_back(checked).await)?));
            } else {
                run.take(place, checked);
            }
        }
        self.finish(run, &mut answers).await?;
        keyed.keep(self, &answers).await?;
        answers.sort_unstable_by_key(|(place, _)| *place);
        Ok(answers.into_iter().map(|(_, answer)| answer).collect())
    }

    /// Records the events of a run.
    async fn finish(&self, run: Run, answers: &mut Answers) -> Result<(), Interrupted> {
        if run.events.is_empty() {
            return Ok(());
        }
        // Boxed here and below: what they keep is large, and so would be every future around them.
        let mut found = Box::pin(self.look_up(&run)).await?;
        let mut waiting: Vec<(usize, Prepared)> = Vec::new();
        for (place, event) in run.events {
            // What an event of the same partner counts for tiers, bonuses and volumes must be there for this one.
            let partner = found.partner_of(&event);
            if partner.is_some() && waiting.iter().any(|(_, other)| other.partner_id() == partner) {
                Box::pin(self.write(std::mem::take(&mut waiting), answers)).await?;
            }
            match mended(Box::pin(self.work_out(event, &mut found)).await)? {
                Ok(WorkedOut::New(prepared)) => waiting.push((place, *prepared)),
                Ok(WorkedOut::Known(recorded)) => answers.push((place, Ok(*recorded))),
                Err(problems) => answers.push((place, Err(problems))),
            }
        }
        Box::pin(self.write(waiting, answers)).await
    }

    async fn take_back(&self, checked: CheckedEvent) -> Result<Recorded, Interrupted> {
        if let Some(known) = self.known(&checked).await? {
            return Ok(known);
        }
        let mut problems = Problems::new();
        let taken = refund::record(self.transaction, self.writer, checked, self.clock, &mut problems).await?;
        match taken {
            Some(refund::Taken::Done {
                event,
                clawbacks,
                reversed,
            }) => Ok(Recorded {
                event: *event,
                commissions: clawbacks,
                reversed,
                adjustments: 0,
                duplicate: false,
            }),
            Some(refund::Taken::Raced) => Err(Interrupted::Raced),
            None => Err(problems.into()),
        }
    }

    /// The event as it was recorded before; a CONFLICT if its content was another.
    async fn known(&self, checked: &CheckedEvent) -> Result<Option<Recorded>, Interrupted> {
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        let Some(event) = store::event::find_by_external_id(transaction, &scope, &checked.external_id).await? else {
            return Ok(None);
        };
        if event.content != checked.content {
            let mut problems = Problems::new();
            problems.add(
                "externalId",
                ProblemCode::Conflict,
                "was recorded before with other content",
            );
            return Err(problems.into());
        }
        let commissions = store::commission::of_event(transaction, &scope, event.id).await?;
        let own = commissions
            .into_iter()
            .filter(|row| row.kind != CommissionKind::TierAdjustment)
            .collect();
        Ok(Some(Recorded {
            adjustments: store::tier_result::count_caused(transaction, &scope, event.id).await?,
            reversed: refund::reversed_by(transaction, &scope, &event).await?,
            event,
            commissions: own,
            duplicate: true,
        }))
    }
}

/// What to mend is an answer like any other: it was found before anything was written, so other events are not concerned.
fn mended<T>(attempt: Result<T, Interrupted>) -> Result<Result<T, Vec<Problem>>, Interrupted> {
    match attempt {
        Ok(done) => Ok(Ok(done)),
        Err(Interrupted::Rejected(problems)) => Ok(Err(problems)),
        Err(interrupted) => Err(interrupted),
    }
}
