//! CSV, record by record, parsed byte by byte with no more than the current record in memory.

use std::io::{self, BufRead};

use super::{MAX_RECORD_BYTES, Next, wrong};

/// The cells of a record, and the line on which it begins.
#[derive(Debug, PartialEq, Eq)]
pub struct CsvRecord {
    pub line: usize,
    pub cells: Vec<String>,
}

/// The positions of our columns.
pub struct Header {
    pub places: Vec<Option<usize>>,
    pub width: usize,
}

pub struct CsvReader<R> {
    input: R,
    separator: u8,
    line: usize,
}

/// The parser's state within a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CellState {
    Begin,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: its end, or the first of a doubled quote.
    Quote,
}

impl<R: BufRead> CsvReader<R> {
    /// Skips a byte order mark, and chooses the most frequent separator of the first line.
    pub fn new(mut input: R) -> io::Result<Self> {
        if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        let begin = input.fill_buf()?;
        let header = begin.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let count = |separator: &u8| header.iter().filter(|byte| *byte == separator).count();
        let separator = [b'\t', b';', b','].into_iter().max_by_key(count).unwrap_or(b',');
        let line = 1;
        Ok(Self { input, separator, line })
    }

    /// The next record that is not blank.
    pub fn next(&mut self) -> Next<CsvRecord> {
        loop {
            match self.record()? {
                Some(Ok(record)) if record.cells.iter().all(|cell| cell.trim().is_empty()) => {}
                read => return Ok(read),
            }
        }
    }

    /// The cells of our columns in the next record.
    pub fn next_of(&mut self, header: &Header) -> Next<(usize, Vec<Option<String>>)> {
        let Some(read) = self.next()? else {
            return Ok(None);
        };
        Ok(Some(read.and_then(|CsvRecord { line, mut cells }| {
            if cells.len() != header.width {
                let message = format!("has {} cells, and the header has {}", cells.len(), header.width);
                return Err(wrong(line, message));
            }
            let taken = header
                .places
                .iter()
                .map(|place| Some(std::mem::take(&mut cells[(*place)?])));
            Ok((line, taken.collect()))
        })))
    }

    fn record(&mut self) -> Next<CsvRecord> {
        let begun = self.line;
        let (mut cells, mut cell) = (Vec::new(), Vec::new());
        let (mut state, mut length, mut is_any) = (CellState::Begin, 0_usize, false);
        loop {
            let Some(byte) = self.byte()? else {
                if !is_any {
                    return Ok(None);
                }
                if state == CellState::Quoted {
                    return Ok(Some(Err(wrong(begun, "has a quote that nothing closes"))));
                }
                cells.push(cell);
                break;
            };
            is_any = true;
            length += 1;
            let is_end = matches!(byte, b'\n' | b'\r');
            if is_end {
                if byte == b'\r' && self.input.fill_buf()?.first() == Some(&b'\n') {
                    // The line ends with the line feed that follows.
                    if state == CellState::Quoted {
                        cell.push(byte);
                    }
                    continue;
                }
                self.line += 1;
            }
            match state {
                CellState::Quoted if byte == b'"' => state = CellState::Quote,
                CellState::Quoted => cell.push(byte),
                CellState::Quote if byte == b'"' => {
                    cell.push(byte);
                    state = CellState::Quoted;
                }
                CellState::Begin if byte == b'"' => state = CellState::Quoted,
                CellState::Begin | CellState::Plain | CellState::Quote if byte == self.separator => {
                    cells.push(std::mem::take(&mut cell));
                    state = CellState::Begin;
                }
                CellState::Begin | CellState::Plain | CellState::Quote if is_end => {
                    cells.push(cell);
                    break;
                }
                CellState::Begin | CellState::Plain | CellState::Quote => {
                    cell.push(byte);
                    state = CellState::Plain;
                }
            }
            if length > MAX_RECORD_BYTES {
                self.skip_line()?;
                let message = format!("is longer than {MAX_RECORD_BYTES} bytes; is a quote not closed?");
                return Ok(Some(Err(wrong(begun, message))));
            }
        }
        let cells = cells.into_iter().map(String::from_utf8);
        Ok(Some(match cells.collect::<Result<_, _>>() {
            Ok(cells) => Ok(CsvRecord { line: begun, cells }),
            Err(_) => Err(wrong(begun, "is not UTF-8: save the file as UTF-8")),
        }))
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.input.fill_buf()?.first().copied();
        if byte.is_some() {
            self.input.consume(1);
        }
        Ok(byte)
    }

    /// Skips the rest of the line.
    fn skip_line(&mut self) -> io::Result<()> {
        self.input.skip_until(b'\n')?;
        self.line += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<String> {
        let mut reader = CsvReader::new(text).unwrap();
        let mut read = Vec::new();
        while let Some(record) = reader.next().unwrap() {
            read.push(match record {
                Ok(CsvRecord { line, cells }) => format!("{line}: {}", cells.join("|")),
                Err(problem) => problem.to_string(),
            });
        }
        read
    }

    #[test]
    fn records_are_read_however_they_are_separated() {
        for text in [
            "a,b\r\n1,x\r\n\r\n2,\r\n",
            "\u{feff}a;b\n1;x\n\n2;",
            "a\tb\n1\tx\n\t\n2\t\n",
            "\"a\",\"b\"\r\"1\",\"x\"\r,\r\"2\",\"\"",
        ] {
            assert_eq!(read(text.as_bytes()), ["1: a|b", "2: 1|x", "4: 2|"], "{text:?}");
        }
        assert_eq!(
            read(b"a\n\"x, \"\"y\"\"\r\nz\"\n5\" pipe"),
            ["1: a", "2: x, \"y\"\r\nz", "4: 5\" pipe"]
        );
        // Text after the closing quote belongs to the cell, too.
        assert_eq!(read(b"a,b\n\"x\"y,z"), ["1: a|b", "2: xy|z"]);
        assert_eq!(read(b""), [""; 0]);
    }

    #[test]
    fn what_is_no_record_is_named_and_the_next_one_read() {
        assert_eq!(
            read(b"a,b\n1,\xff\n2,3\n\"open,2\n"),
            [
                "1: a|b",
                "line 2: is not UTF-8: save the file as UTF-8",
                "3: 2|3",
                "line 4: has a quote that nothing closes",
            ]
        );
        let long = [b"a\n".to_vec(), vec![b'x'; MAX_RECORD_BYTES + 5], b"\nlast\n".to_vec()].concat();
        let told = "line 2: is longer than 1048576 bytes; is a quote not closed?";
        assert_eq!(read(&long), ["1: a", told, "3: last"]);
    }
}
