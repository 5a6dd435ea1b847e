//! Parameters as arguments of a field: with the names and the values that the schema declares. The values of a list may
//! be given by repeating the parameter or separated by commas.

use async_graphql::registry::{MetaInputValue, MetaType, Registry};
use async_graphql::{Name, Value, indexmap::IndexMap};

use crate::graphql::check_scalar;

/// A parameter that an export takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter<'a> {
    pub name: &'a str,
    /// A type of the schema, with its markers of lists and of what is required, or a choice of words: `EMAIL|SAVED`.
    pub ty: &'a str,
    pub description: &'a str,
}

impl<'a> Parameter<'a> {
    pub const fn new(name: &'a str, ty: &'a str, description: &'a str) -> Self {
        Self { name, ty, description }
    }

    /// A field of an input object, or an argument.
    pub(super) fn declared(value: &'a MetaInputValue) -> Self {
        Self::new(&value.name, &value.ty, value.description.as_deref().unwrap_or(""))
    }

    /// The type of its values.
    pub fn inner(self) -> &'a str {
        inner(self.ty).0
    }

    /// Whether it may have several values.
    pub fn is_list(self) -> bool {
        inner(self.ty).1
    }

    pub fn is_required(self) -> bool {
        self.ty.ends_with('!')
    }
}

/// The words of a choice; `None`: the type is one of the schema.
pub fn choice(ty: &str) -> Option<Vec<&str>> {
    ty.contains('|').then(|| ty.split('|').collect())
}

/// The known parameters.
pub struct Parameters<'a> {
    types: &'a Registry,
    pub(super) known: Vec<Parameter<'a>>,
}

impl<'a> Parameters<'a> {
    pub fn of(types: &'a Registry, known: Vec<Parameter<'a>>) -> Self {
        Self { types, known }
    }

    /// The parameters are the fields of an input object.
    pub fn of_input(types: &'a Registry, ty: &str) -> Self {
        let fields = match types.types.get(ty.trim_end_matches('!')) {
            Some(MetaType::InputObject { input_fields, .. }) => input_fields,
            _ => panic!("{ty} is no input object"),
        };
        Self::of(types, fields.values().map(Parameter::declared).collect())
    }

    /// These parameters, and others.
    pub fn and(mut self, others: impl Iterator<Item = Parameter<'a>>) -> Self {
        self.known.extend(others);
        self
    }

    /// The parsed parameters, or all of their errors.
    pub fn read<'p>(
        &self,
        given: impl IntoIterator<Item = (&'p str, &'p str)>,
    ) -> Result<IndexMap<Name, Value>, Vec<String>> {
        let mut values: IndexMap<Name, Value> = IndexMap::new();
        let mut wrong = Vec::new();
        for (name, text) in given {
            let Some(parameter) = self.known.iter().find(|known| known.name == name) else {
                let names: Vec<_> = self.known.iter().map(|known| known.name).collect();
                wrong.push(format!(
                    "unknown parameter {name:?}: the parameters are {}",
                    names.join(", ")
                ));
                continue;
            };
            let (inner, is_list) = inner(parameter.ty);
            let texts = match is_list {
                true => text.split(',').collect(),
                false => vec![text],
            };
            let read = texts.into_iter().map(|text| self.value(inner, text));
            let read: Vec<Value> = match read.collect() {
                Ok(read) => read,
                Err(text) => {
                    wrong.push(format!("{name} {text}"));
                    continue;
                }
            };
            match (values.get_mut(name), is_list) {
                (None, true) => drop(values.insert(Name::new(name), Value::List(read))),
                (Some(Value::List(before)), true) => before.extend(read),
                (None, _) => values.extend(read.into_iter().map(|value| (Name::new(name), value))),
                (Some(_), _) => wrong.push(format!("{name} is given twice")),
            }
        }
        for parameter in &self.known {
            let name = parameter.name;
            if parameter.is_required() && !values.contains_key(name) && !wrong.iter().any(|text| text.starts_with(name))
            {
                wrong.push(format!("{name} is required"));
            }
        }
        if wrong.is_empty() { Ok(values) } else { Err(wrong) }
    }

    /// Parses a value of the named type.
    fn value(&self, ty: &str, text: &str) -> Result<Value, String> {
        if text.contains('\0') {
            return Err("must not contain the character U+0000".to_owned());
        }
        let words: Option<Vec<&str>> = match self.types.types.get(ty) {
            Some(MetaType::Enum { enum_values, .. }) => Some(enum_values.keys().map(String::as_str).collect()),
            _ => choice(ty),
        };
        if let Some(words) = words {
            return match words.contains(&text) {
                true => Ok(Value::Enum(Name::new(text))),
                false => Err(format!("must be one of {}, not {text:?}", words.join(", "))),
            };
        }
        if ty == "ID" && text.trim().is_empty() {
            return Err("must be an id, and is empty: leave it out to ask for all".to_owned());
        }
        let value = match ty {
            "Boolean" => text.parse().map(Value::Boolean).ok(),
            "Int" => text.parse::<i64>().map(Value::from).ok(),
            _ => None,
        };
        let value = value.unwrap_or_else(|| Value::from(text));
        match check_scalar(ty, Some(&value)) {
            Ok(()) => Ok(value),
            Err(message) => Err(format!("{message}, not {text:?}")),
        }
    }
}

