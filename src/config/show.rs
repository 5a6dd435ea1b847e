//! All settings as they apply, from defaults, file, environment and flags, as TOML. Secrets are left out.

use toml::{Table, Value};
use url::Url;

use super::flags::Flags;
use super::{ConfigError, SETTINGS, read};

const HIDDEN: &str = "(hidden)";

/// The settings as a file.
pub fn show(flags: &Flags) -> Result<String, ConfigError> {
    let mut all: Table = toml::from_str(SETTINGS).expect("a sound file");
    lay(&mut all, read::table(flags.config.as_deref())?);
    lay(&mut all, flags.table());
    for name in ["jwt_secret", "webhook_keys"] {
        if let Some(secret) = all.get_mut(name) {
            *secret = HIDDEN.into();
        }
    }
    if let Some(url) = all.get_mut("database_url") {
        hide_password(url);
    }
    let replicas = all
        .get_mut("database")
        .and_then(|section| section.get_mut("replica_url"));
    for url in replicas.and_then(Value::as_array_mut).into_iter().flatten() {
        hide_password(url);
    }
    Ok(toml::to_string(&all).expect("tables of plain values"))
}

/// Puts settings over others, section by section.
fn lay(under: &mut Table, over: Table) {
    for (name, value) in over {
        let value = match (under.remove(&name), value) {
            (Some(Value::Table(mut under)), Value::Table(over)) => {
                lay(&mut under, over);
                Value::Table(under)
            }
            (_, value) => value,
        };
        under.insert(name, value);
    }
}

/// Replaces the password in the URL of a database. One that cannot be read is hidden altogether.
fn hide_password(value: &mut Value) {
    let shown = match value.as_str() {
        Some(url) if url.starts_with("sqlite:") => return,
        Some(url) => store::each_host(url)
            .into_iter()
            .map(|url| without_password(&url))
            .collect::<Vec<_>>()
            .join(", "),
        None => HIDDEN.to_owned(),
    };
    *value = shown.into();
}

fn without_password(url: &str) -> String {
    let Ok(mut url) = Url::parse(url) else {
        return HIDDEN.to_owned();
    };
    let kept = url
        .query_pairs()
        .filter(|(name, _)| name != "password" && name != "user");
    let kept: Vec<(String, String)> = kept
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    if url.password().is_some() && url.set_password(Some("hidden")).is_err() {
        return HIDDEN.to_owned();
    }
    url.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_settings_are_shown_without_secrets() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let text = "jwt_secret = \"hunter2\"\nwebhook_keys = \"a:hunter2\"\n[limits]\ncost = 7\n[database]\n\
                    replica_url = [\"postgres://ann:hunter2@b/x\"]\n[issuers.a]\nissuer = \"https://a.example\"";
        std::fs::write(file.path(), text).unwrap();
        let flags = Flags {
            config: Some(file.path().to_owned()),
            database_url: Some("postgres://ann:hunter2@a,b:1/x?sslmode=require&password=hunter2".to_owned()),
            production: Some(true),
            ..Flags::default()
        };
        let shown = show(&flags).unwrap();
        assert!(!shown.contains("hunter2"), "{shown}");
        let table: Table = toml::from_str(&shown).expect("a file again");
        assert_eq!(table["limits"]["cost"].as_integer(), Some(7));
        assert_eq!(table["limits"]["depth"].as_integer(), Some(12));
        assert_eq!(
            (table["production"].as_bool(), table["jwt_secret"].as_str()),
            (Some(true), Some(HIDDEN))
        );
        assert!(table["database_url"].as_str().unwrap().contains("ann:hidden@a"));
        assert_eq!(
            table["database"]["replica_url"][0].as_str(),
            Some("postgres://ann:hidden@b/x")
        );
        assert_eq!(table["issuers"]["a"]["issuer"].as_str(), Some("https://a.example"));
    }
}
