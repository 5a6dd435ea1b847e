//! What the guard knows of the schema, read once from its SDL.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, DirectiveLocation, FieldDefinition, InputValueDefinition, ServiceDocument, Type, TypeKind,
    TypeSystemDefinition,
};

use super::introspection::Lengths;

/// The definitions that every schema has besides its SDL.
const INTROSPECTION: &str = include_str!("introspection.graphql");

/// Every type by its name.
pub struct Types {
    by_name: HashMap<String, Definition>,
    /// The object types of each interface and union, sorted by name.
    possible: HashMap<String, Vec<String>>,
    /// The fields that no SDL lists: those of every type, and those of queries.
    meta: [HashMap<String, SchemaField>; 2],
    directives: HashMap<String, DirectiveDefinition>,
    /// The lengths of the lists in introspection.
    pub lengths: Lengths,
}

/// A directive. None of ours may be repeated, although the library's parser says that all of them may.
pub struct DirectiveDefinition {
    pub locations: Vec<DirectiveLocation>,
    pub arguments: HashMap<String, InputField>,
}

pub enum Definition {
    /// An object, an interface or a union.
    Composite(HashMap<String, SchemaField>),
    Input {
        fields: HashMap<String, InputField>,
        /// Exactly one field must be given.
        one_of: bool,
    },
    /// The names of its values, in the schema's order.
    Enum(Vec<String>),
    Scalar,
}

/// A field of an object or an interface.
pub struct SchemaField {
    pub ty: Type,
    /// The name of its type, without lists and non-null marks.
    pub type_name: String,
    pub is_list: bool,
    pub arguments: HashMap<String, InputField>,
}

/// An argument, or a field of an input object.
pub struct InputField {
    pub ty: Type,
    /// It is not nullable and has no default.
    pub required: bool,
    pub has_default: bool,
}

impl Types {
    pub fn read(sdl: &str) -> Self {
        let document = well_formed(sdl);
        let mut types = Self {
            by_name: HashMap::new(),
            possible: HashMap::new(),
            meta: Default::default(),
            directives: HashMap::new(),
            lengths: Lengths::of(&document),
        };
        types.add(document);
        types.add(well_formed(INTROSPECTION));
        types.meta = ["__Everything", "__Query"].map(|name| match types.by_name.remove(name) {
            Some(Definition::Composite(fields)) => fields,
            _ => unreachable!("it is a type of the text above"),
        });
        for objects in types.possible.values_mut() {
            objects.sort_unstable();
        }
        types.add_builtin();
        types
    }

