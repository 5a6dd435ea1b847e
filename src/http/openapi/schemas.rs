//! The types of the schema as JSON Schemas.

use std::collections::BTreeSet;

use async_graphql::registry::MetaType;
use serde_json::{Map, Value, json};

use super::component;
use super::parameters::parameters;
use crate::export::{ExportKind, Exports, Parameter, choice};
use telemetry::metrics::known_codes;

/// The JSON Schema of a parameter's values.
pub fn of(parameter: Parameter<'_>) -> Value {
    let inner = match choice(parameter.ty) {
        Some(words) => return json!({ "type": "string", "enum": words }),
        None => component("schemas", parameter.inner()),
    };
    match parameter.is_list() {
        true => json!({ "type": "array", "items": inner }),
        false => inner,
    }
}

/// The types that parameters of exports have, and what errors look like.
pub fn components(exports: &Exports) -> Map<String, Value> {
    let names: BTreeSet<_> = ExportKind::all()
        .flat_map(|kind| parameters(exports, kind))
        .filter(|(parameter, _)| choice(parameter.ty).is_none())
        .map(|(parameter, _)| parameter.inner())
        .collect();
    let mut schemas: Map<_, _> = names
        .into_iter()
        .map(|name| (name.to_owned(), named(exports, name)))
        .collect();
    schemas.insert("Errors".to_owned(), errors());
    schemas
}

fn named(exports: &Exports, name: &str) -> Value {
    let (mut schema, description) = match exports.types().types.get(name) {
        Some(MetaType::Enum {
            enum_values,
            description,
            ..
        }) => {
            let words: Vec<_> = enum_values.keys().collect();
            (json!({ "type": "string", "enum": words }), description.as_deref())
        }
        Some(MetaType::Scalar { description, .. }) => (scalar(name), description.as_deref()),
        _ => panic!("{name} is no type of a parameter"),
    };
    if let Some(description) = description {
        schema["description"] = json!(description);
    }
    schema
}

fn scalar(name: &str) -> Value {
    match name {
        "Boolean" => json!({ "type": "boolean" }),
        "Int" => json!({ "type": "integer", "format": "int32" }),
        "ID" => json!({ "type": "string", "minLength": 1 }),
        "DateTime" => json!({ "type": "string", "format": "date-time" }),
        "Date" => json!({ "type": "string", "format": "date" }),
        "CurrencyCode" => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        "Decimal" | "String" => json!({ "type": "string" }),
        _ => panic!("a parameter of an export is of the scalar {name}: say here which JSON Schema that has"),
    }
}

fn errors() -> Value {
    let codes: Vec<_> = known_codes().collect();
    json!({
        "type": "object",
        "description": "What is wrong with the request, or why it failed. Each text says what to do.",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "required": ["message", "extensions"],
                    "properties": {
                        "message": { "type": "string" },
                        "extensions": {
                            "type": "object",
                            "required": ["code", "requestId"],
                            "properties": {
                                "code": { "type": "string", "enum": codes },
                                "requestId": { "type": "string" },
                            },
                        },
                    },
                },
            },
        },
    })
}
