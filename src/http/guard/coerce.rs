//! Whether values fit the types of the arguments and fields that they are for. The library finds most mismatches only
//! during execution, when earlier mutations are already done.

use std::collections::{HashMap, HashSet};
use std::fmt;

use async_graphql::parser::types::{BaseType, Type};
use async_graphql::{Pos, Value as Constant};

use super::input::{Input, View};
use super::limits::Limits;
use super::problem::DocumentProblem;
use super::size::VALUE_BYTES;
use super::types::{Definition, InputField, Types};
use super::validate::suggest;
use crate::graphql::check_scalar;
use crate::http::codes;

/// The values of an operation's variables: those given, or else the defaults.
pub type Values<'a> = HashMap<&'a str, &'a Constant>;

/// Checks values one after the other and collects the problems.
pub struct Checker<'a> {
    pub types: &'a Types,
    pub limits: &'a Limits,
    /// Whether errors list the names that exist.
    pub suggests: bool,
    pub variables: Values<'a>,
    /// Variables with a problem that is already reported, or without values yet.
    pub faulty: HashSet<&'a str>,
    /// Bytes of values checked so far, those of a variable at each of its uses.
    pub seen_bytes: u64,
    pub problems: Vec<DocumentProblem>,
}

/// The place of a value, for the text of a problem: `$input.rules.0.percentage`, `partners.filter.status.0`.
#[derive(Clone, Copy)]
pub enum Path<'a> {
    Variable(&'a str),
    /// Of a field or a directive.
    Argument(&'a str, &'a str),
    Key(&'a Path<'a>, &'a str),
    Index(&'a Path<'a>, usize),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable(name) => write!(f, "${name}"),
            Self::Argument(owner, name) => write!(f, "{owner}.{name}"),
            Self::Key(parent, name) => write!(f, "{parent}.{name}"),
            Self::Index(parent, index) => write!(f, "{parent}.{index}"),
        }
    }
}

impl<'a> Checker<'a> {
    /// A checker that has seen nothing, and knows no variables.
    pub fn new(types: &'a Types, limits: &'a Limits, suggests: bool) -> Self {
        Self {
            types,
            limits,
            suggests,
            variables: Values::new(),
            faulty: HashSet::new(),
            seen_bytes: 0,
            problems: Vec::new(),
        }
    }
}

