//! `tributary import`.

use std::path::Path;

use super::{CliError, open, output};
use crate::auth::Caller;
use crate::config::Config;
use crate::import;
use crate::service::partner_group::import::Outcome;

pub async fn donutwork(config: &Config, file: &Path, tenant: &str) -> Result<(), CliError> {
    let document = std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let app = open::app(config, open::no_keys(config)?).await?;
    let tenant = open::tenant(&app, tenant).await?;
    let caller = Caller::operator(tenant.id, "import");
    let groups = import::donutwork::partner_groups(&app, &caller, &document)
        .await
        .map_err(|error| format!("nothing is imported from {}:\n{error}", file.display()))?;
    for (group, outcome) in groups {
        let outcome = match outcome {
            Outcome::Created => "created",
            Outcome::Updated => "updated",
            Outcome::Unchanged => "unchanged",
        };
        let (id, rules) = (group.id, group.rules.rules().len());
        let external_id = group.external_id.as_deref().unwrap_or_default();
        output::line(format_args!(
            "{outcome} {id} {external_id} {:?}: {rules} rules",
            group.name
        ))?;
    }
    Ok(())
}
