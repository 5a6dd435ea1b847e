//! A schema's types by name: extensions of a type are merged into it, however they are written.

use std::collections::BTreeMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DirectiveDefinition, InputValueDefinition, OperationType, Type, TypeDefinition, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::parser::{Error, types::ConstDirective};
use async_graphql::{Name, Positioned, Value};

/// A schema's types and directives by name, and the names of its three root types.
#[derive(Default)]
pub struct SchemaTypes {
    pub types: BTreeMap<String, TypeDefinition>,
    pub directives: BTreeMap<String, DirectiveDefinition>,
    roots: BTreeMap<&'static str, String>,
}

/// The operations of GraphQL, whose root types are named so unless the schema says otherwise.
pub const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

impl SchemaTypes {
    pub fn read(sdl: &str) -> Result<Self, Error> {
        let mut schema = Self::default();
        for definition in parse_schema(sdl)?.definitions {
            match definition {
                TypeSystemDefinition::Type(definition) => schema.add(definition.node),
                TypeSystemDefinition::Directive(definition) => {
                    let name = definition.node.name.node.to_string();
                    schema.directives.insert(name, definition.node);
                }
                TypeSystemDefinition::Schema(definition) => {
                    let node = definition.node;
                    for (operation, root) in ROOTS.into_iter().zip([node.query, node.mutation, node.subscription]) {
                        if let Some(root) = root {
                            schema.roots.insert(operation, root.node.to_string());
                        }
                    }
                }
            }
        }
        if schema.roots.is_empty() {
            let named = ROOTS.into_iter().filter(|name| schema.types.contains_key(*name));
            schema.roots = named.map(|name| (name, name.to_owned())).collect();
        }
        Ok(schema)
    }

    fn add(&mut self, definition: TypeDefinition) {
        match self.types.get_mut(definition.name.node.as_str()) {
            Some(known) => {
                known.directives.extend(definition.directives);
                extend(&mut known.kind, definition.kind);
            }
            None => {
                self.types.insert(definition.name.node.to_string(), definition);
            }
        }
    }

    /// The type whose fields this operation selects, named as in [`ROOTS`].
    pub fn root(&self, operation: &str) -> Option<&str> {
        self.roots.get(operation).map(String::as_str)
    }

    pub fn root_of(&self, operation: OperationType) -> Option<&str> {
        self.root(match operation {
            OperationType::Query => ROOTS[0],
            OperationType::Mutation => ROOTS[1],
            OperationType::Subscription => ROOTS[2],
        })
    }

    pub fn kind(&self, name: &str) -> Option<&TypeKind> {
        self.types.get(name).map(|definition| &definition.kind)
    }

    /// Whether responses may contain the enum: a new value of any other enum is no surprise to clients.
    pub fn is_output(&self, name: &str) -> bool {
        self.types.values().any(|definition| match &definition.kind {
            TypeKind::Object(object) => object.fields.iter().any(|field| base(&field.node.ty.node) == name),
            TypeKind::Interface(interface) => interface.fields.iter().any(|field| base(&field.node.ty.node) == name),
            _ => false,
        })
    }
}

fn extend(known: &mut TypeKind, more: TypeKind) {
    match (known, more) {
        (TypeKind::Object(known), TypeKind::Object(more)) => {
            known.implements.extend(more.implements);
            known.fields.extend(more.fields);
        }
        (TypeKind::Interface(known), TypeKind::Interface(more)) => {
            known.implements.extend(more.implements);
            known.fields.extend(more.fields);
        }
        (TypeKind::Enum(known), TypeKind::Enum(more)) => known.values.extend(more.values),
        (TypeKind::Union(known), TypeKind::Union(more)) => known.members.extend(more.members),
        (TypeKind::InputObject(known), TypeKind::InputObject(more)) => known.fields.extend(more.fields),
        _ => {}
    }
}

/// The named type inside lists and non-null markers.
pub fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(inner) => base(inner),
    }
}

pub fn by_name<'a, T>(list: &'a [Positioned<T>], name: &str, named: impl Fn(&T) -> &Name) -> Option<&'a T> {
    list.iter()
        .map(|item| &item.node)
        .find(|item| named(item).as_str() == name)
}

pub fn input<'a>(list: &'a [Positioned<InputValueDefinition>], name: &str) -> Option<&'a InputValueDefinition> {
    by_name(list, name, |input| &input.name.node)
}

/// The deprecation reason; `None` if there is no deprecation.
pub fn deprecated(directives: &[Positioned<ConstDirective>]) -> Option<String> {
    let directive = by_name(directives, "deprecated", |directive| &directive.name.node)?;
    let reason = directive.arguments.iter().find(|(name, _)| name.node == "reason");
    Some(match reason.map(|(_, value)| &value.node) {
        Some(Value::String(text)) => text.clone(),
        _ => "No longer supported".to_owned(),
    })
}
