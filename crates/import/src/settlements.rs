//! How payouts ended, as reported by a payment service: one line per payout, with its id, a status, and the service's
//! reference of the payment. Importing the same file again changes nothing.

use std::collections::HashMap;
use std::path::Path;

use super::ImportError;
use super::file::{ColumnMapping, FileRow, FileRows, LineProblem, LineProblems, ReadOptions, hash, quoted};
use super::moving_in::ImportOptions;
use auth::{Caller, Resource, Scope};
use domain::commission::{PayoutSettlement, PayoutStatus};
use domain::id::PayoutId;
use domain::problem::Fault;
use domain::text;
use service::ServiceError;
use service::app::App;
use service::audit::Import;
use service::ledger::payout::{MAX_SETTLEMENTS, Settlement, settle_many};

/// Our names of the columns. Not every service gives a reference.
const COLUMNS: [&str; 3] = ["id", "status", "reference"];
const REQUIRED: [&[&str]; 2] = [&["id"], &["status"]];

/// The outcome of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementReport {
    /// Payouts that were settled, or would be.
    pub settled: u64,
    /// Payouts that had already been settled in the same way.
    pub before: u64,
    /// Payouts whose outcome the service does not know yet.
    pub waiting: u64,
    /// The problems, by line.
    pub problems: LineProblems,
    /// Nothing was written.
    pub is_dry: bool,
}

/// What a payment service reports of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PaymentState {
    Ended(PayoutSettlement),
    /// It is under way.
    Waiting,
}

/// The statuses of PayPal's payouts (`transaction_status`) and of Wise's transfers (`status`), and our own.
fn said(word: &str) -> Option<PaymentState> {
    use PayoutSettlement::{Canceled, Failed, Paid};
    let word: String = word.trim().to_ascii_uppercase().replace([' ', '-'], "_");
    Some(match word.as_str() {
        "PAID" | "SUCCESS" | "COMPLETED" | "OUTGOING_PAYMENT_SENT" | "SENT" => PaymentState::Ended(Paid),
        "FAILED" | "RETURNED" | "BLOCKED" | "REFUNDED" | "REVERSED" | "DENIED" | "FUNDS_REFUNDED" | "CHARGED_BACK" => {
            PaymentState::Ended(Failed)
        }
        "CANCELED" | "CANCELLED" => PaymentState::Ended(Canceled),
        // A payment that bounced may be sent once more.
        "BOUNCED_BACK"
        | "PENDING"
        | "UNCLAIMED"
        | "ONHOLD"
        | "ON_HOLD"
        | "NEW"
        | "PROCESSING"
        | "INCOMING_PAYMENT_WAITING"
        | "INCOMING_PAYMENT_INITIATED"
        | "FUNDS_CONVERTED" => PaymentState::Waiting,
        _ => return None,
    })
}

/// A line that says how a payout ended.
struct SettlementLine {
    line: usize,
    id: PayoutId,
    status: PayoutSettlement,
    reference: Option<String>,
}

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
    let lines = read(file, &mapping, &reading, &mut report)?;
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
    for batch in lines.chunks(MAX_SETTLEMENTS) {
        progress(done, all);
        let entries = batch.iter().map(|line| Settlement {
            id: line.id.to_string(),
            status: line.status,
            reference: line.reference.clone(),
        });
        let settled = settle_many(app, caller, entries.collect()).await;
        let settled = settled.map_err(|error| ImportError::from(error).after(report.settled))?;
        let mut fine = 0;
        for (line, (_, problems)) in batch.iter().zip(&settled.answers) {
            fine += u64::from(problems.is_empty());
            for problem in problems {
                let ours = problem.path.last().map_or("", String::as_str);
                report.problems.add(mapping.reported(line.line, ours, problem));
            }
        }
        report.settled += settled.settled;
        report.before += fine.saturating_sub(settled.settled);
        done += batch.len() as u64;
    }
    progress(done, all);
    report.problems.sort_by_line();
    let counts = [
        ("settled", report.settled),
        ("before", report.before),
        ("waiting", report.waiting),
        ("wrong", report.problems.count()),
    ];
    import.end(counts).await.map_err(ServiceError::from)?;
    Ok(report)
}

