//! The changes between two versions of a schema, and whether they break clients: the categories of graphql-js's
//! `findBreakingChanges` and `findDangerousChanges`, and in addition @oneOf, the root types, and deprecations.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_graphql::parser::types::{
    BaseType, ConstDirective, DirectiveDefinition, EnumType, FieldDefinition, InputValueDefinition, Type,
    TypeDefinition, TypeKind,
};
use async_graphql::{Name, Positioned, Value};

use super::change::{Effect, SchemaChange};
use super::types::{ROOTS, SchemaTypes, by_name, deprecated, input};

/// The differences of `new`, the worst first.
pub fn changes(old: &SchemaTypes, new: &SchemaTypes) -> Vec<SchemaChange> {
    let mut found = Comparison {
        old,
        new,
        found: Vec::new(),
    };
    found.roots();
    found.directives();
    for (name, before) in &old.types {
        match new.types.get(name) {
            None => {
                found.add(Effect::Breaks, "TYPE_REMOVED", name, format!("{name} was removed"));
            }
            Some(after) => found.of_type(name, before, after),
        }
    }
    for name in new.types.keys().filter(|name| !old.types.contains_key(*name)) {
        found.add(Effect::Safe, "TYPE_ADDED", name, format!("{name} was added"));
    }
    found.found.sort();
    found.found
}

struct Comparison<'a> {
    old: &'a SchemaTypes,
    new: &'a SchemaTypes,
    found: Vec<SchemaChange>,
}

/// What arguments, or fields of an input object, belong to.
struct Owner<'a> {
    /// The owner, whose users are affected when an input becomes required.
    name: &'a str,
    /// The kinds for: removed, of another type, required and new, optional and new, another default.
    kinds: [&'static str; 5],
}

const ARGUMENTS: [&str; 5] = [
    "ARG_REMOVED",
    "ARG_CHANGED_KIND",
    "REQUIRED_ARG_ADDED",
    "OPTIONAL_ARG_ADDED",
    "ARG_DEFAULT_VALUE_CHANGE",
];
const FIELDS: [&str; 5] = [
    "FIELD_REMOVED",
    "FIELD_CHANGED_KIND",
    "REQUIRED_INPUT_FIELD_ADDED",
    "OPTIONAL_INPUT_FIELD_ADDED",
    "INPUT_FIELD_DEFAULT_VALUE_CHANGE",
];
const DIRECTIVE_ARGUMENTS: [&str; 5] = [
    "DIRECTIVE_ARG_REMOVED",
    "DIRECTIVE_ARG_CHANGED_KIND",
    "REQUIRED_DIRECTIVE_ARG_ADDED",
    "OPTIONAL_DIRECTIVE_ARG_ADDED",
    "DIRECTIVE_ARG_DEFAULT_VALUE_CHANGE",
];

impl Owner<'_> {
    /// The name of one of its inputs in a sentence, and its coordinate.
    fn names(&self, name: &str) -> (String, String) {
        match self.kinds == FIELDS {
            true => (
                format!("the field {name} of {}", self.name),
                format!("{}.{name}", self.name),
            ),
            false => (
                format!("the argument {name} of {}", self.name),
                format!("{}({name}:)", self.name),
            ),
        }
    }
}

