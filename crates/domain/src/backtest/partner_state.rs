//! The recorded state of a partner and its customers, used by group rules and triggers. It does not depend on any rule.

use std::collections::HashMap;

use rust_decimal::Decimal;

use super::history::HistoryEvent;
use crate::Timestamp;
use crate::accrual::{CustomerHistory, FirstEvents, GroupRuleFacts};
use crate::event::{Event, EventKind};
use crate::id::{CustomerId, EventId};
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
    /// The first qualifying events of each type that were never moved: with and without an amount.
    firsts: Vec<Counted>,
    /// The moved events that the partner has now. Each counts in the order of its recording.
    moved: Vec<Counted>,
    paid_charges: i64,
}

#[derive(Debug)]
struct Counted {
    id: EventId,
    event_type: Option<String>,
    has_amount: bool,
    occurred_at: Timestamp,
}

impl CustomerState {
    /// When the first recorded events occurred: of any type, or of the given one.
    fn first(&self, wanted: Option<&str>) -> FirstEvents {
        let first = |needs_amount: bool| {
            let counted = self.firsts.iter().chain(&self.moved);
            let of_type = counted.filter(|counted| wanted.is_none() || counted.event_type.as_deref() == wanted);
            let first = of_type.filter(|counted| counted.has_amount || !needs_amount);
            first
                .min_by_key(|counted| counted.id)
                .map(|counted| counted.occurred_at)
        };
        FirstEvents {
            qualifying: first(false),
            with_amount: first(true),
        }
    }
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
        let of_type = |customer: &CustomerState| Some(customer.first(Some(event.event_type.as_deref()?)));
        Some(CustomerHistory {
            acquired_at: recorded.acquired_at.unwrap_or(event.occurred_at),
            first_of_any: known.map(|customer| customer.first(None)).unwrap_or_default(),
            first_of_type: known.and_then(of_type).unwrap_or_default(),
            is_qualified: event.kind == EventKind::Charge && known.is_some_and(|customer| customer.paid_charges > 0),
            stage: recorded.customer_stage,
        })
    }

    /// Counts a charge or conversion; `is_moved`: it was moved to the partner, or is going to be moved away.
    pub fn count(&mut self, event: &Event, is_moved: bool) {
        let charged = charged(event);
        if let Some(charged) = charged {
            *self.lifetime_values.entry(charged.currency()).or_default() += charged.minor();
        }
        let Some(id) = event.customer_id else { return };
        let customer = self.customers.entry(id).or_default();
        let counted = || Counted {
            id: event.id,
            event_type: event.event_type.clone(),
            has_amount: event.has_amount(),
            occurred_at: event.occurred_at,
        };
        let kind_of_first = (&event.event_type, event.has_amount());
        if !event.is_qualifying() {
            // It starts nothing.
        } else if is_moved {
            customer.moved.push(counted());
        } else if customer
            .firsts
            .iter()
            .all(|first| (&first.event_type, first.has_amount) != kind_of_first)
        {
            customer.firsts.push(counted());
        }
        if charged.is_some() {
            customer.paid_charges += 1;
            self.qualified += u32::from(customer.paid_charges == 1);
        }
    }

    /// Forgets an event that is moved away; refunds had taken back `refunded_minor` of it.
    pub fn forget(&mut self, event: &Event, refunded_minor: i64, wholly: bool) {
        if let Some(charged) = charged(event) {
            self.take_back(event, charged.minor() - refunded_minor, !wholly);
        }
        if let Some(customer) = event.customer_id.and_then(|id| self.customers.get_mut(&id)) {
            customer.moved.retain(|counted| counted.id != event.id);
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
