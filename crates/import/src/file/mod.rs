//! Files of rows, read as a stream: CSV (RFC 4180, also with semicolons or tabs), JSON Lines, or a sheet of a workbook
//! (XLSX). Only a bounded part of a file is in memory, whatever its length and content.

mod counted;
mod csv;
mod format;
mod json_lines;
mod mapping;
mod problems;
mod record;
mod xlsx;

pub use format::CellFormat;
pub use mapping::{ColumnMapping, MappingFile};
pub use problems::{LineProblem, LineProblems, quoted};
pub use record::FileCell;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use counted::CountedFile;
use mapping::ColumnSource;
use record::{TableRecord, wrong};

use super::ImportError;
use domain::formula;

/// A row of a file: the values of our columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// The line on which it begins, counted from 1.
    pub line: usize,
    /// How its cells are read.
    pub format: CellFormat,
    ours: &'static [&'static str],
    cells: Vec<Option<FileCell>>,
}

impl FileRow {
    /// The value of one of our columns, without white space around it; `None` if it is empty.
    pub fn text(&self, column: &str) -> Option<&str> {
        self.cell(column).map(|cell| cell.text.as_str())
    }

    pub fn cell(&self, column: &str) -> Option<&FileCell> {
        let place = self.ours.iter().position(|name| *name == column)?;
        self.cells[place].as_ref()
    }

    /// The values of our columns.
    pub fn cells(&self) -> &[Option<FileCell>] {
        &self.cells
    }

    /// How long its values are, in bytes.
    pub fn bytes(&self) -> usize {
        self.cells.iter().flatten().map(|cell| cell.text.len()).sum()
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug)]
pub struct ReadOptions {
    pub format: CellFormat,
    /// Which sheet of a workbook, counted from 1.
    pub sheet: usize,
}

/// The rows of a file, one after the other.
pub struct FileRows {
    reader: RecordReader,
    mapping: ColumnMapping,
    format: CellFormat,
    /// Columns of the file that are not used.
    pub ignored: Vec<String>,
    /// Which of our columns had a value in any row so far.
    found: Vec<bool>,
    read: Arc<AtomicU64>,
}

#[expect(clippy::large_enum_variant, reason = "there is one for a whole import")]
enum RecordReader {
    Csv(csv::CsvReader<BufReader<CountedFile>>, Header),
    Xlsx(xlsx::XlsxReader, Header),
    JsonLines(json_lines::JsonLinesReader<BufReader<CountedFile>>),
}

/// The positions of our columns in a table.
struct Header {
    places: Vec<Option<usize>>,
    width: usize,
}

impl Header {
    /// Finds our columns in the first record of a table, and notes which others there are.
    fn of(
        record: Result<TableRecord, LineProblem>,
        mapping: &ColumnMapping,
        required: &[&[&str]],
        ignored: &mut Vec<String>,
    ) -> Result<Self, ImportError> {
        let record = record.map_err(|problem| ImportError::Table(problem.to_string()))?;
        let names = record.cells.into_iter();
        let names: Vec<_> = names
            .map(|name| name.map_or_else(String::new, |cell| cell.text))
            .collect();
        let first = names.first().map_or("", |name| name.trim_start());
        if first.starts_with(['{', '[']) {
            let text = "it looks like JSON: such a file has an object on each line, and a name that ends in .jsonl";
            return Err(ImportError::Table(text.to_owned()));
        }
        let places = mapping.places(&names, required)?;
        let columns = names.iter().enumerate();
        let unused = columns.filter(|(place, name)| !name.trim().is_empty() && !places.contains(&Some(*place)));
        ignored.extend(unused.map(|(_, name)| problems::cut(name.trim()).into_owned()));
        ignored.truncate(MAX_IGNORED);
        let width = names.len();
        Ok(Self { places, width })
    }

    /// The cells of our columns. Missing last cells are empty, and so must be cells beyond the header.
    fn cells(&self, record: TableRecord) -> Result<(usize, Vec<Option<FileCell>>), LineProblem> {
        let TableRecord { line, cells } = record;
        let is_empty = |cell: &Option<FileCell>| cell.as_ref().is_none_or(|cell| cell.text.trim().is_empty());
        if cells.len() > self.width && !cells[self.width..].iter().all(is_empty) {
            let message = format!("has {} cells, and the header has {}", cells.len(), self.width);
            return Err(wrong(line, message));
        }
        let cell = |place: &Option<usize>| cells.get((*place)?).cloned().flatten();
        Ok((line, self.places.iter().map(cell).collect()))
    }
}

/// Maximum number of unused columns that are named.
const MAX_IGNORED: usize = 100;

