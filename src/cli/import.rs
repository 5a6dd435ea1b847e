use super::CliError;
use crate::config::Config;
pub async fn donutwork(_c: &Config, _f: &std::path::Path, _t: &str) -> Result<(), CliError> {
    Ok(())
}
