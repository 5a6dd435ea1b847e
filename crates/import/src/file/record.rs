//! What the readers of all formats return: records of cells.

use std::io;

use super::problems::LineProblem;

/// Maximum length of a record, in bytes.
pub(super) const MAX_RECORD_BYTES: usize = 1024 * 1024;

/// A cell that is not empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileCell {
    pub text: String,
    /// The file itself says that it is a number: its point is a decimal point.
    pub is_number: bool,
}

impl FileCell {
    pub(super) fn text(text: &str) -> Option<Self> {
        let (text, is_number) = (text.to_owned(), false);
        (!text.is_empty()).then_some(Self { text, is_number })
    }
}

/// The cells of a record of a table, and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TableRecord {
    pub(super) line: usize,
    pub(super) cells: Vec<Option<FileCell>>,
}

/// The next item, or the problem with its line; `None` at the end.
pub(super) type Next<T> = io::Result<Option<Result<T, LineProblem>>>;

/// A problem with a line as a whole.
pub(super) fn wrong(line: usize, message: impl AsRef<str>) -> LineProblem {
    LineProblem::new(line, "", message.as_ref())
}
