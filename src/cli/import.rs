//! `tributary import`.

use std::io::ErrorKind;
use std::path::Path;

use super::{CliError, ImportedValueType, open, output};
use crate::config::Config;
use ::import::moving_in::{self, FileKind};
use ::import::settlements::{COLUMNS, SettlementOptions};
use ::import::{ImportError, journeybee::ImportDefaults};
use auth::Caller;
use domain::deal_rules::{Plan, ValueType};
use domain::money::Currency;
use service::app::App;
use service::audit::Import;
use service::partner_group::import::Outcome;

pub async fn donutwork(config: &Config, file: &Path, tenant: &str) -> Result<(), CliError> {
    let (document, app, caller) = prepare(config, file, tenant, "import donutwork").await?;
    let import = Import::begin(&app, &caller, document.as_bytes()).await?;
    let groups = import::donutwork::partner_groups(&app, &caller, &document)
        .await
        .map_err(refused(file))?;
    import.end(counts(groups.iter().map(|(_, outcome)| *outcome))).await?;
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
    let value_type = value_type.map(|value_type| match value_type {
        ImportedValueType::Fixed => ValueType::Fixed,
        ImportedValueType::Percentage => ValueType::Percentage,
    });
    let (document, app, caller) = prepare(config, file, tenant, "import journeybee").await?;
    let unsaid = ImportDefaults { value_type, currency };
    let import = Import::begin(&app, &caller, document.as_bytes()).await?;
    let rules = import::journeybee::commission_rules(&app, &caller, &document, unsaid)
        .await
        .map_err(refused(file))?;
    import.end(counts(rules.iter().map(|(_, outcome)| *outcome))).await?;
    for (rule, outcome) in rules {
        let outcome = outcome.as_str();
        let (id, plan) = (rule.id, &rule.plan);
        output::line(format_args!(
            "{outcome} {id} {:?}: {} entries, {}",
            plan.label,
            plan.entries.len(),
            value_types(plan),
        ))?;
    }
    Ok(())
}

/// The type that a rule's values were read as.
fn value_types(plan: &Plan) -> &'static str {
    let parts = |value_type: ValueType| {
        let parts = plan.entries.iter().flat_map(|entry| [&entry.one_off, &entry.recurring]);
        parts.flatten().any(|part| part.value_type == value_type)
    };
    match (parts(ValueType::Percentage), parts(ValueType::Fixed)) {
        (true, true) => "percentages and fixed values",
        (_, false) => "percentages",
        (false, true) => "fixed values",
    }
}

