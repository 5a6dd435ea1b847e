//! Background jobs. Each may run in any number of replicas at once and may be interrupted at any point: every step is a
//! transaction that reads what it changes under a lock.

mod webhooks;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use service::api_key::write_uses;
use service::app::App;
use service::backtest;
use service::erasure;
use service::ledger::review::approve_matured;
use service::tracking;
use telemetry::metrics::Job;

/// How long to sleep when there is nothing to do.
const PAUSE: Duration = Duration::from_secs(5);
/// How long to sleep between checks for issuers whose keys are due.
const ISSUER_POLL: Duration = Duration::from_secs(1);
/// How long to sleep between checks of the standbys, whose state changes all the time.
const STANDBY_POLL: Duration = Duration::from_millis(500);
/// How long to sleep between searches for old touches.
const PRUNING: Duration = Duration::from_secs(3600);
/// How many rows to approve at a time.
const BATCH: u64 = 500;

/// Runs all jobs until `ending` turns true.
pub async fn run(app: Arc<App>, ending: watch::Receiver<bool>) {
    tokio::join!(
        run_chores(&app, ending.clone()),
        run_backtests(&app, ending.clone()),
        prune_touches(&app, ending.clone()),
        keep_issuers_keys(&app, ending.clone()),
        watch_standbys(&app, ending.clone()),
        webhooks::run(app.clone(), ending)
    );
}

/// Works on backtests in a loop of its own: they may take long, and nothing else should wait for them.
async fn run_backtests(app: &App, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        let ended = ending.clone();
        let is_ending = move || *ended.borrow();
        let working = async {
            backtest::work(app, &is_ending).await?;
            backtest::delete_expired(app).await
        };
        if let Err(error) = counted(app, Job::Backtests, working).await {
            tracing::error!(%error, "could not run backtests; will retry");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Deletes old touches that credited nothing.
async fn prune_touches(app: &App, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        let pause = match counted(app, Job::PruneTouches, tracking::prune(app)).await {
            // There may be more.
            Ok(pruned) if pruned > 0 => PAUSE,
            Ok(_) => PRUNING,
            Err(error) => {
                tracing::error!(%error, "could not prune touches; will retry");
                PRUNING
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Fetches issuers' keys whenever they are due. Requests that need a key wait for a running fetch only for a limited
/// time.
async fn keep_issuers_keys(app: &App, mut ending: watch::Receiver<bool>) {
    while !app.issuers.is_empty() && !*ending.borrow() {
        let round = async {
            app.issuers.refresh(app.clock.now()).await;
            tokio::time::sleep(ISSUER_POLL).await;
        };
        tokio::select! {
            () = round => {}
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Checks the state of the database's standbys periodically, if there are any. A standby that is not checked is not
/// read from.
async fn watch_standbys(app: &App, mut ending: watch::Receiver<bool>) {
    while !app.store.standbys().is_empty() && !*ending.borrow() {
        let round = async {
            app.store.look_at_standbys().await;
            tokio::time::sleep(STANDBY_POLL).await;
        };
        tokio::select! {
            () = round => {}
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// The quick jobs, one after the other.
async fn run_chores(app: &App, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        let approval = counted(app, Job::ApproveMatured, approve_matured(app, BATCH)).await;
        match approval {
            // There may be more.
            Ok(approved) if approved > 0 => {
                tracing::info!(approved, "approved matured commissions");
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "could not approve matured commissions; will retry"),
        }
        match counted(app, Job::Erase, erasure::work(app)).await {
            // There may be more.
            Ok(Some(batch)) => {
                tracing::info!(
                    changed = batch.changed,
                    finished = batch.is_last,
                    "erased personal data"
                );
                continue;
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "could not erase personal data; will retry"),
        }
        let writing = counted(app, Job::WriteKeyUses, write_uses(app)).await;
        if let Err(error) = writing {
            tracing::error!(%error, "could not store when API keys were last used; will retry");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // Either the flag turned true, or its sender was dropped.
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Runs a job and records the run in the metrics.
async fn counted<T, E>(app: &App, job: Job, work: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let start = Instant::now();
    let result = work.await;
    app.metrics
        .jobs
        .ran(job, result.is_ok(), start.elapsed(), app.clock.now());
    result
}
