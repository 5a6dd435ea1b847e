//! Payout runs and their lines.

use std::sync::Arc;

use uuid::Uuid;

use super::children::pages;
use super::under::{ReadOfParents, ReadUnder};
use super::{Fetch, Fetched, shared};
use auth::Scope;
use domain::commission::PayoutRun;
use domain::payout_run::{RunLine, RunTotal};
use store::page::{Page, PageRequest};
use store::payout_run::{self, OutcomeFilter};
use store::{Store, view};

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

/// Pages of the lines of runs that have one of these outcomes.
pub struct PayoutRunLinePages;

impl ReadUnder for PayoutRunLinePages {
    type Of = (OutcomeFilter, PageRequest);
    type Value = Page<Arc<RunLine>>;

    async fn read(store: &Store, scope: &Scope, runs: &[Uuid], of: &Self::Of) -> ReadOfParents<Self> {
        let (outcomes, request) = of;
        let list = payout_run::lines(outcomes.clone());
        pages(store, scope, &list, runs, request, payout_run::whole_line).await
    }
}

/// How many such lines runs have.
pub struct PayoutRunLineCounts;

impl ReadUnder for PayoutRunLineCounts {
    type Of = OutcomeFilter;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, runs: &[Uuid], outcomes: &Self::Of) -> ReadOfParents<Self> {
        view::counts(store, scope, &payout_run::lines(outcomes.clone()), runs).await
    }
}
