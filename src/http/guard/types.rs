//! What the guard knows of the schema, read once from its SDL.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// Every type by its name. Introspection is not part of it.
pub struct Types {
    by_name: HashMap<String, Definition>,
}

pub enum Definition {
    /// An object, an interface or a union.
    Composite(HashMap<String, Field>),
    Input {
        fields: HashMap<String, InputField>,
        /// Exactly one field is given.
        one_of: bool,
    },
    Enum(HashSet<String>),
    Scalar,
}

/// A field of an object or an interface.
pub struct Field {
    /// The name of its type, without lists and non-null marks.
    pub type_name: String,
    pub arguments: HashMap<String, InputField>,
}

/// An argument, or a field of an input object.
pub struct InputField {
    pub ty: Type,
    /// It cannot be null and has no default.
    pub required: bool,
}

impl Types {
    pub fn read(sdl: &str) -> Self {
        let document = parse_schema(sdl).expect("the schema's own SDL is well formed");
        let builtin = ["Int", "Float", "String", "Boolean", "ID"].map(|name| (name.to_owned(), Definition::Scalar));
        let mut by_name = HashMap::from(builtin);
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let definition = definition.node;
            let read = match definition.kind {
                TypeKind::Scalar => Definition::Scalar,
                TypeKind::Enum(values) => {
                    let names = values.values.iter().map(|value| value.node.value.node.to_string());
                    Definition::Enum(names.collect())
                }
                TypeKind::Object(object) => {
                    Definition::Composite(object.fields.iter().map(|field| read_field(&field.node)).collect())
                }
                TypeKind::Interface(interface) => {
                    Definition::Composite(interface.fields.iter().map(|field| read_field(&field.node)).collect())
                }
                TypeKind::Union(_) => Definition::Composite(HashMap::new()),
                TypeKind::InputObject(input) => Definition::Input {
                    fields: input.fields.iter().map(|field| read_input(&field.node)).collect(),
                    one_of: definition
                        .directives
                        .iter()
                        .any(|directive| directive.node.name.node == "oneOf"),
                },
            };
            by_name.insert(definition.name.node.to_string(), read);
        }
        Self { by_name }
    }

    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.by_name.get(name)
    }

    pub fn field(&self, parent: &str, name: &str) -> Option<&Field> {
        match self.get(parent) {
            Some(Definition::Composite(fields)) => fields.get(name),
            _ => None,
        }
    }

    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Definition::Composite(_)))
    }

    /// Whether a field of this type is a page of a list.
    pub fn is_connection(&self, name: &str) -> bool {
        name.ends_with("Connection") && self.field(name, "pageInfo").is_some()
    }

    #[cfg(test)]
    pub fn scalars(&self) -> impl Iterator<Item = &str> {
        let all = self.by_name.iter();
        all.filter(|(_, definition)| matches!(definition, Definition::Scalar))
            .map(|(name, _)| name.as_str())
    }
}

fn read_field(field: &FieldDefinition) -> (String, Field) {
    let read = Field {
        type_name: base_name(&field.ty.node).to_owned(),
        arguments: field
            .arguments
            .iter()
            .map(|argument| read_input(&argument.node))
            .collect(),
    };
    (field.name.node.to_string(), read)
}

fn read_input(input: &InputValueDefinition) -> (String, InputField) {
    let ty = input.ty.node.clone();
    let required = !ty.nullable && input.default_value.is_none();
    (input.name.node.to_string(), InputField { ty, required })
}

/// The name inside lists and non-null marks.
pub fn base_name(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base_name(inner),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::check_scalar;

    #[test]
    fn every_scalar_but_json_and_representations_refuses_objects() {
        let types = Types::read(&crate::graphql::sdl());
        let mut anything: Vec<_> = types
            .scalars()
            .filter(|name| check_scalar(name, None).is_ok())
            .collect();
        anything.sort_unstable();
        assert_eq!(anything, ["JSON", "_Any"], "add new scalars to check_scalar");
    }
}
