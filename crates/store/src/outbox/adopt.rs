//! A database that was restored from a dump, or copied by replication of its rows, holds the numbers of another server's
//! transactions: in the outbox, in the marks, and in the endpoints of webhooks. Here they are made this server's own, so
//! that what nobody had read when the dump was made is read now, and what is written from now on is read, too.

use sea_orm::{ConnectionTrait, DbBackend};

use super::mark::{self, OutboxMark};
use super::position::{OutboxPosition, SnapshotRange};
use crate::{StoreError, Transaction, raw};
use domain::Timestamp;

/// The server and its database, which a dump does not carry along; and what was noted of them.
const SERVER: &str = "SELECT (SELECT system_identifier::text FROM pg_control_system()) || '/' ||
    (SELECT oid::text FROM pg_database WHERE datname = current_database()) AS here,
    (SELECT position FROM outbox_mark WHERE name = 'server') AS noted,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next";

/// Adopts what was restored, where it has not been done yet. `read` is how far the outbox had been read. Returns whether
/// anything had to be changed: then it is to be committed before the outbox is read.
pub async fn adopt(
    transaction: &Transaction,
    read: Option<&OutboxPosition>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    // Where rows are distributed, servers have numbers of their own, and rows that were copied have none.
    if transaction.get_database_backend() != DbBackend::Postgres || transaction.is_distributed() {
        return Ok(false);
    }
    let Some(found) = raw::first(transaction, SERVER, []).await? else {
        return Ok(false);
    };
    let (here, noted): (String, Option<String>) = (found.try_get("", "here")?, found.try_get("", "noted")?);
    if noted.as_deref() == Some(&here) {
        return Ok(false);
    }
    let next: i64 = found.try_get("", "next")?;
    let mut changed = 0;
    if let Some(OutboxPosition::Between(range)) = read {
        // A row of this server's was written by the transaction that it names.
        let sql = "UPDATE outbox SET transaction_number = pg_current_xact_id()::text::bigint
            WHERE (transaction_number, id) > ($1, 0)
                AND NOT pg_visible_in_snapshot(transaction_number::text::xid8, $2::text::pg_snapshot)
                AND xmin::text::bigint <> transaction_number & 4294967295";
        changed += raw::execute(transaction, sql, [range.oldest().into(), range.seen.clone().into()]).await?;
        // Ahead of everything that this server has done: nothing of that was read.
        if range.newest() > next {
            mark::put(transaction, OutboxMark::Webhooks, Some(&beginning()), now).await?;
            changed += 1;
        }
    }
    let sql = "UPDATE webhook_endpoint SET listens_since = $1
        WHERE split_part(listens_since::json -> 'Between' ->> 'seen', ':', 2)::bigint > $2";
    changed += raw::execute(transaction, sql, [beginning().text().into(), next.into()]).await?;
    let sql = "INSERT INTO outbox_mark (name, position, at) VALUES ('server', $1, $2)
        ON CONFLICT (name) DO UPDATE SET position = EXCLUDED.position, at = EXCLUDED.at";
    raw::execute(transaction, sql, [here.into(), now.into()]).await?;
    Ok(changed > 0)
}

/// Before every transaction of a server: its first three numbers are not given to any.
fn beginning() -> OutboxPosition {
    OutboxPosition::Between(SnapshotRange::behind("3:3:".to_owned()))
}
