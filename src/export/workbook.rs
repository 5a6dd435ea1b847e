//! Lists as workbooks (XLSX) with typed cells: numbers are numbers with their currency's digits, and moments are dates of
//! the tenant's time zone, since workbooks know none.
//!
//! Rows go to a temporary file as they are read. Once all are read, the workbook is compressed and sent piece by piece;
//! so memory is bounded, whatever the length of the list. Workbooks keep numbers as binary floating point: that is the
//! last step, from the exact text, and exact to 15 digits.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use chrono::Datelike;
use chrono_tz::Tz;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use serde_json::value::RawValue;
use tokio::sync::mpsc;

use super::chunk::ExportChunk;
use super::sheet::{CellKind, SheetHeading, SheetRow, text_of};
use super::{ExportError, Exports, ListExport, ListRequest};
use domain::Timestamp;
use service::app::App;

/// The most rows that spreadsheet programs read of a sheet, with the header; further ones go to another sheet.
const MAX_ROWS: u32 = 1_048_576;
/// How much is sent at a time.
const PIECE_BYTES: usize = 64 * 1024;
/// How many pieces wait for the reader.
const AHEAD: usize = 4;

/// A list that is being exported as a workbook.
pub struct WorkbookExport(Stage);

enum Stage {
    /// Rows are read. Boxed: it is much larger than the other.
    Reading(Box<(ListExport, WorkbookSheets)>),
    /// The workbook is compressed by a thread of its own, and sent.
    Sending(mpsc::Receiver<io::Result<Vec<u8>>>),
}

impl WorkbookExport {
    pub(super) async fn begin(
        order: ListRequest,
        exports: Arc<Exports>,
        app: &App,
        pause: Option<Duration>,
    ) -> Result<Self, ExportError> {
        let tenant = store::tenant::get(app.store.reader(), &order.scope()).await?;
        let sheets = WorkbookSheets::new(order.name(), order.headings(), tenant.time_zone)?;
        let export = order.begin(exports, app, pause).await?;
        Ok(Self(Stage::Reading(Box::new((export, sheets)))))
    }

    pub(super) async fn count(&self) -> Result<u64, ExportError> {
        match &self.0 {
            Stage::Reading(reading) => reading.0.count().await,
            Stage::Sending(_) => Ok(0),
        }
    }

    /// Reads the next rows, which make no text yet, or has the next piece of the file.
    pub(super) async fn next(&mut self) -> Result<ExportChunk, ExportError> {
        match &mut self.0 {
            Stage::Reading(reading) => {
                let (export, sheets) = reading.as_mut();
                let mut failed = None;
                let (rows, goes_on) = export
                    .next(|row| {
                        if failed.is_none() {
                            failed = sheets.row(row).err();
                        }
                    })
                    .await?;
                if let Some(error) = failed {
                    return Err(error.into());
                }
                if !goes_on {
                    let Stage::Reading(done) = std::mem::replace(&mut self.0, Stage::Sending(mpsc::channel(1).1))
                    else {
                        unreachable!("rows are being read")
                    };
                    // The snapshot is given back before the file is made.
                    let (export, sheets) = *done;
                    drop(export);
                    self.0 = Stage::Sending(sheets.send());
                }
                let text = Vec::new();
                Ok(ExportChunk {
                    text,
                    rows,
                    goes_on: true,
                })
            }
            Stage::Sending(pieces) => {
                let piece = pieces.recv().await.transpose();
                let piece = piece.map_err(|error| ExportError::Workbook(error.to_string()))?;
                let (text, goes_on) = piece.map_or((Vec::new(), false), |piece| (piece, true));
                Ok(ExportChunk { text, rows: 0, goes_on })
            }
        }
    }
}

struct WorkbookSheets {
    workbook: Workbook,
    name: &'static str,
    headings: Vec<SheetHeading>,
    zone: Tz,
    sheet: usize,
    /// The next row of the sheet.
    row: u32,
    moment: Format,
    /// By the number of digits after the point.
    numbers: Vec<Format>,
}

