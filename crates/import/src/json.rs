//! Reads JSON without losing a digit: a number stays the document's text until it becomes an exact decimal. Every value
//! that cannot be used is noted with its path.

use std::fmt;

use rust_decimal::Decimal;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::ImportError;
use domain::money::parse_json_number;
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;

/// Values of a document, each with its path.
pub type Places<'a> = Vec<(Vec<String>, &'a RawValue)>;

/// The items of a document.
pub struct DocumentItems<'a> {
    places: Places<'a>,
    problems: Problems,
}

impl<'a> DocumentItems<'a> {
    /// The elements of a document that is a list; `places` finds the items of any other. `what` they are is for the
    /// message that there are none.
    pub fn of(
        document: &'a str,
        what: &str,
        places: impl FnOnce(&'a RawValue, &mut Problems) -> Places<'a>,
    ) -> Result<Self, ImportError> {
        // Some editors on other systems begin files with a byte order mark.
        let document: &RawValue = serde_json::from_str(document.trim_start_matches('\u{feff}'))?;
        let mut problems = Problems::new();
        let places = match list(document) {
            Some(values) => numbered(&[], values),
            None => places(document, &mut problems),
        };
        if places.is_empty() && problems.is_empty() {
            problems.add("", ProblemCode::Required, format!("it has no {what}"));
        }
        Ok(Self { places, problems })
    }

    /// The ids in these members of the items, which are lists of ids or of objects with a uuid. Whatever cannot be read
    /// is left out: reading the items notes it.
    pub fn named(&self, members: &[&str]) -> Vec<String> {
        let mut unnoted = Problems::new();
        let mut ids = Vec::new();
        for (_, item) in &self.places {
            let Some(mut item) = ObjectMembers::read(item, &mut unnoted) else {
                continue;
            };
            let lists = members.iter().filter_map(|name| list(item.take(name)?));
            for entry in lists.flatten() {
                let object = ObjectMembers::read(entry, &mut unnoted);
                let uuid = object.and_then(|mut object| object.take("uuid"));
                ids.extend(external_id("", uuid.unwrap_or(entry), &mut unnoted));
            }
        }
        // No text of PostgreSQL has a NUL.
        ids.retain(|id| !id.contains('\0'));
        ids
    }

    /// Reads the items with `read`, which also gets those before it. All or none: every problem is noted.
    pub fn read<T>(
        self,
        mut read: impl FnMut(Vec<String>, &'a RawValue, &[T], &mut Problems) -> Option<T>,
    ) -> Result<Vec<T>, ImportError> {
        let Self { places, mut problems } = self;
        let mut items = Vec::with_capacity(places.len());
        for (place, value) in places {
            let item = problems.within_all(&place, |problems| read(place.clone(), value, &items, problems));
            items.extend(item);
        }
        if problems.is_empty() {
            Ok(items)
        } else {
            Err(ImportError::Refused(problems.into_vec()))
        }
    }
}

/// An item of a document: its id, if the other system has given it one, and its name.
pub type Named<'a> = (Option<&'a str>, &'a str);

/// Looks for an earlier item of the document that is the same: with an equal id, or an equal name unless both have an
/// id. Returns which of the `fields`, for ids and for names, is equal, and its value; `None` if there is no such item.
pub fn told_before<'a>(
    fields: [&'static str; 2],
    (id, name): Named<'a>,
    mut earlier: impl Iterator<Item = Named<'a>>,
) -> Option<(&'static str, &'a str)> {
    let [of_ids, of_names] = fields;
    earlier.find_map(|(other_id, other_name)| match (id, other_id) {
        (Some(id), Some(other)) => (id == other).then_some((of_ids, id)),
        _ => (name == other_name).then_some((of_names, name)),
    })
}

/// The members of an object. Each is taken once; those that remain are unknown.
pub struct ObjectMembers<'a>(Vec<(String, &'a RawValue)>);

