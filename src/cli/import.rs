//! `tributary import`.

mod arguments;

use std::io::ErrorKind;
use std::path::Path;

use super::error::{CliError, bad_usage};
use super::{open, output};
use crate::config::Config;
use ::import::journeybee::ImportDefaults;
use ::import::moving_in::{self, FileKind, ImportOptions};
use ::import::settlements::{WordCounts, settlements};
use ::import::{ImportError, LineProblems, MappingFile};
pub use arguments::ImportArguments;
use arguments::{ImportSource, ImportedValueType, MapArgument};
use auth::Caller;
use domain::deal_rules::{CommissionRule, Plan, ValueType};
use domain::partner_group::PartnerGroup;
use domain::tiered::TieredCommission;
use service::app::App;
use service::audit::Import;
use service::imported::Outcome;

pub async fn run(config: &Config, wanted: ImportArguments) -> Result<(), CliError> {
    use ImportSource::{
        Commissions, Coupons, Customers, Donutwork, Events, Everflow, Journeybee, Links, Partners, Settlements, Touches,
    };
    let ImportArguments {
        source,
        file,
        tenant,
        value_type,
        currency,
        dry_run,
        map,
        decimal_comma,
        sheet,
        all_or_nothing,
        earn,
    } = wanted;
    if value_type.is_some() && !matches!(source, Journeybee) {
        return Err(bad_usage("--value-type is for journeybee only"));
    }
    if currency.is_some() && !matches!(source, Journeybee | Everflow) {
        return Err(bad_usage("--currency is for journeybee and everflow only"));
    }
    let is_document = matches!(source, Donutwork | Journeybee | Everflow);
    if is_document && (dry_run || all_or_nothing || !map.is_empty() || decimal_comma || sheet.is_some()) {
        return Err(bad_usage(
            "--dry-run, --map, --decimal-comma, --sheet and --all-or-nothing are for files of rows only",
        ));
    }
    let is_workbook = file
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xlsx"));
    if sheet.is_some() && !is_workbook {
        return Err(bad_usage("--sheet is for .xlsx only"));
    }
    if earn && !matches!(source, Events) {
        return Err(bad_usage("--earn is for events only"));
    }
    let value_type = value_type.map(|value_type| match value_type {
        ImportedValueType::Fixed => ValueType::Fixed,
        ImportedValueType::Percentage => ValueType::Percentage,
    });
    let options = ImportOptions {
        map: mapping(map).map_err(bad_usage)?,
        decimal_comma,
        sheet,
        dry_run,
        all_or_nothing,
        earn,
    };
    let from = (file.as_path(), tenant.as_str());
    let kind = match source {
        Donutwork => {
            let read = async |app: &App, caller: &Caller, text: &str| {
                ::import::donutwork::partner_groups(app, caller, text).await
            };
            return document(config, from, "import donutwork", read, told_group).await;
        }
        Journeybee => {
            let unsaid = ImportDefaults { value_type, currency };
            let read = async |app: &App, caller: &Caller, text: &str| {
                ::import::journeybee::commission_rules(app, caller, text, unsaid).await
            };
            return document(config, from, "import journeybee", read, told_rule).await;
        }
        Everflow => {
            let read = async |app: &App, caller: &Caller, text: &str| {
                ::import::everflow::tiered_commissions(app, caller, text, currency).await
            };
            return document(config, from, "import everflow", read, told_tier).await;
        }
        Settlements => return settle(config, from, &options).await,
        Partners => FileKind::Partners,
        Coupons => FileKind::Coupons,
        Links => FileKind::Links,
        Touches => FileKind::Touches,
        Customers => FileKind::Customers,
        Events => FileKind::Events,
        Commissions => FileKind::Commissions,
    };
    rows(config, from, kind, &options).await
}

/// Imports a JSON document with `read`, and prints a line for each object: its outcome, and what `told` says of it.
async fn document<T>(
    config: &Config,
    (file, tenant): (&Path, &str),
    operation: &str,
    read: impl AsyncFnOnce(&App, &Caller, &str) -> Result<Vec<(T, Outcome)>, ImportError>,
    told: impl Fn(&T) -> String,
) -> Result<(), CliError> {
    let text = std::fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::InvalidData => format!("{} is not UTF-8: save it as UTF-8", file.display()),
        _ => format!("cannot read {}: {error}", file.display()),
    })?;
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Err(format!("{} is empty", file.display()).into());
    }
    let (app, caller) = importing(config, tenant, operation).await?;
    let import = Import::begin(&app, &caller, text.as_bytes()).await?;
    let objects = read(&app, &caller, &text).await;
    let objects = objects.map_err(|error| format!("nothing is imported from {}:\n{error}", file.display()))?;
    import.end(counts(objects.iter().map(|(_, outcome)| *outcome))).await?;
    for (object, outcome) in &objects {
        output::line(format_args!("{} {}", outcome.as_str(), told(object)))?;
    }
    Ok(())
}

