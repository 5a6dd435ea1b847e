//! The document guard: all checks between parsing and execution. A request that it refuses has had no effect, and is
//! answered without `data`.
//!
//! - `scan`, `parse`, `validate`: whether the text is a valid document (`types`: the schema)
//! - `walk`, with `prices`, `work` and `introspection`: how large the document is, and its maximum cost
//! - `coerce`, `lists`, `size`: the arguments, and the work that they ask for
//! - `strip`, `merge`: rewriting the document for execution

mod coerce;
mod input;
mod introspection;
mod limits;
mod lists;
mod merge;
mod parse;
mod prices;
mod problem;
mod scan;
mod size;
mod strip;
mod types;
mod validate;
mod walk;
mod work;

use std::collections::HashSet;

use async_graphql::parser::types::{DocumentOperations, ExecutableDocument, OperationDefinition, OperationType};
use async_graphql::{Positioned, Value as Constant, Variables};

use crate::http::codes;
use coerce::{Checker, Path};
pub use limits::Limits;
pub use merge::Merged;
pub use prices::MUTATION;
pub use problem::{DocumentProblem, ErrorBody};
use types::Types;
use walk::{DocumentWalk, Totals};
use work::WorkEstimate;

pub struct Guard {
    types: Types,
    limits: Limits,
    /// Whether similarly spelt names are suggested; in production callers are not told what exists.
    suggests: bool,
}

/// An operation that may be executed.
#[derive(Debug)]
pub struct CheckedOperation {
    pub operation: OperationType,
    /// The declared variables that have a value.
    pub variables: Variables,
    pub cost: u64,
    /// The part of the cost for counting and summing, which is done however little the answer then has.
    pub counting: u64,
    /// Whether the operation uses introspection.
    pub introspects: bool,
    /// Declared variables with neither a value nor a default.
    absent: HashSet<String>,
}

impl Guard {
    pub fn new(sdl: &str, limits: Limits, suggests: bool) -> Self {
        Self {
            types: Types::read(sdl),
            limits,
            suggests,
        }
    }

    /// Parses a document's text.
    pub fn parse(&self, text: &str) -> Result<ExecutableDocument, DocumentProblem> {
        scan::scan(text, &self.limits)?;
        parse::parse(text)
    }

    /// What is wrong with a document that [`admit`](Self::admit) has admitted, whichever of its operations runs.
    pub fn validate(&self, document: &ExecutableDocument) -> Vec<DocumentProblem> {
        validate::validate(&self.types, &self.limits, document, self.suggests)
    }

    /// Checks the operation to run, the values of its variables, and whether the document as a whole is within the
    /// limits.
    pub fn admit(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        given: Variables,
    ) -> Result<CheckedOperation, Vec<DocumentProblem>> {
        let operation = operation(document, operation_name)?;
        let mut admitted = CheckedOperation {
            operation: operation.node.ty,
            variables: Variables::default(),
            cost: 0,
            counting: 0,
            introspects: false,
            absent: HashSet::new(),
        };
        let mut given = given;
        for definition in &operation.node.variable_definitions {
            let name = &definition.node.name.node;
            if let Some(value) = given.remove(name.as_str()) {
                admitted.variables.insert(name.clone(), value);
            } else if let Some(default) = &definition.node.default_value {
                // The library evaluates @skip and @include before it applies defaults.
                admitted.variables.insert(name.clone(), default.node.clone());
            } else {
                admitted.absent.insert(name.to_string());
            }
        }
        let mut checker = self.checker();
        for definition in &operation.node.variable_definitions {
            let name = definition.node.name.node.as_str();
            let default = definition.node.default_value.as_ref().map(|value| &value.node);
            if let Some(value) = admitted.variables.get(name).or(default) {
                checker.variables.insert(name, value);
            }
        }
        for definition in &operation.node.variable_definitions {
            let (name, ty) = (definition.node.name.node.as_str(), &definition.node.var_type.node);
            let before = checker.problems.len();
            match checker.variables.get(name).copied() {
                Some(value) => checker.check::<Constant>(ty, value, &Path::Variable(name), definition.pos),
                None if ty.nullable => {}
                None => checker.problems.push(
                    DocumentProblem::new(
                        codes::BAD_USER_INPUT,
                        format!("variable ${name} of required type {ty} was not provided"),
                    )
                    .at(definition.pos),
                ),
            }
            if checker.problems.len() > before {
                checker.faulty.insert(name);
            }
        }
        let mut walk = DocumentWalk::new(document, checker, true);
        let totals = walk.selection_set(&operation.node.selection_set.node, Some(root(operation.node.ty)));
        let mut problems = walk.checker.problems;
        problems.extend(self.exceeded(operation, totals));
        self.check_unused_definitions(document, operation, totals, &mut problems);
        if !problems.is_empty() {
            // Exceeded limits come first: a list of wrong values may be part of the excess.
            problems.sort_by_key(|problem| problem.code != codes::QUERY_TOO_COMPLEX);
            problems.truncate(self.limits.errors.max(1));
            return Err(problems);
        }
        admitted.cost = totals.cost();
        admitted.counting = totals.work.counting;
        admitted.introspects = totals.introspection_depth > 0;
        Ok(admitted)
    }

