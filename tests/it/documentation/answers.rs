//! Whether an answer is the one that is printed.

use std::collections::BTreeMap;

use chrono::DateTime;
use serde_json::Value;

/// What the ids and cursors of a page are in this run.
#[derive(Default)]
pub struct Answers(BTreeMap<String, String>);

/// Fields whose values nobody can tell beforehand.
const UNTOLD: [&str; 2] = ["requestId", "currentlyAvailable"];
/// Those that later questions may name.
const OPAQUE: [&str; 3] = ["cursor", "endCursor", "startCursor"];

impl Answers {
    /// A text of the page as it is meant in this run.
    pub fn current(&self, text: &str) -> String {
        let replace = |text: String, (printed, here): (&String, &String)| text.replace(printed, here);
        self.0.iter().fold(text.to_owned(), replace)
    }

    /// Says where an answer is another one than that printed. What the page leaves out at the top, such as the cost, is
    /// not looked at.
    pub fn compare(&mut self, printed: &Value, here: &Value) -> Result<(), String> {
        let fields = printed.as_object().expect("an answer");
        if fields.contains_key("data") && !fields.contains_key("errors") && here.get("errors").is_some() {
            return Err(here["errors"].to_string());
        }
        for (name, printed) in fields {
            self.value(name, name, printed, &here[name])?;
        }
        Ok(())
    }

    fn value(&mut self, path: &str, name: &str, printed: &Value, here: &Value) -> Result<(), String> {
        match (printed, here) {
            (Value::Object(fields), Value::Object(others)) => {
                let names = |of: &serde_json::Map<String, Value>| of.keys().cloned().collect::<Vec<_>>();
                // Where in a document an error is, is seen by whoever asks.
                let unknown = others
                    .keys()
                    .find(|name| !fields.contains_key(*name) && *name != "locations");
                if unknown.is_some() {
                    return Err(format!("{path} has {:?}, not {:?}", names(others), names(fields)));
                }
                for (name, printed) in fields {
                    self.value(
                        &format!("{path}.{name}"),
                        name,
                        printed,
                        &others.get(name).cloned().unwrap_or_default(),
                    )?;
                }
                Ok(())
            }
            (Value::Array(items), Value::Array(others)) if items.len() == others.len() => {
                let mut pairs = items.iter().zip(others).enumerate();
                pairs.try_for_each(|(index, (printed, here))| {
                    self.value(&format!("{path}.{index}"), name, printed, here)
                })
            }
            (Value::String(text), Value::String(other)) if self.same(name, text, other) => Ok(()),
            _ if UNTOLD.contains(&name) => Ok(()),
            _ if printed == here => Ok(()),
            _ => Err(format!("{path} is {here}, not {printed}")),
        }
    }

    fn same(&mut self, name: &str, printed: &str, here: &str) -> bool {
        if let Some((start, end)) = printed.split_once("...") {
            return here.starts_with(start) && here.ends_with(end);
        }
        let is_time = |text: &str| DateTime::parse_from_rfc3339(text).is_ok();
        let are_ids = is_id(printed) && is_id(here) && printed[..4] == here[..4];
        if are_ids || OPAQUE.contains(&name) {
            let known = self.0.insert(printed.to_owned(), here.to_owned());
            return known.is_none_or(|known| known == here);
        }
        printed == here || is_time(printed) && is_time(here)
    }
}

/// Such as `par_01h2xcejqtf2nbrexx3vqjhp41`.
fn is_id(text: &str) -> bool {
    text.is_ascii() && text.len() == 30 && text.as_bytes()[3] == b'_'
}
