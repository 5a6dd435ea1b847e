//! CSV as spreadsheets and people write it. The `csv` crate finds the cells; what is around it here bounds the length of
//! a record, knows its line, and leaves out blanks around quotes, `sep=` lines and blank lines.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};

use csv::{ByteRecord, ReaderBuilder};

use super::problems::LineProblem;
use super::record::{FileCell, MAX_RECORD_BYTES, Next, TableRecord, wrong};

pub struct CsvReader<R> {
    records: csv::Reader<Records<R>>,
    record: ByteRecord,
}

impl<R: BufRead> CsvReader<R> {
    /// Skips a byte order mark. The separator is what a `sep=` line says, or else the most frequent one of the first line.
    pub fn new(mut input: R) -> io::Result<Self> {
        if input.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            input.consume(3);
        }
        let first = input.fill_buf()?.split(|byte| b"\r\n".contains(byte)).next();
        let first = first.unwrap_or_default().to_vec();
        let (separator, line) = match said_separator(&first) {
            Some(separator) => {
                input.skip_until(b'\n')?;
                (separator, 2)
            }
            None => {
                let count = |separator: &u8| first.iter().filter(|byte| *byte == separator).count();
                let most = [b'\t', b';', b','].into_iter().max_by_key(count);
                (most.unwrap_or(b','), 1)
            }
        };
        let records = Records {
            input,
            separator,
            line,
            ready: Vec::new(),
            taken: 0,
            begun: VecDeque::new(),
        };
        let mut builder = ReaderBuilder::new();
        builder.delimiter(separator).has_headers(false).flexible(true);
        Ok(Self {
            records: builder.from_reader(records),
            record: ByteRecord::new(),
        })
    }

    /// The next record that is not blank.
    pub fn next(&mut self) -> Next<TableRecord> {
        if !self.records.read_byte_record(&mut self.record)? {
            return Ok(None);
        }
        let begun = self.records.get_mut().begun.pop_front();
        let line = match begun.expect("each record begins on a line") {
            Ok(line) => line,
            Err(problem) => return Ok(Some(Err(problem))),
        };
        let cells = self.record.iter().map(|cell| {
            let text = str::from_utf8(cell).map_err(|_| wrong(line, "is not UTF-8: save the file as UTF-8"))?;
            Ok(FileCell::text(text))
        });
        let cells = cells.collect::<Result<_, _>>();
        Ok(Some(cells.map(|cells| TableRecord { line, cells })))
    }
}

/// The separator that a line such as `sep=;` names, as Excel reads and writes it.
fn said_separator(line: &[u8]) -> Option<u8> {
    let line = line.trim_ascii();
    let line = line
        .strip_prefix(b"\"")
        .and_then(|line| line.strip_suffix(b"\""))
        .unwrap_or(line);
    let (word, separator) = line.split_at_checked(4)?;
    match separator {
        [separator] if word.eq_ignore_ascii_case(b"sep=") => Some(*separator),
        // White space around the line was a tab.
        [] if word.eq_ignore_ascii_case(b"sep=") => Some(b'\t'),
        _ => None,
    }
}

/// The bytes of a file as the parser gets them: record by record, none of them blank or too long.
struct Records<R> {
    input: R,
    separator: u8,
    line: usize,
    /// A record, and how much of it the parser has.
    ready: Vec<u8>,
    taken: usize,
    /// The lines on which the records begin that the parser has not returned; for one that is no record, the problem, and
    /// the parser gets a record that stands for it.
    begun: VecDeque<Result<usize, LineProblem>>,
}

/// Where in a cell a byte is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Begin,
    Plain,
    Quoted,
    /// After a quote in a quoted cell: its end, or the first of a doubled quote.
    Quote,
    /// Blanks after a quoted cell.
    After,
}

impl<R: BufRead> Read for Records<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.ready.len() {
            self.taken = 0;
            self.ready.clear();
            while self.ready.is_empty() {
                if !self.record()? {
                    return Ok(0);
                }
            }
        }
        let rest = &self.ready[self.taken..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.taken += length;
        Ok(length)
    }
}

