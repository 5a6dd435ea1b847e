//! Settings that are fine for trying things out, and that `serve --production` refuses: anybody could guess a key, or be
//! sent where nobody from outside may go.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use super::Config;
use auth::SealingKeys;
use domain::webhook::address::Network;

/// A secret that repeats itself after fewer bytes is no stronger than its first repetition.
const SHORTEST_PERIOD: usize = 16;
/// Minimum number of different bytes: a secret of random bytes in hexadecimal has nearly all 16 digits.
const FEWEST_LETTERS: usize = 10;
/// Words that are guessed first.
const WORDS: [&str; 7] = [
    "secret",
    "password",
    "changeme",
    "change-me",
    "change_me",
    "example",
    "tributary",
];

/// Networks of this many addresses or more are nobody's own: the largest private ones are 10.0.0.0/8 and fc00::/7.
const WIDEST: (u8, u8) = (8, 7);
/// Where clouds tell every program on a machine its credentials.
const METADATA: IpAddr = IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254));

/// Everything that a gateway in production does not start with, and what to do about it. Empty outside production.
pub fn refusals(config: &Config, is_demo: bool) -> Vec<String> {
    if !config.http.production {
        return Vec::new();
    }
    let mut refused = Vec::new();
    if is_demo {
        refused.push("--demo serves made-up data with a key that is made for it: leave it out".to_owned());
    }
    let has_keys = config.jwt_secret.is_some() || config.jwt_public_key.is_some() || !config.issuers.is_empty();
    if !has_keys {
        refused.push("the only token key is the demo's: set jwt_secret, jwt_public_key or an issuer".to_owned());
    }
    let secret = config.jwt_secret.as_deref().map(|secret| secret.trim().as_bytes());
    if let Some(weakness) = secret.and_then(weakness) {
        refused.push(format!(
            "jwt_secret {weakness}: make another one, with `openssl rand -hex 32`"
        ));
    }
    // Keys that cannot be read are refused everywhere.
    let keys = config
        .webhooks
        .keys
        .as_deref()
        .and_then(|keys| SealingKeys::read(keys).ok());
    for (id, key) in keys.into_iter().flatten() {
        if let Some(weakness) = weakness(&key) {
            let mend = "make another one, with `openssl rand -base64 32`, put it in front, and remove this one once no \
                        secret is encrypted with it";
            refused.push(format!("the key {id:?} of webhook_keys {weakness}: {mend}"));
        }
    }
    let networks = [
        ("webhooks", &config.webhooks.allowed_networks),
        ("issuer_keys", &config.issuer_networks),
    ];
    for (section, networks) in networks {
        for network in networks {
            if let Some(why) = excess(*network) {
                refused.push(format!(
                    "{section}.allowed_networks: {network} {why}: list your own networks"
                ));
            }
        }
    }
    if config.http.cors.origins.iter().any(|origin| origin == "*") {
        refused.push(
            "cors.origins: \"*\" lets the pages of all origins call the API: name those that are yours".to_owned(),
        );
    }
    if config.http.cors.localhost && !is_demo {
        refused.push("cors.localhost lets any page on the machine of a browser call the API: leave it out".to_owned());
    }
    refused
}

/// Why a secret can be guessed although it is long enough.
pub fn weakness(secret: &[u8]) -> Option<&'static str> {
    let different: BTreeSet<_> = secret.iter().collect();
    let repeats = |period: usize| secret.iter().skip(period).zip(secret).all(|(one, other)| one == other);
    let step = |two: &[u8]| two[1].wrapping_sub(two[0]);
    let steps: BTreeSet<_> = secret.windows(2).map(step).collect();
    let lower = String::from_utf8_lossy(secret).to_lowercase();
    if different.len() < FEWEST_LETTERS {
        Some("has too few different characters")
    } else if (1..SHORTEST_PERIOD.min(secret.len())).any(repeats) {
        Some("repeats itself")
    } else if steps.len() < FEWEST_LETTERS {
        Some("is a simple sequence")
    } else if WORDS.iter().any(|word| lower.contains(word)) {
        Some("contains a commonly guessed word")
    } else {
        None
    }
}

