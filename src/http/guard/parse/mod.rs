//! Parses documents (GraphQL specification 2). The library's own parser accepts some texts that are not GraphQL,
//! refuses some that are, and keeps the last of two input fields with the same name. Only executable documents are
//! parsed here.
//!
//! The caller must have bounded the nesting of brackets.

mod lexer;
#[cfg(test)]
mod tests;
mod text;
mod values;

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, FragmentSpread, InlineFragment,
    OperationDefinition, OperationType, Selection, SelectionSet, TypeCondition, VariableDefinition,
};
use async_graphql::{Name, Pos, Positioned};

use lexer::{Lexer, Token};

use super::problem::DocumentProblem;
use super::validate::invalid;

pub fn parse(text: &str) -> Result<ExecutableDocument, DocumentProblem> {
    let mut lexer = Lexer::new(text);
    let (token, position) = lexer.next()?;
    let mut parser = Parser {
        lexer,
        token,
        position,
        twice: None,
    };
    let document = parser.document()?;
    parser.twice.map_or(Ok(document), Err)
}

fn not_graphql(position: Pos, why: impl AsRef<str>) -> DocumentProblem {
    let message = format!("the document is not GraphQL: {}", why.as_ref());
    DocumentProblem::new("GRAPHQL_PARSE_FAILED", message).at(position)
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// The next token, and where it begins.
    token: Token<'a>,
    position: Pos,
    /// The first duplicate of a name that must be unique: it is reported if the rest is GraphQL.
    twice: Option<DocumentProblem>,
}

type Parsed<T> = Result<T, DocumentProblem>;

impl<'a> Parser<'a> {
    fn document(&mut self) -> Parsed<ExecutableDocument> {
        let mut anonymous = None;
        let mut operations = HashMap::new();
        let mut fragments = HashMap::new();
        loop {
            let described = self.description()?;
            let position = self.position;
            match self.token {
                Token::Punctuator("{") if !described => {
                    let operation = OperationDefinition {
                        ty: OperationType::Query,
                        variable_definitions: Vec::new(),
                        directives: Vec::new(),
                        selection_set: self.selection_set()?,
                    };
                    self.anonymous(&mut anonymous, Positioned::new(operation, position));
                }
                Token::Name("fragment") => {
                    self.advance()?;
                    let name = self.fragment_name()?;
                    let fragment = Positioned::new(self.fragment()?, position);
                    let before = fragments.insert(name.node.clone(), fragment);
                    self.once(before.is_none(), name.pos, || {
                        format!("there are two fragments {}", name.node)
                    });
                }
                Token::Name(word @ ("query" | "mutation" | "subscription")) => {
                    self.advance()?;
                    let ty = match word {
                        "query" => OperationType::Query,
                        "mutation" => OperationType::Mutation,
                        _ => OperationType::Subscription,
                    };
                    let name = match self.token {
                        Token::Name(_) => Some(self.name()?),
                        _ => None,
                    };
                    let operation = Positioned::new(self.operation(ty)?, position);
                    match name {
                        None => self.anonymous(&mut anonymous, operation),
                        Some(name) => {
                            let before = operations.insert(name.node.clone(), operation);
                            self.once(before.is_none(), name.pos, || {
                                format!("there are two operations {}", name.node)
                            });
                        }
                    }
                }
                _ => return Err(self.unexpected("an operation or a fragment")),
            }
            if self.token == Token::End {
                break;
            }
        }
        let operations = match anonymous {
            Some(anonymous) => {
                let alone = operations.is_empty();
                let text = || "an operation without a name must be the only one".to_owned();
                self.once(alone, anonymous.pos, text);
                DocumentOperations::Single(anonymous)
            }
            None if operations.is_empty() => {
                return Err(not_graphql(self.position, "it has no operation"));
            }
            None => DocumentOperations::Multiple(operations),
        };
        Ok(ExecutableDocument { operations, fragments })
    }

    fn anonymous(
        &mut self,
        found: &mut Option<Positioned<OperationDefinition>>,
        operation: Positioned<OperationDefinition>,
    ) {
        let text = || "an operation without a name must be the only one".to_owned();
        self.once(found.is_none(), operation.pos, text);
        *found = Some(operation);
    }

    /// The rest of an operation, after its kind and name.
    fn operation(&mut self, ty: OperationType) -> Parsed<OperationDefinition> {
        let variable_definitions = match self.take("(")? {
            true => self.many(")", Self::variable_definition)?,
            false => Vec::new(),
        };
        Ok(OperationDefinition {
            ty,
            variable_definitions,
            directives: self.directives(false)?,
            selection_set: self.selection_set()?,
        })
    }

    fn variable_definition(&mut self) -> Parsed<Positioned<VariableDefinition>> {
        self.description()?;
        let position = self.position;
        self.expect("$")?;
        let name = self.name()?;
        self.expect(":")?;
        let of_type = self.position;
        let var_type = Positioned::new(values::variable_type(self)?, of_type);
        let default_value = match self.take("=")? {
            true => Some(self.constant()?),
            false => None,
        };
        let definition = VariableDefinition {
            name,
            var_type,
            default_value,
            directives: self.directives(true)?,
        };
        Ok(Positioned::new(definition, position))
    }

