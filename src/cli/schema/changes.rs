//! What changes between two versions of a schema, and whether clients break: the categories of graphql-js's
//! `findBreakingChanges` and `findDangerousChanges`.

use std::collections::BTreeMap;
use std::fmt;

use async_graphql::Value;
use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, EnumType, FieldDefinition, InputValueDefinition, Type, TypeDefinition, TypeKind, TypeSystemDefinition,
};
use async_graphql::{Name, Positioned};

/// One difference, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    pub effect: Effect,
    pub text: String,
}

/// What a change means to clients that are as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Documents that were valid are not any more, or mean something else.
    Breaks,
    /// Documents stay valid, and clients may be told what they do not know.
    Dangerous,
    /// Nobody needs to notice.
    Safe,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let effect = match self.effect {
            Effect::Breaks => "breaks",
            Effect::Dangerous => "dangerous",
            Effect::Safe => "safe",
        };
        write!(f, "{effect:<10} {}", self.text)
    }
}

/// What is different in `new`, the worst first; an error says which of the two cannot be read.
pub fn changes(old: &str, new: &str) -> Result<Vec<Change>, String> {
    let read = |which: &str, text| types(text).map_err(|error| format!("the {which} schema cannot be read: {error}"));
    let (old, new) = (read("old", old)?, read("new", new)?);
    let mut found = Changes(Vec::new());
    for (name, before) in &old {
        match new.get(name) {
            None => found.breaks(format!("{name} was removed")),
            Some(after) => found.of_type(name, before, after),
        }
    }
    for name in new.keys().filter(|name| !old.contains_key(*name)) {
        found.safe(format!("{name} was added"));
    }
    found.0.sort();
    Ok(found.0)
}

type Types = BTreeMap<String, TypeDefinition>;

/// All types by name; what extends one is part of it.
fn types(sdl: &str) -> Result<Types, async_graphql::parser::Error> {
    let mut types = Types::new();
    for definition in parse_schema(sdl)?.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let definition = definition.node;
        match types.get_mut(definition.name.node.as_str()) {
            Some(known) => extend(&mut known.kind, definition.kind),
            None => {
                types.insert(definition.name.node.to_string(), definition);
            }
        }
    }
    Ok(types)
}

fn extend(known: &mut TypeKind, more: TypeKind) {
    match (known, more) {
        (TypeKind::Object(known), TypeKind::Object(more)) => known.fields.extend(more.fields),
        (TypeKind::Interface(known), TypeKind::Interface(more)) => known.fields.extend(more.fields),
        (TypeKind::Enum(known), TypeKind::Enum(more)) => known.values.extend(more.values),
        (TypeKind::Union(known), TypeKind::Union(more)) => known.members.extend(more.members),
        (TypeKind::InputObject(known), TypeKind::InputObject(more)) => known.fields.extend(more.fields),
        _ => {}
    }
}

struct Changes(Vec<Change>);

impl Changes {
    fn add(&mut self, effect: Effect, text: String) {
        self.0.push(Change { effect, text });
    }

    fn breaks(&mut self, text: String) {
        self.add(Effect::Breaks, text);
    }

    fn safe(&mut self, text: String) {
        self.add(Effect::Safe, text);
    }

    fn of_type(&mut self, name: &str, before: &TypeDefinition, after: &TypeDefinition) {
        match (&before.kind, &after.kind) {
            (TypeKind::Scalar, TypeKind::Scalar) => {}
            (TypeKind::Object(before), TypeKind::Object(after)) => {
                self.names(
                    (&before.implements, &after.implements),
                    |interface| format!("{name} no longer implements {interface}"),
                    |interface| format!("{name} implements {interface}"),
                );
                self.fields(name, &before.fields, &after.fields);
            }
            (TypeKind::Interface(before), TypeKind::Interface(after)) => {
                self.fields(name, &before.fields, &after.fields);
            }
            (TypeKind::Union(before), TypeKind::Union(after)) => self.names(
                (&before.members, &after.members),
                |member| format!("{member} was removed from {name}"),
                |member| format!("{member} was added to {name}"),
            ),
            (TypeKind::Enum(before), TypeKind::Enum(after)) => self.names(
                (&values(before), &values(after)),
                |value| format!("{name}.{value} was removed"),
                |value| format!("{name}.{value} was added, which clients may be told"),
            ),
            (TypeKind::InputObject(before), TypeKind::InputObject(after)) => {
                self.inputs(name, "the field", &before.fields, &after.fields);
            }
            _ => self.breaks(format!("{name} is of another kind")),
        }
    }

