//! Touches are kept for a limited time, unless an event was credited by them.

use sea_orm::{ConnectionTrait, DbBackend};

use crate::{Connection, StoreError, raw};
use auth::Scope;
use domain::Timestamp;

/// Deletes a tenant's touches from before a time on which no attribution rests, at most so many. Rows that another
/// process deletes at the same moment are left to it.
pub async fn prune(transaction: &Connection, scope: &Scope, before: Timestamp, most: u64) -> Result<u64, StoreError> {
    let skipping = match transaction.get_database_backend() {
        DbBackend::Postgres => "FOR UPDATE SKIP LOCKED",
        _ => "",
    };
    let sql = format!(
        "DELETE FROM touch WHERE tenant_id = $1 AND id IN (
           SELECT id FROM touch WHERE tenant_id = $1 AND occurred_at < $2 AND NOT EXISTS (
             SELECT 1 FROM attribution WHERE attribution.tenant_id = $1 AND attribution.touch_id = touch.id)
           ORDER BY occurred_at, id LIMIT {most} {skipping})"
    );
    raw::execute(transaction, &sql, [scope.tenant().uuid().into(), before.into()]).await
}
