//! Taking what events had earned from the partners that they are moved away from.

use std::collections::{BTreeSet, HashMap};

use super::Correction;
use super::answer::MovedRow;
use crate::ledger::posting::{Moments, Posting};
use crate::ledger::review::undo;
use crate::{ServiceError, require};
use domain::commission::{Commission, CommissionKind, CommissionStatus, ExplainedCommission};
use domain::decision::NoCommissionReason;
use domain::id::{CommissionId, EventId};
use domain::money::Money;
use domain::problem::{ProblemCode, Problems};
use domain::reassignment::{MoveSteps, ReassignmentOutcome, RowFate, clawback_step, fate_of_row};
use store::standing::PaidCharges;
use store::{StoreError, Writes};

impl Correction<'_> {
    /// Reverses, keeps or claws back what the events had earned, and removes the events from the counts of their
    /// partners. Returns the events that earn nothing new, with the reason: they were imported, or something of them
    /// was paid and is kept.
    pub(super) async fn uncredit(&mut self) -> Result<HashMap<EventId, NoCommissionReason>, ServiceError> {
        let rows = std::mem::take(&mut self.found.rows);
        let adjusting = self.adjusting(&rows).await?;
        self.refuse_open_payouts(&rows, &adjusting)?;
        let mut partners: Vec<_> = rows.iter().map(|row| row.partner_id).collect();
        partners.extend(
            self.found
                .events
                .iter()
                .filter_map(|event| Some(event.attribution?.partner_id)),
        );
        // The partners that the customer was and will be bound to, even if no event is moved.
        partners.extend(self.found.from_partner);
        partners.extend(self.checked.target.map(|(partner, _)| partner));
        partners.sort_unstable();
        partners.dedup();
        let moments: Moments = partners
            .into_iter()
            .map(|partner| (partner, self.step(partner)))
            .collect();
        self.begun.clone_from(&moments);
        let mut posting = Posting::new(self.writer.tenant(), self.writer.actor(), moments.clone());
        moments.into_keys().for_each(|partner| posting.touch(partner));
        let reason = format!("reassigned: {}", self.checked.reason);
        let by_id: HashMap<_, _> = self
            .found
            .events
            .iter()
            .map(|event| (event.id, event.clone()))
            .collect();
        let mut kept = HashMap::new();
        for row in &rows {
            let Some(event) = row.event_id.and_then(|id| by_id.get(&id)) else {
                continue;
            };
            if row.kind == CommissionKind::Opening {
                kept.insert(event.id, NoCommissionReason::Imported);
            }
            let clawed: i64 = under(row.id, &adjusting).iter().map(|row| row.amount.minor()).sum();
            let (outcome, now, clawback) = match fate_of_row(row, clawed, self.checked.claw_back_paid) {
                RowFate::Nothing => continue,
                RowFate::Reversed => {
                    let moved = posting.move_to(row, CommissionStatus::Reversed, Some(&reason));
                    for under in under(row.id, &adjusting) {
                        take_along(under, &mut posting, &reason);
                    }
                    (ReassignmentOutcome::Reversed, moved, None)
                }
                RowFate::Kept => {
                    kept.entry(event.id).or_insert(NoCommissionReason::AlreadyPaid);
                    (ReassignmentOutcome::KeptPaid, Some(row.clone()), None)
                }
                RowFate::ClawedBack(amount) => {
                    let clawback = clawed_back(row, amount, &posting);
                    posting.write(clawback.clone(), Some(&reason));
                    (ReassignmentOutcome::ClawedBack, Some(row.clone()), Some(clawback.row))
                }
            };
            self.rows.push(MovedRow {
                event: event.clone(),
                place: 0,
                outcome,
                before: now,
                after: None,
                clawback,
                steps: MoveSteps {
                    from: self.begun_with(Some(row.partner_id)),
                    to: None,
                },
            });
        }
        let standing = self.lowered_standing().await?;
        posting
            .write_between(self.transaction, standing, Writes::default())
            .await?;
        let pairs = self.found.events.iter().filter_map(|event| {
            let attribution = event.attribution?;
            Some((attribution.partner_id, attribution.campaign_id?))
        });
        let pairs: BTreeSet<_> = pairs.collect();
        store::tier_counter::forget_of(self.transaction, self.writer.tenant(), pairs).await?;
        Ok(kept)
    }

    /// The clawbacks of the rows, and clawbacks of those, by the row that they adjust; reversed ones are left out.
    async fn adjusting(&self, rows: &[Commission]) -> Result<HashMap<CommissionId, Vec<Commission>>, StoreError> {
        let mut adjusting: HashMap<CommissionId, Vec<Commission>> = HashMap::new();
        let mut level: Vec<_> = rows.iter().map(|row| row.id.uuid()).collect();
        while !level.is_empty() {
            let mut found = store::commission::adjusting(self.transaction, &self.writer.scope(), &level).await?;
            found.retain(|row| row.kind == CommissionKind::Clawback);
            level = found.iter().map(|row| row.id.uuid()).collect();
            found.retain(|row| !row.is_reversed());
            for row in found {
                if let Some(adjusted) = row.adjusts_id {
                    adjusting.entry(adjusted).or_default().push(row);
                }
            }
        }
        Ok(adjusting)
    }

    fn refuse_open_payouts(
        &self,
        rows: &[Commission],
        adjusting: &HashMap<CommissionId, Vec<Commission>>,
    ) -> Result<(), ServiceError> {
        let mut problems = Problems::new();
        let field = match self.checked.event_id {
            Some(_) => "eventId",
            None => "customerId",
        };
        let unpaid = rows.iter().filter(|row| row.status != CommissionStatus::Paid);
        let concerned = unpaid.flat_map(|row| std::iter::once(row).chain(under(row.id, adjusting)));
        for row in concerned.filter(|row| row.is_reserved()).take(1) {
            let payout = row.payout_id.map(|id| id.to_string()).unwrap_or_default();
            let message = format!(
                "has the commission {} in the pending payout {payout}: settle that first",
                row.id
            );
            problems.add(field, ProblemCode::Conflict, message);
        }
        require!(problems);
        Ok(())
    }

    /// Removes the events from the counts of the partners that they are moved away from.
    async fn lowered_standing(&self) -> Result<Writes, StoreError> {
        let charges: Vec<_> = self
            .found
            .events
            .iter()
            .filter_map(|event| Some((event, event.charged()?)))
            .collect();
        let customer = self.found.customer.as_ref().map(|customer| customer.id);
        let pairs = charges
            .iter()
            .filter_map(|(_, (partner, _))| Some((*partner, customer?)));
        let pairs: Vec<_> = pairs.collect();
        let before = store::standing::paid_charges_of(self.transaction, &self.writer.scope(), &pairs).await?;
        let paid = charges.iter().filter(|(event, _)| !event.wholly_refunded);
        let counted = paid.filter_map(|(_, (partner, _))| {
            let (partner, customer) = (*partner, customer?);
            Some(PaidCharges {
                partner,
                customer,
                before: before.get(&(partner, customer)).copied().unwrap_or(0),
                by: -1,
            })
        });
        let values = charges.iter().map(|(event, (partner, charged))| {
            let left = charged.minor() - event.refunded_minor;
            (*partner, charged.currency(), -left)
        });
        let tenant = self.writer.tenant();
        Ok(Writes::of(|writes| {
            store::standing::add_lifetime_values(writes, tenant, values);
            store::standing::count_paid_charges(writes, tenant, counted);
        }))
    }
}

