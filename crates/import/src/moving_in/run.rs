//! Reading a file, and importing it batch by batch.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::resolve::RowNames;
use super::{FileKind, ImportOptions, ImportReport, commissions, coupons, customers, events, links, partners, touches};
use crate::ImportError;
use crate::file::{ColumnMapping, FileRow, FileRows, LineProblem, ReadOptions, hash};
use auth::{Caller, Scope};
use domain::problem::{Problem, ProblemCode};
use service::ServiceError;
use service::app::App;
use service::audit::Import;
use service::imported::Outcome;
use service::moving_in::{MAX_RECORDS, Mode, MovingInResult};

/// Imports a file. `progress` is called with the number of its bytes that are done.
///
/// The audit log gets an entry for its beginning, with the file's hash, one for each batch that wrote anything, and one
/// for its end, with the counts of the report.
pub async fn run(
    app: &App,
    caller: &Caller,
    kind: FileKind,
    file: &Path,
    options: &ImportOptions,
    mut progress: impl FnMut(u64),
) -> Result<ImportReport, ImportError> {
    let (hash, bytes) = hash(file)?;
    let tenant = store::tenant::get(app.store.reader(), &Scope::tenant_wide(caller.tenant())).await;
    let reading = options.reading(tenant.map_err(ImportError::Store)?.time_zone);
    let file = (file, &reading);
    if options.dry_run || options.all_or_nothing {
        let checked = pass(app, caller, (kind, Mode::Check), file, options, &mut progress).await?;
        if options.dry_run || !checked.problems.is_empty() {
            let is_dry = true;
            return Ok(ImportReport {
                hash,
                is_dry,
                ..checked
            });
        }
    }
    let import = Import::begin_of(app, caller, (&hash, bytes)).await;
    let import = import.map_err(ServiceError::from)?;
    let report = pass(app, caller, (kind, Mode::Write), file, options, &mut progress).await?;
    let wrong = report.problems.count();
    let counts = [
        ("created", report.created),
        ("unchanged", report.unchanged),
        ("problems", wrong),
    ];
    import.end(counts).await.map_err(ServiceError::from)?;
    Ok(ImportReport { hash, ..report })
}

/// Reads the whole file once. An error says how much was imported before it.
async fn pass(
    app: &App,
    caller: &Caller,
    (kind, mode): (FileKind, Mode),
    (path, reading): (&Path, &ReadOptions),
    options: &ImportOptions,
    progress: &mut impl FnMut(u64),
) -> Result<ImportReport, ImportError> {
    let mapping = ColumnMapping::new(kind.columns(), &options.map)?;
    let mut rows = FileRows::open(path, &mapping, kind.required(options.earn), reading)?;
    let mut report = ImportReport {
        ignored: rows.ignored.clone(),
        ..ImportReport::default()
    };
    let read = batches(
        app,
        caller,
        (kind, mode),
        (&mut rows, &mapping),
        options.earn,
        &mut report,
        progress,
    )
    .await;
    report.missing = rows.missing();
    match (read, mode) {
        (Ok(()), _) => Ok(report),
        (Err(error), Mode::Write) => Err(error.after(report.created)),
        (Err(error), Mode::Check | Mode::CheckToEarn) => Err(error),
    }
}