/// The type of a parameter's values, and whether the parameter is a list.
fn inner(ty: &str) -> (&str, bool) {
    let ty = ty.trim_end_matches('!');
    match ty.strip_prefix('[').and_then(|ty| ty.strip_suffix(']')) {
        Some(inner) => (inner.trim_end_matches('!'), true),
        None => (ty, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::query_types;

    fn read(given: &[(&str, &str)]) -> Result<String, Vec<String>> {
        let types = query_types();
        let parameters = Parameters::of_input(&types, "CommissionFilter");
        let read = parameters.read(given.iter().copied());
        read.map(|values| Value::Object(values).to_string())
    }

    #[test]
    fn parameters_are_what_the_schema_declares() {
        let given = [
            ("status", "PAID,APPROVED"),
            ("status", "ACCRUED"),
            ("recipient", "a,b"),
            ("accruedFrom", "2026-03-01T00:00:00Z"),
        ];
        let expected = r#"{status: [PAID, APPROVED, ACCRUED], recipient: "a,b", accruedFrom: "2026-03-01T00:00:00Z"}"#;
        assert_eq!(read(&given).unwrap(), expected);
        assert_eq!(read(&[]).unwrap(), "{}");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let given = [
            ("statuz", "PAID"),
            ("status", "PAYED"),
            ("accruedTo", "yesterday"),
            ("currency", "euro"),
            ("recipient", "a"),
            ("recipient", "b"),
            ("partnerId", "\0"),
            ("campaignId", ""),
        ];
        let wrong = read(&given).unwrap_err();
        let begins = [
            "unknown parameter \"statuz\": the parameters are",
            "status must be one of ACCRUED, ",
            "accruedTo must be an RFC 3339 moment",
            "currency must be an ISO 4217",
            "recipient is given twice",
            "partnerId must not contain",
            "campaignId must be an id, and is empty",
        ];
        assert_eq!(wrong.len(), begins.len(), "{wrong:?}");
        for (text, begins) in wrong.iter().zip(begins) {
            assert!(text.starts_with(begins), "{text}");
        }
    }

    #[test]
    fn parameters_may_be_choices_and_required() {
        let types = query_types();
        let known = [("runId", "ID!"), ("payees", "EMAIL|SAVED"), ("part", "Int")];
        let known = known.map(|(name, ty)| Parameter::new(name, ty, ""));
        let parameters = Parameters::of(&types, known.to_vec());
        let read = parameters
            .read([("runId", "a"), ("payees", "SAVED"), ("part", "2")])
            .unwrap();
        assert_eq!(
            Value::Object(read).to_string(),
            r#"{runId: "a", payees: SAVED, part: 2}"#
        );
        let wrong = parameters.read([("payees", "saved"), ("part", "x")]).unwrap_err();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert_eq!(wrong[0], "payees must be one of EMAIL, SAVED, not \"saved\"");
        assert_eq!(wrong[2], "runId is required");
    }
}