/// Why requests may not be sent to all of a network.
fn excess(network: Network) -> Option<&'static str> {
    let (v4, v6) = WIDEST;
    let widest = if network.base().is_ipv4() { v4 } else { v6 };
    if network.prefix() < widest || network.covers_mapped_v4() {
        Some("is not a private network")
    } else if network.contains(METADATA) {
        Some("contains the metadata address of cloud providers")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Flags;

    const SECRET: &str = "61c8a0f2b7d94e53866fb1a90c3d2e74a5f0918c7b6d4e2f1a3c5b7d9e8f6042";
    const KEY: &str = "BBMmXDnBK3dkuLTXkaanBP671WFs67sZCzBtgXsSVzI=";

    /// What a production with this file refuses.
    fn refused(file: &str, is_demo: bool) -> Vec<String> {
        let written = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(written.path(), format!("production = true\n{file}")).unwrap();
        let flags = Flags {
            config: Some(written.path().to_owned()),
            ..Flags::default()
        };
        refusals(&Config::load(flags).expect(file), is_demo)
    }

    #[test]
    fn what_is_meant_for_trying_out_is_refused() {
        let secret = format!("jwt_secret = \"{SECRET}\"\n");
        let zeros = "A".repeat(43);
        for (file, says) in [
            (
                "jwt_secret = \"changemechangemechangemechangeme\"".to_owned(),
                "jwt_secret has too few different",
            ),
            (
                "jwt_secret = \"abcdefghijklmnopqrstuvwxyz012345\"".to_owned(),
                "jwt_secret is a simple sequence",
            ),
            (
                "jwt_secret = \"change-me-0123456789-abcdefghijklmnop\"".to_owned(),
                "commonly guessed",
            ),
            (String::new(), "the only token key is the demo's"),
            (
                format!("{secret}webhook_keys = \"a:{zeros}=\""),
                "the key \"a\" of webhook_keys has too few different",
            ),
            (
                format!("{secret}webhook_keys = \"b:{KEY},a:{zeros}=\""),
                "the key \"a\"",
            ),
            (
                format!("{secret}[webhooks]\nallowed_networks = [\"0.0.0.0/0\"]"),
                "webhooks.allowed_networks: 0.0.0.0/0",
            ),
            (
                format!("{secret}[webhooks]\nallowed_networks = [\"128.0.0.0/1\"]"),
                "128.0.0.0/1",
            ),
            (format!("{secret}[webhooks]\nallowed_networks = [\"::/0\"]"), "::/0"),
            (
                format!("{secret}[webhooks]\nallowed_networks = [\"::ffff:0:0/96\"]"),
                "::ffff:0.0.0.0/96",
            ),
            (
                format!("{secret}[webhooks]\nallowed_networks = [\"169.254.0.0/16\"]"),
                "metadata address",
            ),
            (
                format!("{secret}[issuer_keys]\nallowed_networks = [\"10.0.0.0/8\", \"0.0.0.0/4\"]"),
                "issuer_keys.allowed_networks: 0.0.0.0/4",
            ),
            (format!("{secret}[cors]\norigins = [\"*\"]"), "cors.origins"),
            (format!("{secret}[cors]\nlocalhost = true"), "cors.localhost"),
        ] {
            let refused = refused(&file, false);
            assert!(refused.len() == 1 && refused[0].contains(says), "{file}: {refused:?}");
        }
        assert!(refused(&secret, true)[0].contains("--demo"));
    }

    #[test]
    fn what_is_meant_for_production_is_not() {
        let sound = format!(
            "jwt_secret = \"{SECRET}\"\nwebhook_keys = \"a:{KEY}\"\n[webhooks]\n\
             allowed_networks = [\"10.0.0.0/8\", \"fc00::/7\", \"127.0.0.1/32\"]\n[cors]\norigins = [\"https://a.example\"]"
        );
        assert_eq!(refused(&sound, false), Vec::<String>::new());
        let issuer = "[issuers.a]\nissuer = \"https://a.example\"\naudiences = [\"us\"]";
        assert_eq!(refused(issuer, false), Vec::<String>::new());
    }

    /// Every setting, so that whoever adds one decides: with its kind, a secret, a network, an address, an origin, a
    /// number with bounds of its own, or something that is as safe in production as anywhere.
    #[test]
    fn every_setting_was_looked_at() {
        let checked = [
            "jwt_secret",
            "webhook_keys",
            "webhooks.allowed_networks",
            "issuer_keys.allowed_networks",
            "cors.origins",
            "cors.localhost",
            "public_url",
        ];
        let safe = [
            "database_url",
            "listen",
            "jwt_issuer",
            "jwt_audience",
            "production",
            "log_format",
            "log",
            "database.replica_url",
            "persisted.manifest",
            "persisted.safelist",
            "persisted.automatic",
            "dns.servers",
        ];
        let file: toml::Table = toml::from_str(crate::config::SETTINGS).unwrap();
        let each = file.iter().flat_map(|(name, value)| match value {
            toml::Value::Table(section) => section
                .iter()
                .map(|(own, value)| (format!("{name}.{own}"), value))
                .collect(),
            value => vec![(name.clone(), value)],
        });
        for (name, value) in each.filter(|(name, _)| !name.starts_with("issuers.")) {
            let known = value.is_integer() || checked.contains(&name.as_str()) || safe.contains(&name.as_str());
            assert!(known, "{name}: may a production have any value of it?");
        }
    }
}
