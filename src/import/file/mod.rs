//! Files of rows, read as a stream: CSV (RFC 4180, also with semicolons or tabs) or JSON Lines. However long a file is, and
//! whatever stands in it, a bounded part of it is in memory.

mod csv;
mod json_lines;

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};

use super::ImportError;
use super::table::LineProblem;
use crate::domain::formula;

/// The longest record, in bytes.
const LONGEST: usize = 1024 * 1024;

/// What a file calls our columns.
#[derive(Clone, Debug)]
pub struct Headings {
    ours: &'static [&'static str],
    theirs: Vec<Heading>,
}

/// Where the values of one of our columns come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Heading {
    /// The column of the file with this name.
    Named(String),
    /// All rows have this value.
    Always(String),
    /// The column is left out.
    Nowhere,
}

impl Headings {
    /// Our names, unless `map` says what the file calls a column: `theirs`, `=value` for a value that all rows have, or
    /// nothing for a column to be left out.
    pub fn new(ours: &'static [&'static str], map: &[(String, String)]) -> Result<Self, ImportError> {
        if let Some((unknown, _)) = map.iter().find(|(name, _)| !ours.contains(&name.as_str())) {
            let text = format!("there is no column {unknown:?} here: there are {}", ours.join(", "));
            return Err(ImportError::Table(text));
        }
        let theirs = ours.iter().map(|name| {
            let mapped = map.iter().find(|(ours, _)| ours == name);
            match mapped.map(|(_, theirs)| theirs.as_str()) {
                None => Heading::Named((*name).to_owned()),
                Some("") => Heading::Nowhere,
                Some(theirs) => match theirs.strip_prefix('=') {
                    Some(value) => Heading::Always(value.to_owned()),
                    None => Heading::Named(theirs.to_owned()),
                },
            }
        });
        let theirs = theirs.collect();
        Ok(Self { ours, theirs })
    }

    /// What the file calls one of our columns.
    pub fn shown(&self, ours: &str) -> String {
        let place = self.ours.iter().position(|name| *name == ours);
        match place.map(|place| &self.theirs[place]) {
            Some(Heading::Named(theirs)) => theirs.clone(),
            Some(Heading::Always(_) | Heading::Nowhere) | None => ours.to_owned(),
        }
    }

    /// Of each of our columns the place among the file's.
    fn places(&self, header: &[String], mapped: &[(String, String)]) -> Result<Vec<Option<usize>>, ImportError> {
        let place = |name: &str| {
            let is_it = |column: &String| column.trim().eq_ignore_ascii_case(name.trim());
            header.iter().position(is_it)
        };
        let places = self.ours.iter().zip(&self.theirs).map(|(ours, theirs)| match theirs {
            Heading::Named(name) => match place(name) {
                None if mapped.iter().any(|(mapped, _)| mapped == ours) => {
                    let there = header.join(", ");
                    Err(ImportError::Table(format!(
                        "there is no column {name:?}: there are {there}"
                    )))
                }
                place => Ok(place),
            },
            Heading::Always(_) | Heading::Nowhere => Ok(None),
        });
        places.collect()
    }
}

/// A row of a file: of each of our columns what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Where it begins, counted from 1.
    pub line: usize,
    ours: &'static [&'static str],
    cells: Vec<Option<String>>,
}

impl Row {
    /// What stands in one of our columns, without white space around it; `None`: nothing.
    pub fn text(&self, column: &str) -> Option<&str> {
        let place = self.ours.iter().position(|name| *name == column)?;
        self.cells[place].as_deref()
    }

    /// What stands in each of our columns.
    pub fn cells(&self) -> &[Option<String>] {
        &self.cells
    }
}

/// The rows of a file, one after the other.
pub struct Rows {
    reader: Format,
    headings: Headings,
    /// Columns of the file that nobody looks at.
    pub ignored: Vec<String>,
    read: Arc<AtomicU64>,
}

enum Format {
    Csv(csv::Reader<BufReader<Counted>>, csv::Header),
    JsonLines(json_lines::Reader<BufReader<Counted>>),
}

impl Rows {
    /// Opens a file: JSON Lines by its name (`.jsonl`, `.ndjson`), else CSV.
    pub fn open(path: &Path, headings: &Headings, map: &[(String, String)]) -> Result<Self, ImportError> {
        let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
        let read = Arc::new(AtomicU64::new(0));
        let file = Counted {
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
            Format::JsonLines(json_lines::Reader::new(input))
        } else {
            let mut csv = csv::Reader::new(input).map_err(unreadable)?;
            let names = match csv.next().map_err(unreadable)? {
                Some(Ok(record)) => record.cells,
                Some(Err(problem)) => return Err(ImportError::Table(problem.to_string())),
                None => Vec::new(),
            };
            let places = headings.places(&names, map)?;
            let unused = names
                .iter()
                .enumerate()
                .filter(|(place, _)| !places.contains(&Some(*place)));
            ignored.extend(unused.map(|(_, name)| name.trim().to_owned()));
            let width = names.len();
            Format::Csv(csv, csv::Header { places, width })
        };
        Ok(Self {
            reader,
            headings: headings.clone(),
            ignored,
            read,
        })
    }

    /// How many bytes of the file were read.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// The next row, or what is wrong with its line; `None`: there is none.
    pub fn next(&mut self) -> Result<Option<Result<Row, LineProblem>>, ImportError> {
        let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
        let read = match &mut self.reader {
            Format::Csv(reader, header) => reader.next_of(header).map_err(unreadable)?,
            Format::JsonLines(reader) => {
                let theirs = self.headings.theirs.iter().map(|heading| match heading {
                    Heading::Named(name) => Some(name.as_str()),
                    Heading::Always(_) | Heading::Nowhere => None,
                });
                reader.next_of(&theirs.collect::<Vec<_>>()).map_err(unreadable)?
            }
        };
        let row = |(line, cells): (usize, Vec<Option<String>>)| {
            let cells = cells.into_iter().zip(&self.headings.theirs).map(|(cell, heading)| {
                let text = match heading {
                    Heading::Always(value) => Some(value.clone()),
                    Heading::Named(_) | Heading::Nowhere => cell,
                };
                let text = text?;
                let text = formula::taken_off(text.trim());
                (!text.is_empty()).then(|| text.to_owned())
            });
            Row {
                line,
                ours: self.headings.ours,
                cells: cells.collect(),
            }
        };
        Ok(read.map(|read| read.map(row)))
    }
}

/// A hash of a file, in hexadecimal.
pub fn hash(path: &Path) -> Result<String, ImportError> {
    let unreadable = |error: io::Error| ImportError::Table(format!("it cannot be read: {error}"));
    let mut file = File::open(path).map_err(unreadable)?;
    let (mut hasher, mut buffer) = (Sha256::new(), vec![0; 64 * 1024]);
    loop {
        match file.read(&mut buffer).map_err(unreadable)? {
            0 => return Ok(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            length => hasher.update(&buffer[..length]),
        }
    }
}

/// A file that counts what was read of it.
struct Counted {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(buffer)?;
        self.read.fetch_add(length as u64, Ordering::Relaxed);
        Ok(length)
    }
}

/// What is read next: something, or what is wrong with its line; `None`: nothing is left.
type Next<T> = io::Result<Option<Result<T, LineProblem>>>;

/// What is wrong with a line as a whole.
fn wrong(line: usize, message: impl Into<String>) -> LineProblem {
    LineProblem {
        line,
        column: String::new(),
        message: message.into(),
    }
}
