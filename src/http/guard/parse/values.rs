//! Values, and the types of variables.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Name, Positioned, Value as Constant};
use async_graphql_value::{Number, Value};

use super::lexer::Token;
use super::{Parsed, Parser, not_graphql};
use crate::http::guard::validate::invalid;
use domain::exact_numbers;

type Arguments = Vec<(Positioned<Name>, Positioned<Value>)>;

impl Parser<'_> {
    pub fn arguments(&mut self, constant: bool) -> Parsed<Arguments> {
        match self.take("(")? {
            true => self.many(")", |parser| {
                let name = parser.name()?;
                parser.expect(":")?;
                let position = parser.position;
                Ok((name, Positioned::new(parser.value(constant)?, position)))
            }),
            false => Ok(Vec::new()),
        }
    }

    /// A value without variables.
    pub fn constant(&mut self) -> Parsed<Positioned<Constant>> {
        let position = self.position;
        let value = self.value(true)?.into_const();
        let value = value.ok_or_else(|| not_graphql(position, "unexpected variable in a constant value"))?;
        Ok(Positioned::new(value, position))
    }

    fn value(&mut self, constant: bool) -> Parsed<Value> {
        let value = match self.token {
            Token::Punctuator("[") => {
                self.advance()?;
                let mut items = Vec::new();
                while !self.take("]")? {
                    items.push(self.value(constant)?);
                }
                return Ok(Value::List(items));
            }
            Token::Punctuator("{") => return self.object(constant),
            Token::Punctuator("$") if !constant => {
                self.advance()?;
                return Ok(Value::Variable(self.name()?.node));
            }
            Token::Number(text) => {
                exact_numbers::check_number(text).map_err(|refused| invalid(self.position, refused))?;
                let number = text.parse::<Number>();
                Value::Number(number.map_err(|_| self.unexpected("a number"))?)
            }
            Token::String(ref text) => Value::String(text.clone()),
            Token::Name("true") => Value::Boolean(true),
            Token::Name("false") => Value::Boolean(false),
            Token::Name("null") => Value::Null,
            Token::Name(name) => Value::Enum(Name::new(name)),
            Token::Punctuator(_) | Token::End => return Err(self.unexpected("a value")),
        };
        self.advance()?;
        Ok(value)
    }

    fn object(&mut self, constant: bool) -> Parsed<Value> {
        self.expect("{")?;
        let mut fields = IndexMap::new();
        while !self.take("}")? {
            let name = self.name()?;
            self.expect(":")?;
            let value = self.value(constant)?;
            let before = fields.insert(name.node.clone(), value);
            self.once(before.is_none(), name.pos, || {
                format!("there can be only one input field named {}", name.node)
            });
        }
        Ok(Value::Object(fields))
    }
}

/// The type of a variable.
pub fn variable_type(parser: &mut Parser) -> Parsed<Type> {
    let base = match parser.take("[")? {
        true => {
            let inner = variable_type(parser)?;
            parser.expect("]")?;
            BaseType::List(Box::new(inner))
        }
        false => BaseType::Named(parser.name()?.node),
    };
    let nullable = !parser.take("!")?;
    Ok(Type { base, nullable })
}
