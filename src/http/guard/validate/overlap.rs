//! Fields with equal response keys must be mergeable into one (GraphQL specification 5.3.2).
//!
//! The specification compares every pair of fields. Here all fields of a key are checked together: once for their
//! shapes, which must agree even if the fields are for different object types, and once for each object type for their
//! names and arguments. Their selections are merged and checked in the same way, so that the time grows with the
//! document and not with the number of pairs.

use std::collections::HashSet;

use async_graphql::indexmap::{IndexMap, IndexSet};
use async_graphql::parser::types::{
    BaseType, Directive, Field, OperationDefinition, OperationType, Selection, SelectionSet, Type,
};
use async_graphql::{Pos, Positioned};
use async_graphql_value::Value;

use super::super::merge::GROWTH;
use super::super::problem::DocumentProblem;
use super::super::types::SchemaField as Definition;
use super::{Context, Findings};

/// A field, its definition in the schema, and the type that it is selected from.
#[derive(Clone, Copy)]
struct SelectedField<'a> {
    parent: &'a str,
    field: &'a Positioned<Field>,
    definition: &'a Definition,
}

/// Selection sets to merge, each with the type that it selects from.
type Sets<'a> = Vec<(&'a SelectionSet, &'a str)>;
type ByKey<'a> = IndexMap<&'a str, Vec<SelectedField<'a>>>;

struct Check<'a, 'b> {
    context: &'b Context<'a>,
    findings: &'b mut Findings,
    /// How many more selections may be visited.
    left: u64,
}

pub fn check<'a>(context: &Context<'a>, operation: &'a Positioned<OperationDefinition>, findings: &mut Findings) {
    let mut check = Check {
        context,
        findings,
        left: context.limits.selections.saturating_mul(GROWTH),
    };
    let node = &operation.node;
    let root: Sets = vec![(&node.selection_set.node, super::super::root(node.ty))];
    if node.ty == OperationType::Subscription {
        check.one_field(&root, operation.pos);
    }
    check.shapes(root.clone());
    check.names(root);
    if check.left == 0 && !check.findings.is_full() {
        let message = "the operation has too many fields with the same response key: select fewer at once";
        check
            .findings
            .problems
            .push(DocumentProblem::too_complex(message).at(operation.pos));
    }
}

