//! Which events can be looked up at once.

use std::collections::HashSet;

use crate::ledger::event::CheckedEvent;

/// Events that are looked up at once, each with its index in the list. No two have the same external id or idempotency
/// key.
#[derive(Default)]
pub(super) struct LookupBatch {
    pub events: Vec<(usize, CheckedEvent)>,
    names: HashSet<LookupName>,
}

/// What two events must not share to be looked up at once.
#[derive(PartialEq, Eq, Hash)]
enum LookupName {
    Event(String),
    Key(String),
}

impl LookupBatch {
    /// Whether the event can be looked up together with those already in the batch.
    pub fn may_take(&self, event: &CheckedEvent) -> bool {
        Self::names(event).all(|name| !self.names.contains(&name))
    }

    pub fn take(&mut self, place: usize, event: CheckedEvent) {
        self.names.extend(Self::names(&event));
        self.events.push((place, event));
    }

    /// The event's external id, and its idempotency key.
    fn names(event: &CheckedEvent) -> impl Iterator<Item = LookupName> {
        let key = event.idempotency_key.iter().cloned().map(LookupName::Key);
        key.chain([LookupName::Event(event.external_id.clone())])
    }
}
