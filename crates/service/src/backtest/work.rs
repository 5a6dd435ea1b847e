//! Computes backtests. A replica leases one that no replica holds, resumes after the last finished partner, and writes
//! the results of partners in the same transaction as the note that they are finished. A replica that is killed loses
//! its lease after a while, and another resumes; one that was wrongly thought dead finds its lease gone and writes
//! nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::read_ahead::EventReadAhead;
use crate::app::App;
use crate::stored;
use auth::{Scope, Writer};
use domain::Timestamp;
use domain::backtest::{Backtest, BacktestStatus, Replay, ReplayError, ReplayedPartner, Versions};
use domain::id::{BacktestId, CampaignId, TenantId};
use domain::snapshot::CommissionSnapshot;
use domain::terms::Term;
use store::backtest::{CurrentPartner, FinishedPartners, LeasedBacktest, Proposal};
use store::{StoreError, Transaction};

/// How long a lease lasts that its holder does not renew.
pub const LEASE_DURATION: Duration = Duration::from_secs(60);
/// How often a holder renews its lease.
const RENEWAL: Duration = Duration::from_secs(10);
/// Number of partners that are read at a time.
const PARTNERS: u64 = 1_000;
/// Number of replayed events after which the results of their partners are written.
const BATCH: i64 = 2_000;
/// Number of differing events that are written at once.
const CHANGED: usize = 1_000;
/// How long results of backtests are kept.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::days(30);

/// Why work on a backtest stops.
enum StopReason {
    /// The lease is lost: the backtest was canceled, or another replica has taken over.
    Lost,
    /// The program is shutting down.
    Ending,
    /// The backtest cannot be computed.
    Failed(String),
    Store(StoreError),
}

impl From<StoreError> for StopReason {
    fn from(error: StoreError) -> Self {
        match store::is_sum_too_large(&error) {
            true => Self::Failed(ReplayError::SumTooLarge.to_string()),
            false => Self::Store(error),
        }
    }
}

impl From<ReplayError> for StopReason {
    fn from(error: ReplayError) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Works on backtests that no replica holds, until there are none or `ending` returns true. Returns how many it
/// claimed.
pub async fn work(app: &App, ending: &(dyn Fn() -> bool + Send + Sync)) -> Result<usize, StoreError> {
    let mut taken = 0;
    while !ending() {
        let open = store::backtest::open(app.store.reader(), app.clock.now(), 1).await?;
        let Some((tenant, id)) = open.into_iter().next() else {
            break;
        };
        let held = LeasedBacktest {
            tenant,
            id,
            holder: BacktestId::new(app.clock.now()).uuid(),
        };
        taken += usize::from(work_on(&app.of_tenant(tenant), held, ending).await?);
    }
    Ok(taken)
}

/// How [`work_on_one`] ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaitState {
    Ended,
    /// Another worker holds it, or held it.
    Elsewhere,
}

/// Works on one backtest unless another worker holds it; reports through `tell` how many events are done, out of how
/// many.
pub async fn work_on_one(
    app: &App,
    tenant: TenantId,
    id: BacktestId,
    mut tell: impl FnMut(u64, u64),
) -> Result<WaitState, StoreError> {
    let held = LeasedBacktest {
        tenant,
        id,
        holder: BacktestId::new(app.clock.now()).uuid(),
    };
    let app = app.of_tenant(tenant);
    let never = || false;
    let mut working = Box::pin(work_on(&app, held, &never));
    loop {
        let pause = tokio::time::sleep(Duration::from_millis(200));
        let worked = tokio::select! {
            worked = &mut working => Some(worked?),
            () = pause => None,
        };
        let found = stored::find(app.store.reader(), &Scope::tenant_wide(tenant), id).await?;
        if let Some(backtest) = &found {
            tell(backtest.events.unsigned_abs(), backtest.of_events.unsigned_abs());
        }
        if worked.is_some() {
            let is_open = found.is_some_and(|backtest| !backtest.status.is_final());
            return Ok(if is_open {
                WaitState::Elsewhere
            } else {
                WaitState::Ended
            });
        }
    }
}

/// Deletes backtests whose retention time is over, up to 20 of them; returns how many it deleted.
pub async fn delete_expired(app: &App) -> Result<usize, StoreError> {
    let transaction = app.store.begin_unaudited().await?;
    let deleted = store::backtest::delete_expired(&transaction, app.clock.now() - KEPT, 20).await?;
    transaction.commit().await?;
    Ok(deleted)
}