    /// The operation that [`admit`](Self::admit) has admitted, with every field once. The document must have been
    /// validated.
    pub fn merge(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        admitted: &CheckedOperation,
    ) -> Result<Merged, Vec<DocumentProblem>> {
        let operation = operation(document, operation_name)?;
        merge::merge(&self.types, &self.limits, document, operation, &admitted.variables)
            .map_err(|problem| vec![problem])
    }

    /// Removes the arguments and input fields whose variables have no value, as the specification requires; the library
    /// would treat them as null, which clears a field of an update.
    pub fn strip(&self, document: &mut ExecutableDocument, admitted: &CheckedOperation) {
        if !admitted.absent.is_empty() {
            strip::strip(document, &admitted.absent);
        }
    }

    /// Checks the operations that do not run and the unused fragments: the library validates them, too.
    fn check_unused_definitions(
        &self,
        document: &ExecutableDocument,
        runs: &Positioned<OperationDefinition>,
        totals: Totals,
        problems: &mut Vec<DocumentProblem>,
    ) {
        let mut walk = DocumentWalk::new(document, self.checker(), false);
        let mut selections = totals.selections;
        for (_, operation) in document.operations.iter() {
            if !std::ptr::eq(operation, runs) {
                let totals = walk.selection_set(&operation.node.selection_set.node, Some(root(operation.node.ty)));
                selections = selections.saturating_add(totals.selections);
                problems.extend(self.exceeded(
                    operation,
                    Totals {
                        work: WorkEstimate::default(),
                        ..totals
                    },
                ));
            }
        }
        let mut largest = 0;
        for fragment in document.fragments.values() {
            let totals = walk.selection_set(&fragment.node.selection_set.node, None);
            largest = largest.max(totals.selections);
        }
        problems.extend(walk.checker.problems);
        if selections.max(largest) > self.limits.selections && totals.selections <= self.limits.selections {
            problems.push(DocumentProblem::too_complex(format!(
                "the document has too many selections: at most {}",
                self.limits.selections
            )));
        }
    }

    /// The limits that an operation exceeds.
    fn exceeded(&self, operation: &Positioned<OperationDefinition>, totals: Totals) -> Vec<DocumentProblem> {
        let limits = &self.limits;
        let directives = totals.directives.saturating_add(operation.node.directives.len() as u64);
        let root_fields = match operation.node.ty {
            OperationType::Mutation => limits.mutation_root_fields,
            // Validation checks that a subscription has one field, once equal keys are merged.
            OperationType::Query | OperationType::Subscription => limits.root_fields,
        };
        let measures = [
            ("selections", totals.selections, limits.selections),
            ("levels of fields", totals.depth, limits.depth),
            (
                "levels of introspection",
                totals.introspection_depth,
                limits.introspection_depth,
            ),
            ("aliases", totals.aliases, limits.aliases),
            ("fields at its root", totals.fields, root_fields),
            ("directives", directives, limits.directives),
        ];
        let mut problems: Vec<_> = measures
            .into_iter()
            .filter(|(_, found, most)| found > most)
            .map(|(what, found, most)| {
                let found = amount(found);
                DocumentProblem::too_complex(format!("the operation has {found} {what}: at most {most}"))
                    .at(operation.pos)
            })
            .collect();
        if totals.work.bytes > limits.argument_bytes {
            problems.push(coerce::too_large(limits).at(operation.pos));
        }
        if problems.is_empty() && totals.cost() > limits.cost {
            let message = format!(
                "the operation costs {}: at most {}. Ask for smaller pages or fewer links",
                amount(totals.cost()),
                limits.cost
            );
            problems.push(DocumentProblem::too_complex(message).at(operation.pos));
        }
        problems
    }

    fn checker(&self) -> Checker<'_> {
        Checker::new(&self.types, &self.limits, self.suggests)
    }
}

/// The operation that the request selects.
fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Result<&'a Positioned<OperationDefinition>, Vec<DocumentProblem>> {
    let found = match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) => {
            operations.values().next().filter(|_| operations.len() == 1)
        }
    };
    found.ok_or_else(|| {
        let message = match name {
            Some(name) => format!("unknown operation named {name:?}"),
            None => "the document has several operations: set operationName".to_owned(),
        };
        vec![DocumentProblem::new("OPERATION_RESOLUTION_FAILURE", message)]
    })
}

fn root(operation: OperationType) -> &'static str {
    match operation {
        OperationType::Query => "Query",
        OperationType::Mutation => "Mutation",
        OperationType::Subscription => "Subscription",
    }
}

/// Sums saturate: the largest number stands for anything beyond it.
fn amount(number: u64) -> String {
    if number > 1_000_000_000 {
        "more than 1000000000".to_owned()
    } else {
        number.to_string()
    }
}
