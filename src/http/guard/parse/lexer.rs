//! The tokens of a document (GraphQL specification 2.1).

use std::iter::Peekable;
use std::str::CharIndices;

use async_graphql::Pos;

use super::super::problem::DocumentProblem;
use super::{not_graphql, text};

#[derive(Clone, Debug, PartialEq)]
pub enum Token<'a> {
    /// One of `! $ ( ) ... : = @ [ ] { | } &`.
    Punctuator(&'a str),
    Name(&'a str),
    /// A number as written.
    Number(&'a str),
    String(String),
    End,
}

impl Token<'_> {
    /// How errors refer to the token.
    pub fn describe(&self) -> String {
        match self {
            Self::Punctuator(text) | Self::Name(text) | Self::Number(text) => format!("{text:?}"),
            Self::String(_) => "a text".to_owned(),
            Self::End => "the end".to_owned(),
        }
    }
}

pub struct Lexer<'a> {
    source: &'a str,
    chars: Peekable<CharIndices<'a>>,
    /// The position of the next character.
    position: Pos,
}

impl<'a> Lexer<'a> {
    pub fn new(source: &'a str) -> Self {
        Self {
            source,
            chars: source.char_indices().peekable(),
            position: Pos { line: 1, column: 1 },
        }
    }

    /// The next token, and where it begins.
    pub fn next(&mut self) -> Result<(Token<'a>, Pos), DocumentProblem> {
        self.skip_ignored();
        let begin = self.position;
        let Some(first) = self.peek() else {
            return Ok((Token::End, begin));
        };
        let start = self.offset();
        let token = match first {
            '!' | '$' | '(' | ')' | ':' | '=' | '@' | '[' | ']' | '{' | '|' | '}' | '&' => {
                self.bump();
                Token::Punctuator(&self.source[start..self.offset()])
            }
            '.' if self.rest().starts_with("...") => {
                (0..3).for_each(|_| self.bump());
                Token::Punctuator("...")
            }
            '_' | 'a'..='z' | 'A'..='Z' => {
                self.bump_while(is_of_name);
                Token::Name(&self.source[start..self.offset()])
            }
            '-' | '0'..='9' => {
                self.number()?;
                Token::Number(&self.source[start..self.offset()])
            }
            '"' => Token::String(self.string()?),
            other => return Err(self.unexpected(Some(other))),
        };
        Ok((token, begin))
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().map(|(_, char)| *char)
    }

    fn offset(&mut self) -> usize {
        self.chars.peek().map_or(self.source.len(), |(offset, _)| *offset)
    }

    fn rest(&mut self) -> &'a str {
        let offset = self.offset();
        &self.source[offset..]
    }

    fn bump(&mut self) {
        let Some((_, char)) = self.chars.next() else {
            return;
        };
        let ends_line = char == '\n' || char == '\r' && self.peek() != Some('\n');
        if ends_line {
            self.position.line += 1;
            self.position.column = 1;
        } else {
            self.position.column += 1;
        }
    }

    fn bump_while(&mut self, matches: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&matches) {
            self.bump();
        }
    }

    fn skip_ignored(&mut self) {
        loop {
            self.bump_while(|char| matches!(char, ' ' | '\t' | '\r' | '\n' | ',' | '\u{feff}'));
            if self.peek() != Some('#') {
                return;
            }
            self.bump_while(|char| !matches!(char, '\r' | '\n'));
        }
    }

    fn number(&mut self) -> Result<(), DocumentProblem> {
        if self.peek() == Some('-') {
            self.bump();
        }
        if self.peek() == Some('0') {
            self.bump();
        } else {
            self.digits()?;
        }
        if self.peek() == Some('.') {
            self.bump();
            self.digits()?;
        }
        if matches!(self.peek(), Some('e' | 'E')) {
            self.bump();
            if matches!(self.peek(), Some('+' | '-')) {
                self.bump();
            }
            self.digits()?;
        }
        match self.peek() {
            Some(char) if char == '.' || is_of_name(char) => Err(self.unexpected(Some(char))),
            _ => Ok(()),
        }
    }

    fn digits(&mut self) -> Result<(), DocumentProblem> {
        match self.peek() {
            Some('0'..='9') => {
                self.bump_while(|char| char.is_ascii_digit());
                Ok(())
            }
            other => Err(self.unexpected(other)),
        }
    }

    fn string(&mut self) -> Result<String, DocumentProblem> {
        if self.rest().starts_with("\"\"\"") {
            (0..3).for_each(|_| self.bump());
            return self.block();
        }
        self.bump();
        let mut content = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.bump();
                    return Ok(content);
                }
                Some('\\') => {
                    let (char, length) = text::escape(self.rest()).ok_or_else(|| self.unexpected(Some('\\')))?;
                    content.push(char);
                    (0..length).for_each(|_| self.bump());
                }
                None | Some('\n' | '\r') => {
                    return Err(not_graphql(self.position, "unterminated string"));
                }
                Some(char) => {
                    content.push(char);
                    self.bump();
                }
            }
        }
    }

    fn block(&mut self) -> Result<String, DocumentProblem> {
        let mut raw = String::new();
        loop {
            let rest = self.rest();
            if rest.starts_with("\"\"\"") {
                (0..3).for_each(|_| self.bump());
                return Ok(text::dedent(&raw));
            }
            if rest.starts_with("\\\"\"\"") {
                raw.push_str("\"\"\"");
                (0..4).for_each(|_| self.bump());
                continue;
            }
            let Some(char) = self.peek() else {
                return Err(not_graphql(self.position, "unterminated string"));
            };
            raw.push(char);
            self.bump();
        }
    }

    fn unexpected(&self, found: Option<char>) -> DocumentProblem {
        let found = found.map_or("the end".to_owned(), |char| format!("{char:?}"));
        not_graphql(self.position, format!("unexpected {found}"))
    }
}

fn is_of_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || char == '_'
}
