//! Which columns of a file hold the values of ours.

use super::LineProblem;
use crate::ImportError;
use domain::problem::Problem;

/// The file's names of our columns.
#[derive(Clone, Debug)]
pub struct ColumnMapping {
    pub(super) ours: &'static [&'static str],
    pub(super) theirs: Vec<ColumnSource>,
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

    /// A problem in one of our columns, under the file's name of the column.
    pub fn problem(&self, line: usize, ours: &str, message: &str) -> LineProblem {
        let place = self.ours.iter().position(|name| *name == ours);
        let theirs = place.and_then(|place| self.theirs[place].column());
        LineProblem {
            line,
            column: theirs.unwrap_or(ours).to_owned(),
            message: message.to_owned(),
        }
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
    let text = header.iter().map(|name| name.trim()).collect::<Vec<_>>().join(", ");
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
                "--map says twice what id is",
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
