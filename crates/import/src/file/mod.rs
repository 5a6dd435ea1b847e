//! Files of rows, read as a stream: CSV (RFC 4180, also with semicolons or tabs) or JSON Lines. Only a bounded part of
//! a file is in memory, whatever its length and content.

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
use domain::formula;

/// Maximum length of a record, in bytes.
const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// The file's names of our columns.
#[derive(Clone, Debug)]
pub struct ColumnMapping {
    ours: &'static [&'static str],
    theirs: Vec<ColumnSource>,
}

/// Where the values of one of our columns come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ColumnSource {
    /// The column of the file with our own name.
    Own(&'static str),
    /// The column of the file that our column is mapped to.
    Mapped(String),
    /// All rows have this value.
    Always(String),
    /// The column is not imported.
    Nowhere,
}

impl ColumnSource {
    /// The column's name in the file.
    fn column(&self) -> Option<&str> {
        match self {
            Self::Own(name) => Some(name),
            Self::Mapped(name) => Some(name),
            Self::Always(_) | Self::Nowhere => None,
        }
    }
}

impl ColumnMapping {
    /// Our names, unless `map` gives a column's name in the file: `theirs`, `=value` for a value that all rows have, or
    /// nothing to leave the column out.
    pub fn new(ours: &'static [&'static str], map: &[(String, String)]) -> Result<Self, ImportError> {
        if let Some((unknown, _)) = map.iter().find(|(name, _)| !ours.contains(&name.as_str())) {
            let text = format!("there is no column {unknown:?} here: there are {}", ours.join(", "));
            return Err(ImportError::Table(text));
        }
        if let Some((twice, _)) = (1..map.len()).find_map(|end| {
            let (before, entry) = (&map[..end], &map[end]);
            before.iter().any(|(name, _)| *name == entry.0).then_some(entry)
        }) {
            return Err(ImportError::Table(format!("--map says twice what {twice} is")));
        }
        let theirs = ours.iter().map(|name| {
            let mapped = map.iter().find(|(ours, _)| ours == name);
            match mapped.map(|(_, theirs)| theirs.as_str()) {
                None => ColumnSource::Own(name),
                Some("") => ColumnSource::Nowhere,
                Some(theirs) => match theirs.strip_prefix('=') {
                    Some(value) => ColumnSource::Always(value.to_owned()),
                    None => ColumnSource::Mapped(theirs.to_owned()),
                },
            }
        });
        let theirs = theirs.collect();
        Ok(Self { ours, theirs })
    }

    /// The file's name of one of our columns.
    pub fn shown(&self, ours: &str) -> String {
        let place = self.ours.iter().position(|name| *name == ours);
        let theirs = place.and_then(|place| self.theirs[place].column());
        theirs.unwrap_or(ours).to_owned()
    }

    /// The position of each of our columns in the file, which must have a column of each group in `required`.
    fn places(&self, header: &[String], required: &[&[&str]]) -> Result<Vec<Option<usize>>, ImportError> {
        let places = self.theirs.iter().map(|heading| {
            let Some(name) = heading.column() else { return Ok(None) };
            match (place(header, name)?, heading) {
                (None, ColumnSource::Mapped(_)) => {
                    let there = shown(header);
                    let text = format!("there is no column {name:?}: there are {there}");
                    Err(ImportError::Table(text))
                }
                (place, _) => Ok(place),
            }
        });
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let is_there = |name: &&str| {
            let mut columns = self.ours.iter().zip(&self.theirs).zip(&places);
            let is_it = |((ours, theirs), place): &((&&str, &ColumnSource), &Option<usize>)| {
                *ours == name && (place.is_some() || matches!(theirs, ColumnSource::Always(_)))
            };
            columns.any(|column| is_it(&column))
        };
        let missing = required.iter().filter(|names| !names.iter().any(is_there));
        let missing: Vec<_> = missing.map(|names| names.join(" or ")).collect();
        if let Some(first) = missing.first() {
            let example = first.split(' ').next().unwrap_or_default();
            return Err(ImportError::Table(format!(
                "there is no column for {}: there are {}; --map {example}=COLUMN says which it is, --map {example}==VALUE gives all \
                 rows a value",
                missing.join(", nor for "),
                shown(header),
            )));
        }
        Ok(places)
    }
}

/// The position of the column with this name: spelt exactly so, or else in another case.
fn place(header: &[String], name: &str) -> Result<Option<usize>, ImportError> {
    let places = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let columns = header.iter().enumerate();
        let found = columns.filter(|(_, column)| is_it(column.trim()));
        found.map(|(place, _)| place).collect()
    };
    let name = name.trim();
    let mut found = places(&|column| column == name);
    if found.is_empty() {
        found = places(&|column| column.eq_ignore_ascii_case(name));
    }
    match found[..] {
        [] => Ok(None),
        [place] => Ok(Some(place)),
        [..] => {
            let text = format!("there are {} columns {name:?}: rename all but one of them", found.len());
            Err(ImportError::Table(text))
        }
    }
}

/// The columns of a file, for a message.
fn shown(header: &[String]) -> String {
    const MAX_FIELD_CHARACTERS: usize = 1_000;
    let text = header.iter().map(|name| name.trim()).collect::<Vec<_>>().join(", ");
    match text.char_indices().nth(MAX_FIELD_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
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
    headings: ColumnMapping,
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
    pub fn open(path: &Path, headings: &ColumnMapping, required: &[&[&str]]) -> Result<Self, ImportError> {
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
            let places = headings.places(&names, required)?;
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
            found: vec![false; headings.theirs.len()],
            headings: headings.clone(),
            ignored,
            read,
        })
    }

    /// For JSON Lines that were read: the names that columns were mapped to and that no line had.
    pub fn missing(&self) -> Vec<String> {
        let RecordReader::JsonLines(_) = self.reader else {
            return Vec::new();
        };
        let columns = self.headings.theirs.iter().zip(&self.found);
        let missing = columns.filter_map(|(heading, found)| match heading {
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
                let theirs = self.headings.theirs.iter().map(ColumnSource::column);
                reader.next_of(&theirs.collect::<Vec<_>>()).map_err(unreadable)?
            }
        };
        let row = |(line, cells): (usize, Vec<Option<String>>)| {
            let cells = cells.into_iter().zip(&self.headings.theirs).map(|(cell, heading)| {
                let text = match heading {
                    ColumnSource::Always(value) => Some(value.clone()),
                    ColumnSource::Own(_) | ColumnSource::Mapped(_) | ColumnSource::Nowhere => cell,
                };
                let text = text?;
                let text = formula::taken_off(text.trim());
                (!text.is_empty()).then(|| text.to_owned())
            });
            FileRow {
                line,
                ours: self.headings.ours,
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