/// Reads all rows, batch by batch.
async fn batches(
    app: &App,
    caller: &Caller,
    (kind, mode): (FileKind, Mode),
    (rows, mapping): (&mut FileRows, &ColumnMapping),
    earn: bool,
    report: &mut ImportReport,
    progress: &mut impl FnMut(u64),
) -> Result<(), ImportError> {
    let mut seen = SeenRows::default();
    let mut batch = Vec::with_capacity(MAX_RECORDS);
    let (mut bytes, mut found) = (0, Vec::new());
    let (mut batches, mut look_again) = (0_u32, 4);
    loop {
        let next = rows.next()?;
        let is_over = next.is_none();
        match next {
            Some(Ok(row)) => {
                bytes += row.bytes();
                batch.push(row);
            }
            Some(Err(problem)) => found.push(problem),
            None => {}
        }
        if is_over || batch.len() + found.len() == MAX_RECORDS || bytes > MAX_BATCH_BYTES {
            let answers = match kind {
                FileKind::Partners => partners::batch(app, caller, mode, &batch).await?,
                FileKind::Coupons => coupons::batch(app, caller, mode, &batch).await?,
                FileKind::Links => links::batch(app, caller, mode, &batch).await?,
                FileKind::Touches => touches::batch(app, caller, mode, &batch).await?,
                FileKind::Customers => customers::batch(app, caller, mode, &batch).await?,
                FileKind::Events => events::batch(app, caller, mode, earn, &batch).await?,
                FileKind::Commissions => commissions::batch(app, caller, mode, &batch).await?,
            };
            for (row, (names, answer)) in batch.drain(..).zip(answers.0) {
                let answer = match mode {
                    Mode::Write => answer,
                    Mode::Check | Mode::CheckToEarn => seen.completed(&row, answer),
                };
                match answer {
                    Ok(Outcome::Unchanged) => report.unchanged += 1,
                    Ok(Outcome::Created | Outcome::Updated) => report.created += 1,
                    Err(problems) => {
                        found.extend(problems.iter().map(|problem| told(&row, &names, problem, mapping)));
                    }
                }
            }
            // The first problems are listed: those of the first lines.
            found.sort_by_key(|problem| problem.line);
            report.problems.extend(found.drain(..));
            bytes = 0;
            progress(rows.read());
            batches += 1;
            if batches == look_again && mode == Mode::Write {
                // The planner's statistics of tables that have grown eightfold are out of date.
                store::statistics::look_again(&app.store)
                    .await
                    .map_err(ServiceError::from)?;
                look_again *= 8;
            }
        }
        if is_over {
            return Ok(());
        }
    }
}

/// How much of a file is in memory at once, apart from its longest line.
const MAX_BATCH_BYTES: usize = 1024 * 1024;

/// What a check remembers of rows of earlier batches, which it did not write: hashes of their names and of their
/// contents.
#[derive(Default)]
struct SeenRows(HashMap<u64, u64>);

impl SeenRows {
    fn completed(&mut self, row: &FileRow, answer: MovingInResult) -> MovingInResult {
        let named = row.text("externalId").or_else(|| row.text("id"));
        let said = hashed(&row.cells());
        let original = row.text("originalExternalId");
        let answer = match answer {
            Err(problems)
                if original.is_some_and(|name| self.0.contains_key(&hashed(&name)))
                    && problems.iter().all(|problem| {
                        problem.code == ProblemCode::NotFound && problem.path == ["originalExternalId"]
                    }) =>
            {
                Ok(Outcome::Created)
            }
            answer => answer,
        };
        let (Ok(Outcome::Created), Some(name)) = (&answer, named) else {
            return answer;
        };
        match self.0.insert(hashed(&name), said) {
            None => answer,
            Some(before) if before == said => Ok(Outcome::Unchanged),
            Some(_) => {
                let message = "externalId occurs earlier in the file with different content".to_owned();
                Err(vec![Problem {
                    code: ProblemCode::Conflict,
                    path: vec!["externalId".to_owned()],
                    message,
                }])
            }
        }
    }
}

fn hashed(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The problem under the file's name of the column.
fn told(row: &FileRow, names: &RowNames, problem: &Problem, mapping: &ColumnMapping) -> LineProblem {
    let first = problem.path.first().map_or("", String::as_str);
    let ours = match first {
        "partnerId" | "partner" => names.partner_column(),
        "campaignId" | "campaign" => names.campaign_column(),
        "group" => "groupExternalId",
        "tier" => "tierLabel",
        "externalId" if row.text("externalId").is_none() => "id",
        other => other,
    };
    mapping.reported(row.line, ours, problem)
}
