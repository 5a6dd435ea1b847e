//! Sheets of Excel's workbooks (XLSX), row by row. Cells have types there: what is a number or a date is one, however it is
//! shown.

use std::io::{self, BufReader};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};
use rust_decimal::Decimal;

use super::counted::CountedFile;
use super::problems::LineProblem;
use super::record::{FileCell, MAX_RECORD_BYTES, Next, TableRecord, wrong};
use crate::ImportError;

type Workbook = Xlsx<BufReader<CountedFile>>;

/// How many rows are read before they are needed.
const AHEAD: usize = 64;

pub struct XlsxReader {
    /// What a thread of its own reads, since the library's reader of cells borrows the workbook.
    rows: Receiver<SheetRow>,
}

type SheetRow = io::Result<Result<TableRecord, LineProblem>>;

impl XlsxReader {
    /// Opens the sheet with this number, counted from 1.
    pub fn open(file: BufReader<CountedFile>, sheet: usize) -> Result<Self, ImportError> {
        let workbook = Workbook::new(file).map_err(|error| ImportError::Table(unreadable(&error)))?;
        let sheets = workbook.sheet_names();
        let name = sheet.checked_sub(1).and_then(|place| sheets.get(place)).cloned();
        let Some(name) = name else {
            let text = format!(
                "there is no sheet {sheet}: there are {} ({})",
                sheets.len(),
                sheets.join(", ")
            );
            return Err(ImportError::Table(text));
        };
        let (sender, rows) = sync_channel(AHEAD);
        std::thread::spawn(move || {
            if let Err(error) = send_rows(workbook, &name, &sender) {
                // Fails only if nobody reads any more.
                let _ = sender.send(Err(io::Error::other(unreadable(&error))));
            }
        });
        Ok(Self { rows })
    }

    /// The next row that is not blank.
    pub fn next(&mut self) -> Next<TableRecord> {
        self.rows.recv().ok().transpose()
    }
}

fn unreadable(error: &XlsxError) -> String {
    match error {
        XlsxError::Password => "it is protected by a password: save it without one".to_owned(),
        error => format!("it is not a readable workbook: {error}"),
    }
}

fn send_rows(mut workbook: Workbook, sheet: &str, sender: &SyncSender<SheetRow>) -> Result<(), XlsxError> {
    let mut cells = workbook.worksheet_cells_reader(sheet)?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell()? {
        let (number, column) = cell.get_position();
        if number != row.number {
            let done = std::mem::replace(&mut row, Row::at(number));
            if !done.send(sender) {
                return Ok(());
            }
        }
        row.put(column, cell.get_value());
    }
    row.send(sender);
    Ok(())
}

#[derive(Default)]
struct Row {
    number: u32,
    bytes: usize,
    cells: Vec<Option<FileCell>>,
}

impl Row {
    fn at(number: u32) -> Self {
        Self {
            number,
            ..Self::default()
        }
    }

    fn put(&mut self, column: u32, value: &DataRef<'_>) {
        let Some(cell) = cell_of(value) else { return };
        self.bytes += cell.text.len();
        if self.bytes > MAX_RECORD_BYTES {
            self.cells.clear();
            return;
        }
        let place = column as usize;
        if self.cells.len() <= place {
            self.cells.resize(place + 1, None);
        }
        self.cells[place] = Some(cell);
    }

    /// Returns whether anybody reads on.
    fn send(self, sender: &SyncSender<SheetRow>) -> bool {
        let line = self.number as usize + 1;
        if self.bytes == 0 {
            return true;
        }
        let read = match self.bytes > MAX_RECORD_BYTES {
            true => Err(wrong(line, format!("is longer than {MAX_RECORD_BYTES} bytes"))),
            false => Ok(TableRecord {
                line,
                cells: self.cells,
            }),
        };
        sender.send(Ok(read)).is_ok()
    }
}

fn cell_of(value: &DataRef<'_>) -> Option<FileCell> {
    let number = |text: String| Some(FileCell { text, is_number: true });
    match value {
        DataRef::Empty => None,
        DataRef::Int(whole) => number(whole.to_string()),
        DataRef::Float(value) => number(decimal(*value)),
        DataRef::DateTime(at) if at.is_duration() => number(decimal(at.as_f64())),
        DataRef::DateTime(at) => FileCell::text(&moment(at)),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => FileCell::text(text),
        DataRef::SharedString(text) => FileCell::text(text),
        DataRef::Bool(is_true) => FileCell::text(if *is_true { "true" } else { "false" }),
        DataRef::Error(error) => FileCell::text(&error.to_string()),
    }
}

/// The number that spreadsheets show: workbooks hold binary floating point, of which 15 digits mean anything.
fn decimal(value: f64) -> String {
    match Decimal::from_scientific(&format!("{value:.14e}")) {
        Ok(number) => number.normalize().to_string(),
        Err(_) => value.to_string(),
    }
}

/// A date without a time is midnight, and a date. Neither has an offset.
fn moment(at: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (hour, minute, second, milli) {
        (0, 0, 0, 0) => date,
        _ => format!("{date}T{hour:02}:{minute:02}:{second:02}.{milli:03}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_spreadsheets_show() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (1234.56, "1234.56"),
            (1001.0, "1001"),
            (-12.5, "-12.5"),
            (0.0, "0"),
            (20_250_115_000_123.0, "20250115000123"),
            (0.001, "0.001"),
        ] {
            assert_eq!(decimal(value), text);
        }
    }
}
