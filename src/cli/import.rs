//! `tributary import`.

use std::path::Path;

use super::{CliError, ImportedValueType, open, output};
use crate::app::App;
use crate::auth::Caller;
use crate::config::Config;
use crate::domain::deal_rules::ValueType;
use crate::domain::money::Currency;
use crate::import::{self, ImportError, journeybee::Unsaid};

pub async fn donutwork(config: &Config, file: &Path, tenant: &str) -> Result<(), CliError> {
    let (document, app, caller) = prepare(config, file, tenant).await?;
    let groups = import::donutwork::partner_groups(&app, &caller, &document)
        .await
        .map_err(refused(file))?;
    for (group, outcome) in groups {
        let outcome = outcome.as_str();
        let (id, rules) = (group.id, group.rules.rules().len());
        let external_id = group.external_id.as_deref().unwrap_or_default();
        output::line(format_args!(
            "{outcome} {id} {external_id} {:?}: {rules} rules",
            group.name
        ))?;
    }
    Ok(())
}

pub async fn journeybee(
    config: &Config,
    file: &Path,
    tenant: &str,
    value_type: Option<ImportedValueType>,
    currency: Option<Currency>,
) -> Result<(), CliError> {
    let value_type = match value_type.ok_or("--value-type must be given")? {
        ImportedValueType::Fixed => ValueType::Fixed,
        ImportedValueType::Percentage => ValueType::Percentage,
    };
    let (document, app, caller) = prepare(config, file, tenant).await?;
    let unsaid = Unsaid { value_type, currency };
    let rules = import::journeybee::commission_rules(&app, &caller, &document, unsaid)
        .await
        .map_err(refused(file))?;
    for (rule, outcome) in rules {
        let outcome = outcome.as_str();
        let (id, plan) = (rule.id, &rule.plan);
        output::line(format_args!(
            "{outcome} {id} {:?}: {} entries",
            plan.label,
            plan.entries.len()
        ))?;
    }
    Ok(())
}

pub async fn everflow(config: &Config, file: &Path, tenant: &str, currency: Option<Currency>) -> Result<(), CliError> {
    let (document, app, caller) = prepare(config, file, tenant).await?;
    let tiers = import::everflow::tiered_commissions(&app, &caller, &document, currency)
        .await
        .map_err(refused(file))?;
    for (commission, outcome) in tiers {
        let outcome = outcome.as_str();
        let (id, tier) = (commission.id, &commission.tier);
        output::line(format_args!(
            "{outcome} {id} {:?}: {} goals",
            tier.name,
            tier.goals.len()
        ))?;
    }
    Ok(())
}

async fn prepare(config: &Config, file: &Path, tenant: &str) -> Result<(String, App, Caller), CliError> {
    let document = std::fs::read_to_string(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
    let app = open::app(config, open::no_keys(config)?).await?;
    let tenant = open::tenant(&app, tenant).await?;
    let caller = Caller::operator(tenant.id, "import");
    Ok((document, app, caller))
}

fn refused(file: &Path) -> impl FnOnce(ImportError) -> String {
    move |error| format!("nothing is imported from {}:\n{error}", file.display())
}
