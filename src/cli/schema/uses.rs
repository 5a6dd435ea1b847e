//! What a document relies on in a schema, as schema coordinates. The values of variables are unknown: everything that
//! their types may contain is perhaps used.

use std::collections::BTreeSet;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, FieldDefinition, InputValueDefinition, Selection, SelectionSet, Type,
    TypeKind,
};
use async_graphql::{Name, Positioned};
use async_graphql_value::Value;

use super::types::{SchemaTypes, base, by_name, input};

#[derive(Default)]
pub struct Uses {
    pub surely: BTreeSet<String>,
    pub perhaps: BTreeSet<String>,
}

/// The document must be valid in the schema, and its fragments must not contain cycles.
pub fn uses(types: &SchemaTypes, document: &ExecutableDocument) -> Uses {
    let mut walk = UsesWalk {
        types,
        found: Uses::default(),
    };
    for (_, operation) in document.operations.iter() {
        walk.directives(&operation.node.directives);
        for variable in &operation.node.variable_definitions {
            let name = base(&variable.node.var_type.node);
            walk.found.surely.insert(name.to_owned());
            walk.may_hold(name);
        }
        let root = types.root_of(operation.node.ty);
        walk.selections(&operation.node.selection_set.node, root.unwrap_or_default());
    }
    // Each fragment once, wherever it is spread: its selections are on its own type.
    for fragment in document.fragments.values() {
        walk.directives(&fragment.node.directives);
        let on = &fragment.node.type_condition.node.on.node;
        walk.found.surely.insert(on.to_string());
        walk.selections(&fragment.node.selection_set.node, on);
    }
    walk.found
}

struct UsesWalk<'a> {
    types: &'a SchemaTypes,
    found: Uses,
}

impl<'a> UsesWalk<'a> {
    fn selections(&mut self, set: &SelectionSet, parent: &str) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let on = on.map_or(parent, |on| on.node.on.node.as_str());
                    self.found.surely.insert(on.to_owned());
                    self.selections(&fragment.node.selection_set.node, on);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
    }

    fn field(&mut self, field: &Field, parent: &str) {
        let name = &field.name.node;
        let Some(definition) = self.definition(parent, name) else {
            // `__typename` and introspection, which every schema has.
            return;
        };
        let place = format!("{parent}.{name}");
        self.arguments(&place, &definition.arguments, &field.arguments);
        let below = base(&definition.ty.node);
        self.found.surely.insert(below.to_owned());
        self.found.surely.insert(place);
        self.selections(&field.selection_set.node, below);
    }

    fn definition(&self, parent: &str, name: &str) -> Option<&'a FieldDefinition> {
        let fields = match self.types.kind(parent)? {
            TypeKind::Object(object) => &object.fields,
            TypeKind::Interface(interface) => &interface.fields,
            TypeKind::Scalar | TypeKind::Union(_) | TypeKind::Enum(_) | TypeKind::InputObject(_) => return None,
        };
        by_name(fields, name, |field| &field.name.node)
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives.iter().map(|directive| &directive.node) {
            let place = format!("@{}", directive.name.node);
            if let Some(definition) = self.types.directives.get(&place[1..]) {
                self.arguments(&place, &definition.arguments, &directive.arguments);
            }
            self.found.surely.insert(place);
        }
    }

    fn arguments(
        &mut self,
        owner: &str,
        known: &[Positioned<InputValueDefinition>],
        given: &[(Positioned<Name>, Positioned<Value>)],
    ) {
        for (name, value) in given {
            self.found.surely.insert(format!("{owner}({}:)", name.node));
            if let Some(definition) = input(known, &name.node) {
                self.value(&definition.ty.node, &value.node);
            }
        }
    }

    fn value(&mut self, ty: &Type, value: &Value) {
        let name = base(ty);
        match (value, self.types.kind(name)) {
            (Value::List(items), _) => items.iter().for_each(|item| self.value(ty, item)),
            (Value::Enum(value), _) => {
                self.found.surely.insert(format!("{name}.{value}"));
            }
            (Value::Object(fields), Some(TypeKind::InputObject(object))) => {
                self.found.surely.insert(name.to_owned());
                for (field, value) in fields {
                    self.found.surely.insert(format!("{name}.{field}"));
                    if let Some(definition) = input(&object.fields, field) {
                        self.value(&definition.ty.node, value);
                    }
                }
            }
            _ => {}
        }
    }

    /// Adds everything that a variable of this type may hold.
    fn may_hold(&mut self, name: &str) {
        match self.types.kind(name) {
            Some(TypeKind::Enum(values)) => {
                let values = values
                    .values
                    .iter()
                    .map(|value| format!("{name}.{}", value.node.value.node));
                self.found.perhaps.extend(values);
            }
            Some(TypeKind::InputObject(object)) => {
                for field in object.fields.iter().map(|field| &field.node) {
                    // A type that was visited before is not visited again, even if it contains itself.
                    if self.found.perhaps.insert(format!("{name}.{}", field.name.node)) {
                        let below = base(&field.ty.node);
                        self.found.perhaps.insert(below.to_owned());
                        self.may_hold(below);
                    }
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SCHEMA: &str = "
        type Query { things(filter: Filter, kind: Kind): [Thing!]! node: Node any: Any }
        type Thing implements Node { id: ID! name(short: Boolean): String kind: Kind }
        interface Node { id: ID! }
        union Any = Thing
        enum Kind { SMALL LARGE }
        input Filter { kind: [Kind!] text: String not: Filter }
    ";

    fn of(document: &str) -> [String; 2] {
        let found = uses(&SchemaTypes::read(SCHEMA).unwrap(), &parse_query(document).unwrap());
        [found.surely, found.perhaps].map(|names| names.into_iter().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn what_is_written_is_surely_used() {
        for (document, expected) in [
            ("{ __typename }", ""),
            (
                "{ things(kind: SMALL) { name(short: true) @skip(if: false) } }",
                "@skip Kind.SMALL Query.things Query.things(kind:) String Thing Thing.name Thing.name(short:)",
            ),
            (
                "{ things(filter: { not: { kind: LARGE } }) { __typename } }",
                "Filter Filter.kind Filter.not Kind.LARGE Query.things Query.things(filter:) Thing",
            ),
            (
                "{ any { ... on Thing { kind } } node { ...A } } fragment A on Node { id }",
                "Any ID Kind Node Node.id Query.any Query.node Thing Thing.kind",
            ),
        ] {
            assert_eq!(of(document), [expected, ""], "{document}");
        }
    }

    #[test]
    fn what_a_variable_may_hold_is_perhaps_used() {
        assert_eq!(
            of("query($filter: Filter) { things(filter: $filter) { __typename } }"),
            [
                "Filter Query.things Query.things(filter:) Thing",
                "Filter Filter.kind Filter.not Filter.text Kind Kind.LARGE Kind.SMALL String"
            ]
        );
    }
}