impl Checker<'_> {
    fn refuse<V: Input>(&mut self, path: &Path, position: Pos, text: impl fmt::Display) {
        let code = if V::IS_JSON {
            codes::BAD_USER_INPUT
        } else {
            codes::GRAPHQL_VALIDATION_FAILED
        };
        self.problems
            .push(DocumentProblem::new(code, format!("{path} {text}")).at(position));
    }

    /// Whether this value may still be checked: a large variable may be used too often for that.
    fn see<V>(&mut self, view: &View<'_, V>, position: Pos) -> bool {
        // Each value is checked where its variable is declared and where it is used.
        let most = self.limits.argument_bytes.saturating_mul(2);
        let text = match view {
            View::String(text) => text.len() as u64,
            _ => 0,
        };
        let before = self.seen_bytes;
        self.seen_bytes = before.saturating_add(VALUE_BYTES).saturating_add(text);
        if before <= most && self.seen_bytes > most {
            self.problems.push(too_large(self.limits).at(position));
        }
        self.seen_bytes <= most
    }

    /// Checks a value for an argument or an input field. If the value is a variable without a value, the default
    /// applies.
    pub fn check_for<V: Input>(&mut self, place: &InputField, value: &V, path: &Path, position: Pos) {
        let has_no_value = matches!(value.view(), View::Variable(name) if !self.variables.contains_key(name.as_str()));
        if !(place.has_default && has_no_value) {
            self.check(&place.ty, value, path, position);
        }
    }

    /// Checks a value for a place of type `ty`.
    pub fn check<V: Input>(&mut self, ty: &Type, value: &V, path: &Path, position: Pos) {
        // An answer reports a limited number of errors; checking the rest of a long list of bad values is of no use.
        if self.problems.len() >= self.limits.errors {
            return;
        }
        let view = value.view();
        if !self.see(&view, position) {
            return;
        }
        if let View::String(text) = view
            && self.refuse_null(text, path, position)
        {
            return;
        }
        match (view, &ty.base) {
            // The problem was reported where the variable is declared.
            (View::Variable(name), _) if self.faulty.contains(name.as_str()) => {}
            (View::Variable(name), _) => match self.variables.get(name.as_str()).copied() {
                Some(constant) => self.check(ty, constant, &Path::Variable(name), position),
                None if ty.nullable => {}
                None => self.refuse::<Constant>(path, position, format_args!("needs the variable ${name}")),
            },
            (View::Null, _) if ty.nullable => {}
            (View::Null, _) => self.refuse::<V>(path, position, format_args!("must be a {ty}, not null")),
            (View::List(items), BaseType::List(inner)) => {
                if items.len() > self.limits.input_list {
                    let most = self.limits.input_list;
                    let message = format!("{path} is too long: at most {most} entries in a list");
                    self.problems
                        .push(DocumentProblem::new(codes::BAD_USER_INPUT, message).at(position));
                    return;
                }
                for (index, item) in items.iter().enumerate() {
                    self.check(inner, item, &Path::Index(path, index), position);
                }
            }
            // A single value stands for a list of one.
            (_, BaseType::List(inner)) => self.check(inner, value, path, position),
            (view, BaseType::Named(name)) => self.check_named(name, view, path, position),
        }
    }

    fn check_named<V: Input>(&mut self, name: &str, view: View<'_, V>, path: &Path, position: Pos) {
        let types = self.types;
        match (types.get(name), view) {
            // Validation reports unknown types.
            (None | Some(Definition::Composite(_)), _) => {}
            (Some(Definition::Scalar), view) => {
                self.look_into(&view, path, position);
                if let Err(text) = check_scalar(name, constant(&view).as_ref()) {
                    self.refuse::<V>(path, position, text);
                }
            }
            (Some(Definition::Enum(names)), view) => {
                let given = match &view {
                    View::Enum(name) => name.as_str(),
                    View::String(text) if V::IS_JSON => text,
                    _ => "",
                };
                if !names.iter().any(|known| known == given) {
                    let shown = match &view {
                        View::String(text) if self.suggests && names.contains(text) => {
                            format!(": write {text} without quotes")
                        }
                        _ if self.suggests => format!(": {}", names.join(", ")),
                        _ => String::new(),
                    };
                    self.refuse::<V>(
                        path,
                        position,
                        format_args!("must be a value of the enum {name}{shown}"),
                    );
                }
            }
            (Some(Definition::Input { fields, one_of }), View::Object(given)) => {
                self.check_object(name, fields, *one_of, &given, path, position);
            }
            (Some(Definition::Input { .. }), _) => {
                self.refuse::<V>(path, position, format_args!("must be an object of type {name}"));
            }
        }
    }

    /// The one character that PostgreSQL stores in no text is refused everywhere, so that nothing behind the guard has
    /// to handle it.
    fn refuse_null(&mut self, text: &str, path: &Path, position: Pos) -> bool {
        let has_null = text.contains('\0');
        if has_null {
            let message = format!("{path} must not contain the character U+0000");
            self.problems
                .push(DocumentProblem::new(codes::BAD_USER_INPUT, message).at(position));
        }
        has_null
    }

    /// Checks the texts in a value of free form.
    fn look_into<V: Input>(&mut self, view: &View<'_, V>, path: &Path, position: Pos) {
        match view {
            View::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.look_at(item, &Path::Index(path, index), position);
                }
            }
            View::Object(fields) => {
                for (name, value) in fields {
                    self.refuse_null(name, &Path::Key(path, "(a name)"), position);
                    self.look_at(*value, &Path::Key(path, name), position);
                }
            }
            _ => {}
        }
    }

    fn look_at<V: Input>(&mut self, value: &V, path: &Path, position: Pos) {
        let view = value.view();
        if self.problems.len() < self.limits.errors && self.see(&view, position) {
            if let View::String(text) = view {
                self.refuse_null(text, path, position);
            }
            self.look_into(&view, path, position);
        }
    }

    fn check_object<V: Input>(
        &mut self,
        name: &str,
        fields: &HashMap<String, InputField>,
        one_of: bool,
        given: &[(&str, &V)],
        path: &Path,
        position: Pos,
    ) {
        for (field, value) in given {
            match fields.get(*field) {
                Some(definition) => self.check_for(definition, *value, &Path::Key(path, field), position),
                None => {
                    let alike = match self.suggests && self.problems.len() < self.limits.errors {
                        true => suggest::alike(field, fields.keys().map(String::as_str)).replacen(':', ";", 1),
                        false => String::new(),
                    };
                    self.refuse::<V>(
                        path,
                        position,
                        format_args!("field {field:?} is not defined by type {name}{alike}"),
                    );
                }
            }
            if self.problems.len() >= self.limits.errors {
                return;
            }
        }
        let mut required: Vec<_> = fields.iter().filter(|(_, field)| field.required).collect();
        required.sort_by_key(|(field, _)| *field);
        for (field, definition) in required {
            if !given.iter().any(|(name, _)| name == field) {
                let text = format!("is required: its type is {}", definition.ty);
                self.refuse::<V>(&Path::Key(path, field), position, text);
            }
        }
        let is_null = |value: &V| match value.view() {
            View::Null => true,
            View::Variable(name) if self.faulty.contains(name.as_str()) => false,
            View::Variable(name) => matches!(self.variables.get(name.as_str()), None | Some(Constant::Null)),
            _ => false,
        };
        if one_of && (given.len() != 1 || is_null(given[0].1)) {
            self.refuse::<V>(path, position, "must have exactly one field, which is not null");
        }
    }
}

/// The values of the arguments take too much memory.
pub fn too_large(limits: &Limits) -> DocumentProblem {
    let most = limits.argument_bytes;
    DocumentProblem::too_complex(format!(
        "the argument values are too large: at most {most} bytes; a variable counts each time it is used"
    ))
}

/// A value other than a list or object, for the scalar to check; `None` for those two, which only the scalar JSON
/// takes.
fn constant<V>(view: &View<'_, V>) -> Option<Constant> {
    match view {
        View::Number(number) => Some(Constant::Number((*number).clone())),
        View::String(text) => Some(Constant::String((*text).clone())),
        View::Boolean(truth) => Some(Constant::Boolean(*truth)),
        View::Enum(name) => Some(Constant::Enum((*name).clone())),
        View::Null => Some(Constant::Null),
        View::List(_) | View::Object(_) | View::Variable(_) => None,
    }
}
