//! How far the readers that read the outbox once for all replicas have come, and up to when it was pruned.

use sea_orm::{ConnectionTrait, DbBackend};

use super::position::OutboxPosition;
use crate::{Connection, StoreError, Transaction, raw};
use domain::Timestamp;

/// A mark that is stored beside the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxMark {
    /// How far the job that creates webhook deliveries has come.
    Webhooks,
    /// Rows up to this moment may have been pruned.
    Pruned,
}

impl OutboxMark {
    fn name(self) -> &'static str {
        match self {
            Self::Webhooks => "webhooks",
            Self::Pruned => "pruned",
        }
    }
}

/// Locks the mark for update; `None`: another process holds it, and does the work. Inside: its position.
pub async fn take(transaction: &Transaction, mark: OutboxMark) -> Result<Option<Option<OutboxPosition>>, StoreError> {
    let lock = match transaction.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!("SELECT position FROM outbox_mark WHERE name = $1{lock}");
    let found = raw::first(transaction, &sql, [mark.name().into()]).await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let text: Option<String> = found.try_get("", "position")?;
    Ok(Some(text.as_deref().and_then(OutboxPosition::parse)))
}

/// The mark's position, as far as it is known; without a lock.
pub async fn look(database: &Connection, mark: OutboxMark) -> Result<Option<OutboxPosition>, StoreError> {
    let sql = "SELECT position FROM outbox_mark WHERE name = $1";
    let found = raw::first(database, sql, [mark.name().into()]).await?;
    let text: Option<String> = found.map(|found| found.try_get("", "position")).transpose()?.flatten();
    Ok(text.as_deref().and_then(OutboxPosition::parse))
}

/// Rows from before this moment may have been pruned.
pub async fn pruned_before(database: &Connection) -> Result<Timestamp, StoreError> {
    let sql = "SELECT at FROM outbox_mark WHERE name = $1";
    let found = raw::first(database, sql, [OutboxMark::Pruned.name().into()]).await?;
    let at = found.map(|found| found.try_get("", "at")).transpose()?;
    Ok(at.unwrap_or(Timestamp::UNIX_EPOCH))
}

/// Moves the mark.
pub async fn put(
    transaction: &Transaction,
    mark: OutboxMark,
    position: Option<&OutboxPosition>,
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE outbox_mark SET position = $1, at = $2 WHERE name = $3";
    let values = [position.map(OutboxPosition::text).into(), at.into(), mark.name().into()];
    raw::execute(transaction, sql, values).await?;
    Ok(())
}

/// Removes up to `limit` of the oldest rows that are from before `before` and that a reader at `passed` has read;
/// `None`: there is no reader. Returns how many.
pub async fn prune(
    transaction: &Transaction,
    before: Timestamp,
    passed: Option<&OutboxPosition>,
    limit: u64,
) -> Result<u64, StoreError> {
    match transaction.get_database_backend() {
        DbBackend::Postgres => {
            let seen = match passed {
                Some(OutboxPosition::Between(snapshots)) => Some(snapshots.seen.clone()),
                Some(OutboxPosition::Behind(_)) | None => None,
            };
            let sql = format!(
                "DELETE FROM outbox o USING (SELECT tenant_id, id FROM outbox ORDER BY transaction_number, id LIMIT {limit}) \
                 AS oldest WHERE o.tenant_id = oldest.tenant_id AND o.id = oldest.id AND o.at < $1 AND ($2::text IS NULL \
                 OR pg_visible_in_snapshot(o.transaction_number::text::xid8, $2::text::pg_snapshot))"
            );
            raw::execute(transaction, &sql, [before.into(), seen.into()]).await
        }
        _ => {
            let last = match passed {
                Some(OutboxPosition::Behind(last)) => *last,
                Some(OutboxPosition::Between(_)) | None => i64::MAX,
            };
            let sql = format!(
                "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE id <= $1 ORDER BY id LIMIT {limit}) AND at < $2"
            );
            raw::execute(transaction, &sql, [last.into(), before.into()]).await
        }
    }
}
