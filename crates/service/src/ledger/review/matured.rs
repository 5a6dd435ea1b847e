//! The approval of matured rows, done by a job.

use std::collections::HashMap;

use super::MAX_IDS;
use crate::app::App;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Posting, moments};
use auth::Writer;
use domain::commission::CommissionStatus;
use domain::id::{CommissionId, PartnerId, TenantId};
use store::StoreError;

/// Approves up to `limit` rows, of all tenants, whose holdback has passed, and their clawbacks; returns how many it
/// approved. Any number of replicas may do this at once: each row is read again under its partner's lock.
pub async fn approve_matured(app: &App, limit: u64) -> Result<usize, StoreError> {
    approve_matured_in(app, None, limit).await
}

/// Like [`approve_matured`], for one tenant that has a clock of its own, at most [`MAX_IDS`] at a time.
pub async fn approve_matured_of(app: &App, tenant: TenantId) -> Result<usize, StoreError> {
    approve_matured_in(app, Some(tenant), MAX_IDS as u64).await
}

async fn approve_matured_in(app: &App, only: Option<TenantId>, limit: u64) -> Result<usize, StoreError> {
    // Partners whose sums are at their bounds are skipped, so that they hold up only themselves.
    let mut full = Vec::new();
    loop {
        let mut by_partner: HashMap<(TenantId, PartnerId), Vec<CommissionId>> = HashMap::new();
        for (tenant, partner, row) in
            store::maturing::matured(app.store.reader(), app.clock.now(), limit, only, &full).await?
        {
            by_partner.entry((tenant, partner)).or_default().push(row);
        }
        let (mut approved, known) = (0, full.len());
        for ((tenant, partner), ids) in by_partner {
            match approve_of_partner(app, tenant, partner, &ids).await {
                Ok(count) => approved += count,
                Err(error) if store::is_sum_too_large(&error) => {
                    tracing::warn!(%tenant, %partner, "cannot approve matured commissions: a balance would be too large");
                    full.push(partner);
                }
                Err(error) => return Err(error),
            }
        }
        // If nothing could be approved, there may be more rows beyond those of skipped partners.
        if approved > 0 || full.len() == known {
            return Ok(approved);
        }
    }
}

/// Approves rows of a partner that have matured, and their clawbacks.
async fn approve_of_partner(
    app: &App,
    tenant: TenantId,
    partner: PartnerId,
    ids: &[CommissionId],
) -> Result<usize, StoreError> {
    let writer = Writer::job(tenant, "approve_matured");
    let transaction = app.begin(&writer).await?;
    let locked = lock_partners(&transaction, &writer, &[], vec![partner]).await?;
    let uuids: Vec<_> = ids.iter().map(|id| id.uuid()).collect();
    let mut rows = store::commission::by_ids(&transaction, &writer.scope(), &uuids).await?;
    // The limit must not separate a row from its clawbacks: a payout would pay too much.
    for row in store::commission::adjusting(&transaction, &writer.scope(), &uuids).await? {
        if row.takes() {
            rows.insert(row.id.uuid(), row);
        }
    }
    let mut posting = Posting::new(tenant, writer.actor(), moments(&locked, &app.clock));
    let mut approved = 0;
    for row in rows.values().filter(|row| row.status == CommissionStatus::Accrued) {
        let moved = posting.move_to(row, CommissionStatus::Approved, Some("matured"));
        approved += usize::from(moved.is_some());
    }
    transaction.notes_once();
    transaction.counted(approved as u64);
    posting.write_to(&transaction).await?;
    transaction.commit().await?;
    Ok(approved)
}
