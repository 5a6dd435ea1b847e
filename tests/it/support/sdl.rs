//! The published schema, read by tests that must notice whatever is added to it.

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{BaseType, Type, TypeKind, TypeSystemDefinition};

/// A field of an object or of an input.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    /// The name of its type, without lists and non-null marks.
    pub type_name: String,
    pub is_list: bool,
    pub arguments: Vec<Field>,
}

pub struct Sdl(Vec<(String, Kind)>);

enum Kind {
    Leaf,
    Object(Vec<Field>),
    /// An interface or a union, and its object types.
    Abstract(Vec<String>),
}

impl Sdl {
    pub fn read() -> Self {
        let document = parse_schema(tributary::graphql::sdl()).expect("the SDL is well formed");
        let mut objects: Vec<(String, Kind, Vec<String>)> = Vec::new();
        for definition in document.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let definition = definition.node;
            let (kind, interfaces) = match definition.kind {
                TypeKind::Object(object) => {
                    let fields = object.fields.into_iter().map(|field| {
                        let arguments = field.node.arguments.into_iter();
                        let arguments =
                            arguments.map(|argument| read(&argument.node.name.node, &argument.node.ty.node));
                        let arguments = arguments.collect();
                        Field {
                            arguments,
                            ..read(&field.node.name.node, &field.node.ty.node)
                        }
                    });
                    let interfaces = object.implements.iter().map(|name| name.node.to_string()).collect();
                    (Kind::Object(fields.collect()), interfaces)
                }
                TypeKind::InputObject(input) => {
                    let fields = input
                        .fields
                        .into_iter()
                        .map(|field| read(&field.node.name.node, &field.node.ty.node));
                    (Kind::Object(fields.collect()), Vec::new())
                }
                TypeKind::Interface(_) => (Kind::Abstract(Vec::new()), Vec::new()),
                TypeKind::Union(union) => {
                    let members = union.members.iter().map(|name| name.node.to_string());
                    (Kind::Abstract(members.collect()), Vec::new())
                }
                TypeKind::Scalar | TypeKind::Enum(_) => (Kind::Leaf, Vec::new()),
            };
            objects.push((definition.name.node.to_string(), kind, interfaces));
        }
        let implementing = |interface: &str| -> Vec<String> {
            let types = objects
                .iter()
                .filter(|(_, _, interfaces)| interfaces.iter().any(|name| name == interface));
            types.map(|(name, ..)| name.clone()).collect()
        };
        let interfaces: Vec<_> = objects.iter().map(|(name, ..)| implementing(name)).collect();
        let types = objects
            .into_iter()
            .zip(interfaces)
            .map(|((name, kind, _), implementing)| match kind {
                Kind::Abstract(members) => (name, Kind::Abstract([members, implementing].concat())),
                kind => (name, kind),
            });
        Self(types.collect())
    }

    /// The fields of an object or input; none for other types.
    pub fn fields(&self, type_name: &str) -> &[Field] {
        match self.kind(type_name) {
            Some(Kind::Object(fields)) => fields,
            _ => &[],
        }
    }

    /// The object types of an interface or a union; none for other types.
    pub fn members(&self, type_name: &str) -> &[String] {
        match self.kind(type_name) {
            Some(Kind::Abstract(members)) => members,
            _ => &[],
        }
    }

    /// The names of an object's or input's fields, sorted.
    pub fn names(&self, type_name: &str) -> Vec<String> {
        let mut names: Vec<_> = self.fields(type_name).iter().map(|field| field.name.clone()).collect();
        assert!(!names.is_empty(), "{type_name} has no fields");
        names.sort();
        names
    }

    fn kind(&self, type_name: &str) -> Option<&Kind> {
        self.0.iter().find(|(name, _)| name == type_name).map(|(_, kind)| kind)
    }
}

fn read(name: &str, ty: &Type) -> Field {
    let (mut base, mut is_list) = (&ty.base, false);
    while let BaseType::List(inner) = base {
        (base, is_list) = (&inner.base, true);
    }
    let BaseType::Named(type_name) = base else {
        unreachable!("lists end at a named type")
    };
    Field {
        name: name.to_owned(),
        type_name: type_name.to_string(),
        is_list,
        arguments: Vec::new(),
    }
}
