//! Sums of events: what was refunded of them, their partners' lifetime values, and how many customers paid.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::finding_log::FindingLog;
use auth::Scope;
use domain::event::EventKind;
use domain::id::{CustomerId, EventId, PartnerId};
use store::verify::{EventFacts, EventRow, lifetime_values, missing_entries, moved, paid_charges, qualified_customers};
use store::{StoreError, Transaction};

/// Totals of the events of some partners, or of events credited to no partner.
#[derive(Default)]
pub struct EventTotals {
    /// The events that are stored as refunded or that a refund names, each with the total of its refunds.
    refunded: BTreeMap<Uuid, (EventFacts, RefundTotals)>,
    /// By partner and currency.
    lifetime: BTreeMap<(Uuid, String), i128>,
    /// Paid charges by partner and customer.
    paid: BTreeMap<(Uuid, Uuid), i64>,
}

#[derive(Clone, Copy, Default)]
struct RefundTotals {
    refunds: u64,
    minor: i128,
}

impl EventTotals {
    /// Adds events, and checks each of them by itself.
    pub async fn add(
        &mut self,
        database: &Transaction,
        scope: &Scope,
        rows: &[EventRow],
        found: &mut FindingLog,
    ) -> Result<(), StoreError> {
        let entries: HashSet<_> = rows.iter().filter_map(|event| event.audit_entry).collect();
        let missing = missing_entries(database, scope, &entries).await?;
        let claimed = rows.iter().filter(|event| {
            // Refunds are moved together with their original.
            event.about.moved_at.is_some() && !event.names_original
        });
        let claimed: Vec<_> = claimed.map(|event| event.id).collect();
        let kept = match claimed.is_empty() {
            true => HashSet::new(),
            false => moved(database, scope, &claimed).await?,
        };
        for event in claimed.iter().filter(|event| !kept.contains(event)) {
            found.add(
                "the event was moved, but there is no record of the move",
                [EventId::from_uuid(*event)],
            );
        }
        for event in rows {
            let id = [EventId::from_uuid(event.id)];
            if event.audit_entry.is_some_and(|entry| missing.contains(&entry)) {
                found.add("the event names an entry of the audit log that is not there", id);
            }
            if is_wrong_refund(event) {
                found.add("a refund names no charge or conversion, or disagrees with it", id);
            }
            self.count(event);
        }
        Ok(())
    }

    fn count(&mut self, event: &EventRow) {
        let about = &event.about;
        if about.refunded_minor != 0 || about.wholly_refunded {
            self.refunded
                .entry(event.id)
                .or_insert_with(|| (about.clone(), RefundTotals::default()));
        }
        let minor = i128::from(about.minor.unwrap_or(0));
        // An original of another partner does not count here; the mismatch is reported on its own.
        let original = event
            .original
            .as_ref()
            .filter(|(_, original)| original.partner == about.partner);
        if let Some((id, original)) = original {
            let (_, taken) = self
                .refunded
                .entry(*id)
                .or_insert_with(|| (original.clone(), RefundTotals::default()));
            taken.refunds += 1;
            taken.minor += minor;
        }
        let Some(partner) = about.partner else { return };
        let worth = match original {
            Some((_, original)) if original.kind == EventKind::Charge => -minor,
            _ if about.kind == EventKind::Charge => minor,
            _ => 0,
        };
        if let (Some(currency), true) = (&about.currency, worth != 0) {
            *self.lifetime.entry((partner, currency.clone())).or_default() += worth;
        }
        if let (Some(customer), EventKind::Charge, true, false) =
            (about.customer, about.kind, minor > 0, about.wholly_refunded)
        {
            *self.paid.entry((partner, customer)).or_default() += 1;
        }
    }

    /// Checks what was refunded.
    pub fn check_refunds(&self, found: &mut FindingLog) {
        for (id, (about, taken)) in &self.refunded {
            let amount = i128::from(about.minor.unwrap_or(0));
            let is_whole = taken.refunds > 0 && taken.minor == amount;
            if taken.minor != i128::from(about.refunded_minor)
                || taken.minor > amount
                || about.wholly_refunded != is_whole
            {
                let what = "the event's refunded amount is not the sum of its refunds";
                found.add(what, [EventId::from_uuid(*id)]);
            }
        }
    }

    /// Compares the stored sums of these partners with their events.
    pub async fn check_sums(
        mut self,
        database: &Transaction,
        scope: &Scope,
        partners: &[Uuid],
        found: &mut FindingLog,
    ) -> Result<(), StoreError> {
        for (of, kept) in lifetime_values(database, scope, partners).await? {
            *self.lifetime.entry(of).or_default() -= i128::from(kept);
        }
        for ((partner, currency), _) in self.lifetime.iter().filter(|(_, rest)| **rest != 0) {
            let kind = "the lifetime value is not the sum of the partner's charges";
            let what = format!(
                "the lifetime value in {currency} is not the sum of the partner's charges less what was taken back"
            );
            found.say(kind, what, [PartnerId::from_uuid(*partner)]);
        }
        let mut qualified: BTreeMap<_, i64> = BTreeMap::new();
        for (partner, _) in self.paid.keys() {
            *qualified.entry(*partner).or_default() += 1;
        }
        for (of, kept) in paid_charges(database, scope, partners).await? {
            *self.paid.entry(of).or_default() -= kept;
        }
        for ((partner, customer), _) in self.paid.iter().filter(|(_, rest)| **rest != 0) {
            let what = "the count of paid charges is not the number of the customer's charges with the partner";
            let (partner, customer) = (PartnerId::from_uuid(*partner), CustomerId::from_uuid(*customer));
            found.add(what, [partner.to_string(), customer.to_string()]);
        }
        for (partner, kept) in qualified_customers(database, scope, partners).await? {
            *qualified.entry(partner).or_default() -= kept;
        }
        for (partner, _) in qualified.iter().filter(|(_, rest)| **rest != 0) {
            let what = "the count of qualified customers is not the number of customers with a paid charge";
            found.add(what, [PartnerId::from_uuid(*partner)]);
        }
        Ok(())
    }
}

/// Whether a refund names no event, any other event names one, or a refund disagrees with the event that it names.
fn is_wrong_refund(event: &EventRow) -> bool {
    let own = &event.about;
    if own.kind.takes_back() != event.names_original {
        return true;
    }
    event.names_original
        && event.original.as_ref().is_none_or(|(_, original)| {
            original.kind.takes_back()
                || original.currency != own.currency
                || original.customer != own.customer
                || original.partner != own.partner
                || original.campaign != own.campaign
        })
}
