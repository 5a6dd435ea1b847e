//! Webhooks: making deliveries of outbox rows, sending deliveries to their receivers, and deleting old rows of both.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::counted;
use service::app::App;
use service::webhook::{fan_out, lag, prune, send};
use telemetry::metrics::Job;

/// How long to sleep when there is nothing to do and no wake-up signal arrives.
const PAUSE: Duration = Duration::from_secs(1);
/// How long to sleep when no endpoint exists, unless one is created here.
const LONG_PAUSE: Duration = Duration::from_secs(5);
/// How long to wait after a wake-up, so that changes committed in quick succession are processed together.
const SPACING: Duration = Duration::from_millis(20);
/// How often to look for old rows to delete.
const FORGETTING: Duration = Duration::from_secs(60);
/// How often to measure how far webhooks are behind.
const MEASURING: Duration = Duration::from_secs(5);

/// Runs until `ending` turns true, then waits for the requests in flight to finish.
pub async fn run(app: Arc<App>, mut ending: watch::Receiver<bool>) {
    let told = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    let mut wakes = None;
    let (mut forgotten, mut measured) = (None, None);
    while !*ending.borrow() {
        let made = counted(&app, Job::MakeDeliveries, fan_out::fan_out(&app)).await;
        let made = made.unwrap_or_else(|error| {
            tracing::error!(%error, "could not create webhook deliveries; will retry");
            fan_out::FannedOut {
                is_whole: true,
                has_subscribers: wakes.is_some(),
                ..Default::default()
            }
        });
        match counted(&app, Job::SendDeliveries, send::due(&app, &told)).await {
            Ok(due) => {
                for worker in due {
                    workers.spawn(worker.run());
                }
            }
            Err(error) => tracing::error!(%error, "could not find due webhook deliveries; will retry"),
        }
        while let Some(ended) = workers.try_join_next() {
            note(ended);
        }
        if measured.is_none_or(|last: Instant| last.elapsed() >= MEASURING) {
            measure(&app, made.has_subscribers).await;
            measured = Some(Instant::now());
        }
        if !made.is_whole {
            continue;
        }
        if forgotten.is_none_or(|last: Instant| last.elapsed() >= FORGETTING) {
            match counted(&app, Job::Forget, prune::prune(&app)).await {
                // There may be more.
                Ok(rows) if rows > 0 => continue,
                Ok(_) => forgotten = Some(Instant::now()),
                Err(error) => tracing::error!(%error, "could not remove old rows; will retry"),
            }
        }
        if !made.has_subscribers {
            wakes = None;
        } else if wakes.is_none() {
            // If this fails, only the pause ends the wait.
            wakes = app.store.wakes().await.ok();
            // What was committed before that woke nobody.
            if wakes.is_some() {
                continue;
            }
        }
        let pause = if made.has_subscribers { PAUSE } else { LONG_PAUSE };
        let woken = async {
            match &mut wakes {
                Some(wakes) => {
                    wakes.next().await;
                    tokio::time::sleep(SPACING).await;
                }
                None => app.webhooks.endpoint_began.notified().await,
            }
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = woken => {}
            Some(ended) = workers.join_next() => note(ended),
            // Either the flag turned true, or its sender was dropped.
            _ = ending.wait_for(|ending| *ending) => break,
        }
    }
    told.store(true, Ordering::Relaxed);
    while let Some(ended) = workers.join_next().await {
        note(ended);
    }
}

/// Measures how far webhooks are behind, if any endpoint exists. If the query fails, the metrics keep their last
/// values.
async fn measure(app: &App, has_subscribers: bool) {
    let looking = async {
        if has_subscribers {
            lag::lag(app).await
        } else {
            Ok(lag::Lag::default())
        }
    };
    match looking.await {
        Ok(lag) => app.metrics.webhooks.are_behind(lag.outbox, lag.deliveries),
        Err(error) => tracing::error!(%error, "could not measure the webhook backlog; will retry"),
    }
}

fn note<T, E: std::fmt::Display>(ended: Result<Result<T, E>, tokio::task::JoinError>) {
    match ended {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "could not send webhooks; will retry"),
        Err(error) => tracing::error!(%error, "sending webhooks was interrupted; will retry"),
    }
}
