//! Both sides of one event: what it earned and what it would have earned.

use std::collections::{HashMap, HashSet};

use async_graphql::{Context, Object, SimpleObject};
use futures::future::try_join_all;

use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::ledger::commission::CommissionKind;
use crate::graphql::ledger::event::Event;
use crate::graphql::money::{ExplanationStep, Money};
use auth::Resource;
use domain::backtest::{self, ChangedRow};
use domain::id::{CommissionId, EventId};

/// The actual and the proposed commissions of one event, with their explanations.
pub struct BacktestEvent {
    event: Event,
    actual: Vec<BacktestRow>,
    proposed: Vec<BacktestRow>,
}

/// The actual and the proposed commissions of one event, with their explanations.
#[Object]
impl BacktestEvent {
    /// The event.
    async fn event(&self) -> &Event {
        &self.event
    }

    /// The event's rows in the ledger that accrued in the range, with the clawbacks of these that name no event.
    async fn actual(&self) -> &[BacktestRow] {
        &self.actual
    }

    /// The rows that it would have under the proposal.
    async fn proposed(&self) -> &[BacktestRow] {
        &self.proposed
    }
}

/// An actual or a proposed row.
#[derive(Clone, SimpleObject)]
pub struct BacktestRow {
    /// Its kind.
    pub kind: CommissionKind,
    /// The index of the component of the terms that gave it, from 0; null for kinds other than EVENT.
    pub term: Option<i32>,
    /// The amount with which it counts; 0 if it was reversed.
    pub amount: Money,
    /// How the amount was calculated.
    pub explanation: Vec<ExplanationStep>,
}

/// Both sides of an event; `None`: the range has no such event of a partner, and no rows of it.
pub async fn event(ctx: &Context<'_>, of: &backtest::Backtest, id: EventId) -> Result<Option<BacktestEvent>, ApiError> {
    let request = request(ctx);
    let scope = request.caller.read(Resource::Commissions)?;
    let reader = request.store().reader();
    let mut found = store::event::named_by_ids(reader, &scope, &[id.uuid()]).await?;
    let Some(event) = found.remove(&id.uuid()).map(Event::from) else {
        return Ok(None);
    };
    let mut actual = store::backtest::actual_rows(reader, &scope, of, id).await?;
    let decisions = store::event_decision::of_events(reader, &scope, &[id.uuid()]).await?;
    let paid = decisions
        .get(&id.uuid())
        .into_iter()
        .flat_map(|decision| &decision.components);
    // From the last: rows that a moved event earned for an earlier partner follow from an earlier decision.
    let mut paid = paid.filter(|component| component.reason.is_none()).rev();
    let own = actual
        .iter_mut()
        .rev()
        .filter(|(_, row)| row.kind == domain::commission::CommissionKind::Event);
    for (_, row) in own {
        row.term = paid.next().map(|component| component.term);
    }
    let changed = store::backtest::changed_rows(reader, &scope, of.id, id).await?;
    let proposed = match changed {
        Some(changed) => with_steps(ctx, changed, &actual).await?,
        None => actual
            .iter()
            .map(|(_, row)| shown(row.clone(), &HashMap::new()))
            .collect(),
    };
    let actual = actual.into_iter().map(|(_, row)| shown(row, &HashMap::new()));
    Ok(Some(BacktestEvent {
        event,
        actual: actual.collect(),
        proposed,
    }))
}

type Steps = HashMap<CommissionId, Vec<domain::explain::Step>>;

/// Adds explanations: a row that is computed like a ledger row only references that row, and gets its steps.
async fn with_steps(
    ctx: &Context<'_>,
    rows: Vec<ChangedRow>,
    actual: &[(CommissionId, ChangedRow)],
) -> Result<Vec<BacktestRow>, ApiError> {
    let named: HashSet<_> = rows
        .iter()
        .filter_map(|row| row.steps.as_ref().err().copied())
        .collect();
    let mut steps = Steps::new();
    for (id, row) in actual {
        if let (true, Ok(known)) = (named.contains(id), &row.steps) {
            steps.insert(*id, known.clone());
        }
    }
    // Ledger rows from before the range, loaded as one batch.
    let explanations = &request(ctx).loaders().commission_explanation;
    let unknown = named.into_iter().filter(|id| !steps.contains_key(id));
    let read = unknown.map(|id| async move { Ok::<_, ApiError>((id, explanations.load(id.uuid()).await?)) });
    for (id, found) in try_join_all(read).await? {
        steps.extend(found.map(|found| (id, found.to_vec())));
    }
    Ok(rows.into_iter().map(|row| shown(row, &steps)).collect())
}

fn shown(row: ChangedRow, known: &Steps) -> BacktestRow {
    let steps = match row.steps {
        Ok(steps) => steps,
        Err(id) => known.get(&id).cloned().unwrap_or_default(),
    };
    BacktestRow {
        kind: row.kind.into(),
        term: row.term.and_then(|term| i32::try_from(term).ok()),
        amount: row.amount.into(),
        explanation: steps.into_iter().map(ExplanationStep::from).collect(),
    }
}
