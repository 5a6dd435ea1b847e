//! How much memory a copy of a value takes.

use async_graphql::Name;

use super::input::{Input, View};

/// Memory of a value besides its text. An empty object is three bytes when sent and more than this in memory.
pub const VALUE_BYTES: u64 = 64;

/// The size of a value; `variable` gives the sizes of variables.
pub fn size<V: Input>(value: &V, variable: &mut impl FnMut(&Name) -> u64) -> u64 {
    let within = match value.view() {
        View::Variable(name) => return variable(name),
        View::String(text) => text.len() as u64,
        View::Enum(name) => name.len() as u64,
        View::List(items) => items
            .iter()
            .map(|item| size(item, variable))
            .fold(0, u64::saturating_add),
        View::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| size(value, variable).saturating_add(name.len() as u64))
            .fold(0, u64::saturating_add),
        View::Null | View::Number(_) | View::Boolean(_) => 0,
    };
    within.saturating_add(VALUE_BYTES)
}
