//! Turns the JSON of a page into rows, in one walk and without a tree of values. `pageInfo` comes first, so that
//! reading the next page can start before the rows are parsed.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::selection::{SelectedNode, Selection};
use super::sheet::SheetRow;

/// The `pageInfo` of a page.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PagePosition {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

/// Reads the position of a page from its JSON, an object whose first field is `pageInfo`.
pub fn info(json: &[u8]) -> Result<PagePosition, serde_json::Error> {
    let rest = json.strip_prefix(b"{\"pageInfo\":").unwrap_or_default();
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter();
    values.next().unwrap_or_else(|| Err(Error::missing_field("pageInfo")))
}

/// Calls `each` with every row in the `nodes` of a page. Rows have `width` columns.
pub fn read(
    json: &[u8],
    selection: &Selection,
    width: usize,
    each: &mut dyn FnMut(&SheetRow<'_>),
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    PageVisitor { selection, width, each }.deserialize(&mut deserializer)?;
    deserializer.end()
}

struct PageVisitor<'s> {
    selection: &'s Selection,
    width: usize,
    each: &'s mut dyn FnMut(&SheetRow<'_>),
}

impl<'de> DeserializeSeed<'de> for PageVisitor<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for PageVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "nodes" => map.next_value_seed(NodesVisitor(&mut self))?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

struct NodesVisitor<'p, 's>(&'p mut PageVisitor<'s>);

impl<'de> DeserializeSeed<'de> for NodesVisitor<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for NodesVisitor<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows of a page")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let page = self.0;
        let mut row = vec![None; page.width];
        while rows
            .next_element_seed(ObjectVisitor {
                selection: page.selection,
                row: &mut row,
            })?
            .is_some()
        {
            (page.each)(&row);
            row.fill(None);
        }
        Ok(())
    }
}

/// Reads an object, which may be null, into the columns of a row.
struct ObjectVisitor<'r, 'de> {
    selection: &'r Selection,
    row: &'r mut [Option<&'de RawValue>],
}

impl<'de> DeserializeSeed<'de> for ObjectVisitor<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for ObjectVisitor<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or null")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<&str>()? {
            match self.selection.field(name) {
                Some(SelectedNode::Value { column, .. }) => {
                    let value: &'de RawValue = map.next_value()?;
                    self.row[*column] = Some(value).filter(|value| value.get() != "null");
                }
                Some(SelectedNode::Object(selection)) => map.next_value_seed(ObjectVisitor {
                    selection,
                    row: &mut *self.row,
                })?,
                None => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::list::{ExportColumn, column, own};
    use super::*;

    static COLUMNS: [ExportColumn; 4] = [
        own("id"),
        column("amount", "amount.amount"),
        column("labels", "labels { id }"),
        column("name", "event.partner.name"),
    ];

    #[test]
    fn each_row_has_every_column() {
        let json = br#"{"pageInfo":{"hasNextPage":true,"endCursor":"c"},"nodes":[
            {"id":"a","amount":{"amount":"1.00"},"event":{"partner":{"name":"n"}},"labels":[{"id":"x"}]},
            {"id":"b","amount":null,"event":{"partner":null},"labels":[]}
        ]}"#;
        let mut rows = Vec::new();
        let read = read(json, &Selection::of(&COLUMNS, |_| true), COLUMNS.len(), &mut |row| {
            let cell = |value: &Option<&RawValue>| value.map_or("-", RawValue::get).to_owned();
            rows.push(row.iter().map(cell).collect::<Vec<_>>().join(" "));
        });
        read.unwrap();
        assert_eq!(rows, [r#""a" "1.00" [{"id":"x"}] "n""#, r#""b" - [] -"#]);
        let (has_next_page, end_cursor) = (true, Some("c".to_owned()));
        let expected = PagePosition {
            has_next_page,
            end_cursor,
        };
        assert_eq!(info(json).unwrap(), expected);
        for broken in [&br#"{"nodes":[],"pageInfo":{}}"#[..], br#"{"pageInfo":"#, b""] {
            assert!(info(broken).is_err());
        }
    }
}
