//! The one walk over a parsed document before its execution: how large it is once every fragment is put in its place,
//! what it costs, and whether its arguments fit. What a fragment adds up to is remembered, so that fragments which
//! spread each other twice over take no longer than their text; sums stop at the largest number.

use std::collections::HashMap;

use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection, SelectionSet};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_value::Value;

use super::coerce::{Checker, Input, Path, Values, View};
use super::introspection;
use super::lists::Lists;
use super::prices;
use super::problem::Problem;
use super::size::size;
use super::types::Field as FieldDefinition;
use super::work::Work;
use crate::graphql::DEFAULT_PAGE;

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
    /// How many lists that lead from types of the schema to others stand in each other.
    pub nested_types: u64,
    /// Fields of the set itself.
    pub fields: u64,
    /// What the set takes with all that is below it.
    pub work: Work,
    /// Of a page's fields what every entry of the page takes; of others what the lists among them take for one entry.
    pub of_entry: Work,
    /// Objects that tell of the schema, if the set is that of all types: each has lists of average length.
    pub described_of_all: u64,
    /// Counts and sums among the set's own fields, if it is that of a page.
    pub counts: u64,
    pub sums: u64,
}

impl Totals {
    fn add(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.introspection_depth = self.introspection_depth.max(other.introspection_depth);
        self.nested_types = self.nested_types.max(other.nested_types);
        self.fields = self.fields.saturating_add(other.fields);
        self.work = self.work.and(other.work);
        self.of_entry = self.of_entry.and(other.of_entry);
        self.described_of_all = self.described_of_all.saturating_add(other.described_of_all);
        self.counts = self.counts.saturating_add(other.counts);
        self.sums = self.sums.saturating_add(other.sums);
    }

    /// The price of it all.
    pub fn cost(&self) -> u64 {
        let described = self.work.described.div_ceil(introspection::OBJECTS_PER_COST);
        self.work.cost.saturating_add(described)
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
    /// How large the variables are that were met.
    sizes: HashMap<&'a str, u64>,
    chain: usize,
}

impl<'a> Walk<'a> {
    pub fn new(document: &'a ExecutableDocument, checker: Checker<'a>, checks_values: bool) -> Self {
        Self {
            document,
            checker,
            checks_values,
            fragments: HashMap::new(),
            sizes: HashMap::new(),
            chain: 0,
        }
    }

    /// `parent` is the type whose fields are selected; `None` where that is part of introspection or unknown.
    pub fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) -> Totals {
        let mut totals = Totals::default();
        for selection in &set.items {
            let directives = selection.node.directives();
            self.directives(directives);
            totals.directives = totals.directives.saturating_add(directives.len() as u64);
            for directive in directives {
                totals.work = totals.work.and(self.copies(&directive.node.arguments));
            }
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
            (_, "nodes") if is_page => (Work::default(), work),
            // The edge itself is free, so that both ways to read a page cost the same.
            (_, "edges") if is_page => (Work::default(), child.work),
            // The arguments have said how long it is.
            (Some("Mutation"), _) => (work, Work::default()),
            _ if definition.is_some_and(|definition| by_id(definition).is_some()) => (work, Work::default()),
            (Some(parent), name) if is_list => {
                let entries = work.times(prices::assumed_length(parent, name));
                // What is to be mended in the whole is told once.
                let is_of_whole = is_page || name == "userErrors";
                (entries, if is_of_whole { Work::default() } else { work })
            }
            _ => (work, Work::default()),
        };
        totals.work = totals.work.and(copies);
        // Whoever sorts by a sum looks at that of all.
        let own_price = match (parent, name) {
            (Some("Query"), "partners") if self.has_currency(node) => prices::COUNT_OF_ALL,
            (Some(parent), name) => prices::of_field(parent, name),
            (None, _) => 0,
        };
        totals.work = totals.work.and(Work::counting(own_price));
        if is_page {
            totals.counts = u64::from(name == "totalCount");
            totals.sums = u64::from(name == "totals");
        }
        totals
    }