impl<R: BufRead> Records<R> {
    /// Makes the next record ready, unless it is blank. Returns whether there was one.
    fn record(&mut self) -> io::Result<bool> {
        let begun = self.line;
        let (mut place, mut blanks) = (Place::Begin, Vec::new());
        let (mut length, mut is_blank) = (0_usize, true);
        loop {
            let Some(byte) = self.byte()? else {
                if place == Place::Quoted {
                    self.instead(wrong(begun, "has a quote that is never closed"));
                    return Ok(true);
                }
                if length == 0 {
                    return Ok(false);
                }
                break;
            };
            length += 1;
            if length > MAX_RECORD_BYTES {
                self.input.skip_until(b'\n')?;
                self.line += 1;
                let message = format!("is longer than {MAX_RECORD_BYTES} bytes; perhaps a quote is not closed");
                self.instead(wrong(begun, message));
                return Ok(true);
            }
            let is_end = matches!(byte, b'\n' | b'\r');
            // A carriage return before a line feed ends no line: the line feed does.
            if is_end && (byte == b'\n' || self.input.fill_buf()?.first() != Some(&b'\n')) {
                self.line += 1;
            }
            let separates = byte == self.separator;
            let is_space = !separates && (byte == b' ' || byte == b'\t');
            is_blank &= separates || byte == b'"' || byte.is_ascii_whitespace();
            place = match place {
                Place::Quoted if byte == b'"' => Place::Quote,
                Place::Quoted => Place::Quoted,
                Place::Begin | Place::Plain | Place::Quote | Place::After if is_end => {
                    if byte == b'\r' && self.input.fill_buf()?.first() == Some(&b'\n') {
                        continue;
                    }
                    break;
                }
                Place::Begin | Place::Plain | Place::Quote | Place::After if separates => {
                    blanks.clear();
                    Place::Begin
                }
                Place::Begin if byte == b'"' => {
                    blanks.clear();
                    Place::Quoted
                }
                Place::Begin | Place::After if is_space => {
                    blanks.push(byte);
                    continue;
                }
                Place::Quote if is_space => {
                    blanks.push(byte);
                    place = Place::After;
                    continue;
                }
                Place::Quote if byte == b'"' => Place::Quoted,
                Place::Begin | Place::Plain | Place::Quote | Place::After => Place::Plain,
            };
            self.ready.append(&mut blanks);
            self.ready.push(byte);
        }
        match is_blank {
            true => self.ready.clear(),
            false => {
                self.ready.push(b'\n');
                self.begun.push_back(Ok(begun));
            }
        }
        Ok(true)
    }

    /// Makes a record ready that stands for one that is none.
    fn instead(&mut self, problem: LineProblem) {
        self.ready.clear();
        self.ready.extend(b"-\n");
        self.begun.push_back(Err(problem));
    }

    fn byte(&mut self) -> io::Result<Option<u8>> {
        let byte = self.input.fill_buf()?.first().copied();
        if byte.is_some() {
            self.input.consume(1);
        }
        Ok(byte)
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
                Ok(TableRecord { line, cells }) => {
                    let cells = cells
                        .iter()
                        .map(|cell| cell.as_ref().map_or("", |cell| cell.text.as_str()));
                    format!("{line}: {}", cells.collect::<Vec<_>>().join("|"))
                }
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
    fn a_line_may_say_what_separates() {
        for line in ["sep=;", "SEP=;", "\"sep=;\"", "sep=; "] {
            assert_eq!(
                read(format!("{line}\r\na,b;c\r\n1;2\r\n").as_bytes()),
                ["2: a,b|c", "3: 1|2"],
                "{line}"
            );
        }
        assert_eq!(read(b"sep=\t\na\tb\n"), ["2: a|b"]);
        assert_eq!(read(b"sep=|\na|b\n"), ["2: a|b"]);
        assert_eq!(read(b"sep=a;b\n"), ["1: sep=a|b"]);
    }

    #[test]
    fn blanks_around_quotes_are_none_of_the_text() {
        assert_eq!(
            read(b"a, \"Jane \"\"J\"\" Doe\" ,\t\"Doe, John\"\n 1 , x y ,\n"),
            ["1: a|Jane \"J\" Doe|Doe, John", "2:  1 | x y |"]
        );
        // Within quotes they are.
        assert_eq!(read(b"\" a \",\"b\" c\n"), ["1:  a |b c"]);
    }

    #[test]
    fn what_is_no_record_is_named_and_the_next_one_read() {
        assert_eq!(
            read(b"a,b\n1,\xff\n2,3\n\"open,2\n"),
            [
                "1: a|b",
                "line 2: is not UTF-8: save the file as UTF-8",
                "3: 2|3",
                "line 4: has a quote that is never closed",
            ]
        );
        let long = [b"a\n".to_vec(), vec![b'x'; MAX_RECORD_BYTES + 5], b"\nlast\n".to_vec()].concat();
        let told = "line 2: is longer than 1048576 bytes; perhaps a quote is not closed";
        assert_eq!(read(&long), ["1: a", told, "3: last"]);
    }
}
