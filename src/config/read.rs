//! Reading the settings of the file and of the environment together.

use std::path::Path;

use toml::Table;

use super::error::ConfigError;
use super::file::ConfigFile;
use super::{bounds, environment, malformed};

/// The settings of the file, if there is one, with those of the environment over them.
pub(super) fn read(path: Option<&Path>) -> Result<ConfigFile, ConfigError> {
    let merged = table(path)?.try_into::<ConfigFile>();
    // Each was sound by itself.
    merged.map_err(|error| {
        let place = path.unwrap_or(Path::new("the environment")).to_owned();
        ConfigError::Malformed(place, malformed::without_value(error.message()))
    })
}

/// The same as a table, checked.
pub(super) fn table(path: Option<&Path>) -> Result<Table, ConfigError> {
    let file = path.map(checked).transpose()?.unwrap_or_default();
    environment::over(file, &environment::variables())
}

fn checked(path: &Path) -> Result<Table, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Unreadable(path.to_owned(), error))?;
    let malformed = |error| ConfigError::Malformed(path.to_owned(), malformed::told(&text, &error));
    toml::from_str::<ConfigFile>(&text).map_err(malformed)?;
    let table: Table = toml::from_str(&text).map_err(malformed)?;
    bounds::check(&table).map_err(|reason| ConfigError::OutOfBounds(path.to_owned(), reason))?;
    Ok(table)
}