pub async fn everflow(config: &Config, file: &Path, tenant: &str, currency: Option<Currency>) -> Result<(), CliError> {
    let (document, app, caller) = prepare(config, file, tenant, "import everflow").await?;
    let import = Import::begin(&app, &caller, document.as_bytes()).await?;
    let tiers = import::everflow::tiered_commissions(&app, &caller, &document, currency)
        .await
        .map_err(refused(file))?;
    import.end(counts(tiers.iter().map(|(_, outcome)| *outcome))).await?;
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

pub async fn settlements(
    config: &Config,
    file: &Path,
    tenant: &str,
    options: &SettlementOptions,
) -> Result<(), CliError> {
    if let Some((ours, _)) = options.map.iter().find(|(ours, _)| !COLUMNS.contains(&ours.as_str())) {
        super::bad_usage(&format!("{ours:?} must be one of {}", COLUMNS.join(", ")));
    }
    let (table, app, caller) = prepare(config, file, tenant, "import settlements").await?;
    let import = match options.dry_run {
        true => None,
        false => Some(Import::begin(&app, &caller, table.as_bytes()).await?),
    };
    let bar = output::bar(0, "payouts");
    let tell = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let report = import::settlements::settlements(&app, &caller, &table, options, tell)
        .await
        .map_err(refused(file))?;
    bar.finish_and_clear();
    if let Some(import) = import {
        let (settled, problems) = (
            if report.is_dry { 0 } else { report.settled },
            report.problems.len() as u64,
        );
        let counts = [
            ("settled", settled),
            ("before", report.before),
            ("waiting", report.waiting),
            ("wrong", problems),
        ];
        import.end(counts).await?;
    }
    let settled = match report.is_dry {
        true => "would be settled",
        false => "settled",
    };
    output::line(format_args!(
        "{tenant}: {} payouts {settled}, {} were settled like this before, {} are under way, {} lines are wrong",
        report.settled,
        report.before,
        report.waiting,
        report.problems.len(),
    ))?;
    if report.problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    let kept = match options.all_or_nothing && !options.dry_run {
        true => "nothing is settled: ",
        false => "",
    };
    Err(format!("{kept}wrong in {}:\n{}", file.display(), lines.join("\n")).into())
}

pub async fn moving_in(
    config: &Config,
    kind: FileKind,
    file: &Path,
    tenant: &str,
    options: &moving_in::ImportOptions,
) -> Result<(), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    let operation = format!("import {}", kind.name());
    let caller = Caller::operator(open::tenant(&app, tenant).await?.id, "import").doing(&operation);
    let length = std::fs::metadata(file).map_or(0, |file| file.len());
    let bar = output::bytes_bar(length);
    let report = moving_in::run(&app, &caller, kind, file, options, |done| bar.set_position(done))
        .await
        .map_err(stopped(file, options.dry_run))?;
    bar.finish_and_clear();
    if !report.ignored.is_empty() {
        output::message(format_args!("columns that are not read: {}", report.ignored.join(", ")));
    }
    if !report.missing.is_empty() {
        output::message(format_args!("members that no line has: {}", report.missing.join(", ")));
    }
    let created = match report.is_dry {
        true => "would be imported",
        false => "imported",
    };
    output::line(format_args!(
        "{tenant}: {} {} {created}, {} were there before, {} problems; file sha256 {}",
        report.created,
        kind.name(),
        report.unchanged,
        report.problems.len(),
        report.hash,
    ))?;
    if report.problems.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = report.problems.iter().map(ToString::to_string).collect();
    let kept = match report.is_dry && !options.dry_run {
        true => "nothing is imported: ",
        false => "",
    };
    Err(format!("{kept}wrong in {}:\n{}", file.display(), lines.join("\n")).into())
}

/// Batches before the one that failed are committed, and a second import skips their rows.
fn stopped(file: &Path, is_dry: bool) -> impl FnOnce(ImportError) -> String {
    let again = match is_dry {
        true => "",
        false => "; what was imported before this stays, and importing the file again goes on",
    };
    move |error| format!("{}: {error}{again}", file.display())
}

/// Parses OURS=THEIRS.
pub fn column(text: &str) -> Result<(String, String), String> {
    let (ours, theirs) = text.split_once('=').ok_or("must be OURS=THEIRS")?;
    Ok((ours.to_owned(), theirs.to_owned()))
}

/// How many objects were created, updated, and left as they were.
fn counts(outcomes: impl Iterator<Item = Outcome>) -> [(&'static str, u64); 3] {
    let mut counts = [("created", 0), ("updated", 0), ("unchanged", 0)];
    for outcome in outcomes {
        let place = match outcome {
            Outcome::Created => 0,
            Outcome::Updated => 1,
            Outcome::Unchanged => 2,
        };
        counts[place].1 += 1;
    }
    counts
}

async fn prepare(
    config: &Config,
    file: &Path,
    tenant: &str,
    operation: &str,
) -> Result<(String, App, Caller), CliError> {
    let document = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => format!("{} is not UTF-8: save it as UTF-8", file.display()),
        _ => format!("cannot read {}: {error}", file.display()),
    })?;
    if document.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(format!("{} is empty", file.display()).into());
    }
    let app = open::app(config, open::no_keys(config)?).await?;
    let tenant = open::tenant(&app, tenant).await?;
    let caller = Caller::operator(tenant.id, "import").doing(operation);
    Ok((document, app, caller))
}

fn refused(file: &Path) -> impl FnOnce(ImportError) -> String {
    move |error| format!("nothing is imported from {}:\n{error}", file.display())
}
