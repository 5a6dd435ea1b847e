//! Which columns of a file hold the values of ours, and what its values mean.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde::Deserialize;

use super::problems::{LineProblem, cut};
use super::record::FileCell;
use crate::ImportError;
use domain::problem::Problem;
use domain::text;

/// The file's names of our columns, and of their values.
#[derive(Clone, Debug)]
pub struct ColumnMapping {
    pub(super) ours: &'static [&'static str],
    theirs: Vec<ColumnSource>,
    /// Per column: what values of the file stand for, by their folded texts.
    values: Vec<HashMap<String, String>>,
}

/// A mapping in TOML.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// The file's name of each of our columns; `=value` and nothing as in [`ColumnMapping::new`].
    #[serde(default)]
    columns: BTreeMap<String, String>,
    /// Per column of ours, what values of the file stand for.
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
}

impl MappingFile {
    /// Reads a mapping, as pairs for [`ColumnMapping::new`].
    pub fn read(path: &Path) -> Result<Vec<(String, String)>, String> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let file: Self = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let values = file.values.into_iter().flat_map(|(column, values)| {
            let values = values.into_iter();
            values.map(move |(theirs, ours)| (format!("{column}:{theirs}"), ours))
        });
        Ok(file.columns.into_iter().chain(values).collect())
    }
}

/// Where the values of one of our columns come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ColumnSource {
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
    /// What `--map` says: `theirs`, `=value`, or nothing.
    fn of(theirs: &str) -> Self {
        match theirs.strip_prefix('=') {
            Some(value) => Self::Always(value.to_owned()),
            None if theirs.is_empty() => Self::Nowhere,
            None => Self::Mapped(theirs.to_owned()),
        }
    }

    /// The column's name in the file.
    pub(super) fn column(&self) -> Option<&str> {
        match self {
            Self::Own(name) => Some(name),
            Self::Mapped(name) => Some(name),
            Self::Always(_) | Self::Nowhere => None,
        }
    }
}

