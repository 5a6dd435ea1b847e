//! JSON Lines: one object per line. Numbers keep their text.

use std::collections::HashMap;
use std::io::{BufRead, Read};

use serde_json::value::RawValue;

use super::record::{FileCell, MAX_RECORD_BYTES, Next, wrong};

pub struct JsonLinesReader<R> {
    input: R,
    line: usize,
}

impl<R: BufRead> JsonLinesReader<R> {
    pub fn new(input: R) -> Self {
        Self { input, line: 0 }
    }

    /// The values of these members of the next object.
    pub fn next_of(&mut self, names: &[Option<&str>]) -> Next<(usize, Vec<Option<FileCell>>)> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = self.input.by_ref().take(MAX_RECORD_BYTES as u64 + 1);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            let line = self.line;
            if bytes.len() > MAX_RECORD_BYTES && bytes.last() != Some(&b'\n') {
                self.input.skip_until(b'\n')?;
                return Ok(Some(Err(wrong(
                    line,
                    format!("is longer than {MAX_RECORD_BYTES} bytes"),
                ))));
            }
            let Ok(text) = std::str::from_utf8(&bytes) else {
                return Ok(Some(Err(wrong(line, "is not UTF-8"))));
            };
            let text = text.trim_start_matches('\u{feff}').trim();
            if text.is_empty() {
                continue;
            }
            return Ok(Some(match serde_json::from_str::<HashMap<String, &RawValue>>(text) {
                Err(error) => Err(wrong(line, format!("is not a JSON object: {error}"))),
                Ok(object) => {
                    let values = names.iter().map(|name| member(&object, (*name)?).and_then(cell_of));
                    Ok((line, values.collect()))
                }
            }));
        }
    }
}

/// The value with this name, or at this path of nested objects: `partner.email`.
fn member<'a>(object: &HashMap<String, &'a RawValue>, name: &str) -> Option<&'a RawValue> {
    if let Some(value) = object.get(name) {
        return Some(value);
    }
    let (first, rest) = name.split_once('.')?;
    let inner: HashMap<String, &RawValue> = serde_json::from_str(object.get(first)?.get()).ok()?;
    member(&inner, rest)
}

/// Strings as they are, all other values as JSON.
fn cell_of(value: &RawValue) -> Option<FileCell> {
    match value.get() {
        "null" => None,
        json if json.starts_with('"') => FileCell::text(&serde_json::from_str::<String>(json).ok()?),
        json => Some(FileCell {
            text: json.to_owned(),
            is_number: json.starts_with(|first: char| first == '-' || first.is_ascii_digit()),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_read_line_by_line() {
        let text =
            b"{\"a\":\"x\\u00e4\",\"b\":1.10,\"d\":{\"e\":{\"f\":7}}}\n\n[1]\n\xff\n{\"b\":{\"c\":1},\"a\":null}";
        let mut reader = JsonLinesReader::new(&text[..]);
        let mut read = Vec::new();
        while let Some(row) = reader.next_of(&[Some("a"), Some("b"), Some("d.e.f")]).unwrap() {
            read.push(match row {
                Ok((line, cells)) => {
                    let cells = cells.iter().map(|cell| {
                        let cell = cell.as_ref()?;
                        Some((cell.text.as_str(), cell.is_number))
                    });
                    format!("{line}: {:?}", cells.collect::<Vec<_>>())
                }
                Err(problem) => problem.to_string().split(':').next().unwrap().to_owned() + ": ...",
            });
        }
        assert_eq!(
            read,
            [
                "1: [Some((\"x\u{e4}\", false)), Some((\"1.10\", true)), Some((\"7\", true))]",
                "line 3: ...",
                "line 4: ...",
                "5: [None, Some((\"{\\\"c\\\":1}\", false)), None]",
            ]
        );
    }
}
