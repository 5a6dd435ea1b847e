//! The content of a mutation with an idempotency key, to distinguish a repeated call from a different one with the same
//! key. Content is the input as sent, normalised: numbers and times by value, keys in any order, defaults and nulls
//! left out, except in updates, where null clears a value.

use async_graphql::registry::{MetaType, Registry};
use async_graphql::{Context, ScalarType, Value};
use serde_json::{Map, Value as Json, json};

use super::scalar::{DateTime, Decimal};
use auth::Call;
use service::ledger::content;

/// The input field that holds the key.
const KEY: &str = "idempotencyKey";

/// The call that the field of `ctx` makes, if its input has a key.
pub fn call(ctx: &Context<'_>) -> Option<Call> {
    let field = ctx.field();
    let registry = &ctx.schema_env.registry;
    let mutations = registry.types.get(registry.mutation_type.as_deref()?)?;
    let input = mutations.field_by_name(field.name())?.args.get("input")?;
    match registry.types.get(input.ty.trim_end_matches('!'))? {
        MetaType::InputObject { input_fields, .. } if input_fields.contains_key(KEY) => {}
        _ => return None,
    }
    // The arguments were already parsed for this field, so this does not fail.
    let arguments = field.arguments().unwrap_or_default();
    let (_, given) = arguments.into_iter().find(|(name, _)| name == "input")?;
    let Value::Object(fields) = &given else { return None };
    let Some(Value::String(key)) = fields.get(KEY) else {
        return None;
    };
    Some(Call {
        operation: field.name().to_owned(),
        key: key.clone(),
        content: content::hash(&normalised(registry, &input.ty, &given)),
    })
}

fn normalised(registry: &Registry, ty: &str, value: &Value) -> Json {
    let ty = ty.strip_suffix('!').unwrap_or(ty);
    if let Some(inner) = ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        let items = match value {
            Value::List(items) => items.as_slice(),
            // A single value is coerced to a list of one.
            single => std::slice::from_ref(single),
        };
        return items.iter().map(|item| normalised(registry, inner, item)).collect();
    }
    match (registry.types.get(ty), value) {
        (Some(MetaType::InputObject { name, input_fields, .. }), Value::Object(given)) => {
            let (mut fields, mut cleared) = (Map::new(), Vec::new());
            for (field, value) in given.iter().filter(|(field, _)| *field != KEY) {
                let Some(known) = input_fields.get(field.as_str()) else {
                    continue;
                };
                if *value == Value::Null {
                    cleared.push(field.as_str());
                    continue;
                }
                let value = normalised(registry, &known.ty, value);
                if !known
                    .default_value
                    .as_ref()
                    .is_some_and(|default| is_written(&value, default))
                {
                    fields.insert(field.to_string(), value);
                }
            }
            if name.starts_with("Update") && !cleared.is_empty() {
                cleared.sort_unstable();
                fields.insert("(cleared)".to_owned(), json!(cleared));
            }
            match name.as_str() {
                "MoneyInput" => json!([fields.get("amount"), fields.get("currency")]),
                _ => Json::Object(fields),
            }
        }
        _ => scalar(ty, value),
    }
}

fn scalar(ty: &str, value: &Value) -> Json {
    let plain = || value.clone().into_json().unwrap_or(Json::Null);
    match ty {
        "Decimal" => {
            Decimal::parse(value.clone()).map_or_else(|_| plain(), |decimal| json!(decimal.0.normalize().to_string()))
        }
        "DateTime" => {
            DateTime::parse(value.clone()).map_or_else(|_| plain(), |moment| json!(moment.0.timestamp_micros()))
        }
        "ID" => match value {
            Value::Number(number) => json!(number.to_string()),
            _ => plain(),
        },
        _ => plain(),
    }
}

/// Whether `literal` is how the schema writes this default value.
fn is_written(value: &Json, literal: &str) -> bool {
    match value {
        Json::String(text) => text == literal.trim_matches('"'),
        value => format!("{value}") == literal,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::InputType;

    use super::*;
    use crate::graphql::campaign::CreateCampaignInput;
    use crate::graphql::ledger::commission::{ApproveCommissionsInput, CreateManualCommissionInput};
    use crate::graphql::partner::IssuePartnerTokenInput;
    use crate::graphql::partner::UpdatePartnerInput;
    use crate::graphql::payout::run::CreatePayoutRunInput;
    use crate::graphql::payout::settlement::SettlePayoutInput;

    fn content<T: InputType>(value: Json) -> Vec<u8> {
        let mut registry = Registry::default();
        let ty = T::create_type_info(&mut registry);
        let value = Value::from_json(value).expect("JSON");
        content::hash(&normalised(&registry, &ty, &value))
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        assert_eq!(
            content::<CreateManualCommissionInput>(json!({
                "amount": { "amount": "1.00", "currency": "EUR" }, "reason": "r", "adjustsId": null, "idempotencyKey": "a",
            })),
            content::<CreateManualCommissionInput>(json!({
                "reason": "r", "amount": { "currency": "EUR", "amount": 1 }, "idempotencyKey": "b",
            })),
        );
        assert_eq!(
            content::<CreateCampaignInput>(json!({
                "startsAt": "2026-01-01T01:00:00+01:00", "terms": { "basis": "PERCENT", "value": "20.0", "trigger": "EVERY" },
            })),
            content::<CreateCampaignInput>(json!({
                "startsAt": "2026-01-01T00:00:00.000Z", "terms": [{ "basis": "PERCENT", "value": "20" }],
            })),
        );
        assert_eq!(
            content::<IssuePartnerTokenInput>(json!({ "partnerId": "p", "ttlSeconds": 3600 })),
            content::<IssuePartnerTokenInput>(json!({ "partnerId": "p", "scopes": null })),
        );
    }

    #[test]
    fn what_means_something_else_is_something_else() {
        let update = content::<UpdatePartnerInput>;
        let cleared = update(json!({ "id": "p", "groupId": null }));
        assert_ne!(cleared, update(json!({ "id": "p" })));
        assert_ne!(cleared, update(json!({ "id": "p", "tierId": null })));
        let settle = |status: &str| content::<SettlePayoutInput>(json!({ "id": "p", "status": status }));
        assert_ne!(settle("PAID"), settle("FAILED"));
    }

    /// Keys are kept for ever: what was hashed once must be hashed like that by every later version.
    #[test]
    fn contents_stay_what_they_were() {
        let manual = json!({ "partnerId": "p", "amount": { "amount": "5.0", "currency": "EUR" }, "reason": "r" });
        let before = json!({ "partnerId": "p", "amount": ["5", "EUR"], "reason": "r", "adjustsId": null });
        assert_eq!(content::<CreateManualCommissionInput>(manual), content::hash(&before));
        let settle = json!({ "id": "p", "status": "PAID", "reference": null });
        assert_eq!(content::<SettlePayoutInput>(settle.clone()), content::hash(&settle));
        let approve = json!({ "ids": ["a", "b"], "overrideHoldbackReason": null });
        assert_eq!(
            content::<ApproveCommissionsInput>(approve.clone()),
            content::hash(&approve)
        );
        let run = json!({ "currency": "EUR", "partnerIds": ["p"] });
        assert_eq!(content::<CreatePayoutRunInput>(run.clone()), content::hash(&run));
        let later =
            json!({ "currency": "EUR", "partnerIds": ["p"], "accruedBefore": null, "respectPayoutCurrency": false });
        assert_eq!(content::<CreatePayoutRunInput>(later), content::hash(&run));
    }
}
