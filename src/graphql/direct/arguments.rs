//! The arguments of a field, with the values that the variables have.

use async_graphql::parser::types::Field;
use async_graphql::{InputType, Name, Variables};
use async_graphql_value::Value;

use super::Gone;
use crate::graphql::connection::PageArguments;

/// The arguments of a field as the document has them.
pub struct Arguments(Vec<(Name, Value)>);

impl Arguments {
    pub fn of(field: &Field) -> Self {
        let arguments = field.arguments.iter();
        Self(
            arguments
                .map(|(name, value)| (name.node.clone(), value.node.clone()))
                .collect(),
        )
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(known, _)| known == name)
    }

    /// The value of an argument. Without a value for its variable it is absent, as if it were not there.
    pub fn read<T: InputType>(&self, name: &str, variables: &Variables) -> Result<T, Gone> {
        let value = match self.0.iter().find(|(known, _)| known == name) {
            None => None,
            Some((_, Value::Variable(variable))) => variables.get(variable).cloned(),
            // Within a value an absent variable leaves out a field of an object and nulls an item of a list: seldom seen.
            Some((_, value)) => Some(
                value
                    .clone()
                    .into_const_with(|variable| variables.get(&variable).cloned().ok_or(Gone))?,
            ),
        };
        T::parse(value).map_err(|_| Gone)
    }

    pub fn page(&self, variables: &Variables) -> Result<PageArguments, Gone> {
        Ok(PageArguments {
            first: self.read("first", variables)?,
            after: self.read("after", variables)?,
            last: self.read("last", variables)?,
            before: self.read("before", variables)?,
        })
    }
}
