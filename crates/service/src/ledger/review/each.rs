//! Approving or reversing many rows in one transaction, each with a result of its own.

use super::repeated::{ReviewResults, from_kept, to_keep};
use super::rows::ReviewedRows;
use crate::app::App;
use crate::ledger::posting::Posting;
use crate::ledger::tiers;
use crate::once::{begin, commit_keeping, repeated};
use crate::{ServiceError, require};
use auth::Writer;
use domain::commission::{Commission, CommissionKind};
use domain::id::{CommissionId, IdError};
use domain::problem::{Fault, Problems};
use store::{StoreError, Transaction};

/// Maximum number of commissions of one call.
pub const MAX_IDS: usize = 500;

pub(in crate::ledger) struct Review<'a> {
    pub app: &'a App,
    pub writer: &'a Writer,
}

/// The result of reviewing rows.
pub(in crate::ledger) struct Reviewed {
    /// One for each id, in order.
    pub results: Vec<Result<(), Fault>>,
    /// How many rows changed their status, including those that follow others.
    pub moved: u64,
}

impl Review<'_> {
    /// Applies `one` to each row. A row that cannot be changed gets its problem and does not affect the others.
    pub(super) async fn each(
        &self,
        ids: Vec<String>,
        mut problems: Problems,
        one: impl Fn(&Commission, &mut ReviewedRows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<ReviewResults, ServiceError> {
        problems.size("ids", ids.len(), MAX_IDS);
        require!(problems);
        repeated(|| self.each_once(&ids, &one)).await
    }

    /// One attempt, in one transaction, under the locks of all partners concerned.
    async fn each_once(
        &self,
        ids: &[String],
        one: &impl Fn(&Commission, &mut ReviewedRows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<ReviewResults, ServiceError> {
        let transaction = match begin(self.app, self.writer).await {
            Err(ServiceError::Repeated(kept)) => return Ok(from_kept(kept)),
            begun => begun?,
        };
        let parsed: Vec<Result<CommissionId, IdError>> = ids.iter().map(|id| id.parse()).collect();
        let wanted: Vec<CommissionId> = parsed.iter().flatten().copied().collect();
        let mut results = self.all(&transaction, &wanted, one).await?.results.into_iter();
        let answers = ids.iter().zip(parsed).enumerate().map(|(index, (text, id))| {
            let mut problems = Problems::new();
            problems.enter("ids");
            problems.enter(index);
            let result = match id {
                Err(error) => Err(Fault::invalid(format!("is not the id of a commission: {error}"))),
                Ok(_) => results.next().unwrap_or_else(|| Err(Fault::not_found())),
            };
            problems.take("", result);
            (text.clone(), problems.into_vec())
        });
        let answers = answers.collect();
        commit_keeping(self.app, transaction, self.writer, || to_keep(&answers)).await?;
        Ok(answers)
    }

    /// Applies `one` to each of these rows in turn, under the locks of all partners concerned.
    pub(in crate::ledger) async fn all(
        &self,
        transaction: &Transaction,
        ids: &[CommissionId],
        one: impl Fn(&Commission, &mut ReviewedRows, &mut Posting) -> Result<(), Fault>,
    ) -> Result<Reviewed, StoreError> {
        let (mut rows, moments) = ReviewedRows::locked(self.app, self.writer, transaction, ids).await?;
        let mut posting = Posting::new(self.writer.tenant(), self.writer.actor(), moments);
        let mut results = Vec::with_capacity(ids.len());
        for id in ids {
            results.push(match rows.by_id.get(id).cloned() {
                None => Err(Fault::not_found()),
                // Already done by an earlier id of this call, perhaps as a row that adjusts that one.
                Some(_) if rows.done.contains(id) => Ok(()),
                Some(row) => one(&row, &mut rows, &mut posting),
            });
        }
        transaction.counted(rows.done.len() as u64);
        posting.write_to(transaction).await?;
        self.leave_tiers(transaction, &rows).await?;
        let moved = rows.done.len() as u64;
        Ok(Reviewed { results, moved })
    }

    /// Removes events that have lost their rows from what tiers count.
    async fn leave_tiers(&self, transaction: &Transaction, rows: &ReviewedRows) -> Result<(), StoreError> {
        let moved = rows.done.iter().filter_map(|id| rows.by_id.get(id));
        let reversed = moved.filter(|row| row.kind == CommissionKind::Event && row.is_reversed());
        let events: Vec<_> = reversed.filter_map(|row| Some(row.event_id?.uuid())).collect();
        if events.is_empty() {
            return Ok(());
        }
        let events = store::event::by_ids(transaction, &self.writer.scope(), &events).await?;
        let leaving: Vec<_> = events.values().map(tiers::TakenBackEvent::Reversed).collect();
        let left = tiers::uncount(transaction, self.writer, &leaving).await;
        left.map_err(tiers::Failure::of_what_is_stored)
    }
}
