//! Sums of events: what was refunded of them, their partners' lifetime values, and how many customers paid.

use std::collections::{BTreeMap, HashSet};

use uuid::Uuid;

use super::finding_log::FindingLog;
use auth::Scope;
use domain::event::EventKind;
use domain::id::{CustomerId, EventId, PartnerId};
use domain::items::{Item, ItemRefund, rest_minor};
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

#[derive(Clone, Default)]
struct RefundTotals {
    refunds: u64,
    minor: i128,
    /// Of each item.
    items: Vec<ItemRefund>,
}

impl RefundTotals {
    /// Adds what one refund takes back of `count` items.
    fn add(&mut self, taken: &[Item], count: usize) {
        self.items.resize(count, ItemRefund::default());
        for item in taken {
            if let Some(sum) = self.items.get_mut(item.index) {
                sum.amount_minor += item.amount_minor;
                sum.quantity += item.quantity;
            }
        }
    }

    /// Whether the event says the same, and no more was taken of any item than there was.
    fn agrees_with(&self, event: &EventFacts) -> bool {
        let of = |list: &[ItemRefund], index: usize| list.get(index).copied().unwrap_or_default();
        let is_complete = event.refunded_items.is_empty() || event.refunded_items.len() == event.items.len();
        let mut items = event.items.iter();
        let is_right = items.all(|item| {
            let taken = of(&self.items, item.index);
            taken == of(&event.refunded_items, item.index)
                && (0..=item.amount_minor).contains(&taken.amount_minor)
                && (0..=item.quantity).contains(&taken.quantity)
        });
        is_complete && is_right
    }
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
            let about = &event.about;
            if !about.items.is_empty() && rest_minor(&about.items, about.minor.unwrap_or(0)) < 0 {
                found.add("the items of an event sum to more than its amount", id);
            }
            self.count(event);
        }
        Ok(())
    }

    fn count(&mut self, event: &EventRow) {
        let about = &event.about;
        if about.refunded_minor != 0 || about.wholly_refunded || !about.refunded_items.is_empty() {
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
            taken.add(&about.items, original.items.len());
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
            if !taken.agrees_with(about) {
                let what =
                    "what is refunded of the event's items is not the sum of its refunds, or more than there was";
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
