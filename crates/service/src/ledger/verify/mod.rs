//! Recomputes the ledger and checks that all of its invariants hold. Partners are checked in pages, several pages at a
//! time, each on one snapshot: the database adds up sums, and each row is checked against its own history and
//! explanation.
//!
//! Each partner has a mark that changes with every write about it ([`store::verify::HistoryStep`]). A caller that
//! stores the marks at which partners were found to hold need only check partners whose marks have changed since, and
//! those that a run did not reach.

mod accounts;
mod balances;
mod earned;
mod events;
mod finding_log;
mod history;
mod page;
mod payouts;
mod plan;
mod row;
mod verified_state;

use std::collections::VecDeque;

use tokio::task::JoinSet;

use crate::app::App;
use domain::tenant::Tenant;
use store::StoreError;
use store::task::joined;

use finding_log::FindingLog;
use page::PageOutcome;

pub use store::verify::Finding;
pub use verified_state::{Holds, VerifiedState};

/// Maximum number of pages that are checked concurrently.
const AT_ONCE: usize = 4;

/// All violations in a tenant's ledger; empty if there are none. May run beside a busy gateway: each page of partners
/// is read from one snapshot. At most a hundred findings of each kind are reported.
pub async fn verify(app: &App, tenant: &Tenant) -> Result<Vec<Finding>, StoreError> {
    verify_since(app, tenant, &VerifiedState::default(), |_, _| Ok(())).await
}

/// Like [`verify`], for what may have changed since `known` was noted, or is not in it. `tell` is called for each
/// checked page, with the progress and with what was verified; the latter is empty if the page has findings.
pub async fn verify_since<E: From<StoreError>>(
    app: &App,
    tenant: &Tenant,
    known: &VerifiedState,
    mut tell: impl FnMut(VerifyProgress, Vec<Holds>) -> Result<(), E>,
) -> Result<Vec<Finding>, E> {
    let mut pages: VecDeque<_> = plan::pages(app, tenant, known).await?.into_iter().enumerate().collect();
    let all = pages.iter().map(|(_, page)| page.partners()).sum();
    let mut progress = VerifyProgress { done: 0, all };
    // No more pages than connections, each of which a page holds for long.
    let at_once = AT_ONCE.min(app.store.readers());
    let (mut at_work, mut found) = (JoinSet::new(), Vec::new());
    loop {
        while at_work.len() < at_once
            && let Some((place, page)) = pages.pop_front()
        {
            let (app, tenant) = (app.clone(), tenant.id);
            at_work.spawn(async move { (place, page.partners(), page.check(&app, tenant).await) });
        }
        let Some(done) = at_work.join_next().await else { break };
        let (place, partners, done) = joined(done);
        let PageOutcome { findings, holds } = done?;
        progress.done += partners;
        found.push((place, findings));
        tell(progress, holds)?;
    }
    found.sort_unstable_by_key(|(place, _)| *place);
    let mut all = FindingLog::default();
    all.extend(found.into_iter().flat_map(|(_, findings)| findings));
    Ok(all.into_vec())
}

/// The progress of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyProgress {
    /// How many partners have been checked.
    pub done: usize,
    /// How many partners are to be checked.
    pub all: usize,
}