/// The lines that say how a payout ended; unreadable ones are noted as problems, and pending ones are counted.
fn read(
    file: &Path,
    mapping: &ColumnMapping,
    reading: &ReadOptions,
    report: &mut SettlementReport,
) -> Result<Vec<SettlementLine>, ImportError> {
    let mut rows = FileRows::open(file, mapping, &REQUIRED, reading)?;
    let mut lines = Vec::new();
    let mut named: HashMap<PayoutId, usize> = HashMap::new();
    while let Some(row) = rows.next()? {
        match row
            .map_err(|problem| vec![problem])
            .and_then(|row| line(&row, mapping, &mut named))
        {
            Ok(Some(line)) => lines.push(line),
            Ok(None) => report.waiting += 1,
            Err(problems) => report.problems.extend(problems),
        }
    }
    // A payout that was settled without its reference would stay so.
    if let Some(missing) = rows.missing().first() {
        return Err(ImportError::Table(format!("no line has a member {missing:?}")));
    }
    Ok(lines)
}

/// How a payout ended, or `None` if it has not. `named` are the lines of the payouts that were named before.
fn line(
    row: &FileRow,
    mapping: &ColumnMapping,
    named: &mut HashMap<PayoutId, usize>,
) -> Result<Option<SettlementLine>, Vec<LineProblem>> {
    let line = row.line;
    let mut wrong = Vec::new();
    let mut note = |ours: &str, Fault(_, message): Fault| wrong.push(mapping.problem(line, ours, &message));
    let id = row.text("id").ok_or_else(Fault::required).and_then(|text| {
        let id = text.parse::<PayoutId>();
        id.map_err(|error| Fault::invalid(error.to_string()))
    });
    let id = id.map_err(|fault| note("id", fault)).ok();
    let status = row.text("status").ok_or_else(Fault::required).and_then(|word| {
        said(word).ok_or_else(|| {
            let text = format!(
                "must be PAID, FAILED or CANCELED, or a word of PayPal or Wise for it, not {}",
                quoted(word)
            );
            Fault::invalid(text)
        })
    });
    let status = status.map_err(|fault| note("status", fault)).ok();
    let reference = row.text("reference").map(text::reference).transpose();
    let reference = reference.map_err(|fault| note("reference", fault)).ok();
    if let Some(id) = id {
        let first = *named.entry(id).or_insert(line);
        if first != line {
            note("id", Fault::invalid(format!("stands in line {first} already")));
        }
    }
    match (id, status, reference) {
        (Some(id), Some(PaymentState::Ended(status)), Some(reference)) if wrong.is_empty() => {
            Ok(Some(SettlementLine {
                line,
                id,
                status,
                reference,
            }))
        }
        _ if wrong.is_empty() => Ok(None),
        _ => Err(wrong),
    }
}

/// Counts what settling these lines would do now.
async fn check(
    app: &App,
    scope: &Scope,
    lines: &[SettlementLine],
    mapping: &ColumnMapping,
    report: &mut SettlementReport,
) -> Result<(), ImportError> {
    for batch in lines.chunks(MAX_SETTLEMENTS) {
        let ids: Vec<_> = batch.iter().map(|line| line.id.uuid()).collect();
        let found = store::payout::by_ids(app.store.reader(), scope, &ids)
            .await
            .map_err(ImportError::Store)?;
        for line in batch {
            match found.get(&line.id.uuid()) {
                None => report
                    .problems
                    .add(mapping.problem(line.line, "id", &Fault::not_found().1)),
                Some(payout) if payout.status == PayoutStatus::Pending => report.settled += 1,
                Some(payout) if (payout.status, &payout.reference) == (line.status.into(), &line.reference) => {
                    report.before += 1;
                }
                Some(payout) => {
                    let message = format!("is {} already", payout.status.as_str());
                    report.problems.add(mapping.problem(line.line, "id", &message));
                }
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_payment_services_are_known() {
        use PayoutSettlement::{Canceled, Failed, Paid};
        for (word, meaning) in [
            ("paid", PaymentState::Ended(Paid)),
            ("Success", PaymentState::Ended(Paid)),
            ("outgoing_payment_sent", PaymentState::Ended(Paid)),
            ("bounced back", PaymentState::Waiting),
            ("funds_refunded", PaymentState::Ended(Failed)),
            ("RETURNED", PaymentState::Ended(Failed)),
            ("cancelled", PaymentState::Ended(Canceled)),
            ("Unclaimed", PaymentState::Waiting),
        ] {
            assert_eq!(said(word), Some(meaning), "{word}");
        }
        assert_eq!((said("gone"), said("")), (None, None));
    }
}
