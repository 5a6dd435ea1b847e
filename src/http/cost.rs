//! The actual cost of a response, and how it is reported. The maximum cost is computed beforehand, by `guard::walk`.

use async_graphql::Value;
use async_graphql::parser::types::OperationType;

use super::guard::MUTATION;
use super::options::ThrottleSection;

/// The cost of an export, however long: that of the largest query that the usual limits admit. How many run at once,
/// and for how long, is limited separately.
pub const EXPORT: u64 = 5_000;

/// The cost of a page of missed changes that has nothing for the listener: it has to be read all the same.
pub const MISSED: u64 = 250;

/// The cost of a refused request of this length: reading and validating a document takes longer than running many.
pub fn of_refusal(bytes: usize) -> u64 {
    10 + bytes as u64 / 512
}

/// The cost of what the response contains: its objects, and the mutations that ran. Never more than was requested.
pub fn actual(data: &Value, operation: OperationType, requested: u64) -> u64 {
    let Value::Object(fields) = data else {
        return requested.min(1);
    };
    let found: u64 = match operation {
        OperationType::Query | OperationType::Subscription => fields.values().map(objects).sum(),
        OperationType::Mutation => fields.values().map(|payload| MUTATION + below(payload)).sum(),
    };
    found.min(requested)
}

fn objects(value: &Value) -> u64 {
    match value {
        Value::Object(_) => 1 + below(value),
        Value::List(items) => items.iter().map(objects).sum(),
        _ => 0,
    }
}

/// Without the object itself: the payload of a mutation is part of the mutation's cost.
fn below(value: &Value) -> u64 {
    match value {
        Value::Object(fields) => fields.values().map(objects).sum(),
        value => objects(value),
    }
}

/// `extensions.cost`.
pub fn extension(requested: u64, actual: u64, available: u64, throttle: &ThrottleSection) -> Value {
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
