//! The task that writes what waits.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::join_all;
use tokio::sync::watch;
use tokio::time::Instant;

use super::batch::{self, Written};
use super::queue::{Arrival, Waiting};
use crate::app::App;
use domain::id::TenantId;
use store::StoreError;

/// How long to wait after the database could not be written to.
const PAUSE: Duration = Duration::from_millis(250);
/// How often joins are looked at again whose click was not there.
const LATER: Duration = Duration::from_secs(2);
/// How often a join is tried.
const TRIES: u32 = 6;
/// How long the last touches may take to be written when the program ends.
const LAST: Duration = Duration::from_secs(10);

/// Writes what waits, until `ending` turns true; then what is left.
pub async fn run(app: &App, mut ending: watch::Receiver<bool>) {
    let tracking = &app.tracking;
    while !*ending.borrow() {
        tokio::select! {
            () = tracking.queue.arrived() => {}
            () = tokio::time::sleep(LATER), if tracking.queue.has_later() => tracking.queue.try_again(),
            _ = ending.wait_for(|ending| *ending) => break,
        }
        gather(app, &mut ending).await;
        while tracking.queue.len() > 0 && !*ending.borrow() {
            if !write_batch(app).await {
                tokio::select! {
                    () = tokio::time::sleep(PAUSE) => {}
                    _ = ending.wait_for(|ending| *ending) => {}
                }
            }
        }
    }
    finish(app).await;
}

/// Waits until a batch is full, or its first row has waited long enough.
async fn gather(app: &App, ending: &mut watch::Receiver<bool>) {
    let settings = app.tracking.settings;
    let deadline = Instant::now() + settings.batch_wait;
    while app.tracking.queue.len() < settings.batch_rows {
        tokio::select! {
            () = app.tracking.queue.arrived() => {}
            () = tokio::time::sleep_until(deadline) => return,
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}

/// Writes what is left, if the database takes it in time.
async fn finish(app: &App) {
    app.tracking.queue.try_again();
    let writing = async {
        while app.tracking.queue.len() > 0 {
            if !write_batch(app).await {
                tokio::time::sleep(PAUSE).await;
            }
        }
    };
    if tokio::time::timeout(LAST, writing).await.is_err() {
        let lost = app.tracking.queue.clear();
        app.metrics.tracking.lost(lost);
        tracing::error!(lost, "shutting down: clicks could not be written");
    }
}

/// Writes what waits now, and tries again to join clicks that were not there; returns whether everything could be
/// written.
pub async fn write_waiting(app: &App) -> bool {
    app.tracking.queue.try_again();
    while app.tracking.queue.len() > 0 {
        if !write_batch(app).await {
            return false;
        }
    }
    true
}

/// Writes one batch, each tenant's part in a transaction. False: some of it could not be written and waits again.
async fn write_batch(app: &App) -> bool {
    let taken = app.tracking.queue.take(app.tracking.settings.batch_rows);
    let mut by_tenant: BTreeMap<TenantId, Vec<Waiting>> = BTreeMap::new();
    for waiting in taken {
        by_tenant.entry(waiting.tenant).or_default().push(waiting);
    }
    let parts = by_tenant
        .into_iter()
        .map(|(tenant, arrivals)| write_part(app, tenant, arrivals));
    let done = join_all(parts).await;
    app.metrics.tracking.wait(app.tracking.queue.len());
    done.into_iter().all(|is_done| is_done)
}

async fn write_part(app: &App, tenant: TenantId, arrivals: Vec<Waiting>) -> bool {
    let error = match batch::write(app, tenant, &arrivals).await {
        Ok(written) => {
            note(app, written);
            return true;
        }
        Err(error) => error,
    };
    if is_passing(&error) {
        tracing::warn!(%error, "could not write clicks; will retry");
        let was_sent = matches!(error, StoreError::Unconfirmed(_));
        app.tracking
            .queue
            .give_back(arrivals.into_iter().map(|waiting| Waiting {
                is_uncertain: waiting.is_uncertain || was_sent,
                ..waiting
            }));
        return false;
    }
    // Whatever is wrong with one of them is no reason to lose the others.
    for waiting in arrivals {
        let alone = [waiting];
        match batch::write(app, tenant, &alone).await {
            Ok(written) => note(app, written),
            Err(error) if is_passing(&error) => app.tracking.queue.give_back(alone),
            Err(error) => {
                tracing::error!(%error, "a click could not be written and is lost");
                app.metrics.tracking.lost(1);
            }
        }
    }
    true
}

/// Whether an error says nothing about what was to be written.
fn is_passing(error: &StoreError) -> bool {
    error.is_unavailable()
        || error.is_timeout()
        || store::is_passing(error)
        || matches!(error, StoreError::Unconfirmed(_))
}

fn note(app: &App, written: Written) {
    app.metrics.tracking.recorded(written.touches);
    let later = written.missing.into_iter().filter_map(|mut waiting| {
        if let Arrival::Join(join) = &mut waiting.arrival {
            join.tries += 1;
            return (join.tries < TRIES).then_some(waiting);
        }
        None
    });
    app.tracking.queue.put_off(later);
}
