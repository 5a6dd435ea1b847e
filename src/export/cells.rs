//! From the JSON of a page to rows, in one walk and without a tree of values.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::selection::{Selected, Selection};
use super::sheet::Row;

/// What a page says of its place in the list.
#[derive(Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PageInfo {
    pub has_next_page: bool,
    pub end_cursor: Option<String>,
}

/// Calls `each` with every row of a page: an object with `nodes` and `pageInfo`. Rows have `width` columns.
pub fn read(
    json: &[u8],
    selection: &Selection,
    width: usize,
    each: &mut dyn FnMut(&Row<'_>),
) -> Result<PageInfo, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let info = Page { selection, width, each }.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(info)
}

struct Page<'s> {
    selection: &'s Selection,
    width: usize,
    each: &'s mut dyn FnMut(&Row<'_>),
}

impl<'de> DeserializeSeed<'de> for Page<'_> {
    type Value = PageInfo;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<PageInfo, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Page<'_> {
    type Value = PageInfo;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a page of a list")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<PageInfo, A::Error> {
        let mut info = None;
        while let Some(name) = map.next_key::<&str>()? {
            match name {
                "nodes" => map.next_value_seed(Nodes(&mut self))?,
                "pageInfo" => info = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        info.ok_or_else(|| A::Error::missing_field("pageInfo"))
    }
}

struct Nodes<'p, 's>(&'p mut Page<'s>);

impl<'de> DeserializeSeed<'de> for Nodes<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Nodes<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the rows of a page")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        let page = self.0;
        let mut row = vec![None; page.width];
        while rows
            .next_element_seed(Object {
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

/// An object, which may be null.
struct Object<'r, 'de> {
    selection: &'r Selection,
    row: &'r mut [Option<&'de RawValue>],
}

impl<'de> DeserializeSeed<'de> for Object<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_option(self)
    }
}

impl<'de> Visitor<'de> for Object<'_, 'de> {
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
                Some(Selected::Value { column, .. }) => {
                    let value: &'de RawValue = map.next_value()?;
                    self.row[*column] = Some(value).filter(|value| value.get() != "null");
                }
                Some(Selected::Object(selection)) => map.next_value_seed(Object {
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
    use super::super::list::Column;
    use super::*;

    static COLUMNS: [Column; 4] = [
        Column {
            name: "id",
            path: "id",
            needs: None,
        },
        Column {
            name: "amount",
            path: "amount.amount",
            needs: None,
        },
        Column {
            name: "labels",
            path: "labels { id }",
            needs: None,
        },
        Column {
            name: "name",
            path: "event.partner.name",
            needs: None,
        },
    ];

    #[test]
    fn each_row_has_every_column() {
        let json = br#"{"nodes":[
            {"id":"a","amount":{"amount":"1.00"},"event":{"partner":{"name":"n"}},"labels":[{"id":"x"}]},
            {"id":"b","amount":null,"event":{"partner":null},"labels":[]}
        ],"pageInfo":{"hasNextPage":true,"endCursor":"c"}}"#;
        let mut rows = Vec::new();
        let info = read(json, &Selection::of(&COLUMNS, |_| true), COLUMNS.len(), &mut |row| {
            let cell = |value: &Option<&RawValue>| value.map_or("-", RawValue::get).to_owned();
            rows.push(row.iter().map(cell).collect::<Vec<_>>().join(" "));
        });
        assert_eq!(rows, [r#""a" "1.00" [{"id":"x"}] "n""#, r#""b" - [] -"#]);
        let (has_next_page, end_cursor) = (true, Some("c".to_owned()));
        assert_eq!(
            info.unwrap(),
            PageInfo {
                has_next_page,
                end_cursor
            }
        );
        assert!(read(b"{\"nodes\":[]}", &Selection::default(), 0, &mut |_| {}).is_err());
    }
}
