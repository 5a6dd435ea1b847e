//! `tributary verify`.

use super::{CliError, open, output};
use crate::config::Config;
use crate::service::ledger::verify::verify;
use crate::store;

pub async fn run(config: &Config, tenant: Option<&str>) -> Result<(), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    // First: what is read from damaged pages may be anything.
    let faults = store::integrity::faults(&app.store).await?;
    for fault in &faults {
        output::line(format_args!("the database file: {fault}"))?;
    }
    let tenants = match tenant {
        Some(name) => vec![open::tenant(&app, name).await?],
        None => store::tenant::list(app.store.reader()).await?,
    };
    let mut count = faults.len();
    for tenant in &tenants {
        let findings = verify(&app, tenant).await?;
        for finding in &findings {
            output::line(format_args!(
                "{}: {}: {}",
                tenant.slug,
                finding.ids.join(" "),
                finding.what
            ))?;
        }
        count += findings.len();
    }
    output::line(format_args!("verified tenants: {}, findings: {count}", tenants.len()))?;
    if count == 0 {
        return Ok(());
    }
    Err("the ledger does not hold".into())
}
