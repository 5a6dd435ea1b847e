//! The values of a document and of its variables, in one view.

use async_graphql::{Name, Value as Constant};
use async_graphql_value::{Number, Value};

/// A value of either kind: in the document, where it may contain variables, or in a variable.
pub trait Input: Sized {
    /// Whether strings may stand for enum values, as they must in JSON.
    const IS_JSON: bool;
    fn view(&self) -> View<'_, Self>;
}

/// What a value is.
pub enum View<'a, V> {
    Variable(&'a Name),
    Null,
    Number(&'a Number),
    String(&'a String),
    Boolean(bool),
    Enum(&'a Name),
    List(&'a [V]),
    Object(Vec<(&'a str, &'a V)>),
}

impl Input for Constant {
    const IS_JSON: bool = true;

    fn view(&self) -> View<'_, Self> {
        match self {
            Self::Null | Self::Binary(_) => View::Null,
            Self::Number(number) => View::Number(number),
            Self::String(text) => View::String(text),
            Self::Boolean(truth) => View::Boolean(*truth),
            Self::Enum(name) => View::Enum(name),
            Self::List(items) => View::List(items),
            Self::Object(fields) => View::Object(fields.iter().map(|(name, value)| (name.as_str(), value)).collect()),
        }
    }
}

impl Input for Value {
    const IS_JSON: bool = false;

    fn view(&self) -> View<'_, Self> {
        match self {
            Self::Variable(name) => View::Variable(name),
            Self::Null | Self::Binary(_) => View::Null,
            Self::Number(number) => View::Number(number),
            Self::String(text) => View::String(text),
            Self::Boolean(truth) => View::Boolean(*truth),
            Self::Enum(name) => View::Enum(name),
            Self::List(items) => View::List(items),
            Self::Object(fields) => View::Object(fields.iter().map(|(name, value)| (name.as_str(), value)).collect()),
        }
    }
}
