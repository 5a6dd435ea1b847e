//! The lines of a file that say how payouts ended. Most lines of a bank statement are about other payments.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::report::SettlementReport;
use super::words::{PaymentState, meaning, spelled};
use crate::ImportError;
use crate::file::{ColumnMapping, FileRow, FileRows, ReadOptions, quoted};
use auth::Scope;
use domain::bank_reference;
use domain::commission::PayoutSettlement;
use domain::id::PayoutId;
use domain::problem::Fault;
use domain::text;
use service::app::App;
use store::payout_named::{Named, named};

/// Number of lines whose payouts are searched for together.
const LINES: usize = 2_000;
const COLUMNS_REQUIRED: [&[&str]; 2] = [&["id"], &["status"]];

/// A line that says how a payout ended.
pub struct SettlementLine {
    pub line: usize,
    pub id: PayoutId,
    pub status: PayoutSettlement,
    /// The status as the service calls it.
    pub word: String,
    pub reference: Option<String>,
}

impl SettlementLine {
    pub fn is_return(&self) -> bool {
        self.status == PayoutSettlement::Returned
    }
}

/// The lines that say how payouts ended, in the order in which they are applied: a file may say of a payment that it was
/// made, and that it came back, in any order. Unreadable lines are noted as problems; pending payments and those of
/// others are counted.
pub async fn read(
    app: &App,
    scope: &Scope,
    file: &Path,
    (mapping, reading): (&ColumnMapping, &ReadOptions),
    report: &mut SettlementReport,
) -> Result<Vec<SettlementLine>, ImportError> {
    let mut rows = FileRows::open(file, mapping, &COLUMNS_REQUIRED, reading)?;
    let mut reading = Reading {
        mapping,
        named: HashMap::new(),
        lines: Vec::new(),
    };
    let mut batch = Vec::with_capacity(LINES);
    while let Some(row) = rows.next()? {
        match row {
            Ok(row) => batch.push(row),
            Err(problem) => report.problems.add(problem),
        }
        if batch.len() == LINES {
            reading.take(app, scope, &batch, report).await?;
            batch.clear();
        }
    }
    reading.take(app, scope, &batch, report).await?;
    // A payout that was settled without its reference would stay so.
    if let Some(missing) = rows.missing().first() {
        return Err(ImportError::Table(format!("no line has a member {missing:?}")));
    }
    let mut lines = reading.lines;
    lines.sort_by_key(|line| (line.is_return(), line.line));
    Ok(lines)
}

struct Reading<'a> {
    mapping: &'a ColumnMapping,
    /// The lines of the payouts that were named before, separately for payments and for returns.
    named: HashMap<(PayoutId, bool), usize>,
    lines: Vec<SettlementLine>,
}

impl Reading<'_> {
    async fn take(
        &mut self,
        app: &App,
        scope: &Scope,
        rows: &[FileRow],
        report: &mut SettlementReport,
    ) -> Result<(), ImportError> {
        let key = |row: &FileRow| row.text("id").map(bank_reference::key).unwrap_or_default();
        let keys: BTreeSet<_> = rows.iter().map(key).collect();
        let found = named(app.store.reader(), scope, &keys)
            .await
            .map_err(ImportError::Store)?;
        for row in rows {
            match found.get(&key(row)) {
                None | Some(Named::Nothing) => report.others += 1,
                Some(Named::One(id)) => match self.line(row, *id) {
                    Ok(LineMeaning::Ended(line)) => self.lines.push(line),
                    Ok(LineMeaning::Waiting(word)) => *report.waiting.entry(word).or_default() += 1,
                    Err((ours, Fault(_, message))) => {
                        report.problems.add(self.mapping.problem(row.line, ours, &message));
                    }
                },
                Some(Named::Several(ids)) => {
                    let ids: Vec<_> = ids.iter().map(PayoutId::to_string).collect();
                    let message = format!("is cut off too early to be unique: it may be {}", ids.join(" or "));
                    report.problems.add(self.mapping.problem(row.line, "id", &message));
                }
            }
        }
        Ok(())
    }

    /// How a payout ended, or the word for a payment that has not arrived yet; otherwise a column, and what is wrong
    /// with it.
    fn line(&mut self, row: &FileRow, id: PayoutId) -> Result<LineMeaning, (&'static str, Fault)> {
        let line = row.line;
        let given = row.text("status").ok_or_else(|| ("status", Fault::required()))?;
        let word = spelled(given);
        let state = meaning(&word).ok_or_else(|| {
            let text = format!(
                "must be PAID, FAILED, CANCELED or RETURNED, or a word of PayPal or Wise for it, not {}",
                quoted(given)
            );
            ("status", Fault::invalid(text))
        })?;
        let reference = row.text("reference").map(text::reference).transpose();
        let reference = reference.map_err(|fault| ("reference", fault))?;
        let PaymentState::Ended(status) = state else {
            return Ok(LineMeaning::Waiting(word));
        };
        let ended = SettlementLine {
            line,
            id,
            status,
            word,
            reference,
        };
        let first = *self.named.entry((id, ended.is_return())).or_insert(line);
        if first != line {
            let message = format!("is the payout of line {first} already");
            return Err(("id", Fault::invalid(message)));
        }
        Ok(LineMeaning::Ended(ended))
    }
}

enum LineMeaning {
    Ended(SettlementLine),
    Waiting(String),
}
