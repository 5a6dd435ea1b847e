//! The one walk over a parsed document before its execution: how large it is once every fragment is put in its place,
//! what it costs, and whether its arguments fit. What a fragment adds up to is remembered, so that fragments which
//! spread each other twice over take no longer than their text; sums stop at the largest number.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_value::Value;

use super::coerce::{Checker, Path};
use super::problem::Problem;
use super::types::Field as FieldDefinition;
use crate::graphql::DEFAULT_PAGE;

/// What a mutation costs besides its answer.
const MUTATION_COST: u64 = 10;
/// A chain of fragments, each spread in the one before, may be so long.
const MAX_CHAIN: usize = 100;

/// Arguments that name the things to be found: `nodes(ids:)`, `_entities(representations:)`.
const BY_ID: [&str; 2] = ["ids", "representations"];

/// What a set of selections adds up to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Totals {
    pub selections: u64,
    pub aliases: u64,
    pub directives: u64,
    pub depth: u64,
    /// The depth below `__schema` and `__type`; 0 without them.
    pub introspection_depth: u64,
    /// Fields of the set itself.
    pub fields: u64,
    pub cost: u64,
    /// Of a page's fields: what every entry of the page costs.
    pub cost_of_entry: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.fields = self.fields.saturating_add(other.fields);
        self.cost = self.cost.saturating_add(other.cost);
        self.cost_of_entry = self.cost_of_entry.saturating_add(other.cost_of_entry);
    }
}

enum Fragment {
    /// Its walk has begun and not ended: to meet it again is a cycle.
    Entered,
    Known(Totals),
}

pub struct Walk<'a> {
    document: &'a ExecutableDocument,
    pub checker: Checker<'a>,
    /// Off for operations that will not run: their variables have no values.
    checks_values: bool,
    fragments: HashMap<&'a str, Fragment>,
    chain: usize,
}

impl<'a> Walk<'a> {
    pub fn new(document: &'a ExecutableDocument, checker: Checker<'a>, checks_values: bool) -> Self {
        Self {
            document,
            checker,
            checks_values,
            fragments: HashMap::new(),
            chain: 0,
        }
    }

