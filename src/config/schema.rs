//! A JSON Schema of the settings file, made of the file that shows all settings with their defaults, and of the bounds
//! of its numbers. Editors complete and check settings with it.

use serde_json::{Map, Value, json};

use super::{SETTINGS, bounds};

/// Settings that take one of some words.
const WORDS: [(&str, &[&str]); 2] = [
    ("log_format", &["pretty", "json"]),
    ("persisted.safelist", &["off", "audit", "enforce"]),
];

/// Settings that are paths of claims: a text, or a list of the steps.
const CLAIMS: [&str; 3] = ["audience_claim", "tenant_claim", "partner_claim"];

/// The schema, as JSON Schema 2020-12.
pub fn schema() -> Value {
    let (mut settings, mut section, mut issuer) = (Map::new(), None, Map::new());
    let mut is_issuer = false;
    for line in SETTINGS.lines() {
        let (line, is_unset) = match line.strip_prefix("# ") {
            Some(rest) => (rest, true),
            None => (line, false),
        };
        if let Some((name, rest)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            is_issuer = name.starts_with("issuers.");
            if !is_issuer {
                let about = comment(rest);
                settings.insert(name.to_owned(), object(Map::new(), about));
                section = Some(name.to_owned());
            }
            continue;
        }
        let Some(setting) = Setting::read(line) else { continue };
        let within = match (&section, is_issuer) {
            (_, true) => &mut issuer,
            (None, _) => &mut settings,
            (Some(section), _) => settings[section]["properties"].as_object_mut().expect("a section"),
        };
        let path = section
            .iter()
            .map(String::as_str)
            .chain([setting.name])
            .collect::<Vec<_>>()
            .join(".");
        let path = if is_issuer { setting.name } else { &path };
        within.insert(setting.name.to_owned(), setting.schema(path, is_unset));
    }
    let about = "Identity providers whose tokens are accepted, each under a name of your choice.";
    let issuers = json!({
        "type": "object", "description": about, "additionalProperties": object(issuer, None),
        "propertyNames": { "pattern": "^[a-z0-9_-]+$" },
    });
    settings.insert("issuers".to_owned(), issuers);
    let mut schema = object(settings, Some("The settings file of Tributary (docs/operations.md)."));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("tributary.toml");
    schema
}

/// An object that takes these properties and no others.
fn object(properties: Map<String, Value>, about: Option<&str>) -> Value {
    let mut object = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if let Some(about) = about {
        object["description"] = json!(about);
    }
    object
}

/// A line of the file.
struct Setting<'a> {
    name: &'a str,
    /// Its default or, if it has none, an example.
    value: toml::Value,
    about: Option<&'a str>,
}

impl<'a> Setting<'a> {
    /// `None`: the line is only a comment.
    fn read(line: &'a str) -> Option<Self> {
        let (name, rest) = line.split_once(" = ")?;
        let mut table: toml::Table = toml::from_str(line).ok()?;
        let value = table.remove(name)?;
        let about = comment(rest);
        Some(Self { name, value, about })
    }

    fn schema(&self, path: &str, is_unset: bool) -> Value {
        let mut schema = match &self.value {
            _ if CLAIMS.contains(&self.name) => claim(),
            _ if self.name == "scope_claims" => json!({ "type": "array", "items": claim() }),
            toml::Value::Integer(_) => json!({ "type": "integer" }),
            toml::Value::Boolean(_) => json!({ "type": "boolean" }),
            toml::Value::Array(_) => json!({ "type": "array", "items": { "type": "string" } }),
            toml::Value::Table(_) => json!({ "type": "object", "additionalProperties": { "type": "string" } }),
            _ => json!({ "type": "string" }),
        };
        if let Some((_, words)) = WORDS.iter().find(|(name, _)| *name == path) {
            schema["enum"] = json!(words);
        }
        if let Some(bounds) = bounds::of(path) {
            (schema["minimum"], schema["maximum"]) = (json!(bounds.start()), json!(bounds.end()));
        }
        if !is_unset {
            schema["default"] = serde_json::to_value(&self.value).expect("TOML without dates is JSON");
        }
        if let Some(about) = self.about {
            schema["description"] = json!(about);
        }
        schema
    }
}

fn claim() -> Value {
    json!({ "type": ["string", "array"], "items": { "type": "string" } })
}

/// What a line says behind its value.
fn comment(line: &str) -> Option<&str> {
    // No value contains this.
    line.split_once("# ").map(|(_, about)| about.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_has_every_setting_with_its_default_and_bounds() {
        let schema = schema();
        let of = |path: &str| {
            let (section, name) = path.split_once('.').expect("a section");
            schema["properties"][section]["properties"][name].clone()
        };
        let cost = of("limits.cost");
        assert_eq!(
            (&cost["type"], &cost["default"], &cost["minimum"]),
            (&json!("integer"), &json!(5000), &json!(1))
        );
        assert_eq!(of("persisted.safelist")["enum"], json!(["off", "audit", "enforce"]));
        assert_eq!(of("persisted.manifest")["type"], "string");
        assert_eq!(of("cors.origins")["items"]["type"], "string");
        assert_eq!(schema["properties"]["jwt_secret"], json!({ "type": "string" }));
        assert!(schema["properties"]["jwt_secret"].get("default").is_none());
        let issuer = &schema["properties"]["issuers"]["additionalProperties"];
        assert_eq!(issuer["properties"]["scopes"]["type"], "object");
        assert_eq!(issuer["properties"]["tenant_claim"]["type"], json!(["string", "array"]));
        assert_eq!(issuer["additionalProperties"], false);
        // All that the file has, also what is commented out.
        let uncommented: String = SETTINGS
            .lines()
            .filter_map(|line| {
                let line = line.strip_prefix("# ").unwrap_or(line);
                (line.starts_with('[') || Setting::read(line).is_some()).then(|| format!("{line}\n"))
            })
            .collect();
        let all: toml::Table = toml::from_str(&uncommented).expect("sound when nothing is commented out");
        for (name, value) in &all {
            let property = &schema["properties"][name];
            assert!(property.is_object(), "{name}");
            for setting in value
                .as_table()
                .filter(|_| name != "issuers")
                .into_iter()
                .flat_map(|table| table.keys())
            {
                assert!(property["properties"][setting].is_object(), "{name}.{setting}");
            }
        }
        assert!(all["issuers"]["default"].as_table().unwrap().len() >= 14);
        assert_eq!(
            issuer["properties"].as_object().unwrap().len(),
            all["issuers"]["default"].as_table().unwrap().len()
        );
    }
}