/// All clawbacks of a row, at any depth.
fn under(row: CommissionId, adjusting: &HashMap<CommissionId, Vec<Commission>>) -> Vec<&Commission> {
    let mut found: Vec<&Commission> = adjusting.get(&row).into_iter().flatten().collect();
    let mut index = 0;
    while let Some(row) = found.get(index) {
        found.extend(adjusting.get(&row.id).into_iter().flatten());
        index += 1;
    }
    found
}

/// Reverses a clawback together with the row that it adjusts; one that is paid is given back by a new row.
fn take_along(row: &Commission, posting: &mut Posting, reason: &str) {
    match row.status {
        CommissionStatus::Accrued | CommissionStatus::Approved => {
            posting.move_to(row, CommissionStatus::Reversed, Some(reason));
        }
        CommissionStatus::Paid => posting.write(undo(row, posting.time_of(row.partner_id)), Some(reason)),
        CommissionStatus::Reversed => {}
    }
}

/// The clawback of what is left of a paid row.
fn clawed_back(row: &Commission, amount: Money, posting: &Posting) -> ExplainedCommission {
    let now = posting.time_of(row.partner_id);
    let taken = row.clawback(CommissionId::new(now), amount, CommissionStatus::Approved, now);
    taken.explained(vec![clawback_step(row, amount)])
}
