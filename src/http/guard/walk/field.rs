//! The totals of a field with everything below it.

use async_graphql::parser::types::Field;
use async_graphql::{Positioned, Value as Constant};

use super::DocumentWalk;
use super::totals::Totals;
use crate::graphql::DEFAULT_PAGE;
use crate::http::codes;
use crate::http::guard::problem::DocumentProblem;
use crate::http::guard::types::SchemaField;
use crate::http::guard::work::WorkEstimate;
use crate::http::guard::{introspection, prices};

/// Arguments that name the objects to find: `nodes(ids:)`, `_entities(representations:)`.
const BY_ID: [&str; 2] = ["ids", "representations"];

impl<'a> DocumentWalk<'a> {
    pub(super) fn field(&mut self, field: &'a Positioned<Field>, parent: Option<&'a str>) -> Totals {
        let (node, name) = (&field.node, field.node.name.node.as_str());
        if introspection::is_part(parent, name) {
            return self.introspection(field, parent.unwrap_or_default());
        }
        let definition = parent.and_then(|parent| self.checker.types.field(parent, name));
        let below = definition.map(|definition| definition.type_name.as_str());
        let child = self.selection_set(&node.selection_set.node, below);
        if let (Some(definition), true) = (definition, self.checks_values) {
            self.arguments(node, definition);
        }
        let depth = child.depth.saturating_add(1);
        let mut totals = Totals {
            depth,
            ..self.above(node, &child)
        };
        if name == "_service" {
            (totals.depth, totals.introspection_depth) = (0, depth);
        }
        let copies = self.copies(&node.arguments);
        let work = self.work(field, parent, definition, child);
        let is_page = parent.is_some_and(|parent| self.checker.types.is_connection(parent));
        let is_list = definition.is_some_and(|definition| definition.is_list);
        (totals.work, totals.of_entry) = match (parent, name) {
            (_, "nodes") if is_page => (WorkEstimate::default(), work),
            // The edge itself is free, so that both ways of reading a page cost the same.
            (_, "edges") if is_page => (WorkEstimate::default(), child.work),
            // The arguments have determined how many entries there are.
            (Some("Mutation"), _) => (work, WorkEstimate::default()),
            _ if definition.is_some_and(|definition| by_id(definition).is_some()) => (work, WorkEstimate::default()),
            // A range that is not divided has one entry.
            (Some("Link"), "performance") if !self.has(node, "interval") => (work, WorkEstimate::default()),
            (Some(parent), name) if is_list => {
                let entries = work.times(prices::assumed_length(parent, name));
                // Errors of the input as a whole are reported once.
                let is_of_whole = is_page || name == "userErrors";
                (entries, if is_of_whole { WorkEstimate::default() } else { work })
            }
            _ => (work, WorkEstimate::default()),
        };
        totals.work = totals.work.and(copies);
        // Sorting by a sum computes the sums of all entries.
        let own_price = match (parent, name) {
            (Some("Query"), "partners") if self.has_currency(node) => prices::COUNT_OF_ALL,
            (Some(parent), name) => prices::of_field(parent, name),
            (None, _) => 0,
        };
        totals.work = totals.work.and(WorkEstimate::counting(own_price));
        if is_page {
            totals.counts = u64::from(name == "totalCount");
            totals.sums = u64::from(name == "totals");
        }
        totals
    }

    /// What a field passes up from its selection set.
    pub(super) fn above(&self, field: &Field, child: &Totals) -> Totals {
        Totals {
            selections: child.selections,
            aliases: child.aliases.saturating_add(u64::from(field.alias.is_some())),
            directives: child.directives,
            introspection_depth: child.introspection_depth,
            nested_types: child.nested_types,
            fields: 1,
            ..Totals::default()
        }
    }

    /// The work of one field with everything below it; for a list without pages, that of one entry.
    fn work(
        &mut self,
        field: &'a Positioned<Field>,
        parent: Option<&str>,
        definition: Option<&SchemaField>,
        child: Totals,
    ) -> WorkEstimate {
        let node = &field.node;
        let is_leaf = match definition {
            Some(definition) => !self.checker.types.is_composite(&definition.type_name),
            None => node.selection_set.node.items.is_empty(),
        };
        let object = child.work.and(WorkEstimate::OBJECT);
        match (parent, definition) {
            (Some("Mutation"), definition) => {
                let lists = self.lists(node);
                let scanned = prices::scan_cost(&node.name.node);
                let entries = lists.entries();
                let answered = entries.max(prices::extra_entries(&node.name.node));
                let trials = match node.name.node.starts_with("simulate") {
                    true => lists.trials(),
                    false => 0,
                };
                let answer = match definition {
                    // Each entry has an answer of its own, or else the entries are in the lists of the single answer.
                    Some(definition) if definition.is_list => child.work.times(answered),
                    _ => child.work.and(child.of_entry.times(answered)),
                };
                answer
                    .and(WorkEstimate::of(entries))
                    .and(WorkEstimate::of(trials))
                    .and(WorkEstimate::counting(scanned))
                    .and(WorkEstimate::of(prices::MUTATION))
            }
            (Some("_Service"), _) if node.name.node == "sdl" => WorkEstimate::counting(introspection::SDL_COST),
            (_, Some(definition)) if definition.type_name == "JSON" => WorkEstimate::of(prices::JSON),
            _ if is_leaf => WorkEstimate::default(),
            (_, Some(definition)) if self.checker.types.is_connection(&definition.type_name) => {
                let parent = parent.unwrap_or_default();
                let count = prices::of_count(parent, &definition.type_name);
                let sum = prices::of_totals(parent);
                object
                    .and(child.of_entry.times(self.page_size(field)))
                    .and(WorkEstimate::counting(count).times(child.counts))
                    .and(WorkEstimate::counting(sum).times(child.sums))
            }
            (_, Some(definition)) => match by_id(definition) {
                Some(name) => {
                    let ids = self.length(node, name).unwrap_or(1);
                    if ids > self.checker.limits.node_ids as u64 {
                        let message = format!("{name} must be at most {}", self.checker.limits.node_ids);
                        self.refuse(DocumentProblem::new(codes::BAD_USER_INPUT, message).at(field.pos));
                    }
                    object.times(ids)
                }
                None => object,
            },
            (_, None) => object,
        }
    }

    /// Maximum number of entries of a page.
    fn page_size(&mut self, field: &'a Positioned<Field>) -> u64 {
        let number = |name| match self.value(&field.node, name) {
            // A number outside of the type's range is refused by the check of the arguments.
            Some(Constant::Number(number)) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
            _ => None,
        };
        let (first, last) = (number("first"), number("last"));
        let most = self.checker.limits.page_size;
        if !self.checks_values {
            return 0;
        }
        if first.is_some() && last.is_some() {
            self.refuse(DocumentProblem::new(codes::BAD_USER_INPUT, "give first or last, not both").at(field.pos));
        }
        let name = if last.is_some() { "last" } else { "first" };
        let size = last.or(first).unwrap_or(DEFAULT_PAGE);
        match u64::try_from(size).ok().filter(|size| *size <= most) {
            Some(size) => size,
            None => {
                self.refuse(
                    DocumentProblem::new(codes::BAD_USER_INPUT, format!("{name} must be from 0 to {most}"))
                        .at(field.pos),
                );
                0
            }
        }
    }
}

/// The argument that names the objects to find, one for each entry of the list.
fn by_id(definition: &SchemaField) -> Option<&'static str> {
    BY_ID
        .into_iter()
        .find(|name| definition.is_list && definition.arguments.contains_key(*name))
}
