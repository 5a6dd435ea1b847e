//! The command line as a whole, and its durations.

use clap::CommandFactory;

use std::time::Duration;

use super::token::duration;
use super::*;

#[test]
fn the_command_line_is_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn durations_have_a_unit() {
    assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("7d"), Ok(Duration::from_secs(604_800)));
    for text in ["", "1", "h", "-1h", "1.5h", "1w", "0s", "99999999999999999999d", "1h "] {
        assert!(duration(text).is_err(), "{text}");
    }
}
