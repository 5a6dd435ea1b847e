//! Forgetting: rows of the outbox that everybody has passed, deliveries of which nothing more will come.

use chrono::TimeDelta;

use crate::app::App;
use domain::Timestamp;
use store::StoreError;
use store::outbox::mark::{self, OutboxMark};
use store::webhook::work;

/// For how many days deliveries are kept.
pub const KEEP_DELIVERIES_DAYS: i64 = 30;

/// How many rows a transaction removes, of each kind.
const BATCH: u64 = 2_000;

/// Forgets a batch of each; says how many rows there were.
pub async fn forget(app: &App) -> Result<u64, StoreError> {
    let now = app.clock.now();
    Ok(forget_outbox(app, now).await? + forget_deliveries(app, now).await?)
}

async fn forget_outbox(app: &App, now: Timestamp) -> Result<u64, StoreError> {
    let keep = TimeDelta::from_std(app.webhooks.keep_outbox).unwrap_or(TimeDelta::MAX);
    let Some(before) = now.checked_sub_signed(keep) else {
        return Ok(0);
    };
    let transaction = app.store.begin_unaudited().await?;
    // Whoever makes deliveries stays where it is meanwhile.
    let position = mark::take(&transaction, OutboxMark::Webhooks).await?;
    let turn = mark::take(&transaction, OutboxMark::Pruned).await?;
    let (Some(position), Some(_)) = (position, turn) else {
        transaction.rollback().await?;
        return Ok(0);
    };
    let is_heard = work::is_heard(&transaction).await?;
    let pruned = match (is_heard, position) {
        (false, _) => mark::prune(&transaction, before, None, BATCH).await?,
        (true, Some(position)) => mark::prune(&transaction, before, Some(&position), BATCH).await?,
        // The first endpoint has just been made.
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
    if !work::is_kept(app.store.reader()).await? {
        return Ok(0);
    }
    let transaction = app.store.begin_unaudited().await?;
    let pruned = work::prune(&transaction, now - TimeDelta::days(KEEP_DELIVERIES_DAYS), BATCH).await?;
    transaction.commit().await?;
    Ok(pruned)
}
