//! Rows as text: CSV (RFC 4180, with a header row) or JSON Lines (one object per row).

use std::borrow::Cow;

use serde_json::value::RawValue;

use domain::formula;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    Csv,
    JsonLines,
}

/// The heading of a column, and which values the column may have.
#[derive(Clone, Copy, Debug)]
pub struct SheetHeading {
    pub name: &'static str,
    /// Callers choose the text freely, so it may look like a formula.
    pub is_free_text: bool,
}

/// A row: the JSON of each column's value; `None`: null.
pub type SheetRow<'a> = [Option<&'a RawValue>];

/// Rows as text, written one by one.
pub struct Sheet {
    format: RowFormat,
    headings: Vec<SheetHeading>,
    text: Vec<u8>,
}

impl Sheet {
    /// Begins with the header row, if the format has one.
    pub fn new(format: RowFormat, headings: Vec<SheetHeading>) -> Self {
        let mut text = Vec::new();
        if format == RowFormat::Csv {
            for (number, heading) in headings.iter().enumerate() {
                separate(number, &mut text);
                text.extend(heading.name.as_bytes());
            }
            text.extend(b"\r\n");
        }
        Self { format, headings, text }
    }

    pub fn row(&mut self, row: &SheetRow<'_>) {
        match self.format {
            RowFormat::Csv => self.csv(row),
            RowFormat::JsonLines => self.json(row),
        }
    }

    /// Takes what was written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        let room = self.text.len();
        std::mem::replace(&mut self.text, Vec::with_capacity(room))
    }

    fn csv(&mut self, row: &SheetRow<'_>) {
        for (number, (heading, value)) in self.headings.iter().zip(row).enumerate() {
            separate(number, &mut self.text);
            let Some(value) = value else { continue };
            let text = text_of(value);
            let guarded = heading.is_free_text && formula::looks_like_one(&text);
            cell(&text, guarded, &mut self.text);
        }
        self.text.extend(b"\r\n");
    }

    fn json(&mut self, row: &SheetRow<'_>) {
        let text = &mut self.text;
        for (number, (heading, value)) in self.headings.iter().zip(row).enumerate() {
            text.extend(if number == 0 { b"{\"" } else { b",\"" });
            text.extend(heading.name.as_bytes());
            text.extend(b"\":");
            text.extend(value.map_or("null", |value| value.get()).as_bytes());
        }
        text.extend(b"}\n");
    }
}

fn separate(number: usize, text: &mut Vec<u8>) {
    if number > 0 {
        text.push(b',');
    }
}

/// The text of a value: strings unquoted, everything else as JSON.
pub fn text_of(value: &RawValue) -> Cow<'_, str> {
    let json = value.get();
    match json.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(text) if !text.contains('\\') => Cow::Borrowed(text),
        Some(_) => Cow::Owned(serde_json::from_str(json).expect("JSON that was read")),
        None => Cow::Borrowed(json),
    }
}

/// Writes a cell. An empty text is quoted to distinguish it from null.
pub fn cell(text: &str, guarded: bool, into: &mut Vec<u8>) {
    let quoted = text.is_empty() || text.bytes().any(|byte| b"\",\r\n".contains(&byte));
    if quoted {
        into.push(b'"');
    }
    if guarded {
        into.push(b'\'');
    }
    if quoted {
        for byte in text.bytes() {
            if byte == b'"' {
                into.push(byte);
            }
            into.push(byte);
        }
        into.push(b'"');
    } else {
        into.extend(text.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(format: RowFormat) -> Sheet {
        let heading = |name, is_free_text| SheetHeading { name, is_free_text };
        Sheet::new(format, vec![heading("name", true), heading("amount", false)])
    }

    fn written(format: RowFormat, rows: &[[Option<&str>; 2]]) -> String {
        let mut sheet = sheet(format);
        for row in rows {
            let values = row.map(|json| json.map(|json| serde_json::from_str::<&RawValue>(json).unwrap()));
            sheet.row(&values);
        }
        String::from_utf8(sheet.take()).unwrap()
    }

    #[test]
    fn rows_are_csv() {
        let rows = [
            [Some(r#""plain""#), Some(r#""-12.50""#)],
            [Some(r#""a,\"b\"\r\nc""#), None],
            [Some(r#""=1+1""#), Some("7")],
            [Some(r#""""#), Some("true")],
            [None, Some("[1,2]")],
        ];
        let expected = "name,amount\r\nplain,-12.50\r\n\"a,\"\"b\"\"\r\nc\",\r\n'=1+1,7\r\n\"\",true\r\n,\"[1,2]\"\r\n";
        assert_eq!(written(RowFormat::Csv, &rows), expected);
    }

    #[test]
    fn rows_are_json_lines() {
        let rows = [[Some(r#""=\u00e4\"""#), Some(r#""1.00""#)], [None, Some("{\"a\":1}")]];
        let expected = "{\"name\":\"=\\u00e4\\\"\",\"amount\":\"1.00\"}\n{\"name\":null,\"amount\":{\"a\":1}}\n";
        assert_eq!(written(RowFormat::JsonLines, &rows), expected);
    }
}