    fn add(&mut self, document: ServiceDocument) {
        for definition in document.definitions {
            let definition = match definition {
                TypeSystemDefinition::Type(definition) => definition.node,
                TypeSystemDefinition::Directive(directive) => {
                    let directive = directive.node;
                    let read = DirectiveDefinition {
                        locations: directive.locations.into_iter().map(|location| location.node).collect(),
                        arguments: directive
                            .arguments
                            .iter()
                            .map(|argument| read_input(&argument.node))
                            .collect(),
                    };
                    self.directives.insert(directive.name.node.to_string(), read);
                    continue;
                }
                TypeSystemDefinition::Schema(_) => continue,
            };
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
                    self.possible.entry(definition.name.node.to_string()).or_default();
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

    /// Of the specification's scalars only those exist that the schema uses.
    fn add_builtin(&mut self) {
        let mut used = HashSet::new();
        let arguments = self
            .directives
            .values()
            .flat_map(|directive| directive.arguments.values());
        used.extend(arguments.map(|argument| base_name(&argument.ty)));
        for definition in self.by_name.values() {
            match definition {
                Definition::Composite(fields) => {
                    for field in fields.values() {
                        used.insert(field.type_name.as_str());
                        used.extend(field.arguments.values().map(|argument| base_name(&argument.ty)));
                    }
                }
                Definition::Input { fields, .. } => used.extend(fields.values().map(|field| base_name(&field.ty))),
                Definition::Enum(_) | Definition::Scalar => {}
            }
        }
        let builtin = ["Int", "Float", "String", "Boolean", "ID"];
        let used: Vec<_> = builtin.into_iter().filter(|name| used.contains(name)).collect();
        self.by_name
            .extend(used.into_iter().map(|name| (name.to_owned(), Definition::Scalar)));
    }

    fn is_possible(&mut self, parent: &str, object: &str) {
        let objects = self.possible.entry(parent.to_owned()).or_default();
        objects.push(object.to_owned());
    }

    pub fn get(&self, name: &str) -> Option<&Definition> {
        self.by_name.get(name)
    }

    pub fn field(&self, parent: &str, name: &str) -> Option<&SchemaField> {
        match self.get(parent) {
            Some(Definition::Composite(fields)) => fields.get(name),
            _ => None,
        }
    }

    /// The field, also if no SDL lists it: `__typename`, and at the root of queries `__schema` and `__type`.
    pub fn selected(&self, parent: &str, name: &str) -> Option<&SchemaField> {
        let [everywhere, of_queries] = &self.meta;
        let of_queries = Some(of_queries).filter(|_| parent == "Query");
        let meta = || everywhere.get(name).or_else(|| of_queries?.get(name));
        self.field(parent, name).or_else(meta)
    }

    /// The object types that a value of this type may have.
    pub fn objects<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        let possible = self.possible.get(name);
        let itself = self.by_name.get_key_value(name).filter(|_| possible.is_none());
        let possible = possible.into_iter().flatten().map(String::as_str);
        possible.chain(itself.map(|(name, _)| name.as_str()))
    }

    pub fn is_composite(&self, name: &str) -> bool {
        matches!(self.get(name), Some(Definition::Composite(_)))
    }

    /// Whether all values are objects of exactly this type.
    pub fn is_object(&self, name: &str) -> bool {
        self.is_composite(name) && !self.possible.contains_key(name)
    }

    pub fn directive(&self, name: &str) -> Option<&DirectiveDefinition> {
        self.directives.get(name)
    }

    /// The names of the directives.
    pub fn directives(&self) -> impl Iterator<Item = &str> {
        self.directives.keys().map(String::as_str)
    }

    /// The names of a type's fields.
    pub fn fields(&self, parent: &str) -> impl Iterator<Item = &str> {
        let fields = match self.get(parent) {
            Some(Definition::Composite(fields)) => Some(fields.keys()),
            _ => None,
        };
        fields.into_iter().flatten().map(String::as_str)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
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

fn well_formed(sdl: &str) -> ServiceDocument {
    parse_schema(sdl).expect("the schema's own SDL is well formed")
}

fn read_field(field: &FieldDefinition) -> (String, SchemaField) {
    let read = SchemaField {
        ty: field.ty.node.clone(),
        type_name: base_name(&field.ty.node).to_owned(),
        is_list: matches!(field.ty.node.base, BaseType::List(_)),
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
    let has_default = input.default_value.is_some();
    let read = InputField {
        required: !ty.nullable && !has_default,
        has_default,
        ty,
    };
    (input.name.node.to_string(), read)
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

    /// The types that introspection shows of its own: their fields with types and arguments.
    const OWN: &str = "{ __schema { types { name fields { name type { ...T } args { name } } enumValues { name } } } }
        fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

    fn written(ty: &serde_json::Value) -> String {
        match ty["kind"].as_str() {
            Some("NON_NULL") => format!("{}!", written(&ty["ofType"])),
            Some("LIST") => format!("[{}]", written(&ty["ofType"])),
            _ => ty["name"].as_str().unwrap().to_owned(),
        }
    }

    fn names(list: &serde_json::Value) -> Vec<&str> {
        let mut names: Vec<_> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["name"].as_str().unwrap())
            .collect();
        names.sort_unstable();
        names
    }

    #[tokio::test]
    async fn introspection_is_as_the_library_answers_it() {
        let types = Types::read(&crate::graphql::sdl());
        let answer = crate::graphql::schema().execute(OWN).await;
        let shown = answer.data.into_json().unwrap();
        let mut seen = 0;
        for shown in shown["__schema"]["types"].as_array().unwrap() {
            let name = shown["name"].as_str().unwrap();
            if !name.starts_with("__") {
                // The library shows every scalar of the specification; nothing of ours is one.
                assert_eq!(types.get(name).is_some(), name != "Float", "{name}");
                continue;
            }
            seen += 1;
            match types.get(name) {
                Some(Definition::Composite(fields)) => {
                    for field in shown["fields"].as_array().unwrap() {
                        let own = &fields[field["name"].as_str().unwrap()];
                        assert_eq!(own.ty.to_string(), written(&field["type"]), "{name} {field}");
                        let mut arguments: Vec<_> = own.arguments.keys().collect();
                        arguments.sort_unstable();
                        assert_eq!(arguments, names(&field["args"]), "{name} {field}");
                    }
                    assert_eq!(shown["fields"].as_array().unwrap().len(), fields.len(), "{name}");
                }
                Some(Definition::Enum(values)) => {
                    let mut values: Vec<_> = values.iter().collect();
                    values.sort_unstable();
                    assert_eq!(values, names(&shown["enumValues"]), "{name}");
                }
                _ => panic!("{name}"),
            }
        }
        assert_eq!(seen, 8);
    }

    #[test]
    fn only_scalars_in_use_exist() {
        let types = Types::read("type Query { a(b: ID): [Int!] }");
        for (name, exists) in [
            ("ID", true),
            ("Int", true),
            ("String", true),
            ("Boolean", true),
            ("Float", false),
        ] {
            assert_eq!(types.get(name).is_some(), exists, "{name}");
        }
    }
}
