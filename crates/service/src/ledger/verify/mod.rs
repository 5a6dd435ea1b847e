//! Re-adds the ledger: says of everything that must hold whether it does. Partners are gone through in pages, several at a
//! time, each as it is at one moment: the database adds sums, each row is held against its own history and explanation.
//!
//! Each partner has a mark that moves with whatever is written about it ([`store::verify::HistoryStep`]). Whoever keeps the marks at
//! which partners were found to hold need only look at those whose marks have moved since, and at those that a run did not
//! get to.

mod accounts;
mod balances;
mod earned;
mod events;
mod found;
mod history;
mod page;
mod payouts;
mod plan;
mod row;

use std::collections::{HashMap, VecDeque};

use chrono::TimeDelta;
use tokio::task::JoinSet;

use crate::app::App;
use domain::Timestamp;
use domain::id::PartnerId;
use domain::tenant::Tenant;
use store::StoreError;
use store::task::joined;

use found::FindingLog;
use page::PageOutcome;

pub use store::verify::Finding;

/// Pages that are looked at beside each other.
const AT_ONCE: usize = 4;

/// What was found to hold, and as of when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Whatever concerns this partner, at this mark.
    Partner(PartnerId, String),
    /// Events that are credited to nobody, at this mark.
    Nobody(String),
    /// What concerns no partner, up to then.
    Whole(Timestamp),
}

/// What earlier runs found to hold in a tenant; nothing: everything is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VerifiedState {
    pub partners: HashMap<PartnerId, String>,
    pub nobody: Option<String>,
    pub whole: Option<Timestamp>,
}

impl VerifiedState {
    /// Adds what was found to hold.
    pub fn add(&mut self, holds: Holds) {
        match holds {
            Holds::Partner(partner, mark) => drop(self.partners.insert(partner, mark)),
            Holds::Nobody(mark) => self.nobody = Some(mark),
            Holds::Whole(at) => self.whole = Some(at),
        }
    }

    /// From when on what is found by no partner is looked at again. Longer ago than any transaction may take that was under
    /// way then, and than clocks may disagree.
    fn since(&self) -> Timestamp {
        let day = |at: Timestamp| at - TimeDelta::days(1);
        self.whole.map_or(Timestamp::UNIX_EPOCH, day)
    }
}

/// Everything in a tenant's ledger that does not hold; empty if all is well. May run beside a busy gateway: each page of
/// partners is seen at one moment. Of each kind some hundred findings are reported at most.
pub async fn verify(app: &App, tenant: &Tenant) -> Result<Vec<Finding>, StoreError> {
    verify_since(app, tenant, &VerifiedState::default(), |_, _| Ok(())).await
}

/// The same of what may have changed since what is known was noted, or is not known. `tell` hears of each page that was
/// looked at: how many partners of how many are done, and what of it holds, which is nothing where anything does not.
pub async fn verify_since<E: From<StoreError>>(
    app: &App,
    tenant: &Tenant,
    known: &VerifiedState,
    mut tell: impl FnMut(VerifyProgress, Vec<Holds>) -> Result<(), E>,
) -> Result<Vec<Finding>, E> {
    let mut pages: VecDeque<_> = plan::pages(app, tenant, known).await?.into_iter().enumerate().collect();
    let all = pages.iter().map(|(_, page)| page.partners()).sum();
    let mut progress = VerifyProgress { done: 0, all };
    // A page waits for no connection while another one holds it for long.
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

/// How far a run has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyProgress {
    /// Partners that were looked at.
    pub done: usize,
    /// Those that are to be looked at.
    pub all: usize,
}
