//! What an answer says of its cost.

use async_graphql::Value;
use async_graphql::parser::types::OperationType;

use super::options::Throttle;

/// What a mutation costs besides its answer; the guard counts as much beforehand.
const MUTATION_COST: u64 = 10;

/// The cost of what the answer really has: its objects, and the mutations that were run. Never more than was asked for.
pub fn actual(data: &Value, operation: OperationType, requested: u64) -> u64 {
    let Value::Object(fields) = data else {
        return requested.min(1);
    };
    let objects: u64 = fields.values().map(objects).sum();
    let mutations = match operation {
        OperationType::Mutation => fields.len() as u64 * MUTATION_COST,
        OperationType::Query | OperationType::Subscription => 0,
    };
    objects.saturating_add(mutations).min(requested)
}

fn objects(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => 1 + fields.values().map(objects).sum::<u64>(),
        Value::List(items) => items.iter().map(objects).sum(),
        _ => 0,
    }
}

/// `extensions.cost`.
pub fn extension(requested: u64, actual: u64, available: u64, throttle: &Throttle) -> Value {
    async_graphql::value!({
        "requestedQueryCost": requested,
        "actualQueryCost": actual,
        "throttleStatus": {
            "maximumAvailable": (throttle.maximum),
            "currentlyAvailable": available,
            "restoreRate": (throttle.restore_per_second),
        },
    })
}
