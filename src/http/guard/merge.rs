//! Equal response keys are one field (GraphQL specification 6.3.2), and the library would run each by itself: a mutation
//! that two fragments name would be done twice. So an operation is rewritten before it runs. What becomes of it has no
//! fragment but inline ones on types of objects, no `@skip` and no `@include`, and for each type of objects every
//! response key once in every selection set, in the order in which the specification collects them.
//!
//! The document must have been validated: then equal keys ask for the same with the same arguments.

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
use super::problem::Problem;
use super::types::Types;

/// How many times as many selections as a document may have may come of it: where types share a key under different
/// conditions, the key is written for each of them.
const GROWTH: u64 = 16;

/// An operation in which every field runs once.
pub struct Merged {
    /// Nothing but that operation, without a name.
    pub document: ExecutableDocument,
    /// Other values of its variables make something else of it.
    pub varies: bool,
    /// How many selections were looked at and written.
    pub selections: u64,
}

/// Merges an operation of `document`. `variables` are those with a value.
pub fn merge(
    types: &Types,
    limits: &Limits,
    document: &ExecutableDocument,
    operation: &Positioned<OperationDefinition>,
    variables: &Variables,
) -> Result<Merged, Problem> {
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

/// The types of objects that a selection is for.
type Reach<'a> = Rc<[&'a str]>;

/// A field as it stands in the document.
#[derive(Clone)]
struct Found<'a> {
    reach: Reach<'a>,
    field: &'a Positioned<Field>,
}

/// What is written: a field for all that the set may be of, or for one type of objects.
struct Written<'a> {
    /// Where the first of the merged fields was found.
    place: usize,
    only: Option<&'a str>,
    fields: Vec<&'a Positioned<Field>>,
}

