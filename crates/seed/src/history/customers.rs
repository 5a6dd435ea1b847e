//! Made-up customers and what is known of them.

use domain::accrual::FirstEvents;
use domain::campaign::Campaign;
use domain::event::{Customer, Event};
use domain::money::Currency;

/// A customer of the partner, and what was recorded about it.
pub struct SeededCustomer<'a> {
    pub customer: Customer,
    /// The campaign to which its first event bound it; `None`: outside of campaigns.
    pub place: Option<&'a Campaign>,
    /// The currency in which it pays.
    pub currency: Currency,
    pub first_of_any: FirstEvents,
    firsts: Vec<(String, FirstEvents)>,
    pub paid_charges: i64,
    /// Whether it ever had a paid charge.
    pub counted: bool,
}

impl<'a> SeededCustomer<'a> {
    /// A customer of whom nothing was recorded yet.
    pub fn new(customer: Customer, place: Option<&'a Campaign>, currency: Currency) -> Self {
        Self {
            customer,
            place,
            currency,
            first_of_any: FirstEvents::default(),
            firsts: Vec::new(),
            paid_charges: 0,
            counted: false,
        }
    }

    /// When the first recorded events of the type occurred.
    pub fn first_of(&self, event_type: &str) -> FirstEvents {
        let mut firsts = self.firsts.iter();
        let first = firsts.find(|(known, _)| known == event_type);
        first.map(|(_, first)| *first).unwrap_or_default()
    }

    pub fn remember(&mut self, event: &Event) {
        let note = |first: &mut FirstEvents| first.note(event.kind, event.amount, event.occurred_at);
        note(&mut self.first_of_any);
        let Some(event_type) = &event.event_type else { return };
        match self.firsts.iter_mut().find(|(known, _)| known == event_type) {
            Some((_, first)) => note(first),
            None => {
                let mut first = FirstEvents::default();
                note(&mut first);
                self.firsts.push((event_type.clone(), first));
            }
        }
    }
}