    /// Names that are gone break clients; those that came may surprise them.
    fn names(
        &mut self,
        (before, after): (&[Positioned<Name>], &[Positioned<Name>]),
        gone: impl Fn(&Name) -> String,
        came: impl Fn(&Name) -> String,
    ) {
        let is_in = |names: &[Positioned<Name>], name: &Name| names.iter().any(|other| other.node == *name);
        for name in before.iter().filter(|name| !is_in(after, &name.node)) {
            self.breaks(gone(&name.node));
        }
        for name in after.iter().filter(|name| !is_in(before, &name.node)) {
            self.add(Effect::Dangerous, came(&name.node));
        }
    }

    fn fields(&mut self, owner: &str, before: &[Positioned<FieldDefinition>], after: &[Positioned<FieldDefinition>]) {
        let find = |fields, name: &Name| by_name(fields, name, |field: &FieldDefinition| &field.name.node);
        for field in before.iter().map(|field| &field.node) {
            let place = format!("{owner}.{}", field.name.node);
            let Some(now) = find(after, &field.name.node) else {
                self.breaks(format!("{place} was removed"));
                continue;
            };
            if !still_answers(&field.ty.node, &now.ty.node) {
                self.breaks(format!("{place} was {} and is {}", field.ty.node, now.ty.node));
            }
            self.inputs(&place, "the argument", &field.arguments, &now.arguments);
        }
        for field in after
            .iter()
            .filter(|field| find(before, &field.node.name.node).is_none())
        {
            self.safe(format!("{owner}.{} was added", field.node.name.node));
        }
    }

    /// Arguments of a field, or fields of an input object.
    fn inputs(
        &mut self,
        owner: &str,
        what: &str,
        before: &[Positioned<InputValueDefinition>],
        after: &[Positioned<InputValueDefinition>],
    ) {
        let find = |inputs, name: &Name| by_name(inputs, name, |input: &InputValueDefinition| &input.name.node);
        for input in before.iter().map(|input| &input.node) {
            let name = &input.name.node;
            let Some(now) = find(after, name) else {
                self.breaks(format!("{what} {name} of {owner} was removed"));
                continue;
            };
            let (was, is) = (&input.ty.node, &now.ty.node);
            if !still_takes(was, is) {
                self.breaks(format!("{what} {name} of {owner} was {was} and is {is}"));
            } else if default(input) != default(now) {
                let text = format!("{what} {name} of {owner} has another default");
                self.add(Effect::Dangerous, text);
            }
        }
        for input in after.iter().map(|input| &input.node) {
            let name = &input.name.node;
            match (find(before, name), is_required(input)) {
                (Some(_), _) => {}
                (None, true) => self.breaks(format!("{what} {name} of {owner} was added and must be given")),
                (None, false) => self.safe(format!("{what} {name} of {owner} was added")),
            }
        }
    }
}

fn by_name<'a, T>(list: &'a [Positioned<T>], name: &Name, named: impl Fn(&T) -> &Name) -> Option<&'a T> {
    list.iter().map(|item| &item.node).find(|item| named(item) == name)
}

fn values(of: &EnumType) -> Vec<Positioned<Name>> {
    of.values.iter().map(|value| value.node.value.clone()).collect()
}

fn default(input: &InputValueDefinition) -> Option<&Value> {
    input.default_value.as_ref().map(|value| &value.node)
}

fn is_required(input: &InputValueDefinition) -> bool {
    !input.ty.node.nullable && input.default_value.is_none()
}

/// Whether whoever reads a `was` can read an `is`: what could be null may have ceased to be.
fn still_answers(was: &Type, is: &Type) -> bool {
    (was.nullable || !is.nullable)
        && match (&was.base, &is.base) {
            (BaseType::Named(was), BaseType::Named(is)) => was == is,
            (BaseType::List(was), BaseType::List(is)) => still_answers(was, is),
            _ => false,
        }
}

