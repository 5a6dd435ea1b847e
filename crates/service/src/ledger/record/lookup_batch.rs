//! Which events can be looked up at once.

use std::collections::HashSet;

use crate::ledger::event::CheckedEvent;

/// Events that are looked up at once, each with its index in the list. No two have the same external id, idempotency key or
/// visitor. If one of them names a visitor, no other has its customer: it may tie the one to the other.
#[derive(Default)]
pub(super) struct LookupBatch {
    pub events: Vec<(usize, CheckedEvent)>,
    names: HashSet<LookupName>,
    customers: HashSet<String>,
    tied: HashSet<String>,
}

/// What two events must not share to be looked up at once.
#[derive(PartialEq, Eq, Hash)]
enum LookupName {
    Event(String),
    Key(String),
    Visitor(String),
}

impl LookupBatch {
    /// Whether the event can be looked up together with those already in the batch.
    pub fn may_take(&self, event: &CheckedEvent) -> bool {
        let is_apart = event.customer_external_id.as_ref().is_none_or(|customer| {
            let ties_a_known_one = event.visitor_id.is_some() && self.customers.contains(customer);
            !self.tied.contains(customer) && !ties_a_known_one
        });
        is_apart && Self::names(event).all(|name| !self.names.contains(&name))
    }

    pub fn take(&mut self, place: usize, event: CheckedEvent) {
        self.names.extend(Self::names(&event));
        if let Some(customer) = &event.customer_external_id {
            self.customers.insert(customer.clone());
            if event.visitor_id.is_some() {
                self.tied.insert(customer.clone());
            }
        }
        self.events.push((place, event));
    }

    /// The event's external id, its idempotency key and its visitor.
    fn names(event: &CheckedEvent) -> impl Iterator<Item = LookupName> {
        let key = event.idempotency_key.iter().cloned().map(LookupName::Key);
        let visitor = event.visitor_id.iter().cloned().map(LookupName::Visitor);
        key.chain(visitor).chain([LookupName::Event(event.external_id.clone())])
    }
}
