//! Every setting of the file as an environment variable: `TRIBUTARY_LIMITS__COST` is `limits.cost`. Lists and tables are
//! written as TOML. A secret may be in a file instead, which `TRIBUTARY_JWT_SECRET_FILE` names. Names that are no
//! setting's are refused, as in the file.

use std::collections::BTreeMap;

use clap::Args;
use toml::{Table, Value};

use super::error::ConfigError;
use super::file::ConfigFile;
use super::flags::Flags;
use super::{bounds, malformed};

const PREFIX: &str = "TRIBUTARY_";

/// Settings that may be in a file of their own.
const SECRETS: [&str; 4] = ["database_url", "database.replica_url", "jwt_secret", "webhook_keys"];

/// What tests, benchmarks and scripts read, beside which a gateway may run.
const OF_TOOLS: [&str; 6] = ["TEST_", "BENCH_", "POSTGRES_", "CITUS_", "ATTACK", "GRAPHIQL"];

/// The variables of this process that may be settings, by their names.
pub fn variables() -> BTreeMap<String, String> {
    let each = std::env::vars_os().filter_map(|(name, value)| {
        let name = name.into_string().ok().filter(|name| name.starts_with(PREFIX))?;
        Some((name, value.to_string_lossy().into_owned()))
    });
    each.collect()
}

/// The file's settings with those of the variables over them.
pub fn over(mut file: Table, variables: &BTreeMap<String, String>) -> Result<Table, ConfigError> {
    for (variable, text) in variables {
        let wrong = |reason: &str| ConfigError::Variable(variable.clone(), reason.to_owned());
        let Some(name) = name(variable) else { continue };
        // Deployments set an empty variable to mean "none".
        if text.is_empty() {
            continue;
        }
        let (name, text) = match secret_in_file(&name) {
            None => (name, text.clone()),
            Some(secret) => {
                if variables
                    .get(variable.trim_end_matches("_FILE"))
                    .is_some_and(|text| !text.is_empty())
                {
                    return Err(wrong(
                        "and the variable without _FILE are both set: set only one of them",
                    ));
                }
                let read = std::fs::read_to_string(text);
                let read = read.map_err(|error| wrong(&format!("cannot read {text}: {error}")))?;
                (secret, read.trim_end_matches(['\r', '\n']).to_owned())
            }
        };
        let path: Vec<_> = name.split('.').collect();
        let value = value(&path, &text).map_err(|reason| wrong(&reason))?;
        insert(&mut file, &path, value);
    }
    Ok(file)
}

/// The setting that a variable names, such as `limits.cost`; `None`: it is a flag's, or a tool's.
fn name(variable: &str) -> Option<String> {
    let rest = variable.strip_prefix(PREFIX)?;
    let flags = Flags::augment_args(clap::Command::new("tributary"));
    let is_flag = flags
        .get_arguments()
        .any(|flag| flag.get_env().is_some_and(|name| name == variable));
    let is_tool = OF_TOOLS.iter().any(|tool| rest.starts_with(tool));
    (!is_flag && !is_tool).then(|| rest.to_lowercase().replace("__", "."))
}

/// The setting whose value is in the file that a variable names.
fn secret_in_file(name: &str) -> Option<String> {
    let secret = name.strip_suffix("_file")?;
    SECRETS.contains(&secret).then(|| secret.to_owned())
}

/// The value as TOML if the setting takes that, or else as text. The error says why it takes neither.
fn value(path: &[&str], text: &str) -> Result<Value, String> {
    let written = toml::from_str::<Table>(&format!("value = {text}")).ok();
    let written = written
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"));
    let mut refusal = None;
    for value in written.into_iter().chain([Value::String(text.to_owned())]) {
        let mut alone = Table::new();
        insert(&mut alone, path, value.clone());
        bounds::check(&alone)?;
        match alone.try_into::<ConfigFile>() {
            Ok(_) => return Ok(value),
            Err(error) if error.message().starts_with("unknown field") => {
                return Err("there is no such setting: `tributary serve --help` shows all".to_owned());
            }
            Err(error) => refusal = refusal.or(Some(malformed::without_value(error.message()))),
        }
    }
    Err(refusal.unwrap_or_default())
}

