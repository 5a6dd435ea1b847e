//! Which log lines are written.

use std::fmt;
use std::str::FromStr;

use tracing::level_filters::LevelFilter;
use tracing_subscriber::EnvFilter;

/// A list such as `warn,tributary=debug`.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(try_from = "String")]
pub struct LogFilter(String);

impl Default for LogFilter {
    fn default() -> Self {
        Self("info".to_owned())
    }
}

impl fmt::Display for LogFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for LogFilter {
    type Err = String;

    /// Stricter than the library, which would take `inof` for the name of a module, so that nothing would be logged at
    /// all.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<_> = text.split(',').map(str::trim).collect();
        if let Some(wrong) = parts.iter().find(|part| !is_directive(part)) {
            return Err(format!(
                "{wrong:?} is neither a level (off, error, warn, info, debug, trace) nor one of a part of the program, such as tributary=debug"
            ));
        }
        let text = parts.join(",");
        match EnvFilter::try_new(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(error.to_string()),
        }
    }
}

fn is_directive(part: &str) -> bool {
    let is_level = |text: &str| !text.is_empty() && text.parse::<LevelFilter>().is_ok();
    let is_name = |text: &str| {
        let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || b"_:-.".contains(&byte);
        !text.is_empty() && text.bytes().all(is_fine)
    };
    match part.rsplit_once('=') {
        // Directives for spans and their fields have a syntax of their own.
        _ if part.contains('[') => true,
        Some((name, level)) => is_name(name) && is_level(level),
        None => is_level(part),
    }
}

impl TryFrom<String> for LogFilter {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<&LogFilter> for EnvFilter {
    fn from(filter: &LogFilter) -> Self {
        Self::new(&filter.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_says_levels() {
        for right in [
            "info",
            "OFF",
            "warn,tributary=debug",
            "info, tributary::http=trace",
            "tributary[request]=debug",
        ] {
            assert!(right.parse::<LogFilter>().is_ok(), "{right}");
        }
        for wrong in [
            "",
            "inof",
            "info,",
            "tributary",
            "tributary=loud",
            "info,tributary=",
            "info;tributary=debug",
            "=,=",
        ] {
            assert!(wrong.parse::<LogFilter>().is_err(), "{wrong}");
        }
    }
}
