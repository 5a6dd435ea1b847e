//! What the numbers of the settings file may be. Whoever writes 0 and means "no limit" hears so before anything listens.

use std::ops::RangeInclusive;

use toml::{Table, Value};

/// For what has no bounds of its own: a number that does something.
const USUAL: RangeInclusive<i64> = 1..=1_000_000_000_000;

const DAY: i64 = 24 * 60 * 60;
const MEGABYTE: i64 = 1024 * 1024;

/// The settings whose bounds are their own.
const BOUNDS: [(&str, RangeInclusive<i64>); 24] = [
    ("database.max_connections", 1..=10_000),
    ("database.acquire_seconds", 1..=DAY),
    ("database.statement_seconds", 1..=DAY),
    ("limits.body_bytes", 1..=256 * MEGABYTE),
    ("limits.document_bytes", 1..=16 * MEGABYTE),
    ("limits.tokens", 1..=1_000_000),
    // Deeper brackets are refused before any level is counted.
    ("limits.depth", 1..=60),
    ("limits.introspection_depth", 1..=60),
    ("limits.page_size", 1..=10_000),
    ("limits.node_ids", 1..=10_000),
    ("limits.input_list", 1..=100_000),
    ("limits.errors", 1..=1_000),
    ("timeouts.header_seconds", 1..=DAY),
    ("timeouts.body_seconds", 1..=DAY),
    ("timeouts.query_seconds", 1..=DAY),
    ("timeouts.mutation_seconds", 1..=DAY),
    ("timeouts.shutdown_seconds", 0..=DAY),
    ("persisted.cache_bytes", 0..=1024 * MEGABYTE),
    ("subscriptions.per_subject", 1..=1_000_000),
    ("subscriptions.per_tenant", 1..=1_000_000),
    ("subscriptions.operations", 1..=10_000),
    ("subscriptions.message_bytes", 1..=16 * MEGABYTE),
    ("subscriptions.init_seconds", 1..=DAY),
    ("subscriptions.ping_seconds", 1..=DAY),
];

/// Looks at every number of the file's sections. The error names the setting.
pub fn check(file: &Table) -> Result<(), String> {
    for (section, settings) in file {
        for (name, value) in settings.as_table().into_iter().flatten() {
            let Value::Integer(number) = value else { continue };
            let name = format!("{section}.{name}");
            let own = BOUNDS.iter().find(|(known, _)| *known == name);
            let bounds = own.map_or(&USUAL, |(_, bounds)| bounds);
            if !bounds.contains(number) {
                let (least, most) = (bounds.start(), bounds.end());
                return Err(format!("{name} must be from {least} to {most}, not {number}"));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::SETTINGS;

    fn settings() -> Table {
        toml::from_str(SETTINGS).expect("a sound file")
    }

    #[test]
    fn the_defaults_are_within_bounds_and_every_bound_is_of_a_setting() {
        let settings = settings();
        assert_eq!(check(&settings), Ok(()));
        for (name, _) in BOUNDS {
            let (section, setting) = name.split_once('.').expect("a section");
            assert!(settings[section][setting].is_integer(), "{name}");
        }
    }

    #[test]
    fn zero_and_absurd_numbers_are_refused_by_name() {
        for section in ["limits", "throttle"] {
            for (name, _) in settings()[section].as_table().expect("a section") {
                for number in [0, i64::MAX] {
                    let file: Table = toml::from_str(&format!("[{section}]\n{name} = {number}")).expect("TOML");
                    let refusal = check(&file).expect_err(name);
                    assert!(
                        refusal.starts_with(&format!("{section}.{name} must be from 1 to ")),
                        "{refusal}"
                    );
                }
            }
        }
    }
}
