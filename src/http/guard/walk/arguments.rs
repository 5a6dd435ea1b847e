//! Arguments and directives: whether their values fit, and how much they contain.

use async_graphql::parser::types::{Directive, Field};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_value::Value;

use super::DocumentWalk;
use crate::http::guard::coerce::{Path, Values};
use crate::http::guard::input::{Input, View};
use crate::http::guard::lists::Lists;
use crate::http::guard::size::size;
use crate::http::guard::types::SchemaField;
use crate::http::guard::work::WorkEstimate;

impl<'a> DocumentWalk<'a> {
    /// The values that the library copies for a field or a directive.
    pub(super) fn copies(&mut self, arguments: &'a [(Positioned<Name>, Positioned<Value>)]) -> WorkEstimate {
        let (variables, sizes) = (&self.checker.variables, &mut self.sizes);
        let mut variable = |name: &Name| {
            let Some((name, value)) = variables.get_key_value(name.as_str()) else {
                return 0;
            };
            *sizes.entry(name).or_insert_with(|| size(*value, &mut |_| 0))
        };
        let sizes = arguments.iter().map(|(_, value)| size(&value.node, &mut variable));
        WorkEstimate::bytes(sizes.fold(0, u64::saturating_add))
    }

    /// The value of an argument given as a number or as a variable.
    pub(super) fn value(&self, field: &Field, name: &str) -> Option<Constant> {
        match &field.get_argument(name)?.node {
            Value::Variable(variable) => self.checker.variables.get(variable.as_str()).copied().cloned(),
            Value::Number(number) => Some(Constant::Number(number.clone())),
            _ => None,
        }
    }

    /// The length of a list given as an argument; `None`: the argument is not a list.
    pub(super) fn length(&self, field: &Field, name: &str) -> Option<u64> {
        match &field.get_argument(name)?.node {
            Value::List(items) => Some(items.len() as u64),
            Value::Variable(variable) => match self.checker.variables.get(variable.as_str()) {
                Some(Constant::List(items)) => Some(items.len() as u64),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether a list is sorted by amounts in a currency.
    pub(super) fn has_currency(&self, field: &Field) -> bool {
        let order = field.get_argument("orderBy");
        order.is_some_and(|order| names_currency(&order.node, &self.checker.variables))
    }

    /// Whether an argument is given, and not null.
    pub(super) fn has(&self, field: &Field, name: &str) -> bool {
        let given = field.get_argument(name).map(|argument| &argument.node);
        given.is_some_and(|value| match value {
            Value::Variable(variable) => {
                let known = self.checker.variables.get(variable.as_str());
                known.is_some_and(|value| !matches!(value, Constant::Null))
            }
            value => !matches!(value, Value::Null),
        })
    }

    /// The totals of the lists in a mutation's arguments.
    pub(super) fn lists(&self, field: &Field) -> Lists {
        let mut lists = Lists::default();
        for (_, value) in &field.arguments {
            lists.add(&value.node, &self.checker.variables);
        }
        lists
    }

    pub(super) fn arguments(&mut self, field: &'a Field, definition: &SchemaField) {
        for (name, value) in &field.arguments {
            // Validation reports unknown and missing arguments.
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

    /// `@skip` and `@include` are applied before execution, where a condition that is not a Boolean would be ignored.
    pub(super) fn directives(&mut self, directives: &'a [Positioned<Directive>]) {
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
