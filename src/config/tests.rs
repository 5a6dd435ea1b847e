//! Which of flags, variables and the file counts.

use super::file::ConfigFile;
use super::*;

#[test]
fn an_empty_file_is_the_defaults() {
    let file: ConfigFile = toml::from_str("").expect("nothing is required");
    assert_eq!(file.limits.body_bytes, 1024 * 1024);
    assert_eq!(file.database.max_connections, 8);
}

#[test]
fn the_settings_that_are_shown_are_all_there_are_with_their_defaults() {
    let shown: ConfigFile = toml::from_str(SETTINGS).expect("a file that could be used");
    let defaults = ConfigFile::default();
    assert_eq!(format!("{:?}", shown.database), format!("{:?}", defaults.database));
    assert_eq!(format!("{:?}", shown.ledger), format!("{:?}", defaults.ledger));
    assert_eq!(format!("{:?}", shown.outbox), format!("{:?}", defaults.outbox));
    assert_eq!(format!("{:?}", shown.dns), format!("{:?}", defaults.dns));
    assert_eq!(format!("{:?}", shown.webhooks), format!("{:?}", defaults.webhooks));
    assert_eq!(
        format!("{:?}", shown.issuer_keys),
        format!("{:?}", defaults.issuer_keys)
    );
    assert_eq!(format!("{:?}", shown.limits), format!("{:?}", defaults.limits));
    assert_eq!(
        format!("{:?}", shown.connections),
        format!("{:?}", defaults.connections)
    );
    assert_eq!(format!("{:?}", shown.timeouts), format!("{:?}", defaults.timeouts));
    assert_eq!(format!("{:?}", shown.throttle), format!("{:?}", defaults.throttle));
    assert_eq!(format!("{:?}", shown.requests), format!("{:?}", defaults.requests));
    assert_eq!(
        format!("{:?}", shown.credentials),
        format!("{:?}", defaults.credentials)
    );
    assert_eq!(format!("{:?}", shown.cors), format!("{:?}", defaults.cors));
    assert_eq!(format!("{:?}", shown.persisted), format!("{:?}", defaults.persisted));
    assert_eq!(
        format!("{:?}", shown.subscriptions),
        format!("{:?}", defaults.subscriptions)
    );
    assert_eq!(format!("{:?}", shown.exports), format!("{:?}", defaults.exports));
    assert_eq!(format!("{:?}", shown.slow), format!("{:?}", defaults.slow));
    assert_eq!(shown.database_url.as_deref(), Some(DEFAULT_DATABASE_URL));
    assert_eq!(shown.listen, DEFAULT_LISTEN.parse().ok());
    assert_eq!(shown.jwt_issuer.as_deref(), Some(DEFAULT_PARTY));
    // Each setting has a line, in use or commented out.
    let debug = format!("{defaults:#?}");
    let names = debug.lines().filter_map(|line| line.split_once(':'));
    for name in names.map(|(name, _)| name.trim()) {
        let has_line = |line: &str| line.trim_start_matches("# ").starts_with(&format!("{name} ="));
        let has_section = SETTINGS.contains(&format!("[{name}]"));
        assert!(has_section || SETTINGS.lines().any(has_line), "{name}");
    }
}

#[test]
fn unknown_settings_are_refused() {
    for text in ["jwt_secrte = 'x'", "[limits]\nbody = 1", "[limitz]\nbody_bytes = 1"] {
        assert!(toml::from_str::<ConfigFile>(text).is_err(), "{text}");
    }
}
