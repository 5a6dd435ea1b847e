//! Fields with equal response keys are one field (GraphQL specification 6.3.2), but the library would run each by
//! itself: a mutation in two fragments would be done twice. So an operation is rewritten before it runs. The result has
//! no fragments but inline ones on object types, no `@skip` and no `@include`, and for each object type every response
//! key once in every selection set, in the order in which the specification collects them.
//!
//! The document must have been validated: then equal keys ask for the same field with the same arguments.

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::rc::Rc;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, InlineFragment, OperationDefinition,
    Selection, SelectionSet, TypeCondition,
};
use async_graphql::{Name, Pos, Positioned, Value as Constant, Variables};

use async_graphql_value::Value;

use super::limits::Limits;
use super::problem::DocumentProblem;
use super::types::Types;

/// How many times the maximum number of selections merging may visit and write: where types share a key under different
/// conditions, the key is written for each of them.
pub const GROWTH: u64 = 16;

/// An operation in which every field runs once.
pub struct Merged {
    /// Only that operation, without a name.
    pub document: ExecutableDocument,
    /// Other values of its variables would give a different result.
    pub varies: bool,
    /// Number of selections visited and written.
    pub selections: u64,
}

/// Merges an operation of `document`. `variables` are those with a value.
pub fn merge(
    types: &Types,
    limits: &Limits,
    document: &ExecutableDocument,
    operation: &Positioned<OperationDefinition>,
    variables: &Variables,
) -> Result<Merged, DocumentProblem> {
    let mut merger = Merger {
        types,
        fragments: &document.fragments,
        variables,
        varies: false,
        selections: 0,
        most: limits.selections.saturating_mul(GROWTH),
    };
    let set = &operation.node.selection_set;
    let items = merger.merge(&[&set.node], super::root(operation.node.ty))?;
    let merged = OperationDefinition {
        ty: operation.node.ty,
        variable_definitions: operation.node.variable_definitions.clone(),
        directives: operation.node.directives.clone(),
        selection_set: Positioned::new(SelectionSet { items }, set.pos),
    };
    Ok(Merged {
        document: ExecutableDocument {
            operations: DocumentOperations::Single(Positioned::new(merged, operation.pos)),
            fragments: HashMap::new(),
        },
        varies: merger.varies,
        selections: merger.selections,
    })
}

struct Merger<'a> {
    types: &'a Types,
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    variables: &'a Variables,
    varies: bool,
    selections: u64,
    most: u64,
}

/// The object types that a selection applies to.
type Reach<'a> = Rc<[&'a str]>;

/// A field as written in the document.
#[derive(Clone)]
struct CollectedField<'a> {
    reach: Reach<'a>,
    field: &'a Positioned<Field>,
}

/// A field to write: for all object types of the set, or for a single one.
struct OutputField<'a> {
    /// The position of the first of the merged fields.
    place: usize,
    only: Option<&'a str>,
    fields: Vec<&'a Positioned<Field>>,
}

