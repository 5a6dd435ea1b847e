//! One attempt to record events: what it works with, and how it ends.

use std::time::Duration;

use crate::clock::Clock;
use crate::erased_names::{ErasedNames, named};
use crate::ledger::event::CheckedEvent;
use crate::ledger::refund;
use auth::{SealingKeys, Writer};
use domain::commission::{Commission, CommissionKind};
use domain::event::Event;
use domain::personal::Compared;
use domain::problem::{Problem, ProblemCode, Problems};
use store::{StoreError, Transaction};

/// A recorded event and its own rows.
#[derive(Clone, Debug)]
pub struct RecordedEvent {
    pub event: Event,
    pub commissions: Vec<Commission>,
    /// The rows that a refund or chargeback reversed.
    pub reversed: Vec<Commission>,
    /// How many retroactive tier adjustments its recording caused.
    pub adjustments: u64,
    /// Whether it had been recorded before; then nothing was written now.
    pub duplicate: bool,
}

/// The result of one event of a list: recorded, or its problems.
pub type RecordResult = Result<RecordedEvent, Vec<Problem>>;

/// Why an attempt ended without results.
pub enum AttemptError {
    /// The input has problems; nothing was written.
    Rejected(Vec<Problem>),
    /// Another writer recorded the same event meanwhile: try again.
    Raced,
    /// Events name erased ones: try again with what stands in the place of these external ids.
    Renamed(ErasedNames),
    Store(StoreError),
}

impl From<StoreError> for AttemptError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Problems> for AttemptError {
    fn from(problems: Problems) -> Self {
        Self::Rejected(problems.into_vec())
    }
}

/// Why an event cannot be compared with what was recorded under its external id.
pub(crate) const ERASED: &str = "was recorded before, and its personal data has been erased";

/// One attempt, in one transaction.
pub struct Recorder<'a> {
    pub clock: &'a Clock,
    pub latest_occurrence: Duration,
    pub writer: &'a Writer,
    pub transaction: &'a Transaction,
    /// Whether the transaction writes only once; what cannot be written with the rest is left to another transaction.
    pub writes_once: bool,
    /// The keys that erased external ids are found by; `None`: the settings have none.
    pub keys: Option<&'a SealingKeys>,
    /// Those of the events that are known to be erased.
    pub renamed: ErasedNames,
}

/// Results with the indexes of their events in the list.
pub(super) type NumberedResults = Vec<(usize, RecordResult)>;

impl Recorder<'_> {
    /// Ends the attempt if any of these events names what was erased, unless that is known already: known names have been
    /// replaced, and nothing is found by what stands in their place.
    pub(super) async fn refuse_erased(
        &self,
        events: impl IntoIterator<Item = &CheckedEvent>,
    ) -> Result<(), AttemptError> {
        let names: Vec<_> = events.into_iter().flat_map(named).collect();
        let renamed = ErasedNames::among(self.keys, self.transaction, self.writer, names).await?;
        match renamed.is_empty() {
            true => Ok(()),
            false => Err(AttemptError::Renamed(renamed.and(&self.renamed))),
        }
    }

    /// The event as it was recorded before; a CONFLICT if its content differs.
    pub(super) async fn known(&self, checked: &CheckedEvent) -> Result<Option<RecordedEvent>, AttemptError> {
        let (scope, transaction) = (self.writer.scope(), self.transaction);
        let Some(event) = store::event::find_by_external_id(transaction, &scope, &checked.external_id).await? else {
            return Ok(None);
        };
        let message = match event.content.compare(&checked.content) {
            Compared::Same => None,
            Compared::Different => Some("was recorded before with different content"),
            Compared::Erased => Some(ERASED),
        };
        if let Some(message) = message {
            return Err(Problems::one("externalId", ProblemCode::Conflict, message).into());
        }
        let commissions = store::commission::of_event(transaction, &scope, event.id).await?;
        let own = commissions
            .into_iter()
            .filter(|row| row.kind != CommissionKind::TierAdjustment)
            .collect();
        Ok(Some(RecordedEvent {
            adjustments: store::tier_result::count_caused(transaction, &scope, event.id).await?,
            reversed: refund::reversed_by(transaction, &scope, &event).await?,
            event,
            commissions: own,
            duplicate: true,
        }))
    }
}
