//! The ledger's rows of one partner while its history is generated, with every transition noted as in the live ledger.

use std::collections::{BTreeMap, HashMap};

use crate::source::IdSequence;
use domain::Timestamp;
use domain::commission::{
    Balance, Commission, CommissionStatus, CommissionTransition, ExplainedCommission, PaymentTarget, Payout,
};
use domain::explain::Step;
use domain::id::{CommissionId, CommissionTransitionId, PayoutId, PayoutItemId};

/// The actor, reason and time of a transition.
#[derive(Clone, Copy)]
pub struct TransitionNote<'a> {
    pub actor: &'static str,
    pub reason: Option<&'a str>,
    pub at: Timestamp,
}

pub struct LedgerDraft {
    pub ids: IdSequence,
    /// In the order of writing; other rows refer to them by position.
    pub rows: Vec<Commission>,
    /// How the amount of each row was worked out, in the same order.
    explanations: Vec<Vec<Step>>,
    pub transitions: Vec<(CommissionTransitionId, CommissionId, CommissionTransition)>,
    pub payouts: Vec<Payout>,
    pub items: Vec<(PayoutItemId, PayoutId, CommissionId, i64)>,
    clawbacks: HashMap<usize, Vec<usize>>,
}

impl LedgerDraft {
    pub fn new(ids: IdSequence) -> Self {
        let (rows, explanations, transitions, payouts, items, clawbacks) = Default::default();
        Self {
            ids,
            rows,
            explanations,
            transitions,
            payouts,
            items,
            clawbacks,
        }
    }

    /// Adds a new row in the status that it has; returns its position.
    pub fn write(&mut self, commission: ExplainedCommission, note: TransitionNote<'_>) -> usize {
        let ExplainedCommission { row, explanation } = commission;
        self.note(row.id, None, row.status, note);
        self.rows.push(row);
        self.explanations.push(explanation);
        self.rows.len() - 1
    }

    /// Adds a clawback of the row at `adjusted`.
    pub fn write_clawback(
        &mut self,
        clawback: ExplainedCommission,
        adjusted: usize,
        note: TransitionNote<'_>,
    ) -> usize {
        let index = self.write(clawback, note);
        self.clawbacks.entry(adjusted).or_default().push(index);
        index
    }

    /// The positions of the clawbacks of the row at `index`.
    pub fn clawbacks_of(&self, index: usize) -> Vec<usize> {
        self.clawbacks.get(&index).cloned().unwrap_or_default()
    }

    /// Moves a row to a status if the state machine allows it; returns whether it did.
    pub fn move_to(&mut self, index: usize, status: CommissionStatus, note: TransitionNote<'_>) -> bool {
        let row = &self.rows[index];
        let (id, from) = (row.id, row.status);
        let Some(moved) = row.clone().moved(status, note.at) else {
            return false;
        };
        self.rows[index] = moved;
        self.note(id, Some(from), status, note);
        true
    }

    /// Puts rows into a payout.
    pub fn put_into(&mut self, payout: Payout, rows: &[usize]) {
        for index in rows {
            self.rows[*index].payout_id = Some(payout.id);
            let item = self.ids.next(payout.created_at);
            self.items.push((item, payout.id, self.rows[*index].id, 0));
        }
        self.payouts.push(payout);
    }

    /// The rows in their final state.
    pub fn take_commissions(&mut self) -> impl Iterator<Item = ExplainedCommission> {
        let explanations = std::mem::take(&mut self.explanations);
        let rows = std::mem::take(&mut self.rows).into_iter().zip(explanations);
        rows.map(|(row, explanation)| row.explained(explanation))
    }

    /// The sums over the rows, by currency.
    pub fn balances(&self) -> Vec<Balance> {
        let mut balances = BTreeMap::new();
        for row in &self.rows {
            match row.payment_target {
                PaymentTarget::Partnership => {}
                // Rows paid to individuals are not part of the partner's balances.
                PaymentTarget::Individual => continue,
            }
            let currency = row.amount.currency();
            let balance = balances.entry(currency).or_insert_with(|| Balance::zero(currency));
            *balance.of(row.status) += row.amount.minor();
            if row.is_reserved() {
                balance.reserved += row.amount.minor();
            }
        }
        balances.into_values().collect()
    }

    fn note(
        &mut self,
        row: CommissionId,
        from: Option<CommissionStatus>,
        to: CommissionStatus,
        note: TransitionNote<'_>,
    ) {
        let id = self.ids.next(note.at);
        let (actor, reason) = (note.actor.to_owned(), note.reason.map(str::to_owned));
        let at = note.at;
        let transition = CommissionTransition {
            from,
            to,
            actor,
            reason,
            at,
            sequence: 0,
        };
        self.transitions.push((id, row, transition));
    }
}
