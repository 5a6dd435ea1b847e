//! Touches are kept for a limited time.

use chrono::TimeDelta;

use crate::app::App;
use auth::Scope;
use store::StoreError;

/// Maximum number of touches that a transaction deletes.
const BATCH: u64 = 2_000;

/// Deletes a batch of each tenant's old touches that credited nothing; returns how many. Processes that do so at the same
/// time delete different rows.
pub async fn prune(app: &App) -> Result<u64, StoreError> {
    let keep = TimeDelta::days(app.tracking.settings.keep_days.into());
    let Some(before) = app.clock.now().checked_sub_signed(keep) else {
        return Ok(0);
    };
    let mut pruned = 0;
    for tenant in store::tenant::list(app.store.reader()).await? {
        let transaction = app.of_tenant(tenant.id).store.begin_unaudited().await?;
        pruned += store::touch::prune(&transaction, &Scope::tenant_wide(tenant.id), before, BATCH).await?;
        transaction.commit().await?;
    }
    Ok(pruned)
}