impl WorkbookSheets {
    fn new(name: &'static str, headings: Vec<SheetHeading>, zone: Tz) -> Result<Self, XlsxError> {
        let number = |digits: usize| match digits {
            0 => Format::new().set_num_format("0"),
            digits => Format::new().set_num_format(format!("0.{}", "0".repeat(digits))),
        };
        let mut sheets = Self {
            workbook: Workbook::new(),
            name,
            headings,
            zone,
            sheet: 0,
            row: 0,
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            numbers: (0..=MAX_DIGITS).map(number).collect(),
        };
        sheets.begin_sheet()?;
        Ok(sheets)
    }

    fn begin_sheet(&mut self) -> Result<(), XlsxError> {
        let sheet = self.workbook.add_worksheet_with_constant_memory()?;
        match self.sheet {
            0 => sheet.set_name(self.name)?,
            number => sheet.set_name(format!("{} {}", self.name, number + 1))?,
        };
        sheet.set_freeze_panes(1, 0)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0_u16..).zip(&self.headings) {
            let width = match heading.kind {
                CellKind::Moment => 19.0,
                CellKind::FreeText | CellKind::Word => 24.0,
                CellKind::Number | CellKind::Truth => 12.0,
            };
            sheet.set_column_width(column, width)?;
            sheet.write_string_with_format(0, column, heading.name, &bold)?;
        }
        self.row = 1;
        Ok(())
    }

    fn row(&mut self, row: &SheetRow<'_>) -> Result<(), XlsxError> {
        if self.row == MAX_ROWS {
            self.sheet += 1;
            self.begin_sheet()?;
        }
        let Self {
            workbook,
            headings,
            zone,
            sheet,
            row: number,
            moment,
            numbers,
            ..
        } = self;
        let sheet = workbook.worksheet_from_index(*sheet)?;
        for (column, (heading, value)) in (0_u16..).zip(headings.iter().zip(row)) {
            if let Some(value) = value {
                let formats = (&*moment, numbers.as_slice());
                cell(sheet, (*number, column), heading.kind, value, *zone, formats)?;
            }
        }
        *number += 1;
        Ok(())
    }

    /// Compresses the workbook in a thread of its own, as fast as its pieces are taken.
    fn send(mut self) -> mpsc::Receiver<io::Result<Vec<u8>>> {
        let (sender, pieces) = mpsc::channel(AHEAD);
        tokio::task::spawn_blocking(move || {
            let mut pieces = PieceWriter {
                sender: sender.clone(),
                piece: Vec::with_capacity(PIECE_BYTES),
            };
            let saved = self.workbook.save_to_writer(&mut pieces).map_err(io::Error::other);
            if let Err(error) = saved.and_then(|()| pieces.flush()) {
                // Nobody reads any more, or is told.
                let _ = sender.blocking_send(Err(error));
            }
        });
        pieces
    }
}

/// The most digits after the point of a number that is written: those of a currency, or of a percentage.
const MAX_DIGITS: usize = 8;

/// Writes a cell with the type of its column.
fn cell(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    kind: CellKind,
    value: &RawValue,
    zone: Tz,
    (moment, numbers): (&Format, &[Format]),
) -> Result<(), XlsxError> {
    let text = text_of(value);
    match kind {
        CellKind::Number => {
            let digits = text.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            if let (Ok(number), Some(format)) = (text.parse::<f64>(), numbers.get(digits)) {
                sheet.write_number_with_format(row, column, number, format)?;
                return Ok(());
            }
        }
        CellKind::Moment => {
            // Workbooks have dates of these years only.
            if let Ok(at) = text.parse::<Timestamp>()
                && (1900..=9999).contains(&at.year())
            {
                let local = at.with_timezone(&zone).naive_local();
                sheet.write_datetime_with_format(row, column, local, moment)?;
                return Ok(());
            }
        }
        CellKind::Truth => {
            if let Ok(is_true) = text.parse::<bool>() {
                sheet.write_boolean(row, column, is_true)?;
                return Ok(());
            }
        }
        CellKind::FreeText | CellKind::Word => {}
    }
    // A text is a text there, also one that looks like a formula.
    sheet.write_string(row, column, &*text)?;
    Ok(())
}

/// Sends what is written, in pieces.
struct PieceWriter {
    sender: mpsc::Sender<io::Result<Vec<u8>>>,
    piece: Vec<u8>,
}

impl Write for PieceWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend(bytes);
        if self.piece.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE_BYTES));
        self.sender
            .blocking_send(Ok(piece))
            .map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
