//! Parameters as arguments of a field: the same names, and the same values, as the schema declares. A list may be given
//! several times, or with commas.

use async_graphql::registry::{MetaInputValue, MetaType, Registry};
use async_graphql::{Name, Value, indexmap::IndexMap};

use crate::graphql::check_scalar;

/// What parameters may be called, and of which types they are.
pub struct Parameters<'a> {
    types: &'a Registry,
    known: &'a IndexMap<String, MetaInputValue>,
}

impl<'a> Parameters<'a> {
    /// The fields of an input object.
    pub fn of_input(types: &'a Registry, ty: &str) -> Option<Self> {
        match types.types.get(ty.trim_end_matches('!'))? {
            MetaType::InputObject { input_fields, .. } => {
                let known = input_fields;
                Some(Self { types, known })
            }
            _ => None,
        }
    }

    pub fn names(&self) -> impl Iterator<Item = &'a str> {
        self.known.keys().map(String::as_str)
    }

    /// What was given, or everything that is wrong with it.
    pub fn read<'p>(&self, given: impl IntoIterator<Item = (&'p str, &'p str)>) -> Result<Value, Vec<String>> {
        let mut values: IndexMap<Name, Value> = IndexMap::new();
        let mut wrong = Vec::new();
        for (name, text) in given {
            let Some(known) = self.known.get(name) else {
                let names: Vec<_> = self.names().collect();
                wrong.push(format!(
                    "there is no parameter {name:?}: there are {}",
                    names.join(", ")
                ));
                continue;
            };
            let (inner, is_list) = inner(&known.ty);
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
        for (name, known) in self.known {
            if known.ty.ends_with('!') && !values.contains_key(name.as_str()) {
                wrong.push(format!("{name} is required"));
            }
        }
        if wrong.is_empty() {
            Ok(Value::Object(values))
        } else {
            Err(wrong)
        }
    }

    /// A value of the named type.
    fn value(&self, ty: &str, text: &str) -> Result<Value, String> {
        if text.contains('\0') {
            return Err("must not contain the character U+0000".to_owned());
        }
        if let Some(MetaType::Enum { enum_values, .. }) = self.types.types.get(ty) {
            let names: Vec<_> = enum_values.keys().map(String::as_str).collect();
            return match names.contains(&text) {
                true => Ok(Value::Enum(Name::new(text))),
                false => Err(format!("must be one of {}, not {text:?}", names.join(", "))),
            };
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

/// The type of a parameter's values, and whether it has several.
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
        let parameters = Parameters::of_input(&types, "CommissionFilter").expect("an input");
        parameters.read(given.iter().copied()).map(|value| value.to_string())
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
        ];
        let wrong = read(&given).unwrap_err();
        assert_eq!(wrong.len(), 6, "{wrong:?}");
        assert!(
            wrong[0].starts_with("there is no parameter \"statuz\": there are"),
            "{wrong:?}"
        );
        assert!(wrong[1].starts_with("status must be one of ACCRUED, "), "{wrong:?}");
        assert!(
            wrong[2].starts_with("accruedTo must be an RFC 3339 moment"),
            "{wrong:?}"
        );
        assert!(wrong[3].starts_with("currency must be an ISO 4217"), "{wrong:?}");
        assert_eq!(wrong[4], "recipient is given twice");
        assert!(wrong[5].starts_with("partnerId must not contain"), "{wrong:?}");
    }
}