/// Claims one backtest and works on it; returns whether it could be claimed.
async fn work_on(
    app: &App,
    held: LeasedBacktest,
    ending: &(dyn Fn() -> bool + Send + Sync),
) -> Result<bool, StoreError> {
    let transaction = app.store.begin_unaudited().await?;
    let now = app.clock.now();
    let is_held = store::backtest::claim(&transaction, held, now, now + LEASE_DURATION).await?;
    transaction.commit().await?;
    if !is_held {
        return Ok(false);
    }
    let mut worker = BacktestWorker {
        app,
        held,
        scope: Scope::tenant_wide(held.tenant),
        ending,
        renewed: Instant::now(),
    };
    let ended = match worker.run().await {
        Ok(()) => worker.end(BacktestStatus::Done, None).await,
        Err(StopReason::Failed(why)) => worker.end(BacktestStatus::Failed, Some(&why)).await,
        Err(StopReason::Lost) => Ok(()),
        Err(StopReason::Ending) => worker.let_go().await,
        Err(StopReason::Store(error)) => {
            // A worker resumes after the last finished partner when this lease expires.
            tracing::error!(tenant = %held.tenant, backtest = %held.id, %error, "a backtest was interrupted");
            return Err(error);
        }
    };
    ended.map(|()| true)
}

struct BacktestWorker<'a> {
    app: &'a App,
    held: LeasedBacktest,
    scope: Scope,
    ending: &'a (dyn Fn() -> bool + Send + Sync),
    /// When the lease was last renewed.
    renewed: Instant,
}

impl BacktestWorker<'_> {
    async fn run(&mut self) -> Result<(), StopReason> {
        let (app, scope, id) = (self.app, self.scope, self.held.id);
        let reader = app.store.reader();
        let found = stored::find(reader, &scope, id).await?;
        let backtest = found.ok_or(StopReason::Lost)?;
        let proposal = store::backtest::checked(reader, &scope, id)
            .await?
            .ok_or(StopReason::Lost)?;
        let count = store::backtest::count_events(reader, &scope, &backtest).await?;
        self.renew(Some(count)).await?;
        let mut versions = store::backtest::versions(reader, &scope).await?;
        let replaced = propose(&mut versions, &proposal, &backtest)?;
        let tenant = store::tenant::get(reader, &scope).await?;
        loop {
            let partners = store::backtest::partners(reader, &scope, &backtest, PARTNERS).await?;
            if partners.is_empty() {
                return Ok(());
            }
            let ids: Vec<_> = partners.iter().map(|partner| partner.id.uuid()).collect();
            // Waits for transactions that are still writing events from before the end of the range.
            store::statement::wait_for_writers(&app.store, &scope, &ids, backtest.to).await?;
            let mut snapshots = store::snapshot::of_partners(reader, &scope, &ids).await?;
            let mut loose = store::backtest::loose(reader, &scope, &backtest, &ids).await?;
            let mut moves = store::backtest::moves(reader, &scope, &backtest, &ids).await?;
            let mut ahead = EventReadAhead::new(app, scope, &backtest, &ids).await?;
            let mut batch = FinishedPartners::default();
            let last = partners.len() - 1;
            for (place, partner) in partners.into_iter().enumerate() {
                let promised = snapshots.remove(&partner.id.uuid()).unwrap_or_default().into_iter();
                let promised = promised.map(|snapshot| (snapshot.id, reading_as(snapshot, replaced)));
                let (loose, moved) = (
                    loose.remove(&partner.id.uuid()).unwrap_or_default(),
                    moves.remove(&partner.id.uuid()).unwrap_or_default(),
                );
                let whose = ReplayedPartner {
                    partner: partner.id,
                    status: partner.status,
                    group: partner.group,
                    snapshots: promised.collect(),
                    loose: loose.replayed,
                    passages: moved.passages,
                    as_recorded: moved.rows.into_iter().chain(loose.as_recorded).collect(),
                    zone: tenant.time_zone,
                    base: tenant.base_currency,
                    from: backtest.from,
                };
                self.replay(&mut ahead, whose, &versions, &mut batch).await?;
                if batch.events >= BATCH || place == last {
                    self.advance(partner, std::mem::take(&mut batch)).await?;
                }
            }
        }
    }

    /// Replays a partner and adds the result to `batch`.
    async fn replay(
        &mut self,
        ahead: &mut EventReadAhead,
        whose: ReplayedPartner,
        versions: &Versions,
        batch: &mut FinishedPartners,
    ) -> Result<(), StopReason> {
        let (partner, from) = (whose.partner, whose.from);
        let mut replay = Replay::new(whose, versions);
        loop {
            let page = ahead.next_of(partner).await?;
            if page.is_empty() {
                break;
            }
            for recorded in page {
                batch.events += i64::from(recorded.event.recorded_at >= from);
                replay.step(recorded)?;
            }
            batch.changed.extend(replay.take_changed());
            self.keep_changed(batch).await?;
            self.go_on().await?;
            tokio::task::yield_now().await;
        }
        let replayed = replay.finish()?;
        batch.changed.extend(replayed.changed);
        self.keep_changed(batch).await?;
        batch.is_incomplete |= replayed.is_incomplete;
        let sums = replayed.tally.total.iter().map(|(currency, sum)| (*currency, *sum));
        batch.partners.push((partner, sums.collect()));
        batch.tally.merge(replayed.tally)?;
        self.go_on().await
    }

    /// Renews the lease when it is time; fails if the lease is lost or the program is shutting down.
    async fn go_on(&mut self) -> Result<(), StopReason> {
        if (self.ending)() {
            return Err(StopReason::Ending);
        }
        match self.renewed.elapsed() >= RENEWAL {
            true => self.renew(None).await,
            false => Ok(()),
        }
    }

    async fn renew(&mut self, of_events: Option<i64>) -> Result<(), StopReason> {
        let transaction = self.app.store.begin_unaudited().await?;
        let is_held = store::backtest::renew(&transaction, self.held, self.until(), of_events).await?;
        self.written(transaction, is_held).await
    }

    /// Writes differing events as soon as there are many; few are written together with the results of their partners.
    async fn keep_changed(&mut self, batch: &mut FinishedPartners) -> Result<(), StopReason> {
        while batch.changed.len() >= CHANGED {
            let rest = batch.changed.split_off(CHANGED);
            let changed = std::mem::replace(&mut batch.changed, rest);
            let transaction = self.app.store.begin_unaudited().await?;
            let is_held = store::backtest::keep_changed(&transaction, self.held, &changed, self.until()).await?;
            self.written(transaction, is_held).await?;
        }
        Ok(())
    }

    async fn advance(&mut self, last: CurrentPartner, batch: FinishedPartners) -> Result<(), StopReason> {
        let transaction = self.app.store.begin_unaudited().await?;
        let is_held = store::backtest::advance(&transaction, self.held, last.id, &batch, self.until()).await?;
        self.written(transaction, is_held).await
    }

    async fn written(&mut self, transaction: Transaction, is_held: bool) -> Result<(), StopReason> {
        if !is_held {
            transaction.rollback().await?;
            return Err(StopReason::Lost);
        }
        transaction.commit().await?;
        self.renewed = Instant::now();
        Ok(())
    }

    fn until(&self) -> Timestamp {
        self.app.clock.now() + LEASE_DURATION
    }

    async fn end(&self, status: BacktestStatus, failure: Option<&str>) -> Result<(), StoreError> {
        let writer = Writer::job(self.held.tenant, "backtests");
        let transaction = self.app.begin(&writer).await?;
        if store::backtest::end(&transaction, self.held, status, failure, self.app.clock.now()).await? {
            transaction.noted_of::<Backtest>(self.held.id, "status", status.as_str());
        }
        transaction.commit().await
    }

    /// Lets the lease expire at once, so that another worker need not wait.
    async fn let_go(&self) -> Result<(), StoreError> {
        let transaction = self.app.store.begin_unaudited().await?;
        store::backtest::renew(&transaction, self.held, self.app.clock.now(), None).await?;
        transaction.commit().await
    }
}

