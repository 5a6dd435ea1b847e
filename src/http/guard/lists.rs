//! How much work the input of a mutation asks for.

use async_graphql::Value as Constant;

use super::coerce::Values;
use super::input::{Input, View};
use super::prices;

/// The totals of the lists in a value.
#[derive(Default)]
pub struct Lists {
    entries: u64,
    /// The product of the lengths of lists in one object: each event is tried on each rule.
    combinations: u64,
    /// How often a simulation goes through the lists again.
    renewals: Option<u64>,
    /// Whether it also goes through the lists of a stored rule.
    stored: bool,
}

impl Lists {
    pub fn entries(&self) -> u64 {
        let stored = match (self.stored, self.renewals) {
            (true, Some(_)) => prices::ASSUMED_LENGTH,
            _ => 0,
        };
        let rounds = self.renewals.unwrap_or(0).saturating_add(1);
        self.entries.saturating_add(stored).saturating_mul(rounds)
    }

    /// What a simulation costs besides its answer for trying every entry of a list on every entry of the others.
    pub fn trials(&self) -> u64 {
        self.combinations / prices::TRIALS
    }

    /// Adds the lists of a value and those nested in them.
    pub fn add<V: Input>(&mut self, value: &V, variables: &Values<'_>) {
        match value.view() {
            View::Variable(name) => {
                if let Some(constant) = variables.get(name.as_str()) {
                    self.add::<Constant>(constant, variables);
                }
            }
            View::List(items) => {
                self.entries = self.entries.saturating_add(items.len() as u64);
                items.iter().for_each(|item| self.add(item, variables));
            }
            View::Object(fields) => {
                let lengths = fields.iter().map(|(_, value)| length(*value, variables).max(1));
                self.combinations = self.combinations.max(lengths.fold(1, u64::saturating_mul));
                for (name, value) in fields {
                    match name {
                        "renewals" => self.renewals = number(value, variables),
                        "commissionRuleId" => self.stored = true,
                        // A run stands for a list of payouts.
                        "run" => self.entries = self.entries.saturating_add(prices::ASSUMED_PAYOUTS_OF_RUN),
                        _ => self.add(value, variables),
                    }
                }
            }
            _ => {}
        }
    }
}

/// More renewals are refused before any simulation.
fn number<V: Input>(value: &V, variables: &Values<'_>) -> Option<u64> {
    match value.view() {
        View::Number(number) => Some(number.as_u64()?.min(prices::MAX_RENEWALS)),
        View::Variable(name) => number::<Constant>(variables.get(name.as_str())?, variables),
        _ => None,
    }
}

/// The length of a list; 0 for anything else.
fn length<V: Input>(value: &V, variables: &Values<'_>) -> u64 {
    match value.view() {
        View::List(items) => items.len() as u64,
        View::Variable(name) => variables
            .get(name.as_str())
            .map_or(0, |value| length::<Constant>(value, variables)),
        _ => 0,
    }
}