impl<'a> Merger<'a> {
    /// Merges the selections of one field, whose type is `parent`.
    fn merge(&mut self, sets: &[&'a SelectionSet], parent: &'a str) -> Result<Vec<Positioned<Selection>>, Problem> {
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

    /// Finds the fields of a set, and those of its fragments.
    fn collect(&mut self, set: &'a SelectionSet, reach: &Reach<'a>, found: &mut Vec<Found<'a>>) -> Result<(), Problem> {
        for selection in &set.items {
            self.count()?;
            if !self.is_included(selection.node.directives()) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => found.push(Found {
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

    /// Which of the types a condition lets through.
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

    /// Makes one field of those that have the same key.
    fn field(&mut self, fields: &[&'a Positioned<Field>], parent: &'a str) -> Result<Positioned<Selection>, Problem> {
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

    /// Writes the fields that are for single types.
    fn close(
        &mut self,
        open: &mut Vec<(&'a str, Vec<Positioned<Selection>>)>,
        items: &mut Vec<Positioned<Selection>>,
    ) -> Result<(), Problem> {
        for (only, fields) in open.drain(..) {
            self.count()?;
            items.push(on(only, fields));
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Problem> {
        self.selections += 1;
        if self.selections > self.most {
            let message =
                "the operation has too many fields under conditions that overlap: ask for each type by itself";
            return Err(Problem::too_complex(message));
        }
        Ok(())
    }
}

/// Which fields become one, in the order of their first occurrence.
fn arrange<'a>(found: &[Found<'a>], possible: &Reach<'a>) -> Vec<Written<'a>> {
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
            all.push(Written {
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

/// The fields for one type among those that are not yet written.
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

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    const SDL: &str = "
        type Query { node: Node thing: Thing a: A b: B __other: Int }
        type Mutation { make(n: Int): A }
        interface Node { id: ID! friend: Node near: A }
        interface Named { name: String }
        union Thing = A | B
        type A implements Node & Named { id: ID! friend: Node near: A name: String one: Int b: B list(n: Int): [A!]! }
        type B implements Node & Named { id: ID! friend: Node near: A name: String two: Int a: A }
        type C implements Node { id: ID! friend: Node near: A three: Int }
    ";

    fn try_merge(text: &str, limits: &Limits) -> Result<Merged, Problem> {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let mut variables = Variables::default();
        variables.insert(Name::new("yes"), Constant::Boolean(true));
        variables.insert(Name::new("no"), Constant::Boolean(false));
        merge(&Types::read(SDL), limits, &document, operation, &variables)
    }

    /// The merged selections of a document, as text.
    fn merged(text: &str) -> String {
        let merged = try_merge(text, &Limits::default()).unwrap();
        assert!(merged.document.fragments.is_empty());
        let (_, operation) = merged.document.operations.iter().next().unwrap();
        write(&operation.node.selection_set.node)
    }

    fn write(set: &SelectionSet) -> String {
        let items = set.items.iter().map(|selection| match &selection.node {
            Selection::Field(field) => {
                let field = &field.node;
                assert!(field.directives.is_empty());
                let alias = field.alias.as_ref().map(|alias| format!("{}: ", alias.node));
                let arguments: Vec<_> = field
                    .arguments
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}"))
                    .collect();
                let arguments = match arguments.is_empty() {
                    true => String::new(),
                    false => format!("({})", arguments.join(", ")),
                };
                let below = match field.selection_set.node.items.is_empty() {
                    true => String::new(),
                    false => format!(" {}", write(&field.selection_set.node)),
                };
                format!("{}{}{arguments}{below}", alias.unwrap_or_default(), field.name.node)
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment
                    .node
                    .type_condition
                    .as_ref()
                    .map(|condition| &condition.node.on.node);
                format!("... on {} {}", on.unwrap(), write(&fragment.node.selection_set.node))
            }
            Selection::FragmentSpread(_) => panic!("a spread is left"),
        });
        format!("{{ {} }}", items.collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn equal_keys_become_one_field_at_their_first_place() {
        for (text, expected) in [
            ("{ a { id } }", "{ a { id } }"),
            ("{ a { id } b { id } a { name id } }", "{ a { id name } b { id } }"),
            (
                "{ a { b { two } } a { one b { two name } } }",
                "{ a { b { two name } one } }",
            ),
            (
                "{ a { x: list(n: 1) { id } x: list(n: 1) { one } } }",
                "{ a { x: list(n: 1) { id one } } }",
            ),
            ("{ a { x: one x: one one } }", "{ a { x: one one } }"),
            (
                "mutation { make(n: 1) { id } ...F make(n: 1) { b { id } } } fragment F on Mutation { make(n: 1) { one } }",
                "{ make(n: 1) { id one b { id } } }",
            ),
            (
                "{ a { ...F id } ...G } fragment F on A { one ... on Node { near { id } } } fragment G on Query { a { near { one ...F } } }",
                "{ a { one near { id one near { id } } id } }",
            ),
            (
                "{ __schema { types { name } } __schema { types { kind name } } __typename __typename }",
                "{ __schema { types { name kind } } __typename }",
            ),
            (
                "{ __type(name: \"A\") { ... on __Type { fields { name } } fields { args { name } } } }",
                "{ __type(name: \"A\") { fields { name args { name } } } }",
            ),
        ] {
            assert_eq!(merged(text), expected, "{text}");
        }
    }

    #[test]
    fn conditions_are_folded_away_where_the_type_is_known() {
        for (text, expected) in [
            (
                "{ a { ... { id } ... on A { one } ... on Node { near { id } } ... on Named { name } ... on Thing { __typename } } }",
                "{ a { id one near { id } name __typename } }",
            ),
            ("{ a { ... on Node { ... on B { two } } id } }", "{ a { id } }"),
            (
                "{ node { ... on Node { id } ... on Node { id near { id } } } }",
                "{ node { id near { id } } }",
            ),
            (
                "{ thing { ... on Node { id } __typename } }",
                "{ thing { id __typename } }",
            ),
        ] {
            assert_eq!(merged(text), expected, "{text}");
        }
    }

    #[test]
    fn directives_are_obeyed() {
        for (text, expected) in [
            (
                "{ a @skip(if: true) { id } b @include(if: true) { id } }",
                "{ b { id } }",
            ),
            (
                "{ a @skip(if: $yes) { id } b @skip(if: $no) @include(if: $yes) { id } }",
                "{ b { id } }",
            ),
            ("{ a @include(if: $no) { id } a { one } }", "{ a { one } }"),
            (
                "{ a { ... @include(if: $no) { id } ...F @skip(if: $yes) } } fragment F on A { one }",
                "{ a }",
            ),
            ("{ a { id @skip(if: $no) @include(if: $no) one } }", "{ a { one } }"),
        ] {
            assert_eq!(merged(text), expected, "{text}");
        }
        for (text, varies) in [
            ("{ a { id @skip(if: $no) } }", true),
            ("{ a { id @skip(if: true) } }", false),
            ("{ a { list(n: $n) { id } } }", false),
            ("{ a @skip(if: true) { id @skip(if: $no) } }", false),
        ] {
            assert_eq!(try_merge(text, &Limits::default()).unwrap().varies, varies, "{text}");
        }
    }

    #[test]
    fn each_type_of_objects_has_every_key_once() {
        for (text, expected) in [
            (
                "{ node { id ... on A { one } ... on B { two } } }",
                "{ node { id ... on A { one } ... on B { two } } }",
            ),
            (
                "{ node { ... on A { one } ... on Node { id } ... on A { name b { id } } } }",
                "{ node { ... on A { one } id ... on A { name b { id } } } }",
            ),
            // What all have comes first: nothing is to be added for A.
            (
                "{ node { id ... on A { id one } } }",
                "{ node { id ... on A { one } } }",
            ),
            // It comes later: A has it in another place than the others.
            (
                "{ node { ... on A { id one } id } }",
                "{ node { ... on A { id one } ... on B { id } ... on C { id } } }",
            ),
            (
                "{ node { ... on Named { name } ... on B { two name } id } }",
                "{ node { ... on A { name } ... on B { name two } id } }",
            ),
            (
                "{ node { near { id } ... on B { near { one } } } }",
                "{ node { ... on A { near { id } } ... on B { near { id one } } ... on C { near { id } } } }",
            ),
            (
                "{ node { ... on A { friend { id } } ... on Node { friend { ... on B { two } id } } } }",
                "{ node { ... on A { friend { id ... on B { two } } } ... on B { friend { ... on B { two } id } } \
              ... on C { friend { ... on B { two } id } } } }",
            ),
            (
                "{ thing { ... on A { x: id } ... on B { x: name } __typename } }",
                "{ thing { ... on A { x: id } ... on B { x: name } __typename } }",
            ),
        ] {
            assert_eq!(merged(text), expected, "{text}");
        }
    }

    #[test]
    fn what_comes_of_conditions_that_overlap_is_bounded() {
        let nested = |levels: usize| {
            let (open, close) = (
                "friend { ... on A { near { id } } near { one } ".repeat(levels),
                "}".repeat(levels),
            );
            format!("{{ node {{ {open} id {close} }} }}")
        };
        assert!(try_merge(&nested(10), &Limits::default()).is_ok());
        // Here every level is for three types by itself.
        let nested = |levels: usize| {
            let open = "... on A { friend { id } } friend { ".repeat(levels);
            format!("{{ node {{ {open} id {} }} }}", "}".repeat(levels))
        };
        assert!(try_merge(&nested(3), &Limits::default()).is_ok());
        let refused = try_merge(&nested(20), &Limits::default()).err().expect("too many");
        assert_eq!(refused.code, "QUERY_TOO_COMPLEX");
    }
}
