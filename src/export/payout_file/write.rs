//! Writing a payout file, line by line.

use super::group_counts::{GroupCounts, is_wanted};
use super::parameters::FileParameters;
use super::payment::Payment;
use super::service;
use crate::export::sheet::cell;
use crate::export::{ExportError, ListExport};
use domain::payment_service::PayoutFileFormat;

/// A file in progress, which was checked to hold what was requested, but for what is left out.
pub struct PayoutFile {
    pub(super) format: PayoutFileFormat,
    pub(super) wishes: FileParameters,
    pub(super) kind: &'static str,
    /// The total number of payouts in the file.
    pub(super) count: u64,
    /// What the format cannot hold, and why.
    pub(super) left_out: Vec<String>,
    pub(super) export: ListExport,
    /// The currencies that are still to be written; the first is being written.
    pub(super) currencies: Vec<String>,
    /// The number of payouts of each group that were read so far.
    pub(super) seen: GroupCounts,
    pub(super) headed: bool,
}

impl PayoutFile {
    /// The total number of payouts in the file.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The requested payouts that the file does not hold, and why: a text for each.
    pub fn left_out(&self) -> &[String] {
        &self.left_out
    }

    /// Writes the next payouts. Returns how many there are, and whether there are more.
    pub async fn next(&mut self, text: &mut Vec<u8>) -> Result<(u64, bool), ExportError> {
        if !self.headed {
            self.headed = true;
            write(service::header(self.format, self.kind).iter().copied(), text);
        }
        if self.currencies.is_empty() {
            return Ok((0, false));
        }
        let Self {
            format,
            wishes,
            kind: of_file,
            seen,
            ..
        } = self;
        let (mut lines, mut failed) = (0, None);
        let (_, goes_on) = self
            .export
            .next(|row| {
                let payment = match Payment::of(row) {
                    Ok(payment) => payment,
                    Err(error) => {
                        failed = Some(error);
                        return;
                    }
                };
                let kind = service::kind(*format, &payment);
                let place = seen.place(payment.currency(), kind);
                let is_requested = kind == *of_file && is_wanted(*format, wishes, kind, place);
                if payment.is_pending && is_requested && format.unfit(&payment.payee, payment.amount).is_none() {
                    lines += 1;
                    let cells = service::line(*format, &payment, wishes);
                    write(cells.iter().map(String::as_str), text);
                }
            })
            .await?;
        if let Some(error) = failed {
            return Err(error);
        }
        if !goes_on {
            self.currencies.remove(0);
            self.export.begin_again(self.currencies.first());
        }
        Ok((lines, !self.currencies.is_empty()))
    }
}

/// Writes a line without a guard against formulas: payment services do not evaluate cells.
fn write<'a>(cells: impl Iterator<Item = &'a str>, text: &mut Vec<u8>) {
    let before = text.len();
    for (number, value) in cells.enumerate() {
        if number > 0 {
            text.push(b',');
        }
        if !value.is_empty() {
            cell(value, false, text);
        }
    }
    if text.len() > before {
        text.extend(b"\r\n");
    }
}