fn insert(table: &mut Table, path: &[&str], value: Value) {
    match path {
        [] => {}
        [name] => {
            table.insert((*name).to_owned(), value);
        }
        [section, rest @ ..] => {
            let within = table.entry(*section).or_insert_with(|| Value::Table(Table::new()));
            if !within.is_table() {
                *within = Value::Table(Table::new());
            }
            if let Value::Table(within) = within {
                insert(within, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(variables: &[(&str, &str)]) -> Result<ConfigFile, String> {
        let variables = variables
            .iter()
            .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
        let file = toml::from_str("[limits]\ncost = 7\ndepth = 8").unwrap();
        let table = over(file, &variables.collect()).map_err(|error| error.to_string())?;
        Ok(table.try_into().expect("checked"))
    }

    #[test]
    fn numbers_lists_texts_and_tables_are_set() {
        let found = set(&[
            ("TRIBUTARY_LIMITS__COST", "99"),
            (
                "TRIBUTARY_CORS__ORIGINS",
                "[\"https://a.example\", \"https://b.example\"]",
            ),
            ("TRIBUTARY_CORS__LOCALHOST", "true"),
            ("TRIBUTARY_PERSISTED__MANIFEST", "/etc/tributary/8"),
            ("TRIBUTARY_ISSUERS__OKTA__ISSUER", "https://a.example"),
            ("TRIBUTARY_ISSUERS__OKTA__SCOPES", "{ Managers = \"partners:read\" }"),
            ("TRIBUTARY_ISSUERS__OKTA__TENANT", "8"),
            ("TRIBUTARY_OTLP_ENDPOINT", ""),
            // Flags read these, and tools the last one.
            ("TRIBUTARY_LISTEN", "nonsense"),
            ("TRIBUTARY_CONFIG", "x"),
            ("TRIBUTARY_TEST_POSTGRES_URL", "x"),
        ])
        .unwrap();
        assert_eq!((found.limits.cost, found.limits.depth), (99, 8));
        assert_eq!(found.cors.origins, ["https://a.example", "https://b.example"]);
        assert!(found.cors.localhost && found.otlp_endpoint.is_none() && found.listen.is_none());
        assert_eq!(found.persisted.manifest.unwrap().to_str(), Some("/etc/tributary/8"));
        let okta = &found.issuers["okta"];
        assert_eq!(
            (okta.issuer.as_str(), okta.tenant.as_deref()),
            ("https://a.example", Some("8"))
        );
        assert_eq!(okta.scopes["Managers"], "partners:read");
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_name() {
        for (name, text, says) in [
            ("TRIBUTARY_LIMITS__CSOT", "9", "there is no such setting"),
            ("TRIBUTARY_LIMTS__COST", "9", "there is no such setting"),
            ("TRIBUTARY_LISTEN_ON", "9", "there is no such setting"),
            ("TRIBUTARY_ISSUERS__A__ISSUR", "9", "there is no such setting"),
            ("TRIBUTARY_LIMITS__COST_FILE", "9", "there is no such setting"),
            ("TRIBUTARY_LIMITS__COST", "0", "limits.cost must be from 1"),
            ("TRIBUTARY_LIMITS__COST", "hunter2", "invalid type: string, expected"),
            (
                "TRIBUTARY_CORS__ORIGINS",
                "https://a.example",
                "invalid type: string, expected a sequence",
            ),
            ("TRIBUTARY_JWT_SECRET_FILE", "/none/secret", "cannot read /none/secret"),
        ] {
            let refused = set(&[(name, text)]).err().unwrap_or_else(|| panic!("{name}"));
            assert!(refused.starts_with(name) && refused.contains(says), "{refused}");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }

    #[test]
    fn a_secret_may_be_in_a_file() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "of the file\n").unwrap();
        let path = file.path().to_str().unwrap();
        let found = set(&[
            ("TRIBUTARY_JWT_SECRET_FILE", path),
            ("TRIBUTARY_DATABASE_URL_FILE", path),
        ])
        .unwrap();
        assert_eq!(found.jwt_secret.as_deref(), Some("of the file"));
        assert_eq!(found.database_url.as_deref(), Some("of the file"));
        let both = [("TRIBUTARY_JWT_SECRET_FILE", path), ("TRIBUTARY_JWT_SECRET", "x")];
        assert!(set(&both).err().unwrap().contains("set only one of them"));
    }
}
