//! Events that are evaluated and not written yet: what they add to counts must count for later events, too.

use super::evaluate::Prepared;
use domain::accrual::FirstEvents;
use domain::id::{CustomerId, PartnerId};
use domain::money::Currency;

/// Each with its index in the list, in the order of recording.
#[derive(Default)]
pub struct PreparedEvents(pub Vec<(usize, Prepared)>);

impl PreparedEvents {
    /// Whether tiers may count one of the partner's events.
    pub fn is_tiered(&self, partner: PartnerId) -> bool {
        self.of(partner).any(|event| event.is_tiered)
    }

    /// What the partner's events add to its lifetime value in this currency, in minor units, and how many customers
    /// they qualify.
    pub fn standing(&self, partner: PartnerId, currency: Currency) -> (i64, i64) {
        let (mut value, mut qualified) = (0_i64, 0);
        for event in self.of(partner) {
            if let Some((_, charged_in, minor)) = event.charged() {
                value = value.saturating_add(if charged_in == currency { minor } else { 0 });
                qualified += i64::from(event.customer.is_some() && event.paid_charges == 0);
            }
        }
        (value, qualified)
    }

    /// When the customer's first events with the partner occurred: of any type, or of the given one.
    pub fn first_events(&self, partner: PartnerId, customer: CustomerId, event_type: Option<&str>) -> FirstEvents {
        let events = self.of(partner).map(|prepared| &prepared.event);
        let mut first = FirstEvents::default();
        for event in events.filter(|event| event.customer_id == Some(customer)) {
            if event_type.is_none() || event.event_type.as_deref() == event_type {
                first.note(event.kind, event.amount, event.occurred_at);
            }
        }
        first
    }

    fn of(&self, partner: PartnerId) -> impl Iterator<Item = &Prepared> {
        let prepared = self.0.iter().map(|(_, prepared)| prepared);
        prepared.filter(move |prepared| prepared.partner_id() == Some(partner))
    }
}
