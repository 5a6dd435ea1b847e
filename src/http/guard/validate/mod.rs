//! Validation: whether a document is valid against the schema (GraphQL specification 5). It refuses exactly what the
//! reference implementation, graphql-js, refuses; `scripts/graphql-js` compares the two. In addition the parser refuses
//! duplicate names, and the limits refuse fragments that contain themselves.
//!
//! The document must be within the limits.

mod overlap;
mod selections;
pub mod suggest;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{
    BaseType, DirectiveLocation, ExecutableDocument, OperationDefinition, OperationType, Type, VariableDefinition,
};
use async_graphql::{Pos, Positioned, Value as Constant};

use selections::SpreadScope;

use super::coerce::{Checker, Path};
use super::limits::Limits;
use super::problem::DocumentProblem;
use super::types::{Types, base_name};
use crate::http::codes;

/// The problems found, at most as many as an answer reports.
pub struct Findings {
    problems: Vec<DocumentProblem>,
    most: usize,
}

impl Findings {
    fn is_full(&self) -> bool {
        self.problems.len() >= self.most
    }

    fn add(&mut self, position: Pos, text: impl Into<String>) {
        if !self.is_full() {
            self.problems.push(invalid(position, text));
        }
    }
}

pub fn invalid(position: Pos, text: impl Into<String>) -> DocumentProblem {
    DocumentProblem::new(codes::GRAPHQL_VALIDATION_FAILED, text).at(position)
}

/// What all rules need.
struct Context<'a> {
    types: &'a Types,
    limits: &'a Limits,
    document: &'a ExecutableDocument,
    /// Whether similarly spelt names are suggested.
    suggests: bool,
}

/// Finds what is wrong with a document.
pub fn validate(types: &Types, limits: &Limits, document: &ExecutableDocument, suggests: bool) -> Vec<DocumentProblem> {
    let context = Context {
        types,
        limits,
        document,
        suggests,
    };
    let mut findings = Findings {
        problems: Vec::new(),
        most: limits.errors.max(1),
    };
    // In document order, so that the first of too many problems are reported.
    let mut fragments: Vec<_> = document.fragments.iter().collect();
    fragments.sort_unstable_by_key(|(_, fragment)| fragment.pos);
    let mut operations: Vec<_> = document.operations.iter().map(|(_, operation)| operation).collect();
    operations.sort_unstable_by_key(|operation| operation.pos);
    let mut scopes = HashMap::new();
    for (name, fragment) in &fragments {
        scopes.insert(
            name.as_str(),
            SpreadScope::of_fragment(&context, &fragment.node, &mut findings),
        );
    }
    let mut spread = HashSet::new();
    for operation in &operations {
        context.operation(operation, &scopes, &mut spread, &mut findings);
    }
    for (name, fragment) in fragments {
        if !spread.contains(name.as_str()) {
            findings.add(fragment.pos, format!("the fragment {name} is never used"));
        }
    }
    // From here on every name is known to be defined.
    if findings.problems.is_empty() {
        for operation in operations {
            overlap::check(&context, operation, &mut findings);
        }
    }
    findings.problems.sort_by_key(|problem| problem.position);
    findings.problems
}

impl<'a> Context<'a> {
    fn operation(
        &self,
        operation: &'a Positioned<OperationDefinition>,
        fragments: &HashMap<&'a str, SpreadScope<'a>>,
        spread: &mut HashSet<&'a str>,
        findings: &mut Findings,
    ) {
        let node = &operation.node;
        let own = SpreadScope::of_operation(self, node, findings);
        let mut defined = HashMap::new();
        for variable in &node.variable_definitions {
            let is_input = self.variable(&variable.node, findings);
            let name = variable.node.name.node.as_str();
            if defined.insert(name, is_input.then_some(&variable.node)).is_some() {
                findings.add(variable.pos, format!("there can be only one variable named ${name}"));
            }
        }
        let mut used = HashSet::new();
        let mut reached: HashSet<&str> = HashSet::new();
        let mut scopes = vec![&own];
        while let Some(scope) = scopes.pop() {
            for usage in &scope.usages {
                used.insert(usage.name);
                match defined.get(usage.name) {
                    Some(Some(variable)) => usage.check(variable, findings),
                    // It was reported already that its type cannot be that of an input.
                    Some(None) => {}
                    None => findings.add(usage.position, format!("variable ${} is not defined", usage.name)),
                }
            }
            let new = scope.spreads.iter().filter(|name| reached.insert(name));
            scopes.extend(new.filter_map(|name| fragments.get(name)));
        }
        spread.extend(reached);
        for variable in &node.variable_definitions {
            let name = variable.node.name.node.as_str();
            if !used.contains(name) {
                findings.add(variable.pos, format!("variable ${name} is never used"));
            }
        }
    }

