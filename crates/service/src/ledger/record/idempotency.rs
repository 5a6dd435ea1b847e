//! Events that come with an idempotency key. An event is identified by its external id; the key only refuses a
//! different event under a key that was used before.

use std::collections::HashMap;

use serde_json::json;

use super::recorder::{AttemptError, NumberedResults, Recorder};
use crate::ledger::event::{CheckedEvent, NewEvent};
use crate::once;
use auth::Call;
use domain::personal::Content;
use domain::problem::{Problem, ProblemCode, Problems};
use domain::text;
use store::StoreError;
use store::idempotency::StoredAnswer;

/// The operation name under which keys of events are stored, whether events are sent one by one or in lists.
const OPERATION: &str = "recordEvent";

/// The keys of a list of events.
#[derive(Default)]
pub(super) struct KeyedEvents {
    kept: HashMap<String, StoredAnswer>,
    /// Keys that are not stored yet, each with the index of its event.
    new: Vec<(usize, Call)>,
}

impl KeyedEvents {
    /// Looks the keys up, if there are any.
    pub async fn look_up(recorder: &Recorder<'_>, events: &[NewEvent]) -> Result<Self, StoreError> {
        let keys = events.iter().filter_map(|event| event.idempotency_key.as_deref());
        // An invalid key is reported when its event is checked.
        let keys: Vec<_> = keys.filter_map(|key| text::external_id(key).ok()).collect();
        if keys.is_empty() {
            return Ok(Self::default());
        }
        let (writer, transaction) = (recorder.writer, recorder.transaction);
        let kept = store::idempotency::find_all(transaction, &writer.scope(), writer.actor(), OPERATION, keys).await?;
        let new = Vec::new();
        Ok(Self { kept, new })
    }

    /// Notes the key of an event; fails with the problems if another event has it. `answers` holds the results of
    /// earlier events.
    pub fn note(&mut self, place: usize, event: &CheckedEvent, answers: &NumberedResults) -> Result<(), Vec<Problem>> {
        let Some(key) = &event.idempotency_key else {
            return Ok(());
        };
        let is_done = |place: usize| answers.iter().any(|(of, answer)| *of == place && answer.is_ok());
        let kept = self.kept.get(key).map(|kept| kept.content.compare(&event.content));
        let before = self
            .new
            .iter()
            .find(|(place, call)| call.key == *key && is_done(*place));
        let compare = |(_, call): &(usize, Call)| Content::Given(call.content.clone()).compare(&event.content);
        match kept.or(before.map(compare)) {
            None => {
                let call = Call {
                    operation: OPERATION.to_owned(),
                    key: key.clone(),
                    content: event.content.clone(),
                };
                self.new.push((place, call));
                Ok(())
            }
            Some(compared) => match once::refusal(compared) {
                None => Ok(()),
                Some(message) => Err(Problems::one("idempotencyKey", ProblemCode::Conflict, message).into_vec()),
            },
        }
    }

    /// Forgets the new keys of events from this index on.
    pub fn forget_from(&mut self, place: usize) {
        self.new.retain(|(of, _)| *of < place);
    }

    /// Stores the new keys of the events that were recorded.
    pub async fn keep(self, recorder: &Recorder<'_>, answers: &NumberedResults) -> Result<(), AttemptError> {
        let (writer, now) = (recorder.writer, recorder.clock.now());
        let mut new = self.new;
        // In the same order in all transactions, so that they cannot deadlock.
        new.sort_by(|(_, call), (_, other)| call.key.cmp(&other.key));
        let rows = new.iter().filter_map(|(place, call)| {
            let (_, answer) = answers.iter().find(|(of, _)| of == place)?;
            let recorded = answer.as_ref().ok()?;
            Some(once::row(call, writer, json!(recorded.event.id.to_string()), now))
        });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() {
            return Ok(());
        }
        let transaction = recorder.transaction;
        let write = transaction.write(|writes| store::idempotency::add(writes, writer.tenant(), rows));
        write.await.map_err(|error| match store::taken_field(&error) {
            Some("idempotencyKey") => AttemptError::Raced,
            _ => AttemptError::Store(error),
        })
    }
}