impl<'a> Merger<'a> {
    /// Merges the selection sets of one field, whose type is `parent`.
    fn merge(
        &mut self,
        sets: &[&'a SelectionSet],
        parent: &'a str,
    ) -> Result<Vec<Positioned<Selection>>, DocumentProblem> {
        let possible: Reach = self.types.objects(parent).collect();
        let mut found = Vec::new();
        for set in sets {
            self.collect(set, &possible, &mut found)?;
        }
        let mut open = Vec::new();
        let mut items = Vec::new();
        for written in arrange(&found, &possible) {
            let field = self.field(&written.fields, written.only.unwrap_or(parent))?;
            match written.only {
                Some(only) => within(&mut open, only).push(field),
                None => {
                    self.close(&mut open, &mut items)?;
                    items.push(field);
                }
            }
        }
        self.close(&mut open, &mut items)?;
        Ok(items)
    }

    /// Collects the fields of a set, and those of its fragments.
    fn collect(
        &mut self,
        set: &'a SelectionSet,
        reach: &Reach<'a>,
        found: &mut Vec<CollectedField<'a>>,
    ) -> Result<(), DocumentProblem> {
        for selection in &set.items {
            self.count()?;
            if !self.is_included(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => found.push(CollectedField {
                    reach: reach.clone(),
                    field,
                }),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let reach = self.narrow(reach, condition.map(|condition| &condition.node));
                    if !reach.is_empty() {
                        self.collect(&fragment.node.selection_set.node, &reach, found)?;
                    }
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.fragments.get(&spread.node.fragment_name.node) {
                        let reach = self.narrow(reach, Some(&fragment.node.type_condition.node));
                        if !reach.is_empty() {
                            self.collect(&fragment.node.selection_set.node, &reach, found)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The types of `reach` that satisfy a condition.
    fn narrow(&self, reach: &Reach<'a>, condition: Option<&'a TypeCondition>) -> Reach<'a> {
        let Some(condition) = condition else {
            return reach.clone();
        };
        let holds = |name: &str| self.types.objects(&condition.on.node).any(|object| object == name);
        if reach.iter().all(|name| holds(name)) {
            return reach.clone();
        }
        reach.iter().copied().filter(|name| holds(name)).collect()
    }

    fn is_included(&mut self, directives: &[Positioned<Directive>]) -> bool {
        let mut is_included = true;
        for directive in directives {
            let wanted = match directive.node.name.node.as_str() {
                "include" => true,
                "skip" => false,
                _ => continue,
            };
            let given = match directive.node.get_argument("if").map(|value| &value.node) {
                Some(Value::Boolean(truth)) => *truth,
                Some(Value::Variable(name)) => {
                    self.varies = true;
                    self.variables.get(name) == Some(&Constant::Boolean(true))
                }
                // The guard has refused anything else.
                _ => false,
            };
            is_included &= given == wanted;
        }
        is_included
    }

    /// Merges the fields with the same key into one.
    fn field(
        &mut self,
        fields: &[&'a Positioned<Field>],
        parent: &'a str,
    ) -> Result<Positioned<Selection>, DocumentProblem> {
        self.count()?;
        let first = fields[0];
        let node = &first.node;
        let sets: Vec<_> = fields.iter().map(|field| &field.node.selection_set.node).collect();
        let types = self.types;
        let items = match types.selected(parent, &node.name.node) {
            Some(definition) if !node.selection_set.node.items.is_empty() => {
                self.merge(&sets, &definition.type_name)?
            }
            _ => Vec::new(),
        };
        let field = Field {
            alias: node.alias.clone(),
            name: node.name.clone(),
            arguments: node.arguments.clone(),
            directives: Vec::new(),
            selection_set: Positioned::new(SelectionSet { items }, node.selection_set.pos),
        };
        Ok(Positioned::new(
            Selection::Field(Positioned::new(field, first.pos)),
            first.pos,
        ))
    }

    /// Writes the fields collected for single types.
    fn close(
        &mut self,
        open: &mut Vec<(&'a str, Vec<Positioned<Selection>>)>,
        items: &mut Vec<Positioned<Selection>>,
    ) -> Result<(), DocumentProblem> {
        for (only, fields) in open.drain(..) {
            self.count()?;
            items.push(on(only, fields));
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), DocumentProblem> {
        self.selections += 1;
        if self.selections > self.most {
            let message =
                "the operation has too many fields under conditions that overlap: ask for each type by itself";
            return Err(DocumentProblem::too_complex(message));
        }
        Ok(())
    }
}

/// Groups the fields that become one, in the order of their first occurrence.
fn arrange<'a>(found: &[CollectedField<'a>], possible: &Reach<'a>) -> Vec<OutputField<'a>> {
    let mut by_key: IndexMap<&str, Vec<usize>> = IndexMap::with_capacity(found.len());
    for (place, field) in found.iter().enumerate() {
        by_key
            .entry(&field.field.node.response_key().node)
            .or_default()
            .push(place);
    }
    let is_for_all = |place: &usize| found[*place].reach.len() == possible.len();
    let is_leaf = |place: usize| found[place].field.node.selection_set.node.items.is_empty();
    let mut all = Vec::with_capacity(by_key.len());
    for places in by_key.values() {
        let first = places[0];
        let mut write = |only, places: &[usize]| {
            all.push(OutputField {
                place: places[0],
                only,
                fields: places.iter().map(|place| found[*place].field).collect(),
            });
        };
        if places.iter().all(is_for_all) {
            write(None, places);
        } else if is_for_all(&first) && is_leaf(first) {
            write(None, &places[..1]);
        } else {
            for only in possible.iter() {
                let own = places
                    .iter()
                    .copied()
                    .filter(|place| found[*place].reach.contains(only));
                let own: Vec<_> = own.collect();
                if !own.is_empty() {
                    write(Some(*only), &own);
                }
            }
        }
    }
    all.sort_by_key(|written| written.place);
    all
}

/// The fields for one type among those not yet written.
fn within<'b, 'a>(
    open: &'b mut Vec<(&'a str, Vec<Positioned<Selection>>)>,
    only: &'a str,
) -> &'b mut Vec<Positioned<Selection>> {
    let known = open.iter().position(|(known, _)| *known == only);
    let index = known.unwrap_or_else(|| {
        open.push((only, Vec::new()));
        open.len() - 1
    });
    &mut open[index].1
}

/// `... on only { fields }`
fn on(only: &str, items: Vec<Positioned<Selection>>) -> Positioned<Selection> {
    let position = items.first().map_or(Pos::default(), |first| first.pos);
    let condition = TypeCondition {
        on: Positioned::new(Name::new(only), position),
    };
    let fragment = InlineFragment {
        type_condition: Some(Positioned::new(condition, position)),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, position),
    };
    Positioned::new(Selection::InlineFragment(Positioned::new(fragment, position)), position)
}