impl Comparison<'_> {
    fn add(&mut self, effect: Effect, kind: &'static str, place: &str, text: String) -> &mut SchemaChange {
        self.found.push(SchemaChange {
            effect,
            text,
            kind,
            place: place.to_owned(),
            concerns: place.to_owned(),
            deprecated: None,
        });
        self.found.last_mut().expect("it was put there just now")
    }

    fn roots(&mut self) {
        for operation in ROOTS {
            let (was, is) = (self.old.root(operation), self.new.root(operation));
            match (was, is) {
                (Some(was), Some(is)) if was != is => {
                    let text = format!("what {operation} selects was {was} and is {is}");
                    self.add(Effect::Breaks, "ROOT_CHANGED", was, text);
                }
                (Some(was), None) => {
                    self.add(
                        Effect::Breaks,
                        "ROOT_REMOVED",
                        was,
                        format!("there is no {operation} any more"),
                    );
                }
                (Some(_) | None, Some(_)) | (None, None) => {}
            }
        }
    }

    fn directives(&mut self) {
        let (old, new) = (self.old, self.new);
        for (name, before) in &old.directives {
            let name = format!("@{name}");
            match new.directives.get(&name[1..]) {
                None => {
                    self.add(
                        Effect::Breaks,
                        "DIRECTIVE_REMOVED",
                        &name,
                        format!("{name} was removed"),
                    );
                }
                Some(after) => self.of_directive(&name, before, after),
            }
        }
        for name in new.directives.keys().filter(|name| !old.directives.contains_key(*name)) {
            let name = format!("@{name}");
            self.add(Effect::Safe, "DIRECTIVE_ADDED", &name, format!("{name} was added"));
        }
    }

    fn of_directive(&mut self, name: &str, before: &DirectiveDefinition, after: &DirectiveDefinition) {
        let places = |of: &DirectiveDefinition| -> BTreeSet<String> {
            of.locations.iter().map(|place| format!("{:?}", place.node)).collect()
        };
        for place in places(before).difference(&places(after)) {
            let text = format!("{name} may no longer stand at {place}");
            self.add(Effect::Breaks, "DIRECTIVE_LOCATION_REMOVED", name, text);
        }
        let owner = Owner {
            name,
            kinds: DIRECTIVE_ARGUMENTS,
        };
        self.inputs(&owner, &before.arguments, &after.arguments);
    }

    fn of_type(&mut self, name: &str, before: &TypeDefinition, after: &TypeDefinition) {
        match (&before.kind, &after.kind) {
            (TypeKind::Scalar, TypeKind::Scalar) => {}
            (TypeKind::Object(before), TypeKind::Object(after)) => {
                self.interfaces(name, &before.implements, &after.implements);
                self.fields(name, &before.fields, &after.fields);
            }
            (TypeKind::Interface(before), TypeKind::Interface(after)) => {
                self.interfaces(name, &before.implements, &after.implements);
                self.fields(name, &before.fields, &after.fields);
            }
            (TypeKind::Union(before), TypeKind::Union(after)) => {
                let [gone, came] = differences(&before.members, &after.members);
                for member in gone {
                    let text = format!("{member} was removed from {name}");
                    self.add(Effect::Breaks, "TYPE_REMOVED_FROM_UNION", name, text).concerns = member;
                }
                for member in came {
                    let text = format!("{member} was added to {name}");
                    self.add(Effect::Dangerous, "TYPE_ADDED_TO_UNION", name, text);
                }
            }
            (TypeKind::Enum(before), TypeKind::Enum(after)) => self.values(name, before, after),
            (TypeKind::InputObject(fields), TypeKind::InputObject(now)) => {
                let one_of = |of: &TypeDefinition| {
                    by_name(&of.directives, "oneOf", |directive: &ConstDirective| {
                        &directive.name.node
                    })
                    .is_some()
                };
                match (one_of(before), one_of(after)) {
                    (false, true) => {
                        let text = format!("{name} must now have exactly one field");
                        self.add(Effect::Breaks, "ONE_OF_ADDED", name, text);
                    }
                    (true, false) => {
                        let text = format!("{name} may now have any of its fields");
                        self.add(Effect::Safe, "ONE_OF_REMOVED", name, text);
                    }
                    (true, true) | (false, false) => {}
                }
                let owner = Owner { name, kinds: FIELDS };
                self.inputs(&owner, &fields.fields, &now.fields);
            }
            _ => {
                self.add(
                    Effect::Breaks,
                    "TYPE_CHANGED_KIND",
                    name,
                    format!("{name} is of another kind"),
                );
            }
        }
    }

    fn interfaces(&mut self, name: &str, before: &[Positioned<Name>], after: &[Positioned<Name>]) {
        let [gone, came] = differences(before, after);
        for interface in gone {
            let text = format!("{name} no longer implements {interface}");
            self.add(Effect::Breaks, "IMPLEMENTED_INTERFACE_REMOVED", name, text);
        }
        for interface in came {
            let text = format!("{name} implements {interface}");
            self.add(Effect::Dangerous, "IMPLEMENTED_INTERFACE_ADDED", name, text);
        }
    }

    fn values(&mut self, name: &str, before: &EnumType, after: &EnumType) {
        let names = |of: &EnumType| -> Vec<_> { of.values.iter().map(|value| value.node.value.clone()).collect() };
        let [gone, came] = differences(&names(before), &names(after));
        let reason = |of: &EnumType, value: &str| {
            let value = by_name(&of.values, value, |value| &value.value.node)?;
            deprecated(&value.directives)
        };
        for value in gone {
            let place = format!("{name}.{value}");
            let text = format!("{place} was removed");
            self.add(Effect::Breaks, "VALUE_REMOVED_FROM_ENUM", &place, text)
                .deprecated = reason(before, &value);
        }
        for value in came {
            let place = format!("{name}.{value}");
            match self.new.is_output(name) {
                true => {
                    let text = format!("{place} was added, which clients may be told");
                    self.add(Effect::Dangerous, "VALUE_ADDED_TO_ENUM", &place, text);
                }
                false => {
                    self.add(
                        Effect::Safe,
                        "VALUE_ADDED_TO_ENUM",
                        &place,
                        format!("{place} was added"),
                    );
                }
            }
        }
        for value in &before.values {
            let value = &value.node.value.node;
            self.deprecation(&format!("{name}.{value}"), reason(before, value), reason(after, value));
        }
    }

    fn fields(&mut self, owner: &str, before: &[Positioned<FieldDefinition>], after: &[Positioned<FieldDefinition>]) {
        let find = |fields, name: &str| by_name(fields, name, |field: &FieldDefinition| &field.name.node);
        for field in before.iter().map(|field| &field.node) {
            let place = format!("{owner}.{}", field.name.node);
            let reason = deprecated(&field.directives);
            let Some(now) = find(after, &field.name.node) else {
                let text = format!("{place} was removed");
                self.add(Effect::Breaks, "FIELD_REMOVED", &place, text).deprecated = reason;
                continue;
            };
            if !still_answers(&field.ty.node, &now.ty.node) {
                let text = format!("{place} was {} and is {}", field.ty.node, now.ty.node);
                self.add(Effect::Breaks, "FIELD_CHANGED_KIND", &place, text).deprecated = reason.clone();
            }
            self.deprecation(&place, reason, deprecated(&now.directives));
            let owner = Owner {
                name: &place,
                kinds: ARGUMENTS,
            };
            self.inputs(&owner, &field.arguments, &now.arguments);
        }
        for field in after
            .iter()
            .filter(|field| find(before, &field.node.name.node).is_none())
        {
            let place = format!("{owner}.{}", field.node.name.node);
            self.add(Effect::Safe, "FIELD_ADDED", &place, format!("{place} was added"));
        }
    }

    /// Compares arguments of a field or a directive, or fields of an input object.
    fn inputs(
        &mut self,
        owner: &Owner,
        before: &[Positioned<InputValueDefinition>],
        after: &[Positioned<InputValueDefinition>],
    ) {
        let [removed, changed, required, optional, another_default] = owner.kinds;
        for old in before.iter().map(|input| &input.node) {
            let (what, place) = owner.names(&old.name.node);
            let reason = deprecated(&old.directives);
            let Some(now) = input(after, &old.name.node) else {
                let text = format!("{what} was removed");
                self.add(Effect::Breaks, removed, &place, text).deprecated = reason;
                continue;
            };
            let (was, is) = (&old.ty.node, &now.ty.node);
            if !still_takes(was, is) {
                let text = format!("{what} was {was} and is {is}");
                self.add(Effect::Breaks, changed, &place, text).deprecated = reason.clone();
            } else if is_required(now) && !is_required(old) {
                let text = format!("{what} has lost its default and must be given");
                self.add(Effect::Breaks, changed, &place, text).concerns = owner.name.to_owned();
            } else if default(old) != default(now) {
                let text = format!("{what} has another default");
                self.add(Effect::Dangerous, another_default, &place, text);
            }
            self.deprecation(&place, reason, deprecated(&now.directives));
        }
        for new in after.iter().map(|input| &input.node) {
            let (what, place) = owner.names(&new.name.node);
            match (input(before, &new.name.node), is_required(new)) {
                (Some(_), _) => {}
                (None, true) => {
                    let text = format!("{what} was added and must be given");
                    self.add(Effect::Breaks, required, &place, text).concerns = owner.name.to_owned();
                }
                (None, false) => {
                    self.add(Effect::Dangerous, optional, &place, format!("{what} was added"));
                }
            }
        }
    }

    fn deprecation(&mut self, place: &str, before: Option<String>, after: Option<String>) {
        match (before, after) {
            (None, Some(reason)) => {
                let text = format!("{place} is deprecated: {reason}");
                self.add(Effect::Safe, "DEPRECATED", place, text);
            }
            (Some(_), None) => {
                let text = format!("{place} is not deprecated any more");
                self.add(Effect::Safe, "DEPRECATION_REMOVED", place, text);
            }
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

/// The names that were removed, and those that were added.
fn differences(before: &[Positioned<Name>], after: &[Positioned<Name>]) -> [Vec<String>; 2] {
    let names = |of: &[Positioned<Name>]| -> BTreeSet<String> { of.iter().map(|name| name.node.to_string()).collect() };
    let (before, after) = (names(before), names(after));
    [
        before.difference(&after).cloned().collect(),
        after.difference(&before).cloned().collect(),
    ]
}

fn default(input: &InputValueDefinition) -> Option<&Value> {
    input.default_value.as_ref().map(|value| &value.node)
}

fn is_required(input: &InputValueDefinition) -> bool {
    !input.ty.node.nullable && input.default_value.is_none()
}

/// Whether clients that read a `was` can read an `is`: a nullable type may have become non-null.
fn still_answers(was: &Type, is: &Type) -> bool {
    (was.nullable || !is.nullable) && same_base(was, is, still_answers)
}

/// Whether what was given for a `was` can be given for an `is`: a required value may have become optional. A list that
/// replaces a single type is refused: it takes a single value, but not a variable of that type.
fn still_takes(was: &Type, is: &Type) -> bool {
    (!was.nullable || is.nullable) && same_base(was, is, still_takes)
}

fn same_base(was: &Type, is: &Type, inner: fn(&Type, &Type) -> bool) -> bool {
    match (&was.base, &is.base) {
        (BaseType::Named(was), BaseType::Named(is)) => was == is,
        (BaseType::List(was), BaseType::List(is)) => inner(was, is),
        (BaseType::Named(_), BaseType::List(_)) | (BaseType::List(_), BaseType::Named(_)) => false,
    }
}