async fn importing(config: &Config, tenant: &str, operation: &str) -> Result<(App, Caller), CliError> {
    let app = open::app(config, open::no_keys(config)?).await?;
    let caller = Caller::operator(open::tenant(&app, tenant).await?.id, "import").doing(operation);
    Ok((app, caller))
}

fn told_group(group: &PartnerGroup) -> String {
    let (id, rules) = (group.id, group.rules.rules().len());
    let external_id = group.external_id.as_deref().unwrap_or_default();
    format!("{id} {external_id} {:?}: {rules} rules", group.name)
}

fn told_rule(rule: &CommissionRule) -> String {
    let (id, plan) = (rule.id, &rule.plan);
    format!(
        "{id} {:?}: {} entries, {}",
        plan.label,
        plan.entries.len(),
        value_types(plan)
    )
}

fn told_tier(commission: &TieredCommission) -> String {
    let (id, tier) = (commission.id, &commission.tier);
    format!("{id} {:?}: {} goals", tier.name, tier.goals.len())
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

async fn settle(config: &Config, (file, tenant): (&Path, &str), options: &ImportOptions) -> Result<(), CliError> {
    let (app, caller) = importing(config, tenant, "import settlements").await?;
    let bar = output::bar(0, "payouts");
    let tell = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let report = settlements(&app, &caller, file, options, tell)
        .await
        .map_err(|error| format!("{}: {error}", file.display()))?;
    bar.finish_and_clear();
    let settled = match report.is_dry {
        true => "would be settled",
        false => "settled",
    };
    let [ended, returned, waiting] = [&report.settled, &report.returned, &report.waiting].map(by_word);
    output::line(format_args!(
        "{tenant}: {ended} payouts {settled}, {returned} paid ones came back, {} were settled like this before, \
         {waiting} are under way, {} lines are about other payments, {} lines are wrong",
        report.before,
        report.others,
        report.problems.count(),
    ))?;
    let nothing = (report.is_dry && !options.dry_run).then_some("nothing is settled: ");
    refuse(file, nothing, &report.problems)
}

/// A count, and what it is made of: `3 (DENIED 1, SUCCESS 2)`.
fn by_word(counts: &WordCounts) -> String {
    let all: u64 = counts.values().sum();
    let each: Vec<_> = counts.iter().map(|(word, count)| format!("{word} {count}")).collect();
    match each.is_empty() {
        true => all.to_string(),
        false => format!("{all} ({})", each.join(", ")),
    }
}

async fn rows(
    config: &Config,
    (file, tenant): (&Path, &str),
    kind: FileKind,
    options: &ImportOptions,
) -> Result<(), CliError> {
    let (app, caller) = importing(config, tenant, &format!("import {}", kind.name())).await?;
    let length = std::fs::metadata(file).map_or(0, |file| file.len());
    let bar = output::bytes_bar(length);
    let report = moving_in::run(&app, &caller, kind, file, options, |done| bar.set_position(done))
        .await
        .map_err(|error| format!("{}: {error}", file.display()))?;
    bar.finish_and_clear();
    if !report.ignored.is_empty() {
        output::message(format_args!("ignored columns: {}", report.ignored.join(", ")));
    }
    if !report.missing.is_empty() {
        output::message(format_args!(
            "members not found on any line: {}",
            report.missing.join(", ")
        ));
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
        report.problems.count(),
        report.hash,
    ))?;
    let nothing = (report.is_dry && !options.dry_run).then_some("nothing is imported: ");
    refuse(file, nothing, &report.problems)
}

/// Ends with an error if there are problems, which says so if nothing was written because of them.
fn refuse(file: &Path, nothing: Option<&str>, problems: &LineProblems) -> Result<(), CliError> {
    if problems.is_empty() {
        return Ok(());
    }
    let mut lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
    if problems.unlisted() > 0 {
        lines.push(format!("and {} more problems", problems.unlisted()));
    }
    let nothing = nothing.unwrap_or_default();
    Err(format!("{nothing}wrong in {}:\n{}", file.display(), lines.join("\n")).into())
}

/// All pairs; those of the command line replace those of files.
fn mapping(arguments: Vec<MapArgument>) -> Result<Vec<(String, String)>, String> {
    let (mut pairs, mut of_files) = (Vec::new(), Vec::new());
    for argument in arguments {
        match argument {
            MapArgument::Pair(name, value) => pairs.push((name, value)),
            MapArgument::File(path) => of_files.extend(MappingFile::read(&path)?),
        }
    }
    of_files.retain(|(name, _)| !pairs.iter().any(|(given, _)| given == name));
    of_files.extend(pairs);
    Ok(of_files)
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
