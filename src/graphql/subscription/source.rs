//! The source of the changes that a subscription reports.

use std::sync::Arc;
use std::time::Duration;

use super::cursor;
use super::schema::EventPayload;
use crate::graphql::error::ApiError;
use auth::{Caller, Resource, Scope};
use domain::backtest::BacktestStatus;
use domain::id::{BacktestId, PartnerId};
use service::app::App;
use store::outbox::{ChangeBatch, CommissionChange, ReceivedBatch, ResumableListener, ResumeError};

/// A change that a subscription reports.
#[derive(Clone, Copy, Debug)]
pub enum ChangeNotice {
    Commission(CommissionChange),
    Backtest(BacktestId),
}

/// The changes that a subscription listens to.
pub struct ChangeSource {
    pub(super) listener: ChangeListener,
    pub(super) app: Arc<App>,
}

pub(super) enum ChangeListener {
    /// All commissions that the scope covers, or only those of this partner.
    Commissions(Box<ResumableListener>, Scope, Option<PartnerId>),
    /// A backtest, with its status and progress as last reported; `None`: not reported yet.
    Backtest(Scope, BacktestId, Option<(BacktestStatus, i64, i64)>),
}

/// How often a backtest is polled: the outbox does not report backtests.
const BACKTEST_POLL: Duration = Duration::from_millis(500);

impl ChangeSource {
    /// Waits for the next relevant changes, and returns them in order, with the batch that they were in. The list may
    /// be empty for a batch that was read for this listener alone.
    pub async fn next(&mut self) -> Result<(ReceivedBatch, Vec<ChangeNotice>), ResumeError> {
        let (hearer, scope, wanted) = match &mut self.listener {
            ChangeListener::Commissions(hearer, scope, wanted) => (hearer, *scope, *wanted),
            ChangeListener::Backtest(scope, id, seen) => {
                let app = self.app.of_tenant(scope.tenant());
                return Ok(next_of_backtest(&app, *scope, *id, seen).await);
            }
        };
        loop {
            let heard = hearer.next().await?;
            let concerns = |change: &&CommissionChange| {
                let is_of = |partner: Option<PartnerId>| partner.is_none_or(|partner| partner == change.partner);
                change.tenant == scope.tenant() && is_of(scope.partner()) && is_of(wanted)
            };
            let changed = heard.batch.changes.iter().filter(concerns);
            let changed: Vec<_> = changed.copied().map(ChangeNotice::Commission).collect();
            if !changed.is_empty() || heard.is_alone {
                return Ok((heard, changed));
            }
        }
    }

    /// The cursor after this change of `heard`, from which the subscriber can resume; `None`: the topic has no cursors.
    pub fn cursor(&self, heard: &ReceivedBatch, changed: ChangeNotice) -> Option<String> {
        match (&self.listener, changed) {
            (ChangeListener::Commissions(_, scope, _), ChangeNotice::Commission(change)) => {
                Some(cursor::write(*scope, &heard.batch.bookmark(&change)))
            }
            _ => None,
        }
    }
}

/// Polls until the backtest's status or progress differs from what was last reported. A missing backtest is waited for;
/// failed reads are retried.
async fn next_of_backtest(
    app: &App,
    scope: Scope,
    id: BacktestId,
    seen: &mut Option<(BacktestStatus, i64, i64)>,
) -> (ReceivedBatch, Vec<ChangeNotice>) {
    loop {
        let found = store::backtest::by_ids(app.store.reader(), &scope, &[id.uuid()]).await;
        let found = found.ok().and_then(|found| found.into_values().next());
        let standing = found.map(|backtest| (backtest.status, backtest.events, backtest.of_events));
        if standing.is_some() && standing != *seen {
            *seen = standing;
            return (
                ReceivedBatch::alone(ChangeBatch::of_nothing()),
                vec![ChangeNotice::Backtest(id)],
            );
        }
        tokio::time::sleep(BACKTEST_POLL).await;
    }
}

/// The current row of each change, without changes whose rows the caller may not read. All changes are of one kind.
pub async fn rows(
    app: &App,
    caller: &Caller,
    changed: &[ChangeNotice],
) -> Result<Vec<(ChangeNotice, EventPayload)>, ApiError> {
    let scope = caller.read(Resource::Commissions)?;
    let app = app.of_tenant(caller.tenant());
    let reader = app.store.reader();
    let (mut commissions, mut backtests) = (Vec::new(), Vec::new());
    for changed in changed {
        match changed {
            ChangeNotice::Commission(change) => commissions.push(change.commission.uuid()),
            ChangeNotice::Backtest(id) => backtests.push(id.uuid()),
        }
    }
    let commissions = store::distinct(commissions.into_iter());
    let commissions = store::commission::by_ids(reader, &scope, &commissions).await?;
    let backtests = store::backtest::by_ids(reader, &scope, &backtests).await?;
    let rows = changed.iter().filter_map(|changed| {
        let row = match changed {
            ChangeNotice::Commission(change) => {
                let row = commissions.get(&change.commission.uuid())?;
                EventPayload::Commission(Box::new(row.clone()))
            }
            ChangeNotice::Backtest(id) => EventPayload::Backtest(Box::new(backtests.get(&id.uuid())?.clone())),
        };
        Some((*changed, row))
    });
    Ok(rows.collect())
}