/// The terms that replace those of a campaign's snapshots.
#[derive(Clone, Copy)]
struct ReplacedTerms<'a> {
    campaign: CampaignId,
    terms: &'a [Term],
    holdback_days: Option<u32>,
}

/// The snapshot, with the proposed terms if they replace its own. Where no terms are proposed the group's rules pay.
fn reading_as(snapshot: CommissionSnapshot, replaced: Option<ReplacedTerms<'_>>) -> CommissionSnapshot {
    match replaced {
        Some(replaced) if snapshot.campaign_id == Some(replaced.campaign) => CommissionSnapshot {
            terms: match replaced.terms {
                [] => vec![Term::group_rules()],
                terms => terms.to_vec(),
            },
            holdback_days: replaced.holdback_days,
            ..snapshot
        },
        _ => snapshot,
    }
}

/// Puts the proposal in place of what it names. Returns the terms to read snapshots with, if it replaces theirs.
fn propose<'a>(
    versions: &mut Versions,
    proposal: &'a Proposal,
    backtest: &Backtest,
) -> Result<Option<ReplacedTerms<'a>>, StoreError> {
    match proposal {
        Proposal::CampaignTerms {
            campaign,
            terms,
            holdback_days,
            replace_snapshots,
        } => {
            versions.propose_terms(*campaign, terms, *holdback_days);
            return Ok(replace_snapshots.then_some(ReplacedTerms {
                campaign: *campaign,
                terms,
                holdback_days: *holdback_days,
            }));
        }
        Proposal::GroupRules { group, rules } => versions.propose_rules(*group, rules),
        Proposal::TieredCommission(tier) => {
            versions.proposed = Some(Arc::new(tier.as_ref().clone().tier(backtest.from)?));
        }
    }
    Ok(None)
}
