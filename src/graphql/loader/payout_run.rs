//! Payout runs and their lines.

use std::sync::Arc;

use uuid::Uuid;

use super::children::pages;
use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use domain::payout_run::RunLine;
use store::page::{Page, PageRequest};
use store::payout_run::{self, OutcomeFilter};
use store::{Store, view};

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