    /// Finds what is wrong with a variable's declaration; returns whether its type is an input type.
    fn variable(&self, variable: &'a VariableDefinition, findings: &mut Findings) -> bool {
        let (name, ty) = (&variable.name.node, &variable.var_type);
        // Values in a variable's declaration cannot refer to other variables.
        SpreadScope::default().directives(self, &variable.directives, None, findings);
        let base = base_name(&ty.node);
        if self.types.get(base).is_none() {
            self.unknown_type(ty.pos, base, findings);
            return false;
        }
        if self.types.is_composite(base) {
            findings.add(
                ty.pos,
                format!("variable ${name} cannot have the non-input type {}", ty.node),
            );
            return false;
        }
        if let Some(default) = &variable.default_value {
            let value = default.node.clone().into_value();
            let mut checker = self.checker(HashSet::new());
            checker.check(&ty.node, &value, &Path::Variable(name), default.pos);
            self.take(checker, findings);
        }
        true
    }

    fn unknown_type(&self, position: Pos, name: &str, findings: &mut Findings) {
        let alike = self.alike(name, self.types.names(), findings);
        findings.add(position, format!("there is no type {name:?}{alike}"));
    }

    /// ": did you mean …?", or nothing.
    fn alike<'n>(&self, name: &str, names: impl Iterator<Item = &'n str>, findings: &Findings) -> String {
        match self.suggests && !findings.is_full() {
            true => suggest::alike(name, names),
            false => String::new(),
        }
    }

    /// Checks values whose variables have no values yet.
    fn checker(&self, variables: HashSet<&'a str>) -> Checker<'a> {
        Checker {
            faulty: variables,
            ..Checker::new(self.types, self.limits, self.suggests)
        }
    }

    fn take(&self, checker: Checker, findings: &mut Findings) {
        let room = findings.most.saturating_sub(findings.problems.len());
        findings.problems.extend(checker.problems.into_iter().take(room));
    }
}

/// A use of a variable.
struct Usage<'a> {
    name: &'a str,
    position: Pos,
    /// `None` within values that may be anything.
    place: Option<ExpectedInput<'a>>,
}

/// What is expected of a value at its place.
#[derive(Clone, Copy)]
struct ExpectedInput<'a> {
    ty: &'a Type,
    /// It may be omitted even if it is not nullable.
    has_default: bool,
    /// The input object that must have exactly one field, if the value is that field's.
    one_of: Option<&'a str>,
}

impl Usage<'_> {
    /// Checks that the variable fits here.
    fn check(&self, variable: &VariableDefinition, findings: &mut Findings) {
        let Some(place) = &self.place else { return };
        let (name, given) = (self.name, &variable.var_type.node);
        let has_default = || {
            let own = variable
                .default_value
                .as_ref()
                .is_some_and(|value| value.node != Constant::Null);
            own || place.has_default
        };
        let fits = match given.nullable && !place.ty.nullable {
            true => has_default() && fits_base(&given.base, &place.ty.base),
            false => fits(given, place.ty),
        };
        if !fits {
            findings.add(
                self.position,
                format!(
                    "variable ${name} of type {given} is used where {} is expected",
                    place.ty
                ),
            );
        }
        if let (Some(input), true) = (place.one_of, given.nullable) {
            findings.add(
                self.position,
                format!("variable ${name} of type {given} can be null, but the field of {input} cannot"),
            );
        }
    }
}

/// Whether every value of the type `given` is one of the type `wanted`.
fn fits(given: &Type, wanted: &Type) -> bool {
    (wanted.nullable || !given.nullable) && fits_base(&given.base, &wanted.base)
}

fn fits_base(given: &BaseType, wanted: &BaseType) -> bool {
    match (given, wanted) {
        (BaseType::Named(given), BaseType::Named(wanted)) => given == wanted,
        (BaseType::List(given), BaseType::List(wanted)) => fits(given, wanted),
        _ => false,
    }
}

fn location(operation: OperationType) -> DirectiveLocation {
    match operation {
        OperationType::Query => DirectiveLocation::Query,
        OperationType::Mutation => DirectiveLocation::Mutation,
        OperationType::Subscription => DirectiveLocation::Subscription,
    }
}