    /// `parent` is the type whose fields are selected; `None` where that is part of introspection or unknown.
    pub fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) -> Totals {
        let mut totals = Totals::default();
        for selection in &set.items {
            self.directives(selection.node.directives());
            totals.directives = totals
                .directives
                .saturating_add(selection.node.directives().len() as u64);
            totals.selections = totals.selections.saturating_add(1);
            totals.add(match &selection.node {
                Selection::Field(field) => self.field(field, parent),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let on = condition.map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, on.or(parent))
                }
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name),
            });
        }
        totals
    }

    pub fn fragment(&mut self, name: &'a Positioned<Name>) -> Totals {
        let key = name.node.as_str();
        match self.fragments.get(key) {
            Some(Fragment::Known(totals)) => return *totals,
            Some(Fragment::Entered) => {
                let message = format!("the fragment {key} contains itself");
                self.refuse(Problem::new("GRAPHQL_VALIDATION_FAILED", message).at(name.pos));
                return Totals::default();
            }
            None => {}
        }
        // Strict validation names unknown fragments.
        let Some(fragment) = self.document.fragments.get(key) else {
            return Totals::default();
        };
        if self.chain >= MAX_CHAIN {
            let message = format!("fragments spread each other too deeply: at most {MAX_CHAIN} in a chain");
            self.refuse(Problem::too_complex(message).at(name.pos));
            return Totals::default();
        }
        self.fragments.insert(key, Fragment::Entered);
        self.chain += 1;
        let on = fragment.node.type_condition.node.on.node.as_str();
        let mut totals = self.selection_set(&fragment.node.selection_set.node, Some(on));
        self.directives(&fragment.node.directives);
        totals.directives = totals.directives.saturating_add(fragment.node.directives.len() as u64);
        self.chain -= 1;
        self.fragments.insert(key, Fragment::Known(totals));
        totals
    }

    fn field(&mut self, field: &'a Positioned<Field>, parent: Option<&'a str>) -> Totals {
        let (node, name) = (&field.node, field.node.name.node.as_str());
        let definition = parent.and_then(|parent| self.checker.types.field(parent, name));
        let below = definition.map(|definition| definition.type_name.as_str());
        let child = self.selection_set(&node.selection_set.node, below);
        if let (Some(definition), true) = (definition, self.checks_values) {
            self.arguments(node, definition);
        }
        let depth = child.depth.saturating_add(1);
        let introspects = matches!(name, "__schema" | "__type" | "_service");
        let mut totals = Totals {
            aliases: child.aliases.saturating_add(u64::from(node.alias.is_some())),
            depth: if introspects { 0 } else { depth },
            introspection_depth: if introspects { depth } else { child.introspection_depth },
            fields: 1,
            ..child
        };
        let cost = self.cost(field, parent, definition, child);
        let is_page = parent.is_some_and(|parent| self.checker.types.is_connection(parent));
        (totals.cost, totals.cost_of_entry) = match name {
            "nodes" if is_page => (0, cost),
            // The edge itself is free, so that both ways to read a page cost the same.
            "edges" if is_page => (0, child.cost),
            _ => (cost, 0),
        };
        totals
    }

    /// What one field costs with all that is below it.
    fn cost(
        &mut self,
        field: &'a Positioned<Field>,
        parent: Option<&str>,
        definition: Option<&FieldDefinition>,
        child: Totals,
    ) -> u64 {
        let node = &field.node;
        if parent == Some("Mutation") {
            let entries = self.length(node, "input").unwrap_or(0);
            return MUTATION_COST.saturating_add(entries).saturating_add(child.cost);
        }
        let is_leaf = match definition {
            Some(definition) => !self.checker.types.is_composite(&definition.type_name),
            None => node.selection_set.node.items.is_empty(),
        };
        if is_leaf {
            return 0;
        }
        let object = child.cost.saturating_add(1);
        match definition {
            Some(definition) if self.checker.types.is_connection(&definition.type_name) => {
                let entries = self.page_size(field);
                object.saturating_add(entries.saturating_mul(child.cost_of_entry))
            }
            Some(definition) => match BY_ID.iter().find(|name| definition.arguments.contains_key(**name)) {
                Some(name) => {
                    let ids = self.length(node, name).unwrap_or(1);
                    if ids > self.checker.limits.node_ids as u64 {
                        let message = format!("{name} must be at most {}", self.checker.limits.node_ids);
                        self.refuse(Problem::new("BAD_USER_INPUT", message).at(field.pos));
                    }
                    object.saturating_mul(ids)
                }
                None => object,
            },
            None => object,
        }
    }

    /// How many entries a page has at most.
    fn page_size(&mut self, field: &'a Positioned<Field>) -> u64 {
        let number = |name| match self.value(&field.node, name) {
            // A number beyond the type is the arguments' check's to refuse.
            Some(Constant::Number(number)) => number.as_i64().and_then(|number| i32::try_from(number).ok()),
            _ => None,
        };
        let (first, last) = (number("first"), number("last"));
        let most = self.checker.limits.page_size;
        if !self.checks_values {
            return 0;
        }
        if first.is_some() && last.is_some() {
            self.refuse(Problem::new("BAD_USER_INPUT", "give first or last, not both").at(field.pos));
        }
        let name = if last.is_some() { "last" } else { "first" };
        let size = last.or(first).unwrap_or(DEFAULT_PAGE);
        match u64::try_from(size).ok().filter(|size| *size <= most) {
            Some(size) => size,
            None => {
                self.refuse(Problem::new("BAD_USER_INPUT", format!("{name} must be from 0 to {most}")).at(field.pos));
                0
            }
        }
    }

    /// The value of an argument that is given as a number, or in a variable.
    fn value(&self, field: &Field, name: &str) -> Option<Constant> {
        match &field.get_argument(name)?.node {
            Value::Variable(variable) => self.checker.variables.get(variable.as_str()).copied().cloned(),
            Value::Number(number) => Some(Constant::Number(number.clone())),
            _ => None,
        }
    }

    /// How long the list is that an argument has; `None`: it is no list.
    fn length(&self, field: &Field, name: &str) -> Option<u64> {
        match &field.get_argument(name)?.node {
            Value::List(items) => Some(items.len() as u64),
            Value::Variable(variable) => match self.checker.variables.get(variable.as_str()) {
                Some(Constant::List(items)) => Some(items.len() as u64),
                _ => None,
            },
            _ => None,
        }
    }

    fn arguments(&mut self, field: &'a Field, definition: &FieldDefinition) {
        for (name, value) in &field.arguments {
            // Strict validation names unknown arguments and those that are missing.
            if let Some(argument) = definition.arguments.get(name.node.as_str()) {
                self.checker
                    .check(&argument.ty, &value.node, &Path::Argument(&name.node), value.pos);
            }
        }
    }

    /// `@skip` and `@include` are obeyed before execution, when a condition that is no truth value would be ignored.
    fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
        if !self.checks_values {
            return;
        }
        for directive in directives {
            if let ("skip" | "include", Some(value)) =
                (directive.node.name.node.as_str(), directive.node.get_argument("if"))
            {
                let truth = async_graphql::parser::types::Type::new("Boolean!").expect("a type");
                self.checker
                    .check(&truth, &value.node, &Path::Argument("if"), value.pos);
            }
        }
    }

    fn refuse(&mut self, problem: Problem) {
        self.checker.problems.push(problem);
    }
}
