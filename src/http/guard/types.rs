//! What the guard knows of the schema, read once from its SDL.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, FieldDefinition, InputValueDefinition, Type, TypeKind, TypeSystemDefinition,
};

/// What every schema has beside its SDL.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// Every type by its name.
pub struct Types {
    by_name: HashMap<String, Definition>,
    /// The types of objects that an interface or a union may be, in the order of their names.
    possible: HashMap<String, Vec<String>>,
    /// The fields that can be selected of everything, and those of queries, that no SDL has.
    meta: [HashMap<String, Field>; 2],
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
        let mut types = Self {
            by_name: HashMap::new(),
            possible: HashMap::new(),
            meta: Default::default(),
        };
        for name in ["Int", "Float", "String", "Boolean", "ID"] {
            types.by_name.insert(name.to_owned(), Definition::Scalar);
        }
        types.add(sdl);
        types.add(INTROSPECTION);
        types.meta = ["__Everything", "__Query"].map(|name| match types.by_name.remove(name) {
            Some(Definition::Composite(fields)) => fields,
            _ => unreachable!("it is a type of the text above"),
        });
        for objects in types.possible.values_mut() {
            objects.sort_unstable();
        }
        types
    }

    fn add(&mut self, sdl: &str) {
        let document = parse_schema(sdl).expect("the schema's own SDL is well formed");
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
                    for interface in &object.implements {
                        self.is_possible(&interface.node, &definition.name.node);
                    }
                    Definition::Composite(object.fields.iter().map(|field| read_field(&field.node)).collect())
                }
                TypeKind::Interface(interface) => {
                    Definition::Composite(interface.fields.iter().map(|field| read_field(&field.node)).collect())
                }
                TypeKind::Union(union) => {
                    for member in &union.members {
                        self.is_possible(&definition.name.node, &member.node);
                    }
                    Definition::Composite(HashMap::new())
                }
                TypeKind::InputObject(input) => Definition::Input {
                    fields: input.fields.iter().map(|field| read_input(&field.node)).collect(),
                    one_of: definition
                        .directives
                        .iter()
                        .any(|directive| directive.node.name.node == "oneOf"),
                },
            };
            self.by_name.insert(definition.name.node.to_string(), read);
        }
    }

    fn is_possible(&mut self, parent: &str, object: &str) {
        let objects = self.possible.entry(parent.to_owned()).or_default();
        objects.push(object.to_owned());
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

    /// The same with the fields that no SDL has: `__typename`, and at the root of queries `__schema` and `__type`.
    pub fn selected(&self, parent: &str, name: &str) -> Option<&Field> {
        let [everywhere, of_queries] = &self.meta;
        let of_queries = Some(of_queries).filter(|_| parent == "Query");
        let meta = || everywhere.get(name).or_else(|| of_queries?.get(name));
        self.field(parent, name).or_else(meta)
    }

    /// The types of objects that a value of this type may be.
    pub fn objects<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let possible = self.possible.get(name);
        let itself = self.by_name.get_key_value(name).filter(|_| possible.is_none());
        let possible = possible.into_iter().flatten().map(String::as_str);
        possible.chain(itself.map(|(name, _)| name.as_str()))
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
