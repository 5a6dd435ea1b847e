//! Files of rows, read as a stream: CSV (RFC 4180, also with semicolons or tabs) or JSON Lines. Only a bounded part of
//! a file is in memory, whatever its length and content.

mod csv;
mod json_lines;
mod mapping;

pub use mapping::ColumnMapping;

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use mapping::ColumnSource;

use super::ImportError;
use domain::formula;

/// Maximum length of a record, in bytes.
const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// A problem in a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// Counted from 1; the header is line 1.
    pub line: usize,
    /// The file's name of the column; empty: the line as a whole.
    pub column: String,
    pub message: String,
}

impl fmt::Display for LineProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: ", self.line)?;
        if !self.column.is_empty() {
            write!(f, "{} ", self.column)?;
        }
        f.write_str(&self.message)
    }
}

/// A row of a file: the values of our columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// The line on which it begins, counted from 1.
    pub line: usize,
    ours: &'static [&'static str],
    cells: Vec<Option<String>>,
}

impl FileRow {
    /// The value of one of our columns, without white space around it; `None` if it is empty.
    pub fn text(&self, column: &str) -> Option<&str> {
        let place = self.ours.iter().position(|name| *name == column)?;
        self.cells[place].as_deref()
    }

    /// The values of our columns.
    pub fn cells(&self) -> &[Option<String>] {
        &self.cells
    }
}

/// The rows of a file, one after the other.
pub struct FileRows {
    reader: RecordReader,
    mapping: ColumnMapping,
    /// Columns of the file that are not used.
    pub ignored: Vec<String>,
    /// Which of our columns had a value in any row so far.
    found: Vec<bool>,
    read: Arc<AtomicU64>,
}

enum RecordReader {
    Csv(csv::CsvReader<BufReader<CountedFile>>, csv::Header),
    JsonLines(json_lines::JsonLinesReader<BufReader<CountedFile>>),
}

impl FileRows {
    /// Opens a file: JSON Lines by its name (`.jsonl`, `.ndjson`), else CSV, which must have a column of each group in
    /// `required`.
    pub fn open(path: &Path, mapping: &ColumnMapping, required: &[&[&str]]) -> Result<Self, ImportError> {
        let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
        let read = Arc::new(AtomicU64::new(0));
        let file = CountedFile {
            file: File::open(path).map_err(unreadable)?,
            read: Arc::clone(&read),
        };
        let input = BufReader::with_capacity(64 * 1024, file);
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let mut ignored = Vec::new();
        let is_json = ["jsonl", "ndjson"]
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known));
        let reader = if is_json {
            RecordReader::JsonLines(json_lines::JsonLinesReader::new(input))
        } else {
            let mut csv = csv::CsvReader::new(input).map_err(unreadable)?;
            let names = match csv.next().map_err(unreadable)? {
                Some(Ok(record)) => record.cells,
                Some(Err(problem)) => return Err(ImportError::Table(problem.to_string())),
                None => {
                    let text = "it is empty: a file begins with the names of its columns";
                    return Err(ImportError::Table(text.to_owned()));
                }
            };
            if names
                .first()
                .is_some_and(|name| name.trim_start().starts_with(['{', '[']))
            {
                let text = "it looks like JSON: such a file has an object on each line, and a name that ends in .jsonl";
                return Err(ImportError::Table(text.to_owned()));
            }
            let places = mapping.places(&names, required)?;
            let unused = names
                .iter()
                .enumerate()
                .filter(|(place, _)| !places.contains(&Some(*place)));
            ignored.extend(unused.map(|(_, name)| name.trim().to_owned()));
            let width = names.len();
            RecordReader::Csv(csv, csv::Header { places, width })
        };
        Ok(Self {
            reader,
            found: vec![false; mapping.theirs.len()],
            mapping: mapping.clone(),
            ignored,
            read,
        })
    }

    /// For JSON Lines that were read: the names that columns were mapped to and that no line had.
    pub fn missing(&self) -> Vec<String> {
        let RecordReader::JsonLines(_) = self.reader else {
            return Vec::new();
        };
        let columns = self.mapping.theirs.iter().zip(&self.found);
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
        let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
        let read = match &mut self.reader {
            RecordReader::Csv(reader, header) => reader.next_of(header).map_err(unreadable)?,
            RecordReader::JsonLines(reader) => {
                let theirs = self.mapping.theirs.iter().map(ColumnSource::column);
                reader.next_of(&theirs.collect::<Vec<_>>()).map_err(unreadable)?
            }
        };
        let row = |(line, cells): (usize, Vec<Option<String>>)| {
            let cells = cells.into_iter().zip(&self.mapping.theirs).map(|(cell, source)| {
                let text = match source {
                    ColumnSource::Always(value) => Some(value.clone()),
                    ColumnSource::Own(_) | ColumnSource::Mapped(_) | ColumnSource::Nowhere => cell,
                };
                let text = text?;
                let text = formula::taken_off(text.trim());
                (!text.is_empty()).then(|| text.to_owned())
            });
            FileRow {
                line,
                ours: self.mapping.ours,
                cells: cells.collect(),
            }
        };
        if let Some(Ok((_, cells))) = &read {
            for (found, cell) in self.found.iter_mut().zip(cells) {
                *found |= cell.is_some();
            }
        }
        Ok(read.map(|read| read.map(row)))
    }
}

/// A hash of a file, in hexadecimal, and the file's length in bytes.
pub fn hash(path: &Path) -> Result<(String, u64), ImportError> {
    let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
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

/// A file that counts the bytes read from it.
struct CountedFile {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for CountedFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// The next item, or the problem with its line; `None` at the end.
type Next<T> = io::Result<Option<Result<T, LineProblem>>>;

/// A problem with a line as a whole.
fn wrong(line: usize, message: impl Into<String>) -> LineProblem {
    LineProblem {
        line,
        column: String::new(),
        message: message.into(),
    }
}
