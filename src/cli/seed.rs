use super::CliError;
use crate::config::Config;
pub async fn run(_c: &Config, _t: &str, _p: u32, _n: u32, _r: u64) -> Result<(), CliError> {
    Ok(())
}
