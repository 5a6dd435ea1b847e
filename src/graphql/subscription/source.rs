//! Where the changes come from that a subscription hears of.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use super::cursor;
use super::schema::Happened;
use crate::app::App;
use crate::auth::{Caller, Resource, Scope};
use crate::domain::backtest::BacktestStatus;
use crate::domain::id::{BacktestId, PartnerId};
use crate::graphql::error::ApiError;
use crate::store;
use crate::store::outbox::{Batch, Change, Heard, Hearer, Unheard};

/// What was heard of.
#[derive(Clone, Copy, Debug)]
pub enum Changed {
    Commission(Change),
    Backtest(BacktestId),
}

/// Hears of changes, of those only that were asked for.
pub struct Source {
    pub(super) hearing: Hearing,
    pub(super) app: Arc<App>,
}

pub(super) enum Hearing {
    /// All that the scope covers, or of this partner.
    Commissions(Box<Hearer>, Scope, Option<PartnerId>),
    /// How it stood when it was last heard of.
    Backtest(Scope, BacktestId, Option<(BacktestStatus, i64, i64)>),
}

/// How often a backtest is looked at: no outbox tells of one.
const LOOK: Duration = Duration::from_millis(500);

impl Source {
    /// Waits for the next changes that were asked for, in their order, and gives what they were heard in. There may be none
    /// in what was read for this one alone.
    pub async fn next(&mut self) -> Result<(Heard, Vec<Changed>), Unheard> {
        let (hearer, scope, wanted) = match &mut self.hearing {
            Hearing::Commissions(hearer, scope, wanted) => (hearer, *scope, *wanted),
            Hearing::Backtest(scope, id, seen) => {
                let app = self.app.of_tenant(scope.tenant());
                return Ok(next_of_backtest(&app, *scope, *id, seen).await);
            }
        };
        loop {
            let heard = hearer.next().await?;
            let concerns = |change: &&Change| {
                let is_of = |partner: Option<PartnerId>| partner.is_none_or(|partner| partner == change.partner);
                change.tenant == scope.tenant() && is_of(scope.partner()) && is_of(wanted)
            };
            let changed = heard.batch.changes.iter().filter(concerns);
            let changed: Vec<_> = changed.copied().map(Changed::Commission).collect();
            if !changed.is_empty() || heard.is_alone {
                return Ok((heard, changed));
            }
        }
    }

    /// Where whoever heard this of `heard` can go on; `None`: there is nothing to go on with.
    pub fn cursor(&self, heard: &Heard, changed: Changed) -> Option<String> {
        match (&self.hearing, changed) {
            (Hearing::Commissions(_, scope, _), Changed::Commission(change)) => {
                Some(cursor::write(*scope, &heard.batch.bookmark(&change)))
            }
            _ => None,
        }
    }
}

/// Waits until the backtest stands otherwise than it was last heard to. What is not there is waited for; what cannot be
/// read now is read later.
async fn next_of_backtest(
    app: &App,
    scope: Scope,
    id: BacktestId,
    seen: &mut Option<(BacktestStatus, i64, i64)>,
) -> (Heard, Vec<Changed>) {
    loop {
        let found = store::backtest::by_ids(app.store.reader(), &scope, &[id.uuid()]).await;
        let found = found.ok().and_then(|found| found.into_values().next());
        let standing = found.map(|backtest| (backtest.status, backtest.events, backtest.of_events));
        if standing.is_some() && standing != *seen {
            *seen = standing;
            return (Heard::alone(Batch::of_nothing()), vec![Changed::Backtest(id)]);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// The rows as they are now, those of them that the caller may read, once for each change. All changes are of one kind.
pub async fn rows(app: &App, caller: &Caller, changed: &[Changed]) -> Result<Vec<(Changed, Happened)>, ApiError> {
    let scope = caller.read(Resource::Commissions)?;
    let app = app.of_tenant(caller.tenant());
    let reader = app.store.reader();
    let (mut commissions, mut backtests) = (Vec::new(), Vec::new());
    for changed in changed {
        match changed {
            Changed::Commission(change) => commissions.push(change.commission.uuid()),
            Changed::Backtest(id) => backtests.push(id.uuid()),
        }
    }
    let commissions = store::distinct(commissions.into_iter());
    let commissions = match commissions.as_slice() {
        [] => HashMap::new(),
        ids => store::commission::by_ids(reader, &scope, ids).await?,
    };
    let backtests = match backtests.as_slice() {
        [] => HashMap::new(),
        ids => store::backtest::by_ids(reader, &scope, ids).await?,
    };
    let rows = changed.iter().filter_map(|changed| {
        let row = match changed {
            Changed::Commission(change) => {
                let row = commissions.get(&change.commission.uuid())?;
                Happened::Commission(Box::new(row.clone()))
            }
            Changed::Backtest(id) => Happened::Backtest(Box::new(backtests.get(&id.uuid())?.clone())),
        };
        Some((*changed, row))
    });
    Ok(rows.collect())
}
