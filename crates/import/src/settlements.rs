//! How payouts ended, as reported by a payment service or a bank: one line per payment, with what identifies its payout,
//! a status, and the service's reference of the payment. Importing the same file again changes nothing.

mod lines;
mod report;
mod words;

use std::collections::HashMap;
use std::path::Path;

use super::ImportError;
use super::file::{ColumnMapping, hash};
use super::moving_in::ImportOptions;
use auth::{Caller, Resource, Scope};
use domain::commission::{Payout, PayoutStatus};
use domain::id::PayoutId;
use lines::SettlementLine;
pub use report::{SettlementReport, WordCounts};
use service::ServiceError;
use service::app::App;
use service::audit::Import;
use service::ledger::payout::{MAX_SETTLEMENTS, Settlement, settle_many};

/// Our names of the columns. Not every service gives a reference.
const COLUMNS: [&str; 3] = ["id", "status", "reference"];

/// Settles the payouts of a file. `progress` is called with the number of lines that are done, and of all lines.
///
/// The audit log gets an entry for its beginning, with the file's hash, one for each batch that settled anything, and
/// one for its end, with the counts of the report.
pub async fn settlements(
    app: &App,
    caller: &Caller,
    file: &Path,
    options: &ImportOptions,
    mut progress: impl FnMut(u64, u64),
) -> Result<SettlementReport, ImportError> {
    let scope = caller.write(Resource::Payouts).map_err(ImportError::Denied)?.scope();
    let (hash, bytes) = hash(file)?;
    let mapping = ColumnMapping::new(&COLUMNS, &options.map)?;
    let mut report = SettlementReport::default();
    let tenant = store::tenant::get(app.store.reader(), &scope).await;
    let reading = options.reading(tenant.map_err(ImportError::Store)?.time_zone);
    let lines = lines::read(app, &scope, file, (&mapping, &reading), &mut report).await?;
    if options.dry_run || options.all_or_nothing {
        let mut checked = report.clone();
        check(app, &scope, &lines, &mapping, &mut checked).await?;
        checked.is_dry = true;
        if options.dry_run || !checked.problems.is_empty() {
            checked.problems.sort_by_line();
            return Ok(checked);
        }
    }
    let import = Import::begin_of(app, caller, (&hash, bytes)).await;
    let import = import.map_err(ServiceError::from)?;
    let (mut done, all) = (0, lines.len() as u64);
    // Payments come before returns, and never in one batch: of a payout that has both, both are counted.
    let (payments, returns) = lines.split_at(lines.partition_point(|line| !line.is_return()));
    for batch in payments.chunks(MAX_SETTLEMENTS).chain(returns.chunks(MAX_SETTLEMENTS)) {
        progress(done, all);
        let known = payouts(app, &scope, batch).await?;
        let entries = batch.iter().map(|line| Settlement {
            id: line.id.to_string(),
            status: line.status,
            reference: line.reference.clone(),
            reason: line.is_return().then(|| line.word.clone()),
        });
        let settled = settle_many(app, caller, entries.collect()).await;
        let settled = settled.map_err(|error| ImportError::from(error).after(report.written()))?;
        for (line, (_, problems)) in batch.iter().zip(&settled.answers) {
            if problems.is_empty() {
                let next = known.get(&line.id).and_then(|payout| payout.status.after(line.status));
                report.count(&line.word, next);
            }
            for problem in problems {
                let ours = problem.path.last().map_or("", String::as_str);
                report.problems.add(mapping.reported(line.line, ours, problem));
            }
        }
        done += batch.len() as u64;
    }
    progress(done, all);
    report.problems.sort_by_line();
    let counts = [
        ("settled", report.settled.values().sum::<u64>()),
        ("returned", report.returned.values().sum::<u64>()),
        ("before", report.before),
        ("waiting", report.waiting.values().sum::<u64>()),
        ("others", report.others),
        ("wrong", report.problems.count()),
    ];
    import.end(counts).await.map_err(ServiceError::from)?;
    Ok(report)
}

/// The payouts of these lines as they are now.
async fn payouts(app: &App, scope: &Scope, lines: &[SettlementLine]) -> Result<HashMap<PayoutId, Payout>, ImportError> {
    let ids: Vec<_> = lines.iter().map(|line| line.id.uuid()).collect();
    let found = store::payout::by_ids(app.store.reader(), scope, &ids).await;
    let found = found.map_err(ImportError::Store)?.into_values();
    Ok(found.map(|payout| (payout.id, payout)).collect())
}

/// Counts what settling these lines would do now.
async fn check(
    app: &App,
    scope: &Scope,
    lines: &[SettlementLine],
    mapping: &ColumnMapping,
    report: &mut SettlementReport,
) -> Result<(), ImportError> {
    // What payments would change, for the returns that follow them.
    let mut settled: HashMap<_, PayoutStatus> = HashMap::new();
    for batch in lines.chunks(MAX_SETTLEMENTS) {
        let known = payouts(app, scope, batch).await?;
        for line in batch {
            let Some(mut payout) = known.get(&line.id).cloned() else {
                report.others += 1;
                continue;
            };
            payout.status = settled.get(&line.id).copied().unwrap_or(payout.status);
            if let Some(next) = payout.status.after(line.status) {
                settled.insert(line.id, next);
                report.count(&line.word, Some(next));
            } else if payout.has_ended_as(line.status, line.reference.as_deref()) {
                report.count(&line.word, None);
            } else {
                let message = format!("is {} already", payout.status.as_str());
                report.problems.add(mapping.problem(line.line, "id", &message));
            }
        }
    }
    Ok(())
}
