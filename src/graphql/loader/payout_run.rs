//! The lines of payout runs.

use uuid::Uuid;

use super::under::{ReadOfParents, ReadUnder};
use auth::Scope;
use store::payout_run::{self, OutcomeFilter};
use store::{Store, view};

/// How many lines with one of these outcomes runs have.
pub struct PayoutRunLineCounts;

impl ReadUnder for PayoutRunLineCounts {
    type Of = OutcomeFilter;
    type Value = u64;

    async fn read(store: &Store, scope: &Scope, runs: &[Uuid], outcomes: &Self::Of) -> ReadOfParents<Self> {
        view::counts(store, scope, &payout_run::lines(outcomes.clone()), runs).await
    }
}
