//! The rows of a call and all rows that adjust them, read under the locks of their partners.

use std::collections::{HashMap, HashSet};

use crate::app::App;
use crate::ledger::lock_partners;
use crate::ledger::posting::{Moments, moments};
use auth::Writer;
use domain::commission::Commission;
use domain::id::{CommissionId, PartnerId};
use domain::problem::{Fault, ProblemCode};
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
    /// The rows and all rows that adjust them, at any depth, read under the locks of their partners.
    pub(super) async fn locked(
        app: &App,
        writer: &Writer,
        transaction: &Transaction,
        wanted: &[CommissionId],
    ) -> Result<(Self, Moments), StoreError> {
        let scope = writer.scope();
        let uuids: Vec<_> = wanted.iter().map(|id| id.uuid()).collect();
        let seen = store::commission::by_ids(transaction, &scope, &uuids).await?;
        let partners: Vec<PartnerId> = seen.values().map(|row| row.partner_id).collect();
        let locked = lock_partners(transaction, writer, &[InForce::Tiers], partners).await?;
        let moments = moments(&locked, &app.clock);
        let mut level: Vec<Commission> = store::commission::by_ids(transaction, &scope, &uuids)
            .await?
            .into_values()
            .collect();
        let mut rows = Self {
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
    pub(super) fn put(&mut self, row: Commission) {
        self.done.insert(row.id);
        self.by_id.insert(row.id, row);
    }

    pub(super) fn adjusting(&self, id: CommissionId) -> Vec<Commission> {
        let ids = self.adjusting.get(&id).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.by_id.get(id)).cloned().collect()
    }
}

/// The problem of a row that cannot change its status like this.
pub(super) fn no_such_move(row: &Commission, wanted: &str) -> Fault {
    Fault(
        ProblemCode::InvalidTransition,
        format!("is {} and cannot be {wanted}", row.status.as_str()),
    )
}