/// Whether what was given for a `was` can be given for an `is`: what had to be given may be left out now.
fn still_takes(was: &Type, is: &Type) -> bool {
    (!was.nullable || is.nullable)
        && match (&was.base, &is.base) {
            (BaseType::Named(was), BaseType::Named(is)) => was == is,
            (BaseType::List(was), BaseType::List(is)) => still_takes(was, is),
            // A single value stands for a list of it.
            (BaseType::Named(_), BaseType::List(is)) => still_takes(was, is),
            (BaseType::List(_), BaseType::Named(_)) => false,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "
        type Query { a(first: Int = 20, kind: Kind, ids: [ID!]): [Thing!]! b: Thing gone: Int }
        type Thing implements Node { id: ID! name: String list: [Int!] }
        interface Node { id: ID! }
        enum Kind { SMALL LARGE }
        input Filter { kind: Kind text: String! only: [Int!] }
        union Any = Thing | Query
        scalar Date
    ";

    fn found(new: &str) -> Vec<String> {
        changes(OLD, new).unwrap().iter().map(ToString::to_string).collect()
    }

    fn of(replacements: &[(&str, &str)]) -> Vec<String> {
        let new = replacements.iter().fold(OLD.to_owned(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        found(&new)
    }

    #[test]
    fn what_is_the_same_has_not_changed() {
        assert_eq!(found(OLD), [""; 0]);
        assert_eq!(
            of(&[
                ("type Query", "# moved\n type Query"),
                ("b: Thing", "\"A thing.\" b: Thing")
            ]),
            [""; 0]
        );
        assert!(
            changes(OLD, "type {")
                .unwrap_err()
                .starts_with("the new schema cannot be read")
        );
    }

    #[test]
    fn what_is_gone_or_narrower_breaks() {
        for (from, to, says) in [
            (" gone: Int", "", "Query.gone was removed"),
            ("scalar Date", "", "Date was removed"),
            ("scalar Date", "enum Date { A }", "Date is of another kind"),
            ("SMALL LARGE", "LARGE", "Kind.SMALL was removed"),
            ("= Thing | Query", "= Thing", "Query was removed from Any"),
            ("Thing implements Node", "Thing", "Thing no longer implements Node"),
            ("b: Thing", "b: [Thing]", "Query.b was Thing and is [Thing]"),
            ("[Thing!]!", "[Thing]!", "Query.a was [Thing!]! and is [Thing]!"),
            ("kind: Kind,", "", "the argument kind of Query.a was removed"),
            (
                "kind: Kind,",
                "kind: Kind!,",
                "the argument kind of Query.a was Kind and is Kind!",
            ),
            (
                "ids: [ID!]",
                "ids: ID!",
                "the argument ids of Query.a was [ID!] and is ID!",
            ),
            (
                "b: Thing",
                "b(id: ID!): Thing",
                "the argument id of Query.b was added and must be given",
            ),
            (
                "text: String!",
                "text: String! more: Int!",
                "the field more of Filter was added and must be given",
            ),
            ("text: String!", "", "the field text of Filter was removed"),
        ] {
            assert_eq!(of(&[(from, to)]), [format!("breaks     {says}")], "{from} -> {to}");
        }
    }

    #[test]
    fn what_is_wider_does_not_break() {
        for (from, to, says) in [
            ("name: String", "name: String!", None),
            ("list: [Int!]", "list: [Int!]!", None),
            ("text: String!", "text: String", None),
            ("kind: Kind text", "kind: [Kind] text", None),
            (
                "gone: Int",
                "gone: Int more: Int",
                Some("safe       Query.more was added"),
            ),
            (
                "scalar Date",
                "scalar Date scalar Time",
                Some("safe       Time was added"),
            ),
            (
                "b: Thing",
                "b(id: ID): Thing",
                Some("safe       the argument id of Query.b was added"),
            ),
            (
                "text: String!",
                "text: String! more: Int! = 1",
                Some("safe       the field more of Filter was added"),
            ),
            (
                "= 20",
                "= 50",
                Some("dangerous  the argument first of Query.a has another default"),
            ),
            (
                "LARGE",
                "LARGE HUGE",
                Some("dangerous  Kind.HUGE was added, which clients may be told"),
            ),
            ("| Query", "| Query | Node", Some("dangerous  Node was added to Any")),
        ] {
            assert_eq!(
                of(&[(from, to)]),
                says.into_iter().collect::<Vec<_>>(),
                "{from} -> {to}"
            );
        }
    }

    #[test]
    fn what_extends_a_type_is_part_of_it_and_the_worst_stands_first() {
        let split = OLD.replace(" gone: Int }", " } extend type Query { gone: Int }");
        assert_eq!(found(&split), [""; 0]);
        let many = of(&[("gone: Int", "more: Int"), ("LARGE", "LARGE HUGE")]);
        assert_eq!(
            many.iter()
                .map(|line| line.split(' ').next().unwrap())
                .collect::<Vec<_>>(),
            ["breaks", "dangerous", "safe"]
        );
    }
}
