//! A table in a text: CSV (RFC 4180), also with the semicolons or tabs that spreadsheet programs write.

use std::fmt;

use domain::formula;

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

/// A header and the records below it. Blank lines are left out.
#[derive(Debug)]
pub struct TextTable {
    header: Vec<String>,
    pub records: Vec<TableRecord>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct TableRecord {
    /// The line on which it begins.
    pub line: usize,
    cells: Vec<String>,
}

impl TableRecord {
    /// The value in a column, without white space around it; `None` if it is empty.
    pub fn text(&self, column: usize) -> Option<&str> {
        let text = self.cells.get(column)?.trim();
        Some(formula::taken_off(text)).filter(|text| !text.is_empty())
    }
}

impl TextTable {
    /// Reads a text. Problems are lines with more or fewer cells than the header, which are left out, and a quote that
    /// is not closed.
    pub fn read(text: &str) -> (Self, Vec<LineProblem>) {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let separator = separator(text);
        let mut reader = TableReader {
            rest: text,
            line: 1,
            separator,
        };
        let mut problems = Vec::new();
        let mut records = Vec::new();
        while let Some(read) = reader.record() {
            match read {
                Ok(record) if record.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                Ok(record) => records.push(record),
                Err(problem) => problems.push(problem),
            }
        }
        if records.is_empty() {
            let header = Vec::new();
            return (Self { header, records }, problems);
        }
        let header = records.remove(0).cells;
        records.retain(|record| {
            let (found, width) = (record.cells.len(), header.len());
            if found != width {
                problems.push(LineProblem {
                    line: record.line,
                    column: String::new(),
                    message: format!("has {found} cells, and the header has {width}"),
                });
            }
            found == width
        });
        problems.sort_by_key(|problem| problem.line);
        (Self { header, records }, problems)
    }

    /// The position of a column, ignoring the case of its name.
    pub fn column(&self, name: &str) -> Option<usize> {
        let is_it = |column: &String| column.trim().eq_ignore_ascii_case(name.trim());
        self.header.iter().position(is_it)
    }

    /// The names of the columns.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.header.iter().map(|name| name.trim())
    }
}

/// The most frequent separator of the header.
fn separator(text: &str) -> char {
    let header = text.lines().next().unwrap_or_default();
    let count = |separator: &char| header.matches(*separator).count();
    let candidates = ['\t', ';', ','];
    candidates.into_iter().max_by_key(count).unwrap_or(',')
}

struct TableReader<'a> {
    rest: &'a str,
    line: usize,
    separator: char,
}

impl TableReader<'_> {
    /// The next record; `None` at the end.
    fn record(&mut self) -> Option<Result<TableRecord, LineProblem>> {
        if self.rest.is_empty() {
            return None;
        }
        let line = self.line;
        let mut cells = Vec::new();
        loop {
            match self.cell() {
                Some(cell) => cells.push(cell),
                None => {
                    self.rest = "";
                    return Some(Err(LineProblem {
                        line,
                        column: String::new(),
                        message: "has a quote that nothing closes".to_owned(),
                    }));
                }
            }
            if let Some(rest) = self.rest.strip_prefix(self.separator) {
                self.rest = rest;
                continue;
            }
            let ended = ["\r\n", "\n", "\r"].iter().find_map(|end| self.rest.strip_prefix(end));
            self.rest = ended.unwrap_or_default();
            self.line += 1;
            return Some(Ok(TableRecord { line, cells }));
        }
    }

    /// A cell, up to the next separator or end of line. `None`: a quote is not closed.
    fn cell(&mut self) -> Option<String> {
        let Some(quoted) = self.rest.strip_prefix('"') else {
            return Some(self.plain());
        };
        let mut cell = String::new();
        let mut rest = quoted;
        loop {
            let (before, behind) = rest.split_once('"')?;
            cell.push_str(before);
            match behind.strip_prefix('"') {
                Some(behind) => {
                    cell.push('"');
                    rest = behind;
                }
                None => {
                    self.rest = behind;
                    break;
                }
            }
        }
        self.line += cell.matches('\n').count();
        // Text after the closing quote belongs to the cell, too.
        cell.push_str(&self.plain());
        Some(cell)
    }

    fn plain(&mut self) -> String {
        let ends = |letter: char| letter == self.separator || letter == '\n' || letter == '\r';
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (cell, rest) = self.rest.split_at(end);
        self.rest = rest;
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<(usize, Vec<String>)> {
        let (table, problems) = TextTable::read(text);
        assert_eq!(problems, []);
        table
            .records
            .into_iter()
            .map(|record| (record.line, record.cells))
            .collect()
    }

    fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
        (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
    }

    #[test]
    fn tables_are_read_however_they_are_separated() {
        let expected = [row(2, &["1", "x"]), row(4, &["2", ""])];
        for text in [
            "a,b\r\n1,x\r\n\r\n2,\r\n",
            "\u{feff}a;b\n1;x\n\n2;",
            "a\tb\n1\tx\n\t\n2\t\n",
            "\"a\",\"b\"\n\"1\",\"x\"\n,\n\"2\",\"\"",
        ] {
            assert_eq!(cells(text), expected, "{text:?}");
        }
        assert_eq!(
            cells("a\n\"x, \"\"y\"\"\nz\"\nlast"),
            [row(2, &["x, \"y\"\nz"]), row(4, &["last"])]
        );
        assert_eq!(cells(""), []);
        assert_eq!(cells("a,b"), []);
    }

    #[test]
    fn lines_that_are_no_records_are_named() {
        let (table, problems) = TextTable::read("a,b\n1\n1,2\n1,2,3\n\"open,2\n");
        assert_eq!(table.records.len(), 1);
        let texts: Vec<_> = problems.iter().map(LineProblem::to_string).collect();
        assert_eq!(
            texts,
            [
                "line 2: has 1 cells, and the header has 2",
                "line 4: has 3 cells, and the header has 2",
                "line 5: has a quote that nothing closes",
            ]
        );
    }

    #[test]
    fn columns_are_found_by_their_names_and_cells_are_what_was_meant() {
        let (table, _) = TextTable::read("Customer ID, Status\n pay_1 ,'=x\n,");
        assert_eq!(
            (table.column("customer id"), table.column("status"), table.column("id")),
            (Some(0), Some(1), None)
        );
        let record = &table.records[0];
        assert_eq!(
            (record.text(0), record.text(1), record.text(2)),
            (Some("pay_1"), Some("=x"), None)
        );
        assert_eq!(table.names().collect::<Vec<_>>(), ["Customer ID", "Status"]);
    }
}