impl FileRows {
    /// Opens a file: JSON Lines (`.jsonl`, `.ndjson`) and workbooks (`.xlsx`) by their names, else CSV. A table must have a
    /// column of each group in `required`.
    pub fn open(
        path: &Path,
        mapping: &ColumnMapping,
        required: &[&[&str]],
        options: &ReadOptions,
    ) -> Result<Self, ImportError> {
        let read = Arc::new(AtomicU64::new(0));
        let file = CountedFile {
            file: File::open(path).map_err(unreadable)?,
            read: Arc::clone(&read),
        };
        let mut input = BufReader::with_capacity(64 * 1024, file);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let ending = ending.to_ascii_lowercase();
        let mut ignored = Vec::new();
        let empty = || {
            let text = "it is empty: a file begins with the names of its columns";
            ImportError::Table(text.to_owned())
        };
        let reader = match ending.as_str() {
            "jsonl" | "ndjson" => RecordReader::JsonLines(json_lines::JsonLinesReader::new(input)),
            "xlsx" => {
                let mut sheet = xlsx::XlsxReader::open(input, options.sheet)?;
                let first = sheet.next().map_err(unreadable)?.ok_or_else(empty)?;
                RecordReader::Xlsx(sheet, Header::of(first, mapping, required, &mut ignored)?)
            }
            _ => {
                no_workbook(&mut input)?;
                let mut csv = csv::CsvReader::new(input).map_err(unreadable)?;
                let first = csv.next().map_err(unreadable)?.ok_or_else(empty)?;
                RecordReader::Csv(csv, Header::of(first, mapping, required, &mut ignored)?)
            }
        };
        Ok(Self {
            reader,
            found: vec![false; mapping.len()],
            mapping: mapping.clone(),
            format: options.format,
            ignored,
            read,
        })
    }

    /// For JSON Lines that were read: the names that columns were mapped to and that no line had.
    pub fn missing(&self) -> Vec<String> {
        let RecordReader::JsonLines(_) = self.reader else {
            return Vec::new();
        };
        let columns = self.mapping.sources().zip(&self.found);
        let missing = columns.filter_map(|(source, found)| match source {
            ColumnSource::Mapped(name) if !found => Some(name.clone()),
            _ => None,
        });
        missing.collect()
    }

    /// The number of bytes of the file that were read.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The next row, or the problem with its line; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Result<FileRow, LineProblem>>, ImportError> {
        let read = match &mut self.reader {
            RecordReader::Csv(reader, header) => {
                let read = reader.next().map_err(unreadable)?;
                read.map(|record| record.and_then(|record| header.cells(record)))
            }
            RecordReader::Xlsx(reader, header) => {
                let read = reader.next().map_err(unreadable)?;
                read.map(|record| record.and_then(|record| header.cells(record)))
            }
            RecordReader::JsonLines(reader) => {
                let theirs = self.mapping.sources().map(ColumnSource::column);
                reader.next_of(&theirs.collect::<Vec<_>>()).map_err(unreadable)?
            }
        };
        if let Some(Ok((_, cells))) = &read {
            for (found, cell) in self.found.iter_mut().zip(cells) {
                *found |= cell.is_some();
            }
        }
        // Exports to CSV protect texts that look like formulas.
        let is_protected = matches!(self.reader, RecordReader::Csv(..));
        let (mapping, format) = (&self.mapping, self.format);
        Ok(read.map(|read| {
            let (line, cells) = read?;
            let cells = cells.into_iter().enumerate();
            let cells = cells.map(|(place, cell)| mapping.value(place, cell.and_then(|cell| tidy(cell, is_protected))));
            Ok(FileRow {
                line,
                format,
                ours: mapping.ours,
                cells: cells.collect(),
            })
        }))
    }
}

/// The cell without what surrounds its text.
fn tidy(cell: FileCell, is_protected: bool) -> Option<FileCell> {
    let text = cell.text.trim();
    let text = if is_protected { formula::taken_off(text) } else { text };
    match text.len() == cell.text.len() {
        true => Some(cell).filter(|cell| !cell.text.is_empty()),
        false => FileCell::text(text),
    }
}

fn unreadable(error: io::Error) -> ImportError {
    ImportError::Table(format!("it cannot be read: {error}"))
}

/// Refuses workbooks under other names.
fn no_workbook(input: &mut BufReader<CountedFile>) -> Result<(), ImportError> {
    use std::io::BufRead;
    let begin = input.fill_buf().map_err(unreadable)?;
    let text = if begin.starts_with(b"PK\x03\x04") {
        "it looks like a workbook: the name of such a file ends in .xlsx"
    } else if begin.starts_with(b"\xd0\xcf\x11\xe0") {
        "it looks like a workbook in the format .xls: save it as .xlsx"
    } else {
        return Ok(());
    };
    Err(ImportError::Table(text.to_owned()))
}

/// A hash of a file, in hexadecimal, and the file's length in bytes.
pub fn hash(path: &Path) -> Result<(String, u64), ImportError> {
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut hasher, mut buffer, mut bytes) = (Sha256::new(), vec![0; 64 * 1024], 0);
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => break,
            length => {
                hasher.update(&buffer[..length]);
                bytes += length as u64;
            }
        }
    }
    let hash = hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((hash, bytes))
}