    /// What a field hands on from what is below it.
    fn above(&self, field: &Field, child: &Totals) -> Totals {
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

    /// A field of the schema's description of itself.
    fn introspection(&mut self, field: &'a Positioned<Field>, parent: &'a str) -> Totals {
        let (node, name) = (&field.node, field.node.name.node.as_str());
        let below = self.checker.types.lengths.below(parent, name);
        let child = self.selection_set(&node.selection_set.node, below.as_ref().map(|below| below.parent));
        let is_root = matches!(name, "__schema" | "__type");
        let depth = child.depth.saturating_add(1);
        let mut totals = Totals {
            depth: if is_root { 0 } else { depth },
            ..self.above(node, &child)
        };
        if is_root {
            totals.introspection_depth = depth;
            if child.nested_types > introspection::MAX_NESTED_LISTS {
                let most = introspection::MAX_NESTED_LISTS;
                let message = format!("lists of the schema are nested too deeply: at most {most} in each other");
                self.refuse(Problem::too_complex(message).at(field.pos));
            }
        }
        totals.nested_types = child.nested_types.saturating_add(u64::from(introspection::nests(name)));
        totals.work = self.copies(&node.arguments);
        if let Some(below) = below {
            let described = match name {
                "types" => child.described_of_all,
                _ => child.work.described,
            };
            let each = described.saturating_add(1);
            let described = each.saturating_mul(below.most);
            totals.work = totals.work.and(child.work.times(below.most).described_as(described));
            totals.described_of_all = each.saturating_mul(below.average);
        }
        totals
    }

    /// What one field takes with all that is below it; of a list without a page, what one entry takes.
    fn work(
        &mut self,
        field: &'a Positioned<Field>,
        parent: Option<&str>,
        definition: Option<&FieldDefinition>,
        child: Totals,
    ) -> Work {
        let node = &field.node;
        let is_leaf = match definition {
            Some(definition) => !self.checker.types.is_composite(&definition.type_name),
            None => node.selection_set.node.items.is_empty(),
        };
        let object = child.work.and(Work::OBJECT);
        match (parent, definition) {
            (Some("Mutation"), definition) => {
                let lists = self.lists(node);
                let looking = prices::looking(&node.name.node);
                let entries = lists.entries();
                let answered = entries.max(prices::found(&node.name.node));
                let trials = match node.name.node.starts_with("simulate") {
                    true => lists.trials(),
                    false => 0,
                };
                let answer = match definition {
                    // Each entry has an answer of its own, or else they are in the lists of the one answer.
                    Some(definition) if definition.is_list => child.work.times(answered),
                    _ => child.work.and(child.of_entry.times(answered)),
                };
                answer
                    .and(Work::of(entries))
                    .and(Work::of(trials))
                    .and(Work::counting(looking))
                    .and(Work::of(prices::MUTATION))
            }
            (Some("_Service"), _) if node.name.node == "sdl" => Work::counting(introspection::SDL_COST),
            (_, Some(definition)) if definition.type_name == "JSON" => Work::of(prices::JSON),
            _ if is_leaf => Work::default(),
            (_, Some(definition)) if self.checker.types.is_connection(&definition.type_name) => {
                let parent = parent.unwrap_or_default();
                let count = prices::of_count(parent, &definition.type_name);
                let sum = prices::of_totals(parent);
                object
                    .and(child.of_entry.times(self.page_size(field)))
                    .and(Work::counting(count).times(child.counts))
                    .and(Work::counting(sum).times(child.sums))
            }
            (_, Some(definition)) => match by_id(definition) {
                Some(name) => {
                    let ids = self.length(node, name).unwrap_or(1);
                    if ids > self.checker.limits.node_ids as u64 {
                        let message = format!("{name} must be at most {}", self.checker.limits.node_ids);
                        self.refuse(Problem::new("BAD_USER_INPUT", message).at(field.pos));
                    }
                    object.times(ids)
                }
                None => object,
            },
            (_, None) => object,
        }
    }

    /// The values that the library copies for a field or a directive.
    fn copies(&mut self, arguments: &'a [(Positioned<Name>, Positioned<Value>)]) -> Work {
        let (variables, sizes) = (&self.checker.variables, &mut self.sizes);
        let mut variable = |name: &Name| {
            let Some((name, value)) = variables.get_key_value(name.as_str()) else {
                return 0;
            };
            *sizes.entry(name).or_insert_with(|| size(*value, &mut |_| 0))
        };
        let sizes = arguments.iter().map(|(_, value)| size(&value.node, &mut variable));
        Work::bytes(sizes.fold(0, u64::saturating_add))
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

    /// Whether a list is sorted by amounts of a currency.
    fn has_currency(&self, field: &Field) -> bool {
        let order = field.get_argument("orderBy");
        order.is_some_and(|order| names_currency(&order.node, &self.checker.variables))
    }

    /// What the arguments of a mutation have in their lists.
    fn lists(&self, field: &Field) -> Lists {
        let mut lists = Lists::default();
        for (_, value) in &field.arguments {
            lists.add(&value.node, &self.checker.variables);
        }
        lists
    }

    fn arguments(&mut self, field: &'a Field, definition: &FieldDefinition) {
        for (name, value) in &field.arguments {
            // Strict validation names unknown arguments and those that are missing.
            if let Some(argument) = definition.arguments.get(name.node.as_str()) {
                self.checker.check_for(
                    argument,
                    &value.node,
                    &Path::Argument(&field.name.node, &name.node),
                    value.pos,
                );
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
                let is_skip = directive.node.name.node == "skip";
                let path = Path::Argument(if is_skip { "@skip" } else { "@include" }, "if");
                self.checker.check(&truth, &value.node, &path, value.pos);
            }
        }
    }

    fn refuse(&mut self, problem: Problem) {
        self.checker.problems.push(problem);
    }
}

fn names_currency<V: Input>(value: &V, variables: &Values<'_>) -> bool {
    match value.view() {
        View::Variable(name) => {
            let known = variables.get(name.as_str());
            known.is_some_and(|value| names_currency::<Constant>(value, variables))
        }
        View::Object(fields) => fields.iter().any(|(name, _)| *name == "currency"),
        _ => false,
    }
}

/// The argument that names the things to be found, one for each entry of the list.
fn by_id(definition: &FieldDefinition) -> Option<&'static str> {
    BY_ID
        .into_iter()
        .find(|name| definition.is_list && definition.arguments.contains_key(*name))
}
