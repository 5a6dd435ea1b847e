//! The recorded refunds of moved events, applied to what these earn now.

use super::Correction;
use super::answer::{After, MovedRow};
use super::credit::{NewCredit, moved_to};
use crate::ServiceError;
use crate::ledger::posting::Moments;
use crate::ledger::refund;
use domain::commission::{Commission, ExplainedCommission};
use domain::event::Event;
use domain::reassignment::ReassignmentOutcome;
use store::event::Recredited;

impl Correction<'_> {
    /// Applies the recorded refunds of an event to what it earns now, in their order. The event's new rows begin at
    /// index `rows`.
    pub(super) async fn take_back(
        &mut self,
        target: &mut NewCredit,
        event: &Event,
        refunds: Vec<Event>,
        rows: usize,
    ) -> Result<(), ServiceError> {
        let mut original = event.clone().unrefunded();
        for refund in refunds {
            let moment = self.step(target.partner);
            // What was taken of each item then is taken again.
            let refunded = original.refunded_by(refund.amount, &refund.items);
            let before = refund.attribution;
            let to = event
                .attribution
                .map(|credited| (credited.partner_id, credited.campaign_id));
            let now = Event {
                attribution: to.map(|to| moved_to(&refund, to, moment)),
                ..refund
            };
            let moved = Recredited {
                before,
                event: &now,
                at: moment.at,
            };
            let tenant = self.writer.tenant();
            let credit = self
                .transaction
                .write(|writes| store::event::recredit(writes, tenant, [moved]));
            credit.await?;
            if refunded.wholly_refunded && original.customer_id.is_some() && original.charged().is_some() {
                target.paid_charges -= 1;
            }
            let arriving = Event {
                recorded_at: moment.at,
                ..now
            };
            let mut own = store::commission::of_event(self.transaction, &self.writer.scope(), event.id).await?;
            own.retain(|row| event.was_credited_so(row.accrued_at));
            let moments = Moments::from([(target.partner, moment)]);
            let (writer, transaction) = (self.writer, self.transaction);
            let taken = refund::apply(transaction, writer, (&original, own), &arriving, &refunded, moments);
            let (clawbacks, reversed) = taken.await?;
            self.note_taken(event, rows, clawbacks, &reversed);
            original = refunded;
        }
        Ok(())
    }

    /// Updates the new rows to what a refund has left of them, and lists what it claws back.
    fn note_taken(&mut self, event: &Event, rows: usize, clawbacks: Vec<ExplainedCommission>, reversed: &[Commission]) {
        for row in &mut self.rows[rows..] {
            let Some(after) = &mut row.after else { continue };
            if let Some(now) = reversed.iter().find(|other| other.id == after.commission.row.id) {
                after.commission.row = now.clone();
            }
        }
        let place = self.rows[rows..].first().map_or(0, |row| row.place);
        let steps = self.reached();
        self.rows.extend(clawbacks.into_iter().map(|clawback| MovedRow {
            event: event.clone(),
            place,
            outcome: ReassignmentOutcome::Earned,
            before: None,
            clawback: Some(clawback.row.clone()),
            after: Some(After {
                term: None,
                commission: clawback,
            }),
            steps,
        }));
    }
}
