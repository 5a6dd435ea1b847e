//! The selections of an operation or a fragment, each checked once by itself.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, Directive, DirectiveLocation, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
    TypeCondition,
};
use async_graphql::{Name, Pos, Positioned};
use async_graphql_value::Value;

use super::super::coerce::Path;
use super::super::types::{Definition, InputField};
use super::{Context, ExpectedInput, Findings, Usage, location};

/// What remains to be checked once it is known which fragments each operation spreads.
#[derive(Default)]
pub struct SpreadScope<'a> {
    pub usages: Vec<Usage<'a>>,
    pub spreads: Vec<&'a str>,
}

impl<'a> SpreadScope<'a> {
    pub fn of_operation(context: &Context<'a>, operation: &'a OperationDefinition, findings: &mut Findings) -> Self {
        let mut scope = Self::default();
        let place = location(operation.ty);
        scope.directives(context, &operation.directives, Some(place), findings);
        let root = super::super::root(operation.ty);
        scope.selections(context, &operation.selection_set.node, Some(root), findings);
        scope
    }

    pub fn of_fragment(context: &Context<'a>, fragment: &'a FragmentDefinition, findings: &mut Findings) -> Self {
        let mut scope = Self::default();
        let place = DirectiveLocation::FragmentDefinition;
        scope.directives(context, &fragment.directives, Some(place), findings);
        let parent = condition(context, &fragment.type_condition, findings);
        scope.selections(context, &fragment.selection_set.node, parent, findings);
        scope
    }

    /// `parent` is the type that is selected from; `None` if there is something wrong with it.
    fn selections(
        &mut self,
        context: &Context<'a>,
        set: &'a SelectionSet,
        parent: Option<&'a str>,
        findings: &mut Findings,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) => {
                    let place = DirectiveLocation::Field;
                    self.directives(context, &field.node.directives, Some(place), findings);
                    self.field(context, field, parent, findings);
                }
                Selection::InlineFragment(fragment) => {
                    let place = DirectiveLocation::InlineFragment;
                    self.directives(context, &fragment.node.directives, Some(place), findings);
                    let parent = match &fragment.node.type_condition {
                        Some(on) => {
                            let on = condition(context, on, findings);
                            possible(context, parent, on, fragment.pos, findings);
                            on
                        }
                        None => parent,
                    };
                    self.selections(context, &fragment.node.selection_set.node, parent, findings);
                }
                Selection::FragmentSpread(spread) => {
                    let place = DirectiveLocation::FragmentSpread;
                    self.directives(context, &spread.node.directives, Some(place), findings);
                    let name = &spread.node.fragment_name;
                    self.spreads.push(&name.node);
                    match context.document.fragments.get(&name.node) {
                        Some(fragment) => {
                            let on = fragment.node.type_condition.node.on.node.as_str();
                            let on = Some(on).filter(|on| context.types.is_composite(on));
                            possible(context, parent, on, spread.pos, findings);
                        }
                        None => findings.add(name.pos, format!("unknown fragment {:?}", name.node.as_str())),
                    }
                }
            }
        }
    }

    fn field(
        &mut self,
        context: &Context<'a>,
        field: &'a Positioned<Field>,
        parent: Option<&'a str>,
        findings: &mut Findings,
    ) {
        let (node, name) = (&field.node, field.node.name.node.as_str());
        let below = &node.selection_set.node;
        let known = parent.and_then(|parent| context.types.selected(parent, name));
        let Some(definition) = known else {
            if let Some(parent) = parent {
                let alike = context.alike(name, context.types.fields(parent), findings);
                findings.add(
                    node.name.pos,
                    format!("cannot query field {name:?} on type {parent:?}{alike}"),
                );
            }
            for (_, value) in &node.arguments {
                self.value(context, &value.node, value.pos, None);
            }
            return self.selections(context, below, None, findings);
        };
        self.arguments(
            context,
            &node.arguments,
            &definition.arguments,
            (name, field.pos),
            findings,
        );
        match (
            context.types.is_composite(&definition.type_name),
            below.items.is_empty(),
        ) {
            (true, true) => {
                let text = format!(
                    "field {name:?} of type {} must have a selection of subfields",
                    definition.ty
                );
                findings.add(field.pos, text);
            }
            (false, false) => {
                let text = format!(
                    "field {name:?} must not have a selection, since type {} has no subfields",
                    definition.ty
                );
                findings.add(node.selection_set.pos, text);
            }
            (true, false) | (false, true) => {}
        }
        let parent = Some(definition.type_name.as_str()).filter(|name| context.types.is_composite(name));
        self.selections(context, below, parent, findings);
    }

    /// The arguments of a field or a directive, which is named `owner` and is at `position`.
    fn arguments(
        &mut self,
        context: &Context<'a>,
        given: &'a [(Positioned<Name>, Positioned<Value>)],
        known: &'a HashMap<String, InputField>,
        (owner, position): (&str, Pos),
        findings: &mut Findings,
    ) {
        let mut names = HashSet::new();
        for (name, value) in given {
            if !names.insert(name.node.as_str()) {
                findings.add(name.pos, format!("there can be only one argument {name} on {owner}"));
            }
            let definition = known.get(name.node.as_str());
            let place = definition.map(ExpectedInput::of);
            let before = self.usages.len();
            self.value(context, &value.node, value.pos, place);
            match definition {
                Some(definition) => {
                    // Whether the variables fit is checked with the operations that declare them.
                    let variables = self.usages[before..].iter().map(|usage| usage.name).collect();
                    let mut checker = context.checker(variables);
                    checker.check(
                        &definition.ty,
                        &value.node,
                        &Path::Argument(owner, &name.node),
                        value.pos,
                    );
                    context.take(checker, findings);
                }
                None => {
                    let alike = context.alike(&name.node, known.keys().map(String::as_str), findings);
                    findings.add(
                        name.pos,
                        format!("unknown argument {:?} on {owner}{alike}", name.node.as_str()),
                    );
                }
            }
        }
        let mut missing: Vec<_> = known
            .iter()
            .filter(|(name, _)| !names.contains(name.as_str()))
            .collect();
        missing.retain(|(_, definition)| definition.required);
        missing.sort_unstable_by_key(|(name, _)| *name);
        for (name, definition) in missing {
            findings.add(
                position,
                format!(
                    "argument {name} of type {} is required on {owner}, but was not given",
                    definition.ty
                ),
            );
        }
    }

    /// Collects the variables in a value.
    fn value(&mut self, context: &Context<'a>, value: &'a Value, position: Pos, place: Option<ExpectedInput<'a>>) {
        match value {
            Value::Variable(name) => self.usages.push(Usage { name, position, place }),
            Value::List(items) => {
                let inner = place.map(|place| match &place.ty.base {
                    BaseType::List(inner) => ExpectedInput::plain(inner),
                    // A value that is not a list stands for a list of one.
                    BaseType::Named(_) => ExpectedInput::plain(place.ty),
                });
                for item in items {
                    self.value(context, item, position, inner);
                }
            }
            Value::Object(fields) => {
                let input = place.and_then(|place| {
                    let name = super::super::types::base_name(place.ty);
                    context.types.get(name).map(|definition| (name, definition))
                });
                for (field, value) in fields {
                    let place = match input {
                        Some((name, Definition::Input { fields, one_of })) => {
                            let definition = fields.get(field.as_str());
                            definition.map(|definition| ExpectedInput {
                                one_of: one_of.then_some(name),
                                ..ExpectedInput::of(definition)
                            })
                        }
                        _ => None,
                    };
                    self.value(context, value, position, place);
                }
            }
            _ => {}
        }
    }

    /// `place` is the location of the directives; `None`: the schema allows none there.
    pub fn directives(
        &mut self,
        context: &Context<'a>,
        directives: &'a [Positioned<Directive>],
        place: Option<DirectiveLocation>,
        findings: &mut Findings,
    ) {
        let mut names = HashSet::new();
        for directive in directives {
            let name = directive.node.name.node.as_str();
            let Some(definition) = context.types.directive(name) else {
                let alike = context.alike(name, context.types.directives(), findings);
                findings.add(directive.pos, format!("unknown directive @{name}{alike}"));
                for (_, value) in &directive.node.arguments {
                    self.value(context, &value.node, value.pos, None);
                }
                continue;
            };
            if !place.is_some_and(|place| definition.locations.contains(&place)) {
                findings.add(directive.pos, format!("directive @{name} may not be used here"));
            }
            if !names.insert(name) {
                findings.add(directive.pos, format!("directive @{name} may be used only once here"));
            }
            let owner = format!("@{name}");
            let given = &directive.node.arguments;
            self.arguments(context, given, &definition.arguments, (&owner, directive.pos), findings);
        }
    }
}

