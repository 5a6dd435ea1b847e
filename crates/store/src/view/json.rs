//! JSON as it is written: text that only grows, up to a limit, and the number of its objects.

use std::fmt::{Display, Write};

/// A growing JSON text.
pub struct JsonText {
    text: String,
    objects: u64,
    most_bytes: usize,
    /// How many bytes of the text were written, and counted, before.
    embedded: usize,
}

/// The text is longer than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

/// How far a text has been written.
#[derive(Clone, Copy)]
pub struct JsonCheckpoint {
    bytes: usize,
    objects: u64,
    embedded: usize,
}

impl JsonText {
    /// The initial capacity: room for a short answer, so that it grows late.
    const FIRST_BYTES: usize = 2048;

    /// A text of at most this many bytes.
    pub fn within(most_bytes: usize) -> Self {
        Self {
            text: String::with_capacity(Self::FIRST_BYTES),
            objects: 0,
            most_bytes,
            embedded: 0,
        }
    }

    pub fn mark(&self) -> JsonCheckpoint {
        JsonCheckpoint {
            bytes: self.text.len(),
            objects: self.objects,
            embedded: self.embedded,
        }
    }

    /// Discards what was written since the mark.
    pub fn back_to(&mut self, mark: JsonCheckpoint) {
        self.text.truncate(mark.bytes);
        self.objects = mark.objects;
        self.embedded = mark.embedded;
    }

    /// Appends JSON that was written before, whose objects and bytes were counted then.
    pub fn written(&mut self, text: &str) {
        self.embedded += text.len();
        self.text.push_str(text);
    }

    /// The text, and how many objects are in it.
    pub fn finish(self) -> Result<(String, u64), TooLong> {
        if self.is_full() {
            return Err(TooLong);
        }
        Ok((self.text, self.objects))
    }

    /// The length of the text without what was counted before.
    pub fn own_bytes(&self) -> usize {
        self.text.len() - self.embedded
    }

    /// Whether the text is too long, so that nothing that is written now will be used.
    fn is_full(&self) -> bool {
        self.own_bytes() > self.most_bytes
    }

    /// Writes an object: for each entry its name, and what `value` writes.
    pub fn object<'a, T: 'a, E>(
        &mut self,
        entries: impl IntoIterator<Item = (&'a str, T)>,
        mut value: impl FnMut(&mut Self, T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.objects += 1;
        self.text.push('{');
        for (number, (name, entry)) in entries.into_iter().enumerate() {
            if self.is_full() {
                return Ok(());
            }
            if number > 0 {
                self.text.push(',');
            }
            self.name(name);
            value(self, entry)?;
        }
        self.text.push('}');
        Ok(())
    }

    /// Writes a list of what `value` writes for each item.
    pub fn list<T, E>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut value: impl FnMut(&mut Self, T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.text.push('[');
        for (number, item) in items.into_iter().enumerate() {
            if self.is_full() {
                return Ok(());
            }
            if number > 0 {
                self.text.push(',');
            }
            value(self, item)?;
        }
        self.text.push(']');
        Ok(())
    }

    /// Names in GraphQL need no escaping.
    fn name(&mut self, name: &str) {
        self.word(name);
        self.text.push(':');
    }

    /// A text that needs no escaping, as it is.
    pub fn word(&mut self, word: &str) {
        self.text.push('"');
        self.text.push_str(word);
        self.text.push('"');
    }

    pub fn null(&mut self) {
        self.text.push_str("null");
    }

    pub fn truth(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// A number or a document in its own notation.
    pub fn number(&mut self, value: impl Display) {
        write!(self.text, "{value}").expect("text grows");
    }

    /// A text that needs no escaping: names, ids, decimals, moments.
    pub fn plain(&mut self, value: impl Display) {
        self.text.push('"');
        self.number(value);
        self.text.push('"');
    }

    /// A text that needs no escaping, or null.
    pub fn optional(&mut self, value: Option<impl Display>) {
        match value {
            Some(value) => self.plain(value),
            None => self.null(),
        }
    }

    /// Any text, or null.
    pub fn optional_text(&mut self, value: Option<&str>) {
        match value {
            Some(value) => self.text(value),
            None => self.null(),
        }
    }

    /// Any text.
    pub fn text(&mut self, value: &str) {
        let needs_escapes = |byte: u8| byte < 0x20 || byte == b'"' || byte == b'\\';
        if value.bytes().any(needs_escapes) {
            self.text.push_str(&serde_json::Value::from(value).to_string());
        } else {
            self.text.push('"');
            self.text.push_str(value);
            self.text.push('"');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_written_is_read_again(texts: Vec<String>, number: i64, truth: bool) {
            let mut json = JsonText::within(usize::MAX);
            let entries = [("texts", 0), ("number", 1), ("truth", 2), ("null", 3)];
            json.object(entries, |json, entry| {
                match entry {
                    0 => json.list(&texts, |json, text| { json.text(text); Ok::<_, ()>(()) })?,
                    1 => json.number(number),
                    2 => json.truth(truth),
                    _ => json.null(),
                }
                Ok::<_, ()>(())
            }).unwrap();
            let (text, objects) = json.finish().unwrap();
            let expected = serde_json::json!({ "texts": texts, "number": number, "truth": truth, "null": null });
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), expected);
            prop_assert_eq!(objects, 1);
        }
    }

    #[test]
    fn what_is_too_long_is_not_written_to_its_end() {
        let mut written = 0;
        let mut json = JsonText::within(100);
        json.list(0.., |json, number| {
            written += 1;
            json.number(number);
            Ok::<_, ()>(())
        })
        .unwrap();
        assert!(written < 50, "{written}");
        assert_eq!(json.finish(), Err(TooLong));
        let mut json = JsonText::within(2);
        json.plain("");
        assert_eq!(json.finish(), Ok((r#""""#.to_owned(), 0)));
    }
}