impl<'a> ObjectMembers<'a> {
    /// `None`, with a problem noted, if the value is no object.
    pub fn read(value: &'a RawValue, problems: &mut Problems) -> Option<Self> {
        let members = serde_json::Deserializer::from_str(value.get()).deserialize_map(MembersVisitor);
        let members = members.map_err(|_| Fault::invalid("must be an object"));
        let mut distinct: Vec<(String, &RawValue)> = Vec::new();
        for (name, value) in problems.take("", members)? {
            if distinct.iter().any(|(earlier, _)| *earlier == name) {
                problems.add(&name, ProblemCode::Invalid, "is given twice");
            } else {
                distinct.push((name, value));
            }
        }
        Some(Self(distinct))
    }

    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|(member, _)| member == name)
    }

    /// The value as it is, null included.
    pub fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let index = self.0.iter().position(|(member, _)| member == name)?;
        Some(self.0.remove(index).1)
    }

    /// Removes those of the members that are null or empty texts.
    pub fn take_nulls(&mut self, names: &[&str]) {
        let is_nothing = |value: &RawValue| is_null(value) || value.get() == "\"\"";
        self.0
            .retain(|(name, value)| !(names.contains(&name.as_str()) && is_nothing(value)));
    }

    /// A text: absent keeps, null clears.
    pub fn text(&mut self, name: &str, problems: &mut Problems) -> Patch<String> {
        self.patch(name, "must be a text", problems)
    }

    /// True or false: absent keeps, null clears.
    pub fn flag(&mut self, name: &str, problems: &mut Problems) -> Patch<bool> {
        self.patch(name, "must be true or false", problems)
    }

    /// A required text.
    pub fn required_text(&mut self, name: &str, problems: &mut Problems) -> Option<String> {
        let value = self.required(name, problems)?;
        problems.take(
            name,
            serde_json::from_str(value.get()).map_err(|_| Fault::invalid("must be a text")),
        )
    }

    /// A required number, exactly.
    pub fn number(&mut self, name: &str, problems: &mut Problems) -> Option<Decimal> {
        let value = self.required(name, problems)?;
        problems.take(name, number(value))
    }

    /// A required whole number.
    pub fn whole_number(&mut self, name: &str, problems: &mut Problems) -> Option<i32> {
        let value = self.required(name, problems)?;
        problems.take(name, number(value).and_then(whole))
    }

    /// A whole number that may be absent or null.
    pub fn optional_whole_number(&mut self, name: &str, problems: &mut Problems) -> Option<Option<i32>> {
        match self.take(name).filter(|value| !is_null(value)) {
            None => Some(None),
            Some(value) => problems.take(name, number(value).and_then(whole)).map(Some),
        }
    }

    /// The elements of a required list.
    pub fn required_list(&mut self, name: &str, problems: &mut Problems) -> Option<Vec<&'a RawValue>> {
        let value = self.required(name, problems)?;
        problems.take(name, list(value).ok_or_else(|| Fault::invalid("must be a list")))
    }

    /// Notes the remaining members as problems: ignoring them might change what is paid.
    pub fn refuse_the_rest(self, problems: &mut Problems) {
        for (name, _) in self.0 {
            problems.add(
                "",
                ProblemCode::Invalid,
                format!("has a member {name:?} that Tributary does not know"),
            );
        }
    }

    /// A required value, which must not be null.
    pub fn required(&mut self, name: &str, problems: &mut Problems) -> Option<&'a RawValue> {
        let value = self.take(name).filter(|value| !is_null(value));
        problems.take(name, value.ok_or_else(Fault::required))
    }

    fn patch<T: serde::Deserialize<'a>>(&mut self, name: &str, expected: &str, problems: &mut Problems) -> Patch<T> {
        match self.take(name) {
            None => Patch::Keep,
            Some(value) if is_null(value) => Patch::Clear,
            Some(value) => {
                let value = serde_json::from_str(value.get()).map_err(|_| Fault::invalid(expected));
                problems.take(name, value).map_or(Patch::Keep, Patch::Set)
            }
        }
    }
}

/// A number, exactly.
pub fn number(value: &RawValue) -> Result<Decimal, Fault> {
    match value.get().as_bytes() {
        [b'-' | b'0'..=b'9', ..] => parse_json_number(value.get()),
        _ => Err(Fault::invalid("must be a number")),
    }
}

fn whole(number: Decimal) -> Result<i32, Fault> {
    let whole = number.fract().is_zero().then(|| i32::try_from(number).ok()).flatten();
    whole.ok_or_else(|| Fault::invalid(format!("must be a whole number of at most {}, not {number}", i32::MAX)))
}

/// The elements of a list; `None` if the value is no list.
pub fn list(value: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(value.get()).ok()
}

/// The elements of the list at `prefix`, each with its path.
pub fn numbered<'a>(prefix: &[&str], values: Vec<&'a RawValue>) -> Places<'a> {
    let place = |index: usize| {
        let prefix = prefix.iter().map(|segment| (*segment).to_owned());
        prefix.chain([index.to_string()]).collect()
    };
    let values = values.into_iter().enumerate();
    values.map(|(index, value)| (place(index), value)).collect()
}

/// An id of the other system: a number or a text.
pub fn external_id(name: &str, value: &RawValue, problems: &mut Problems) -> Option<String> {
    let id = match serde_json::from_str::<String>(value.get()) {
        Ok(text) => Ok(text::normalised(&text)),
        Err(_) => match serde_json::from_str::<i64>(value.get()) {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err(Fault::invalid("must be an id: a whole number or a text")),
        },
    };
    problems.take(name, id)
}

/// A value of an enum, which the documents spell in lower case.
pub fn chosen<T>(name: &str, word: &str, parse: impl FnOnce(&str) -> Option<T>, problems: &mut Problems) -> Option<T> {
    let known = if word.chars().any(char::is_uppercase) {
        None
    } else {
        parse(&word.to_uppercase())
    };
    let message = format!("is {word:?}, which Tributary does not know");
    problems.take(name, known.ok_or_else(|| Fault::invalid(message)))
}

pub fn is_null(value: &RawValue) -> bool {
    value.get() == "null"
}

struct MembersVisitor;

impl<'a> Visitor<'a> for MembersVisitor {
    type Value = Vec<(String, &'a RawValue)>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(members)
    }
}
