//! How much a mutation is given to do.

use async_graphql::Value as Constant;

use super::coerce::{Input, Values, View};
use super::prices;

/// What the lists in a value add up to.
#[derive(Default)]
pub struct Lists {
    entries: u64,
    /// The lists that stand side by side multiplied with each other: each event is tried on each rule.
    combinations: u64,
    /// How often a simulation goes through them again.
    renewals: Option<u64>,
    /// Whether it goes through those of a rule that is stored, too.
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

    /// What a simulation costs that tries every entry of a list on every one of the others beside its answer.
    pub fn trials(&self) -> u64 {
        self.combinations / prices::TRIALS
    }

    /// Adds those of a value and of the lists in them.
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
                        // Instead of a list of payouts.
                        "run" => self.entries = self.entries.saturating_add(prices::OF_RUN),
                        _ => self.add(value, variables),
                    }
                }
            }
            _ => {}
        }
    }
}

/// More is refused without any simulation.
fn number<V: Input>(value: &V, variables: &Values<'_>) -> Option<u64> {
    match value.view() {
        View::Number(number) => Some(number.as_u64()?.min(prices::MAX_RENEWALS)),
        View::Variable(name) => number::<Constant>(variables.get(name.as_str())?, variables),
        _ => None,
    }
}

/// How long a list is; 0 for what is none.
fn length<V: Input>(value: &V, variables: &Values<'_>) -> u64 {
    match value.view() {
        View::List(items) => items.len() as u64,
        View::Variable(name) => variables
            .get(name.as_str())
            .map_or(0, |value| length::<Constant>(value, variables)),
        _ => 0,
    }
}
