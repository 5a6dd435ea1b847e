//! How payouts ended, as reported by a payment service: one line per payout, with its id, a status, and the service's
//! reference of the payment. Importing the same file again changes nothing.

use std::collections::HashMap;

use super::ImportError;
use super::table::{LineProblem, TableRecord, TextTable};
use auth::{Caller, Resource, Scope};
use domain::commission::{PayoutSettlement, PayoutStatus};
use domain::id::PayoutId;
use domain::problem::{Fault, Problem};
use domain::text;
use service::app::App;
use service::ledger::payout::{MAX_SETTLEMENTS, Settlement, settle_many};

/// Our names of the columns.
pub const COLUMNS: [&str; 3] = ["id", "status", "reference"];

/// Options of an import.
#[derive(Clone, Debug, Default)]
pub struct SettlementOptions {
    /// The file's names of columns where they differ from ours: our name, and the file's.
    pub map: Vec<(String, String)>,
    /// Only report what would be done.
    pub dry_run: bool,
    /// Write nothing if anything is wrong.
    pub all_or_nothing: bool,
}

impl SettlementOptions {
    /// Whether any option is set.
    pub fn is_given(&self) -> bool {
        self.dry_run || self.all_or_nothing || !self.map.is_empty()
    }
}

/// The outcome of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettlementReport {
    /// Payouts that were settled, or would be.
    pub settled: u64,
    /// Payouts that had already been settled in the same way.
    pub before: u64,
    /// Payouts whose outcome the service does not know yet.
    pub waiting: u64,
    /// All problems, by line.
    pub problems: Vec<LineProblem>,
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

/// The names and positions of the columns.
struct SettlementColumns {
    names: [String; 3],
    places: [Option<usize>; 3],
}

impl SettlementColumns {
    fn of(table: &TextTable, map: &[(String, String)]) -> Result<Self, ImportError> {
        let mapped = |ours: &str| {
            map.iter()
                .find(|(name, _)| name == ours)
                .map(|(_, theirs)| theirs.as_str())
        };
        let names = COLUMNS.map(|ours| mapped(ours).unwrap_or(ours).to_owned());
        let places = names.each_ref().map(|name| table.column(name));
        // Not every service gives a reference, but a column that is mapped must exist.
        let required = [true, true, mapped(COLUMNS[2]).is_some()];
        for ((name, place), required) in names.iter().zip(places).zip(required) {
            if place.is_none() && required {
                let there: Vec<_> = table.names().collect();
                let text = format!("there is no column {name:?}: there are {}", there.join(", "));
                return Err(ImportError::Table(text));
            }
        }
        Ok(Self { names, places })
    }

    fn text<'a>(&self, record: &'a TableRecord, column: usize) -> Option<&'a str> {
        record.text(self.places[column]?)
    }

    fn wrong(&self, line: usize, column: usize, fault: Fault) -> LineProblem {
        let (column, message) = (self.names[column].clone(), fault.1);
        LineProblem { line, column, message }
    }

    /// A problem that settling reports for an entry.
    fn wrong_by(&self, line: usize, problem: &Problem) -> LineProblem {
        let field = problem.path.last().map_or("", String::as_str);
        let column = COLUMNS.iter().position(|ours| *ours == field);
        // Messages begin with the path.
        let path = problem.path.join(".");
        let message = problem.message.strip_prefix(&path).unwrap_or(&problem.message).trim();
        let column = column.map_or_else(String::new, |column| self.names[column].clone());
        let message = message.to_owned();
        LineProblem { line, column, message }
    }
}