    fn selection_set(&mut self) -> Parsed<Positioned<SelectionSet>> {
        let position = self.position;
        self.expect("{")?;
        let items = self.many("}", Self::selection)?;
        Ok(Positioned::new(SelectionSet { items }, position))
    }

    fn selection(&mut self) -> Parsed<Positioned<Selection>> {
        let position = self.position;
        let selection = match self.take("...")? {
            false => Selection::Field(Positioned::new(self.field()?, position)),
            true => match self.token {
                Token::Name(name) if name != "on" => {
                    let spread = FragmentSpread {
                        fragment_name: self.name()?,
                        directives: self.directives(false)?,
                    };
                    Selection::FragmentSpread(Positioned::new(spread, position))
                }
                _ => {
                    let type_condition = match self.token {
                        Token::Name(_) => Some(self.type_condition()?),
                        _ => None,
                    };
                    let fragment = InlineFragment {
                        type_condition,
                        directives: self.directives(false)?,
                        selection_set: self.selection_set()?,
                    };
                    Selection::InlineFragment(Positioned::new(fragment, position))
                }
            },
        };
        Ok(Positioned::new(selection, position))
    }

    fn field(&mut self) -> Parsed<Field> {
        let first = self.name()?;
        let (alias, name) = match self.take(":")? {
            true => (Some(first), self.name()?),
            false => (None, first),
        };
        let arguments = self.arguments(false)?;
        let directives = self.directives(false)?;
        let selection_set = match self.token {
            Token::Punctuator("{") => self.selection_set()?,
            _ => Positioned::default(),
        };
        Ok(Field {
            alias,
            name,
            arguments,
            directives,
            selection_set,
        })
    }

    fn fragment_name(&mut self) -> Parsed<Positioned<Name>> {
        match self.token {
            Token::Name("on") => Err(self.unexpected("the fragment's name")),
            _ => self.name(),
        }
    }

    /// The rest of a fragment, after its name.
    fn fragment(&mut self) -> Parsed<FragmentDefinition> {
        Ok(FragmentDefinition {
            type_condition: self.type_condition()?,
            directives: self.directives(false)?,
            selection_set: self.selection_set()?,
        })
    }

    fn type_condition(&mut self) -> Parsed<Positioned<TypeCondition>> {
        let position = self.position;
        if self.token != Token::Name("on") {
            return Err(self.unexpected("\"on\""));
        }
        self.advance()?;
        Ok(Positioned::new(TypeCondition { on: self.name()? }, position))
    }

    fn directives(&mut self, constant: bool) -> Parsed<Vec<Positioned<Directive>>> {
        let mut directives = Vec::new();
        loop {
            let position = self.position;
            if !self.take("@")? {
                return Ok(directives);
            }
            let directive = Directive {
                name: self.name()?,
                arguments: self.arguments(constant)?,
            };
            directives.push(Positioned::new(directive, position));
        }
    }

    /// Skips the description that may precede a definition.
    fn description(&mut self) -> Parsed<bool> {
        let is_there = matches!(self.token, Token::String(_));
        if is_there {
            self.advance()?;
        }
        Ok(is_there)
    }

    fn name(&mut self) -> Parsed<Positioned<Name>> {
        let Token::Name(name) = self.token else {
            return Err(self.unexpected("a name"));
        };
        let name = Positioned::new(Name::new(name), self.position);
        self.advance()?;
        Ok(name)
    }

    /// One or more, up to the closing bracket.
    fn many<T>(&mut self, end: &'static str, mut one: impl FnMut(&mut Self) -> Parsed<T>) -> Parsed<Vec<T>> {
        let mut all = vec![one(self)?];
        while !self.take(end)? {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn advance(&mut self) -> Parsed<()> {
        (self.token, self.position) = self.lexer.next()?;
        Ok(())
    }

    /// Steps over a punctuator, if it is the next token.
    fn take(&mut self, punctuator: &'static str) -> Parsed<bool> {
        let is_next = self.token == Token::Punctuator(punctuator);
        if is_next {
            self.advance()?;
        }
        Ok(is_next)
    }

    fn expect(&mut self, punctuator: &'static str) -> Parsed<()> {
        match self.take(punctuator)? {
            true => Ok(()),
            false => Err(self.unexpected(&format!("{punctuator:?}"))),
        }
    }

    fn unexpected(&self, wanted: &str) -> DocumentProblem {
        not_graphql(
            self.position,
            format!("{wanted} is expected, not {}", self.token.describe()),
        )
    }

    fn once(&mut self, is_first: bool, position: Pos, text: impl FnOnce() -> String) {
        if !is_first && self.twice.is_none() {
            self.twice = Some(invalid(position, text()));
        }
    }
}
