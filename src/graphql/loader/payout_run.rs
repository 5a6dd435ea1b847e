//! Payout runs and their lines.

use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::ledger::grouped;
use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::commission::PayoutRun;
use domain::payout_run::{RunLine, RunTotal};
use store::Store;
use store::page::{Page, PageRequest};
use store::payout_run::{self, OutcomeFilter};

/// Payout runs by id.
pub struct PayoutRunById;

impl Fetch for PayoutRunById {
    type Key = Uuid;
    type Value = Arc<PayoutRun>;

    async fn fetch(store: &Store, scope: &Scope, runs: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(payout_run::by_ids(store.reader(), scope, runs).await?))
    }
}

/// The totals of the lines of runs.
pub struct PayoutRunTotals;

impl Fetch for PayoutRunTotals {
    type Key = Uuid;
    type Value = Arc<Vec<RunTotal>>;

    async fn fetch(store: &Store, scope: &Scope, runs: &[Self::Key]) -> Fetched<Self> {
        Ok(shared(payout_run::totals_of(store.reader(), scope, runs).await?))
    }
}

/// The lines of a run that have one of these outcomes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayoutRunLinesKey {
    pub run: Uuid,
    pub outcomes: OutcomeFilter,
}

/// A page of such lines.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PayoutRunLinePageKey {
    pub lines: PayoutRunLinesKey,
    pub request: PageRequest,
}

/// Pages of the lines of runs.
pub struct PayoutRunLinePages;

impl Fetch for PayoutRunLinePages {
    type Key = PayoutRunLinePageKey;
    type Value = Page<Arc<RunLine>>;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let groups = grouped(keys, |key| {
            ((key.lines.outcomes.clone(), key.request.clone()), key.lines.run)
        });
        let mut pages = HashMap::with_capacity(keys.len());
        for ((outcomes, request), runs) in groups {
            let found = payout_run::line_pages_of(store.reader(), scope, &runs, &outcomes, &request).await?;
            pages.extend(found.into_iter().map(|(run, page)| {
                let outcomes = outcomes.clone();
                let lines = PayoutRunLinesKey { run, outcomes };
                let request = request.clone();
                (PayoutRunLinePageKey { lines, request }, page.map(Arc::new))
            }));
        }
        Ok(pages)
    }
}

/// How many lines runs have.
pub struct PayoutRunLineCounts;

impl Fetch for PayoutRunLineCounts {
    type Key = PayoutRunLinesKey;
    type Value = u64;

    async fn fetch(store: &Store, scope: &Scope, keys: &[Self::Key]) -> Fetched<Self> {
        let mut counts = HashMap::with_capacity(keys.len());
        for (outcomes, runs) in grouped(keys, |key| (key.outcomes.clone(), key.run)) {
            let found = payout_run::line_counts_of(store.reader(), scope, &runs, &outcomes).await?;
            counts.extend(found.into_iter().map(|(run, count)| {
                let outcomes = outcomes.clone();
                (PayoutRunLinesKey { run, outcomes }, count)
            }));
        }
        Ok(counts)
    }
}
