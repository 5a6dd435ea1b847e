//! The recorded state of a partner and its customers, used by group rules and triggers. It does not depend on any rule.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::history::HistoryEvent;
use crate::Timestamp;
use crate::accrual::{CustomerHistory, GroupRuleFacts};
use crate::event::{Event, EventKind};
use crate::id::CustomerId;
use crate::money::{Currency, Money};

#[derive(Debug, Default)]
pub struct PartnerState {
    lifetime_values: HashMap<Currency, i64>,
    customers: HashMap<CustomerId, CustomerState>,
    /// The number of customers with a charge above 0 that was not wholly refunded.
    qualified: u32,
}

#[derive(Debug, Default)]
struct CustomerState {
    first_of_any: Option<Timestamp>,
    first_of_type: Vec<(String, Timestamp)>,
    paid_charges: i64,
}

impl PartnerState {
    /// The inputs of a group's rules for an event in this currency.
    pub fn of(&self, currency: Currency) -> GroupRuleFacts {
        let minor = self.lifetime_values.get(&currency).copied().unwrap_or(0);
        GroupRuleFacts {
            partner_ltv: Decimal::new(minor, currency.exponent()),
            qualified_customers: self.qualified,
        }
    }

    /// The recorded history of the event's customer before the event.
    pub fn history(&self, recorded: &HistoryEvent) -> Option<CustomerHistory> {
        let event = &recorded.event;
        let known = self.customers.get(&event.customer_id?);
        let of_type = |customer: &CustomerState| {
            let wanted = event.event_type.as_deref()?;
            let mut firsts = customer.first_of_type.iter();
            firsts.find_map(|(name, first)| (name == wanted).then_some(*first))
        };
        Some(CustomerHistory {
            acquired_at: recorded.acquired_at.unwrap_or(event.occurred_at),
            first_of_any: known.and_then(|customer| customer.first_of_any),
            first_of_type: known.and_then(of_type),
            is_qualified: event.kind == EventKind::Charge && known.is_some_and(|customer| customer.paid_charges > 0),
        })
    }

    /// Counts a charge or conversion.
    pub fn count(&mut self, event: &Event) {
        let charged = charged(event);
        if let Some(charged) = charged {
            *self.lifetime_values.entry(charged.currency()).or_default() += charged.minor();
        }
        let Some(id) = event.customer_id else { return };
        let customer = self.customers.entry(id).or_default();
        customer.first_of_any.get_or_insert(event.occurred_at);
        if let Some(name) = &event.event_type
            && customer.first_of_type.iter().all(|(known, _)| known != name)
        {
            customer.first_of_type.push((name.clone(), event.occurred_at));
        }
        if charged.is_some() {
            customer.paid_charges += 1;
            self.qualified += u32::from(customer.paid_charges == 1);
        }
    }

    /// Takes back `taken_minor` of an event; `wholly`: nothing is left of it.
    pub fn take_back(&mut self, original: &Event, taken_minor: i64, wholly: bool) {
        let Some(charged) = charged(original) else { return };
        *self.lifetime_values.entry(charged.currency()).or_default() -= taken_minor;
        if let (true, Some(id)) = (wholly, original.customer_id) {
            let customer = self.customers.entry(id).or_default();
            customer.paid_charges -= 1;
            self.qualified -= u32::from(customer.paid_charges == 0);
        }
    }
}

/// The amount that counts towards the lifetime value: charges above 0 only.
fn charged(event: &Event) -> Option<Money> {
    let amount = event.amount.filter(|amount| amount.minor() > 0)?;
    (event.kind == EventKind::Charge).then_some(amount)
}

#[cfg(test)]
mod tests;
