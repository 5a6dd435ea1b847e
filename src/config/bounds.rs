//! The bounds of the numbers in the settings file. A 0 that is meant as "no limit" is refused before anything listens.

use std::ops::RangeInclusive;

use toml::{Table, Value};

const DAY: i64 = 24 * 60 * 60;
const MEGABYTE: i64 = 1024 * 1024;

/// More than any sensible value, and less than what would make sums of it overflow.
const UNBOUNDED: i64 = 1_000_000_000_000;

/// Every number of the file: a setting without bounds fails the tests.
static BOUNDS: [(&str, RangeInclusive<i64>); 74] = [
    ("database.replica_lag_seconds", 1..=3600),
    ("database.max_connections", 1..=10_000),
    ("database.acquire_seconds", 1..=DAY),
    ("database.statement_seconds", 1..=DAY),
    ("database.lock_seconds", 1..=DAY),
    ("database.tenant_statements", 1..=10_000),
    ("database.tenant_seconds_per_second", 1..=10_000),
    // A hundred years, so that dates stay within the calendar.
    ("ledger.future_hours", 0..=100 * 365 * 24),
    ("outbox.keep_hours", 1..=100 * 365 * 24),
    // More than the longest window, so that no touch is pruned that may still credit an event.
    ("tracking.keep_days", 366..=36_500),
    ("tracking.waiting", 1..=10_000_000),
    ("tracking.batch_rows", 1..=1_000),
    ("tracking.batch_milliseconds", 1..=1_000),
    ("tracking.address_maximum", 1..=UNBOUNDED),
    ("tracking.address_restore_per_second", 1..=UNBOUNDED),
    ("tracking.tenant_maximum", 1..=UNBOUNDED),
    ("tracking.tenant_restore_per_second", 1..=UNBOUNDED),
    ("webhooks.at_once", 1..=1_000),
    ("webhooks.answer_seconds", 1..=30),
    ("dns.answer_seconds", 1..=30),
    ("dns.tenant_lookups", 1..=10_000),
    ("issuer_keys.refresh_seconds", 10..=DAY),
    ("issuer_keys.outage_seconds", 10..=30 * DAY),
    // Shorter intervals would allow any stranger to put load on the provider.
    ("issuer_keys.unknown_key_seconds", 1..=3600),
    ("issuer_keys.answer_seconds", 1..=30),
    // Less than hyper reads at a time would panic; more would be held for strangers.
    ("limits.head_bytes", 8_192..=65_536),
    ("limits.body_bytes", 1..=256 * MEGABYTE),
    ("limits.body_values", 1..=10_000_000),
    ("limits.document_bytes", 1..=16 * MEGABYTE),
    ("limits.tokens", 1..=1_000_000),
    // Deeper nesting is refused before any level is counted.
    ("limits.depth", 1..=60),
    ("limits.introspection_depth", 1..=60),
    ("limits.aliases", 1..=1_000_000),
    ("limits.root_fields", 1..=10_000),
    ("limits.mutation_root_fields", 1..=10_000),
    ("limits.directives", 1..=1_000_000),
    ("limits.selections", 1..=1_000_000),
    ("limits.page_size", 1..=10_000),
    ("limits.node_ids", 1..=10_000),
    ("limits.cost", 1..=UNBOUNDED),
    ("limits.input_list", 1..=100_000),
    ("limits.argument_bytes", 1..=1024 * MEGABYTE),
    ("limits.answer_bytes", 1024..=1024 * MEGABYTE),
    ("limits.errors", 1..=1_000),
    ("connections.at_once", 1..=1_000_000),
    ("connections.per_address", 1..=1_000_000),
    ("timeouts.header_seconds", 1..=DAY),
    ("timeouts.body_seconds", 1..=DAY),
    ("timeouts.query_seconds", 1..=DAY),
    ("timeouts.mutation_seconds", 1..=DAY),
    ("timeouts.shutdown_seconds", 0..=DAY),
    ("throttle.maximum", 1..=UNBOUNDED),
    ("throttle.restore_per_second", 1..=UNBOUNDED),
    ("throttle.tenant_maximum", 1..=UNBOUNDED),
    ("throttle.tenant_restore_per_second", 1..=UNBOUNDED),
    ("requests.at_once", 1..=1_000_000),
    ("requests.per_tenant", 1..=1_000_000),
    ("requests.tenant_thread_percent", 1..=100),
    ("credentials.keys_per_tenant", 1..=1_000_000),
    ("credentials.tokens_per_tenant", 1..=10_000_000),
    ("persisted.cache_bytes", 0..=1024 * MEGABYTE),
    ("subscriptions.per_subject", 1..=1_000_000),
    ("subscriptions.per_tenant", 1..=1_000_000),
    ("subscriptions.operations", 1..=10_000),
    ("subscriptions.message_bytes", 1..=16 * MEGABYTE),
    ("subscriptions.init_seconds", 1..=DAY),
    ("subscriptions.ping_seconds", 1..=DAY),
    ("exports.at_once", 1..=1_000),
    ("exports.per_tenant", 1..=1_000),
    ("exports.floor_bytes_per_second", 1..=1_000_000_000),
    ("exports.floor_seconds", 1..=DAY),
    ("exports.seconds", 1..=DAY),
    ("slow.operation_milliseconds", 0..=1000 * DAY),
    ("slow.statement_milliseconds", 0..=1000 * DAY),
];

/// The bounds of a number, if the file has one of this name.
pub fn of(name: &str) -> Option<&'static RangeInclusive<i64>> {
    let (_, bounds) = BOUNDS.iter().find(|(known, _)| *known == name)?;
    Some(bounds)
}

/// Checks every number of the file's sections. The error names the setting.
pub fn check(file: &Table) -> Result<(), String> {
    for (section, settings) in file {
        for (name, value) in settings.as_table().into_iter().flatten() {
            let Value::Integer(number) = value else { continue };
            let name = format!("{section}.{name}");
            // Unknown names were refused before.
            let Some(bounds) = of(&name) else { continue };
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
    fn the_defaults_are_within_bounds_and_every_number_has_bounds() {
        let settings = settings();
        assert_eq!(check(&settings), Ok(()));
        let numbers = settings.iter().flat_map(|(section, settings)| {
            let settings = settings.as_table().into_iter().flatten();
            let numbers = settings.filter(|(_, value)| value.is_integer());
            numbers.map(move |(name, _)| format!("{section}.{name}"))
        });
        let mut bounded: Vec<_> = BOUNDS.iter().map(|(name, _)| (*name).to_owned()).collect();
        bounded.sort();
        let mut numbers: Vec<_> = numbers.collect();
        numbers.sort();
        assert_eq!(bounded, numbers);
    }

    #[test]
    fn zero_and_absurd_numbers_are_refused_by_name() {
        for (name, bounds) in BOUNDS.clone() {
            let (section, setting) = name.split_once('.').expect("a section");
            for number in [bounds.start() - 1, bounds.end() + 1, i64::MIN, i64::MAX] {
                let file: Table = toml::from_str(&format!("[{section}]\n{setting} = {number}")).expect("TOML");
                let refusal = check(&file).expect_err(name);
                assert!(refusal.starts_with(&format!("{name} must be from ")), "{refusal}");
            }
            // Of these 0 has a meaning; none of the others may be switched off.
            let may_be_zero = [
                "ledger.future_hours",
                "timeouts.shutdown_seconds",
                "persisted.cache_bytes",
                "slow.operation_milliseconds",
                "slow.statement_milliseconds",
            ];
            assert_eq!(*bounds.start() == 0, may_be_zero.contains(&name), "{name}");
        }
    }
}