/// Settles the payouts of a file. `progress` is called with the number of lines that are done, and of all lines.
pub async fn settlements(
    app: &App,
    caller: &Caller,
    file: &str,
    options: &SettlementOptions,
    mut progress: impl FnMut(u64, u64),
) -> Result<SettlementReport, ImportError> {
    let scope = caller.write(Resource::Payouts).map_err(ImportError::Denied)?.scope();
    let (table, problems) = TextTable::read(file);
    let columns = SettlementColumns::of(&table, &options.map)?;
    let mut report = SettlementReport {
        problems,
        ..SettlementReport::default()
    };
    let lines = read(&table, &columns, &mut report);
    if options.dry_run || options.all_or_nothing {
        let mut checked = report.clone();
        check(app, &scope, &lines, &columns, &mut checked).await?;
        checked.is_dry = true;
        if options.dry_run || !checked.problems.is_empty() {
            checked.problems.sort_by_key(|problem| problem.line);
            return Ok(checked);
        }
    }
    let (mut done, all) = (0, lines.len() as u64);
    for batch in lines.chunks(MAX_SETTLEMENTS) {
        progress(done, all);
        let entries = batch.iter().map(|line| Settlement {
            id: line.id.to_string(),
            status: line.status,
            reference: line.reference.clone(),
        });
        let settled = settle_many(app, caller, entries.collect()).await?;
        let mut fine = 0;
        for (line, (_, problems)) in batch.iter().zip(&settled.answers) {
            fine += u64::from(problems.is_empty());
            let problems = problems.iter().map(|problem| columns.wrong_by(line.line, problem));
            report.problems.extend(problems);
        }
        report.settled += settled.settled;
        report.before += fine.saturating_sub(settled.settled);
        done += batch.len() as u64;
    }
    progress(done, all);
    report.problems.sort_by_key(|problem| problem.line);
    Ok(report)
}

/// The lines that say how a payout ended; unreadable ones are noted as problems, and pending ones are counted.
fn read(table: &TextTable, columns: &SettlementColumns, report: &mut SettlementReport) -> Vec<SettlementLine> {
    let mut lines: Vec<SettlementLine> = Vec::with_capacity(table.records.len());
    let mut named: HashMap<PayoutId, usize> = HashMap::new();
    for record in &table.records {
        let line = record.line;
        let mut wrong = Vec::new();
        let id = match columns.text(record, 0) {
            None => Err(Fault::required()),
            Some(text) => text
                .parse::<PayoutId>()
                .map_err(|error| Fault::invalid(error.to_string())),
        };
        let id = id.map_err(|fault| wrong.push(columns.wrong(line, 0, fault))).ok();
        let status = match columns.text(record, 1) {
            None => Err(Fault::required()),
            Some(word) => said(word).ok_or_else(|| {
                let text =
                    format!("must be PAID, FAILED or CANCELED, or a word of PayPal or Wise for it, not {word:?}");
                Fault::invalid(text)
            }),
        };
        let status = status.map_err(|fault| wrong.push(columns.wrong(line, 1, fault))).ok();
        let reference = columns.text(record, 2).map(text::name).transpose();
        let reference = reference
            .map_err(|fault| wrong.push(columns.wrong(line, 2, fault)))
            .ok();
        if let Some(first) = id.and_then(|id| named.get(&id)) {
            let fault = Fault::invalid(format!("stands in line {first} already"));
            wrong.push(columns.wrong(line, 0, fault));
        }
        if let Some(id) = id {
            named.entry(id).or_insert(line);
        }
        match (id, status, reference) {
            _ if !wrong.is_empty() => report.problems.append(&mut wrong),
            (Some(id), Some(PaymentState::Ended(status)), Some(reference)) => lines.push(SettlementLine {
                line,
                id,
                status,
                reference,
            }),
            _ => report.waiting += 1,
        }
    }
    lines
}

/// Counts what settling these lines would do now.
async fn check(
    app: &App,
    scope: &Scope,
    lines: &[SettlementLine],
    columns: &SettlementColumns,
    report: &mut SettlementReport,
) -> Result<(), ImportError> {
    for batch in lines.chunks(MAX_SETTLEMENTS) {
        let ids: Vec<_> = batch.iter().map(|line| line.id.uuid()).collect();
        let found = store::payout::by_ids(app.store.reader(), scope, &ids)
            .await
            .map_err(ImportError::Store)?;
        for line in batch {
            match found.get(&line.id.uuid()) {
                None => report.problems.push(columns.wrong(line.line, 0, Fault::not_found())),
                Some(payout) if payout.status == PayoutStatus::Pending => report.settled += 1,
                Some(payout) if (payout.status, &payout.reference) == (line.status.into(), &line.reference) => {
                    report.before += 1;
                }
                Some(payout) => {
                    let fault = Fault::invalid(format!("is {} already", payout.status.as_str()));
                    report.problems.push(columns.wrong(line.line, 0, fault));
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
