//! Problems with lines of files. However many there are and however long the cells, they take little memory.

use std::borrow::Cow;
use std::fmt;

/// Maximum number of problems that are listed; more are counted.
const MAX_LISTED: usize = 1_000;
/// Maximum length of what is quoted of a cell, in characters.
const MAX_QUOTED: usize = 80;
/// Maximum length of a message, in characters: services quote some values, too.
const MAX_MESSAGE: usize = 600;

/// A problem in a line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineProblem {
    /// Counted from 1; the header is line 1.
    pub line: usize,
    /// The file's name of the column; empty: the line as a whole.
    pub column: String,
    pub message: String,
}

impl LineProblem {
    pub fn new(line: usize, column: &str, message: &str) -> Self {
        Self {
            line,
            column: cut(column).into_owned(),
            message: cut_to(message, MAX_MESSAGE).into_owned(),
        }
    }
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

/// The first problems of a file, and how many there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineProblems {
    listed: Vec<LineProblem>,
    count: u64,
}

impl LineProblems {
    pub fn add(&mut self, problem: LineProblem) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(problem);
        }
    }

    /// The number of problems, with those that are not listed.
    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The problems that are listed.
    pub fn iter(&self) -> impl Iterator<Item = &LineProblem> {
        self.listed.iter()
    }

    /// How many problems are not listed.
    pub fn unlisted(&self) -> u64 {
        self.count - self.listed.len() as u64
    }

    pub fn sort_by_line(&mut self) {
        self.listed.sort_by_key(|problem| problem.line);
    }
}

impl Extend<LineProblem> for LineProblems {
    fn extend<T: IntoIterator<Item = LineProblem>>(&mut self, problems: T) {
        problems.into_iter().for_each(|problem| self.add(problem));
    }
}

/// The beginning of a cell's text, in quotes.
pub fn quoted(text: &str) -> String {
    format!("{:?}", cut(text))
}

/// As much of a text as messages show.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    cut_to(text, MAX_QUOTED)
}

fn cut_to(text: &str, characters: usize) -> Cow<'_, str> {
    match text.char_indices().nth(characters) {
        Some((end, _)) => Cow::Owned(format!("{}...", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_problems_and_long_cells_take_little() {
        let mut problems = LineProblems::default();
        problems.extend((0..1_500).map(|line| LineProblem::new(line, &"n".repeat(90), &"\u{e9}".repeat(10_000))));
        assert_eq!(
            (problems.count(), problems.iter().count(), problems.unlisted()),
            (1_500, 1_000, 500)
        );
        let first = problems.iter().next().unwrap().to_string();
        assert_eq!(
            first,
            format!("line 0: {}... {}...", "n".repeat(80), "\u{e9}".repeat(600))
        );
        assert_eq!(
            (quoted("a\"b"), quoted(&"x".repeat(81))),
            (r#""a\"b""#.to_owned(), format!("\"{}...\"", "x".repeat(80)))
        );
    }
}
