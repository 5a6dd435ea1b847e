//! The result of a reassignment, and how it is read again for a repeated call.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::once::Answer;
use crate::stored::{find_in, id_in};
use auth::Scope;
use domain::commission::{Commission, ExplainedCommission};
use domain::event::{Customer, Event};
use domain::explain::Step;
use domain::id::{self, CommissionId};
use domain::reassignment::{MoveSteps, Reassignment, ReassignmentOutcome};
use store::reassignment::RowOutcome;
use store::{Store, StoreError};

/// The result of a reassignment.
#[derive(Clone, Debug)]
pub struct Moved {
    pub reassignment: Reassignment,
    /// The customer as it is bound now; `None`: the event has none.
    pub customer: Option<Customer>,
    /// How many events were moved.
    pub events: u64,
    /// The event that was moved, if the call named one.
    pub event: Option<Event>,
    /// Event by event, in the order of recording.
    pub rows: Vec<MovedRow>,
}

/// A row before and after the reassignment.
#[derive(Clone, Debug)]
pub struct MovedRow {
    pub event: Event,
    /// The event's place among those that were moved, from 0.
    pub place: u32,
    pub outcome: ReassignmentOutcome,
    /// The earlier row, as it is now.
    pub before: Option<Commission>,
    pub after: Option<After>,
    /// The clawback of the earlier row; or, where it is what was written, that by which a recorded refund takes from a
    /// new row.
    pub clawback: Option<Commission>,
    /// The steps that wrote what it is now.
    pub steps: MoveSteps,
}

/// A row that was written.
#[derive(Clone, Debug)]
pub struct After {
    /// Which component of the terms gave it; `None`: a tier did.
    pub term: Option<u32>,
    pub commission: ExplainedCommission,
}

impl MovedRow {
    /// What the event earned anew; `None` also for a clawback of that.
    pub fn earned(&self) -> Option<&After> {
        self.after.as_ref().filter(|_| self.clawback.is_none())
    }

    pub(super) fn entry(&self) -> RowOutcome {
        RowOutcome {
            event: self.event.id,
            place: self.place,
            term: self.after.as_ref().and_then(|after| after.term),
            outcome: self.outcome,
            before: self.before.as_ref().map(|row| row.id),
            commission: self.earned().map(|after| after.commission.row.id),
            clawback: self.clawback.as_ref().map(|row| row.id),
            steps: self.steps,
        }
    }
}

impl Answer for Moved {
    fn to_stored(&self) -> Value {
        let customer = self.customer.as_ref().map(|customer| customer.id.to_string());
        json!([self.reassignment.id.to_string(), customer])
    }

    /// At most seven statements.
    async fn reload(store: &Store, scope: &Scope, kept: &Value) -> Result<Option<Self>, StoreError> {
        let reader = store.reader();
        let Some(id) = id_in::<id::Reassignment>(&kept[0]) else {
            return Ok(None);
        };
        let found = store::reassignment::by_ids(reader, scope, &[id.uuid()]).await?;
        let Some(reassignment) = found.into_values().next() else {
            return Ok(None);
        };
        let customer = find_in::<id::Customer>(reader, scope, &kept[1]).await?;
        let entries = store::reassignment::entries(reader, scope, reassignment.id).await?;
        let of_events = entries.iter().map(|entry| entry.event.uuid());
        let of_events = of_events.chain(reassignment.event_id.map(|id| id.uuid()));
        let events = store::event::by_ids(reader, scope, &store::distinct(of_events)).await?;
        let ids = entries
            .iter()
            .flat_map(|entry| [entry.before, entry.commission, entry.clawback]);
        let ids = store::distinct(ids.flatten().map(|id| id.uuid()));
        let commissions = store::commission::by_ids(reader, scope, &ids).await?;
        let written = entries.iter().filter_map(written);
        let written = store::distinct(written.map(|id| id.uuid()));
        let explanations = store::commission::explanations_of(reader, scope, &written).await?;
        let rows = entries
            .iter()
            .filter_map(|entry| reload(entry, &events, &commissions, &explanations))
            .collect();
        Ok(Some(Self {
            events: store::reassignment::count_moved(reader, scope, reassignment.id).await?,
            event: reassignment.event_id.and_then(|id| events.get(&id.uuid())).cloned(),
            reassignment,
            customer,
            rows,
        }))
    }
}

/// The new row of an entry: one that the event earned anew, or a clawback of such a row.
fn written(entry: &RowOutcome) -> Option<CommissionId> {
    entry.commission.or(entry.clawback.filter(|_| entry.before.is_none()))
}

fn reload(
    entry: &RowOutcome,
    events: &HashMap<Uuid, Event>,
    commissions: &HashMap<Uuid, Commission>,
    explanations: &HashMap<Uuid, Vec<Step>>,
) -> Option<MovedRow> {
    let row = |id: Option<CommissionId>| commissions.get(&id?.uuid()).cloned();
    Some(MovedRow {
        event: events.get(&entry.event.uuid())?.clone(),
        place: entry.place,
        outcome: entry.outcome,
        before: row(entry.before),
        after: row(written(entry)).map(|row| After {
            term: entry.term,
            commission: row
                .clone()
                .explained(explanations.get(&row.id.uuid()).cloned().unwrap_or_default()),
        }),
        clawback: row(entry.clawback),
        steps: entry.steps,
    })
}