impl<'a> Check<'a, '_> {
    /// Checks that a subscription selects exactly one field (5.2.4.1).
    fn one_field(&mut self, root: &Sets<'a>, position: Pos) {
        let by_key = self.collect(root, true);
        if by_key.len() > 1 {
            self.findings
                .add(position, "a subscription must select only one top-level field");
        }
        for fields in by_key.values() {
            if fields[0].field.node.name.node.starts_with("__") {
                self.findings.add(
                    fields[0].field.pos,
                    "a subscription must not select an introspection field",
                );
            }
        }
    }

    /// Checks that one shape fits all fields of each key.
    fn shapes(&mut self, sets: Sets<'a>) {
        for (key, fields) in self.collect(&sets, false) {
            // The reference implementation has no type for __typename here.
            let mut shown = fields.iter().filter(|field| field.field.node.name.node != "__typename");
            let Some(first) = shown.next() else { continue };
            for other in shown {
                if !self.have_one_shape(&first.definition.ty, &other.definition.ty) {
                    let (one, two) = (&first.definition.ty, &other.definition.ty);
                    let reason = format!("they return the conflicting types {one} and {two}");
                    self.conflict(key, other, &reason);
                }
            }
            self.shapes(below(&fields));
        }
    }

    /// Checks that the fields of each key that may belong to the same object are the same, with the same arguments.
    fn names(&mut self, sets: Sets<'a>) {
        for (key, fields) in self.collect(&sets, false) {
            let objects: IndexSet<_> = fields.iter().map(|field| field.parent).collect();
            let is_object = |name: &&str| self.context.types.is_object(name);
            let objects: Vec<_> = objects.into_iter().filter(is_object).collect();
            if objects.len() <= 1 {
                self.same(key, &fields);
                continue;
            }
            for object in objects {
                let may_be =
                    |field: &&SelectedField| field.parent == object || !self.context.types.is_object(field.parent);
                let own: Vec<_> = fields.iter().filter(may_be).copied().collect();
                self.same(key, &own);
            }
        }
    }

    fn same(&mut self, key: &str, fields: &[SelectedField<'a>]) {
        let first = fields[0];
        for other in &fields[1..] {
            let (one, two) = (&first.field.node, &other.field.node);
            if one.name.node != two.name.node {
                let reason = format!("{} and {} are different fields", one.name, two.name);
                self.conflict(key, other, &reason);
            } else if !have_same_arguments(one, two) {
                self.conflict(key, other, "they have differing arguments");
            }
        }
        self.names(below(fields));
    }

    fn conflict(&mut self, key: &str, field: &SelectedField, reason: &str) {
        let text = format!("fields {key} conflict, because {reason}: use different aliases");
        self.findings.add(field.field.pos, text);
    }

    /// The fields of merged sets by their response keys. `obeys`: without those that a directive excludes whatever the
    /// variables are.
    fn collect(&mut self, sets: &Sets<'a>, obeys: bool) -> ByKey<'a> {
        let mut found = ByKey::new();
        let mut spread = HashSet::new();
        for (set, parent) in sets {
            self.collect_set(set, parent, obeys, &mut spread, &mut found);
        }
        found
    }

    fn collect_set(
        &mut self,
        set: &'a SelectionSet,
        parent: &'a str,
        obeys: bool,
        spread: &mut HashSet<&'a str>,
        found: &mut ByKey<'a>,
    ) {
        let context = self.context;
        for selection in &set.items {
            self.left = self.left.saturating_sub(1);
            if self.left == 0 || self.findings.is_full() {
                return;
            }
            if obeys && is_left_out(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => {
                    let Some(definition) = context.types.selected(parent, &field.node.name.node) else {
                        continue;
                    };
                    let key = field.node.response_key().node.as_str();
                    found.entry(key).or_default().push(SelectedField {
                        parent,
                        field,
                        definition,
                    });
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref();
                    let parent = on.map_or(parent, |on| &on.node.on.node);
                    self.collect_set(&fragment.node.selection_set.node, parent, obeys, spread, found);
                }
                Selection::FragmentSpread(fragment) => {
                    let name = fragment.node.fragment_name.node.as_str();
                    if let Some(fragment) = context.document.fragments.get(name)
                        && spread.insert(name)
                    {
                        let parent = &fragment.node.type_condition.node.on.node;
                        self.collect_set(&fragment.node.selection_set.node, parent, obeys, spread, found);
                    }
                }
            }
        }
    }

    fn have_one_shape(&self, one: &Type, two: &Type) -> bool {
        if one.nullable != two.nullable {
            return false;
        }
        match (&one.base, &two.base) {
            (BaseType::List(one), BaseType::List(two)) => self.have_one_shape(one, two),
            (BaseType::Named(one), BaseType::Named(two)) => {
                let is_composite = |name| self.context.types.is_composite(name);
                one == two || is_composite(one) && is_composite(two)
            }
            _ => false,
        }
    }
}

/// The selection sets of fields, each set once.
fn below<'a>(fields: &[SelectedField<'a>]) -> Sets<'a> {
    let mut seen = HashSet::new();
    let sets = fields.iter().map(|field| {
        (
            &field.field.node.selection_set.node,
            field.definition.type_name.as_str(),
        )
    });
    sets.filter(|(set, _)| seen.insert(std::ptr::from_ref(*set))).collect()
}

fn have_same_arguments(one: &Field, two: &Field) -> bool {
    let same = |(name, value): &(Positioned<_>, Positioned<Value>)| {
        let other = two.get_argument(&name.node as &async_graphql::Name);
        other.is_some_and(|other| other.node == value.node)
    };
    one.arguments.len() == two.arguments.len() && one.arguments.iter().all(same)
}

fn is_left_out(directives: &[Positioned<Directive>]) -> bool {
    directives.iter().any(|directive| {
        let given = directive.node.get_argument("if").map(|value| &value.node);
        match directive.node.name.node.as_str() {
            "skip" => given == Some(&Value::Boolean(true)),
            "include" => given == Some(&Value::Boolean(false)),
            _ => false,
        }
    })
}
