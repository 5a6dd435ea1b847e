//! Writing a payout file, line by line.

use super::parameters::FileParameters;
use super::payment::Payment;
use super::request::{GroupCounts, is_wanted};
use super::service::PaymentService;
use crate::export::sheet::cell;
use crate::export::{ExportError, ListExport};

/// A file in progress, which was checked to hold everything that was requested.
pub struct PayoutFile {
    pub(super) service: PaymentService,
    pub(super) wishes: FileParameters,
    pub(super) kind: &'static str,
    /// The total number of payouts in the file.
    pub(super) count: u64,
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

    /// Writes the next payouts. Returns how many there are, and whether there are more.
    pub async fn next(&mut self, text: &mut Vec<u8>) -> Result<(u64, bool), ExportError> {
        if !self.headed {
            self.headed = true;
            write(self.service.header(self.kind).iter().copied(), text);
        }
        if self.currencies.is_empty() {
            return Ok((0, false));
        }
        let Self {
            service,
            wishes,
            kind: of_file,
            seen,
            ..
        } = self;
        let (mut lines, mut failed) = (0, None);
        let (_, goes_on) = self
            .export
            .next(|row| {
                let payment = Payment::of(row);
                let kind = service.kind(&payment);
                let place = seen.place(&payment.currency, kind);
                if !payment.is_pending || kind != *of_file || !is_wanted(*service, wishes, kind, place) {
                    return;
                }
                match service.line(&payment, wishes) {
                    Ok(cells) => {
                        lines += 1;
                        write(cells.iter().map(String::as_str), text);
                    }
                    Err(fault) => failed = Some(fault),
                }
            })
            .await?;
        if let Some(fault) = failed {
            // Not expected: the same snapshot was checked before.
            return Err(ExportError::Wrong(vec![fault]));
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
