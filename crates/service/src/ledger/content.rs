//! The hash of an input's content: the same content again is a repetition, other content an error. Content is the input
//! as sent and normalised: numbers by value (1 = 1.00), keys in any order, null as absent, defaults left out.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// Hashes an input. Decimals in it are expected as normalised strings.
pub fn hash(input: &Value) -> Vec<u8> {
    Sha256::digest(canonical(input).to_string()).to_vec()
}

/// The same value with sorted keys, without nulls in objects, and with whole numbers as integers.
fn canonical(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().filter(|(_, value)| !value.is_null()).collect();
            members.sort_by_key(|(key, _)| *key);
            Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| (key.clone(), canonical(value)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => Value::Array(items.iter().map(canonical).collect()),
        Value::Number(number) => match number.as_f64() {
            // Beyond 2^53 a double is no integer any more; such numbers stay as they are.
            Some(whole) if number.is_f64() && whole.fract() == 0.0 && whole.abs() < 9e15 => Value::from(whole as i64),
            _ => value.clone(),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spelling_does_not_matter_and_values_do() {
        let one = json!({ "a": 1, "b": { "x": [1, 2.5], "y": null }, "c": null });
        assert_eq!(hash(&one), hash(&json!({ "b": { "x": [1.0, 2.5] }, "a": 1.0 })));
        for other in [
            json!({ "a": 2, "b": { "x": [1, 2.5] } }),
            json!({ "a": 1, "b": { "x": [2.5, 1] } }),
            json!({ "a": "1" }),
        ] {
            assert_ne!(hash(&one), hash(&other));
        }
    }
}