impl ColumnMapping {
    /// Our names, unless `map` gives a column's name in the file: `theirs`, `=value` for a value that all rows have, or
    /// nothing to leave the column out. With the name `column:theirs` it gives what a value of the file stands for.
    pub fn new(ours: &'static [&'static str], map: &[(String, String)]) -> Result<Self, ImportError> {
        let mut mapping = Self {
            ours,
            theirs: ours.iter().map(|name| ColumnSource::Own(name)).collect(),
            values: vec![HashMap::new(); ours.len()],
        };
        for (name, theirs) in map {
            let (column, value) = match name.split_once(':') {
                Some((column, value)) => (column, Some(value)),
                None => (name.as_str(), None),
            };
            let Some(place) = ours.iter().position(|known| *known == column) else {
                let text = format!("there is no column {column:?} here: there are {}", ours.join(", "));
                return Err(ImportError::Table(text));
            };
            let is_twice = match value {
                Some(value) => mapping.values[place]
                    .insert(text::sort_key(value), theirs.clone())
                    .is_some(),
                None => {
                    let source = ColumnSource::of(theirs);
                    let before = std::mem::replace(&mut mapping.theirs[place], source);
                    !matches!(before, ColumnSource::Own(_))
                }
            };
            if is_twice {
                return Err(ImportError::Table(format!("--map is given twice for {name}")));
            }
        }
        Ok(mapping)
    }

    pub(super) fn len(&self) -> usize {
        self.theirs.len()
    }

    /// Where our columns come from, one after the other.
    pub(super) fn sources(&self) -> impl Iterator<Item = &ColumnSource> {
        self.theirs.iter()
    }

    /// The value of one of our columns in a row whose cell of that column is this one.
    pub(super) fn value(&self, place: usize, cell: Option<FileCell>) -> Option<FileCell> {
        if let ColumnSource::Always(value) = &self.theirs[place] {
            return FileCell::text(value.trim());
        }
        let values = &self.values[place];
        let given = cell.as_ref().map_or("", |cell| &cell.text);
        match values.is_empty() {
            true => cell,
            false => match values.get(&text::sort_key(given)) {
                Some(meant) => FileCell::text(meant.trim()),
                None => cell,
            },
        }
    }

    /// A problem in one of our columns, under the file's name of the column.
    pub fn problem(&self, line: usize, ours: &str, message: &str) -> LineProblem {
        let place = self.ours.iter().position(|name| *name == ours);
        let theirs = place.and_then(|place| self.theirs[place].column());
        LineProblem::new(line, theirs.unwrap_or(ours), message)
    }

    /// What a service reports for a line, in one of our columns. Its message begins with the path, which the file does
    /// not have.
    pub fn reported(&self, line: usize, ours: &str, problem: &Problem) -> LineProblem {
        let path = problem.path.join(".");
        let message = problem.message.strip_prefix(&path).unwrap_or(&problem.message);
        self.problem(line, ours, message.trim())
    }

    /// The position of each of our columns in the file, which must have a column of each group in `required`.
    pub(super) fn places(&self, header: &[String], required: &[&[&str]]) -> Result<Vec<Option<usize>>, ImportError> {
        let places = self.theirs.iter().map(|source| {
            let Some(name) = source.column() else { return Ok(None) };
            match (place(header, name)?, source) {
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
    let names = header.iter().map(|name| cut(name.trim()));
    let text = names.collect::<Vec<_>>().join(", ");
    match text.char_indices().nth(MAX_FIELD_CHARACTERS) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The positions of `id` and `status` in the header, or the message that refuses it.
    fn places(header: &[&str], map: &[(&str, &str)]) -> Result<Vec<Option<usize>>, String> {
        let map: Vec<_> = map
            .iter()
            .map(|(ours, theirs)| ((*ours).to_owned(), (*theirs).to_owned()))
            .collect();
        let header: Vec<_> = header.iter().map(|name| (*name).to_owned()).collect();
        let mapping = ColumnMapping::new(&["id", "status"], &map).map_err(|error| error.to_string())?;
        mapping.places(&header, &[&["id"]]).map_err(|error| error.to_string())
    }

    #[test]
    fn columns_are_found_by_their_names() {
        assert_eq!(places(&["Status", " ID "], &[]), Ok(vec![Some(1), Some(0)]));
        assert_eq!(places(&["Status", "status", "id"], &[]), Ok(vec![Some(2), Some(1)]));
        assert_eq!(places(&["Payout", "id"], &[("id", "payout")]), Ok(vec![Some(0), None]));
        assert_eq!(
            places(&["status"], &[("id", "=x"), ("status", "")]),
            Ok(vec![None, None])
        );
    }

    #[test]
    fn values_are_mapped_however_they_are_spelt() {
        let pairs = [
            ("status:unpaid", "APPROVED"),
            ("status:Zur\u{fc}ckgewiesen", "REVERSED"),
            ("status:", "PAID"),
            ("id:a=b", "c"),
        ];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mapping = ColumnMapping::new(&["id", "status"], &pairs).unwrap();
        let value = |place: usize, text: &str| mapping.value(place, FileCell::text(text)).map(|cell| cell.text);
        for (given, meant) in [
            ("UNPAID", "APPROVED"),
            ("ZUR\u{dc}CKGEWIESEN", "REVERSED"),
            ("", "PAID"),
            ("pending", "pending"),
        ] {
            assert_eq!(value(1, given).as_deref(), Some(meant));
        }
        assert_eq!(
            (value(0, "a=b"), value(0, "unpaid")),
            (Some("c".to_owned()), Some("unpaid".to_owned()))
        );
    }

    #[test]
    fn a_mapping_may_be_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("map.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            MappingFile::read(&path)
        };
        let pairs =
            read("[columns]\nid = \"Customer ID\"\nstatus = \"=PAID\"\n[values.status]\nunpaid = \"APPROVED\"\n")
                .unwrap();
        let pairs: Vec<_> = pairs
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(
            pairs,
            [
                ("id", "Customer ID"),
                ("status", "=PAID"),
                ("status:unpaid", "APPROVED")
            ]
        );
        for wrong in ["[column]\n", "x", "[columns]\nid = 1\n"] {
            assert!(read(wrong).unwrap_err().contains("map.toml"));
        }
    }

    #[test]
    fn columns_that_are_ambiguous_or_missing_are_refused() {
        for (header, map, says) in [
            (vec!["id", "Status", "STATUS"], vec![], "there are 2 columns \"status\""),
            (
                vec!["id"],
                vec![("status", "state")],
                "there is no column \"state\": there are id",
            ),
            (
                vec!["id"],
                vec![("id", "a"), ("id", "b")],
                "--map is given twice for id",
            ),
            (
                vec!["id"],
                vec![("number", "id")],
                "there is no column \"number\" here: there are id, status",
            ),
            (vec!["status"], vec![], "there is no column for id: there are status"),
        ] {
            let refused = places(&header, &map).unwrap_err();
            assert!(refused.starts_with(says), "{refused}");
        }
    }
}
