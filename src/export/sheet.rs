//! Rows as text: CSV (RFC 4180, with a header row) or JSON Lines (one object per row).

use std::borrow::Cow;

use serde_json::value::RawValue;

use domain::formula;

/// How rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowFormat {
    Csv(CsvStyle),
    JsonLines,
}

/// What spreadsheets of some countries want.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CsvStyle {
    pub separator: u8,
    /// Numbers are written with a comma: 12,50.
    pub decimal_comma: bool,
    /// The file begins with a byte order mark.
    pub has_mark: bool,
}

impl Default for CsvStyle {
    fn default() -> Self {
        Self {
            separator: b',',
            decimal_comma: false,
            has_mark: false,
        }
    }
}

/// The heading of a column, and which values the column may have.
#[derive(Clone, Copy, Debug)]
pub struct SheetHeading {
    pub name: &'static str,
    pub kind: CellKind,
}

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Callers choose the text freely, so it may look like a formula.
    FreeText,
    /// An id, or a word of the schema.
    Word,
    /// An amount or a count.
    Number,
    Moment,
    Truth,
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
        if let RowFormat::Csv(style) = format {
            if style.has_mark {
                text.extend("\u{feff}".as_bytes());
            }
            for (number, heading) in headings.iter().enumerate() {
                separate(number, style.separator, &mut text);
                text.extend(heading.name.as_bytes());
            }
            text.extend(b"\r\n");
        }
        Self { format, headings, text }
    }

    pub fn row(&mut self, row: &SheetRow<'_>) {
        match self.format {
            RowFormat::Csv(style) => self.csv(style, row),
            RowFormat::JsonLines => self.json(row),
        }
    }

    /// Takes what was written since the last call.
    pub fn take(&mut self) -> Vec<u8> {
        let room = self.text.len();
        std::mem::replace(&mut self.text, Vec::with_capacity(room))
    }

    fn csv(&mut self, style: CsvStyle, row: &SheetRow<'_>) {
        for (number, (heading, value)) in self.headings.iter().zip(row).enumerate() {
            separate(number, style.separator, &mut self.text);
            let Some(value) = value else { continue };
            let mut text = text_of(value);
            if heading.kind == CellKind::Number && style.decimal_comma {
                text = Cow::Owned(text.replace('.', ","));
            }
            let guarded = heading.kind == CellKind::FreeText && formula::looks_like_one(&text);
            separated_cell(&text, guarded, style.separator, &mut self.text);
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

fn separate(number: usize, separator: u8, text: &mut Vec<u8>) {
    if number > 0 {
        text.push(separator);
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
    separated_cell(text, guarded, b',', into);
}

/// The same for another separator.
fn separated_cell(text: &str, guarded: bool, separator: u8, into: &mut Vec<u8>) {
    let quoted = text.is_empty() || text.bytes().any(|byte| byte == separator || b"\"\r\n".contains(&byte));
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
        let heading = |name, kind| SheetHeading { name, kind };
        Sheet::new(
            format,
            vec![heading("name", CellKind::FreeText), heading("amount", CellKind::Number)],
        )
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
        assert_eq!(written(RowFormat::Csv(CsvStyle::default()), &rows), expected);
    }

    #[test]
    fn spreadsheets_of_other_countries_have_their_marks() {
        let style = CsvStyle {
            separator: b';',
            decimal_comma: true,
            has_mark: true,
        };
        let rows = [[Some(r#""a;b""#), Some(r#""-12.50""#)], [Some(r#""1,5.5""#), Some("7")]];
        let expected = "\u{feff}name;amount\r\n\"a;b\";-12,50\r\n1,5.5;7\r\n";
        assert_eq!(written(RowFormat::Csv(style), &rows), expected);
        let commas = CsvStyle {
            separator: b',',
            ..style
        };
        assert!(written(RowFormat::Csv(commas), &rows).ends_with("a;b,\"-12,50\"\r\n\"1,5.5\",7\r\n"));
    }

    #[test]
    fn rows_are_json_lines() {
        let rows = [[Some(r#""=\u00e4\"""#), Some(r#""1.00""#)], [None, Some("{\"a\":1}")]];
        let expected = "{\"name\":\"=\\u00e4\\\"\",\"amount\":\"1.00\"}\n{\"name\":null,\"amount\":{\"a\":1}}\n";
        assert_eq!(written(RowFormat::JsonLines, &rows), expected);
    }
}
