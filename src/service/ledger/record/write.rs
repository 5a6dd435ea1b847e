//! Writing what events come to.

use super::work_out::Prepared;
use super::{Answers, Interrupted, Recorded, Recorder};
use crate::service::ledger::posting::Posting;
use crate::store::standing::PaidCharges;
use crate::store::{self, StoreError, Writes};

impl Recorder<'_> {
    /// Writes events of different partners and customers, and answers them.
    pub(super) async fn write(
        &self,
        waiting: Vec<(usize, Prepared)>,
        answers: &mut Answers,
    ) -> Result<(), Interrupted> {
        let Some((_, first)) = waiting.first() else {
            return Ok(());
        };
        let (tenant, now) = (self.writer.tenant(), first.event.recorded_at);
        let moment = |(_, prepared): &(usize, Prepared)| Some((prepared.partner_id()?, prepared.moment?));
        let mut posting = Posting::new(tenant, self.writer.actor(), waiting.iter().filter_map(moment).collect());
        for (_, prepared) in &waiting {
            self.bind_customer(prepared).await?;
            prepared.partner_id().into_iter().for_each(|id| posting.touch(id));
            for row in &prepared.rows {
                posting.write(row.clone(), None);
            }
            for (row, reason) in &prepared.effects.adjustments {
                posting.write(row.clone(), Some(reason));
            }
        }
        self.transaction.counted(waiting.len() as u64);
        let all = || waiting.iter().map(|(_, prepared)| prepared);
        let before = Writes::of(|writes| {
            store::customer::add(writes, tenant, all().filter_map(Prepared::new_customer));
            store::event::add(writes, tenant, all().map(|prepared| &prepared.event));
            store::event_decision::add(writes, tenant, all().map(Prepared::decided));
            let member = |prepared: &Prepared| Some((prepared.partner_id()?, prepared.campaign.as_ref()?.id));
            store::campaign::join(writes, tenant, all().filter_map(member), now);
            store::standing::add_lifetime_values(writes, tenant, all().filter_map(Prepared::charged));
            let paid = all().filter(|prepared| prepared.charged().is_some());
            let counted = paid.filter_map(|prepared| {
                Some(PaidCharges {
                    partner: prepared.partner_id()?,
                    customer: prepared.event.customer_id?,
                    before: prepared.paid_charges,
                    by: 1,
                })
            });
            store::standing::count_paid_charges(writes, tenant, &counted.collect::<Vec<_>>());
        });
        let after = Writes::of(|writes| all().for_each(|prepared| prepared.effects.add_to(writes, tenant)));
        posting
            .write_between(self.transaction, before, after)
            .await
            .map_err(raced)?;
        answers.extend(waiting.into_iter().map(|(place, prepared)| {
            let recorded = Recorded {
                adjustments: prepared.effects.count(),
                event: prepared.event,
                commissions: prepared.rows,
                reversed: Vec::new(),
                duplicate: false,
            };
            (place, Ok(recorded))
        }));
        Ok(())
    }

    /// A customer that was bound to nobody is from now on bound to whom its event is credited.
    async fn bind_customer(&self, prepared: &Prepared) -> Result<(), StoreError> {
        let (Some((customer, false)), Some(partner)) = (&prepared.customer, prepared.partner_id()) else {
            return Ok(());
        };
        if customer.partner_id.is_some() {
            return Ok(());
        }
        let campaign = prepared.campaign.as_ref().map(|campaign| campaign.id);
        store::customer::bind(self.transaction, self.writer.tenant(), customer.id, partner, campaign).await
    }
}

/// Another writer had an event's external id, or a customer's, a moment earlier.
fn raced(error: StoreError) -> Interrupted {
    match store::taken_field(&error) {
        Some("externalId" | "customerExternalId") => Interrupted::Raced,
        _ => Interrupted::Store(error),
    }
}
