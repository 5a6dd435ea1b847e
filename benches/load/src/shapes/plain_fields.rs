//! Fields that are not in the mapping are columns of the same name in snake case, read as their type in the schema
//! requires, as in `tools/graphql-js/plain-fields.mjs`.

use std::collections::HashSet;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, FieldDefinition, TypeKind, TypeSystemDefinition};
use serde_json::{Map, Value};

/// Adds the fields that are not in the mapping.
pub fn complete(mapping: &mut Value) {
    let computed = mapping["computed"].as_array().into_iter().flatten();
    let computed: HashSet<_> = computed.filter_map(Value::as_str).map(str::to_owned).collect();
    let document = parse_schema(include_str!("../../../../schema.graphql")).expect("the schema reads");
    let (mut objects, mut enums) = (Map::new(), HashSet::new());
    let mut declared = Vec::new();
    for definition in document.definitions {
        if let TypeSystemDefinition::Type(object) = definition {
            let name = object.node.name.node.to_string();
            match object.node.kind {
                TypeKind::Object(object) => declared.push((name, object.fields)),
                TypeKind::Enum(_) => drop(enums.insert(name)),
                _ => {}
            }
        }
    }
    for (name, fields) in declared {
        let fields = fields.iter().filter_map(|field| {
            let field = &field.node;
            let is_computed = computed.contains(&format!("{name}.{}", field.name.node));
            let spec = (!is_computed).then(|| plain(field, &enums))??;
            Some((field.name.node.to_string(), Value::from(spec)))
        });
        let fields: Map<_, _> = fields.collect();
        objects.insert(name, fields.into());
    }
    let types = mapping["types"].as_object_mut().expect("types");
    for (name, spec) in types {
        let shown = spec["is"].as_str().unwrap_or(name).to_owned();
        let own = spec.get_mut("fields").and_then(Value::as_object_mut);
        let (Some(own), Some(plain)) = (own, objects.get(&shown)) else {
            continue;
        };
        for (field, spec) in plain.as_object().expect("fields") {
            own.entry(field).or_insert_with(|| spec.clone());
        }
    }
}

fn plain(field: &FieldDefinition, enums: &HashSet<String>) -> Option<String> {
    if !field.arguments.is_empty() {
        return None;
    }
    let name = field.name.node.as_str();
    if name == "id" {
        return Some(name.to_owned());
    }
    let way = match &field.ty.node.base {
        BaseType::List(item) if item.to_string() == "String!" => "texts",
        BaseType::List(_) => return None,
        BaseType::Named(of) => match of.as_str() {
            "Boolean" => "bool",
            "DateTime" => "moment",
            "Int" => "number",
            "JSON" => "json",
            "CurrencyCode" | "Date" | "Decimal" | "String" => "text",
            other => enums.contains(other).then_some("text")?,
        },
    };
    let mut column = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            column.push('_');
        }
        column.push(letter.to_ascii_lowercase());
    }
    Some(format!("{way} {column}"))
}
