//! Pruning outbox rows that every reader has passed, and deliveries whose retention is over.

use chrono::TimeDelta;

use crate::app::App;
use domain::Timestamp;
use store::StoreError;
use store::outbox::mark::{self, OutboxMark};
use store::webhook::work;

/// How many days deliveries are kept.
pub const KEEP_DELIVERIES_DAYS: i64 = 30;

/// Maximum number of rows that a transaction deletes: from the outbox, and of each endpoint's deliveries.
const BATCH: u64 = 2_000;

/// Deletes a batch of each kind; returns the number of deleted rows.
pub async fn prune(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    Ok(forget_outbox(app, now).await? + forget_deliveries(app, now).await?)
}

async fn forget_outbox(app: &App, now: Timestamp) -> Result<u64, StoreError> {
    let keep = TimeDelta::from_std(app.webhooks.keep_outbox).unwrap_or(TimeDelta::MAX);
    let Some(before) = now.checked_sub_signed(keep) else {
        return Ok(0);
    };
    let transaction = app.store.begin_unaudited().await?;
    // Locks the mark, so that it does not advance meanwhile.
    let position = mark::take(&transaction, OutboxMark::Webhooks).await?;
    let turn = mark::take(&transaction, OutboxMark::Pruned).await?;
    let (Some(position), Some(_)) = (position, turn) else {
        transaction.rollback().await?;
        return Ok(0);
    };
    let has_subscribers = work::has_subscribers(&transaction).await?;
    let pruned = match (has_subscribers, position) {
        (false, _) => mark::prune(&transaction, before, None, BATCH).await?,
        (true, Some(position)) => mark::prune(&transaction, before, Some(&position), BATCH).await?,
        // The first endpoint has just been created.
        (true, None) => 0,
    };
    if pruned == 0 {
        transaction.rollback().await?;
        return Ok(0);
    }
    mark::put(&transaction, OutboxMark::Pruned, None, before).await?;
    transaction.commit().await?;
    Ok(pruned)
}

async fn forget_deliveries(app: &App, now: Timestamp) -> Result<u64, StoreError> {
    if !work::has_endpoints(app.store.reader()).await? {
        return Ok(0);
    }
    let transaction = app.store.begin_unaudited().await?;
    let pruned = work::prune(&transaction, now - TimeDelta::days(KEEP_DELIVERIES_DAYS), BATCH).await?;
    transaction.commit().await?;
    Ok(pruned)
}
