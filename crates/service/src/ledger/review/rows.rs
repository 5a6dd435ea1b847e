//! The rows of a call and all rows that adjust them, read under the locks of their partners.

use std::collections::{HashMap, HashSet};

use super::each::Review;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Moments, moments};
use domain::commission::Commission;
use domain::id::{CommissionId, PartnerId};
use store::locks::InForce;
use store::{StoreError, Transaction};

/// The rows of a call and those that adjust them, with the changes that the call has made so far.
pub(in crate::ledger) struct ReviewedRows {
    pub(super) by_id: HashMap<CommissionId, Commission>,
    adjusting: HashMap<CommissionId, Vec<CommissionId>>,
    /// The rows whose status this call has changed.
    pub(super) done: HashSet<CommissionId>,
}

impl ReviewedRows {
    pub(super) fn put(&mut self, row: Commission) {
        self.done.insert(row.id);
        self.by_id.insert(row.id, row);
    }

    pub(super) fn adjusting(&self, id: CommissionId) -> Vec<Commission> {
        let ids = self.adjusting.get(&id).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
    }
}

impl Review<'_> {
    /// The rows and all rows that adjust them, at any depth, read under the locks of their partners.
    pub(super) async fn locked(
        &self,
        transaction: &Transaction,
        wanted: &[CommissionId],
    ) -> Result<(ReviewedRows, Moments), StoreError> {
        let scope = self.writer.scope();
        let uuids: Vec<_> = wanted.iter().map(|id| id.uuid()).collect();
        let seen = store::commission::by_ids(transaction, &scope, &uuids).await?;
        let partners: Vec<PartnerId> = seen.values().map(|row| row.partner_id).collect();
        let locked = lock_partners(transaction, self.writer, &[InForce::Tiers], partners).await?;
        let moments = moments(&locked, &self.app.clock);
        let mut level: Vec<Commission> = store::commission::by_ids(transaction, &scope, &uuids)
            .await?
            .into_values()
            .collect();
        let mut rows = ReviewedRows {
            by_id: HashMap::new(),
            adjusting: HashMap::new(),
            done: HashSet::new(),
        };
        while !level.is_empty() {
            let ids: Vec<_> = level.iter().map(|row| row.id.uuid()).collect();
            for row in level {
                rows.by_id.insert(row.id, row);
            }
            level = store::commission::adjusting(transaction, &scope, &ids).await?;
            for row in &level {
                if let Some(adjusted) = row.adjusts_id {
                    let adjusting = rows.adjusting.entry(adjusted).or_default();
                    if !adjusting.contains(&row.id) {
                        adjusting.push(row.id);
                    }
                }
            }
            level.retain(|row| !rows.by_id.contains_key(&row.id));
        }
        Ok((rows, moments))
    }
}