impl<'a> ExpectedInput<'a> {
    fn of(definition: &'a InputField) -> Self {
        Self {
            has_default: definition.has_default,
            ..Self::plain(&definition.ty)
        }
    }

    fn plain(ty: &'a async_graphql::parser::types::Type) -> Self {
        Self {
            ty,
            has_default: false,
            one_of: None,
        }
    }
}

/// The type condition of a fragment, if fields can be selected from that type.
fn condition<'a>(
    context: &Context<'a>,
    condition: &'a Positioned<TypeCondition>,
    findings: &mut Findings,
) -> Option<&'a str> {
    let on = &condition.node.on;
    if context.types.is_composite(&on.node) {
        return Some(&on.node);
    }
    match context.types.get(&on.node) {
        Some(_) => findings.add(
            on.pos,
            format!("a fragment cannot have the non-composite type {}", on.node),
        ),
        None => context.unknown_type(on.pos, &on.node, findings),
    }
    None
}

/// Checks that a fragment's type can occur where the fragment is spread.
fn possible(context: &Context, parent: Option<&str>, on: Option<&str>, position: Pos, findings: &mut Findings) {
    let (Some(parent), Some(on)) = (parent, on) else {
        return;
    };
    let overlap = parent == on
        || context
            .types
            .objects(parent)
            .any(|object| context.types.objects(on).any(|other| other == object));
    if !overlap {
        findings.add(
            position,
            format!("this fragment can never be spread here: objects of type {parent} are never of type {on}"),
        );
    }
}
