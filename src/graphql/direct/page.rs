//! Pages of connections, as they are written from rows.

use super::Gone;
use super::collect::{Fragments, Selected};
use super::compile::{Level, Needs};
use super::object::Object;
use super::read::{Found, Listed};
use crate::store::view::{Json, PlaceCells, Row, View};

/// What is selected of a connection.
pub struct Shape {
    fields: Vec<(String, Field)>,
    /// Where rows have what their cursors are made of, if any is shown.
    pub places: Option<PlaceCells>,
}

enum Field {
    TypeName(String),
    Nodes(Object),
    Edges(Vec<(String, EdgeField)>),
    PageInfo(Vec<(String, InfoField)>),
}

enum EdgeField {
    TypeName(String),
    Node(Object),
    Cursor,
}

enum InfoField {
    TypeName,
    HasNext,
    HasPrevious,
    Start,
    End,
}

impl Shape {
    pub fn of(
        fragments: Fragments<'_>,
        view: &'static View,
        selection: &Selected<'_>,
        level: &mut Level,
        needs: &mut Needs,
    ) -> Option<Self> {
        let type_name = format!("{}Connection", view.name);
        let mut shape = Self {
            fields: Vec::new(),
            places: None,
        };
        for selection in &fragments.fields(&selection.below, &type_name)? {
            let field = match selection.name() {
                "__typename" => Field::TypeName(type_name.clone()),
                "nodes" => Field::Nodes(level.object(fragments, view, selection, needs)?),
                "edges" => Field::Edges(shape.edges(fragments, view, selection, level, needs)?),
                "pageInfo" => Field::PageInfo(shape.info(fragments, view, selection, level)?),
                // Counts and sums are statements of their own.
                _ => return None,
            };
            shape.fields.push((selection.key.to_owned(), field));
        }
        Some(shape)
    }

    fn edges(
        &mut self,
        fragments: Fragments<'_>,
        view: &'static View,
        selection: &Selected<'_>,
        level: &mut Level,
        needs: &mut Needs,
    ) -> Option<Vec<(String, EdgeField)>> {
        let type_name = format!("{}Edge", view.name);
        let fields = fragments.fields(&selection.below, &type_name)?;
        let fields = fields.iter().map(|selection| {
            let field = match selection.name() {
                "__typename" => EdgeField::TypeName(type_name.clone()),
                "node" => EdgeField::Node(level.object(fragments, view, selection, needs)?),
                "cursor" => {
                    self.show_cursors(view, level)?;
                    EdgeField::Cursor
                }
                _ => return None,
            };
            Some((selection.key.to_owned(), field))
        });
        fields.collect()
    }

    fn info(
        &mut self,
        fragments: Fragments<'_>,
        view: &'static View,
        selection: &Selected<'_>,
        level: &mut Level,
    ) -> Option<Vec<(String, InfoField)>> {
        let fields = fragments.fields(&selection.below, "PageInfo")?;
        let fields = fields.iter().map(|selection| {
            let field = match selection.name() {
                "__typename" => InfoField::TypeName,
                "hasNextPage" => InfoField::HasNext,
                "hasPreviousPage" => InfoField::HasPrevious,
                "startCursor" => InfoField::Start,
                "endCursor" => InfoField::End,
                _ => return None,
            };
            if matches!(field, InfoField::Start | InfoField::End) {
                self.show_cursors(view, level)?;
            }
            Some((selection.key.to_owned(), field))
        });
        fields.collect()
    }

    fn show_cursors(&mut self, view: &'static View, level: &mut Level) -> Option<()> {
        if self.places.is_none() {
            self.places = Some(PlaceCells::of(view, &mut level.selected)?);
        }
        Some(())
    }

    pub fn write(&self, listed: &Listed, found: &[Found<'_>], json: &mut Json) -> Result<(), Gone> {
        let rows = &listed.page.items;
        let fields = self.fields.iter().map(|(key, field)| (key.as_str(), field));
        json.object(fields, |json, field| match field {
            Field::TypeName(name) => {
                json.plain(name);
                Ok(())
            }
            Field::Nodes(object) => json.list(rows, |json, row| object.write(row, found, json)),
            Field::Edges(fields) => json.list(rows, |json, row| self.edge(fields, listed, row, found, json)),
            Field::PageInfo(fields) => {
                let fields = fields.iter().map(|(key, field)| (key.as_str(), field));
                json.object(fields, |json, field| {
                    match field {
                        InfoField::TypeName => json.plain("PageInfo"),
                        InfoField::HasNext => json.truth(listed.page.has_next),
                        InfoField::HasPrevious => json.truth(listed.page.has_previous),
                        InfoField::Start => self.cursor(listed, rows.first(), json)?,
                        InfoField::End => self.cursor(listed, rows.last(), json)?,
                    }
                    Ok(())
                })
            }
        })
    }

    fn edge(
        &self,
        fields: &[(String, EdgeField)],
        listed: &Listed,
        row: &Row,
        found: &[Found<'_>],
        json: &mut Json,
    ) -> Result<(), Gone> {
        let fields = fields.iter().map(|(key, field)| (key.as_str(), field));
        json.object(fields, |json, field| {
            match field {
                EdgeField::TypeName(name) => json.plain(name),
                EdgeField::Node(object) => object.write(row, found, json)?,
                EdgeField::Cursor => self.cursor(listed, Some(row), json)?,
            }
            Ok(())
        })
    }

    /// Null where there is no row.
    fn cursor(&self, listed: &Listed, row: Option<&Row>, json: &mut Json) -> Result<(), Gone> {
        match (row, &self.places, &listed.cursors) {
            (Some(row), Some(places), Some(cursors)) => {
                json.plain(cursors.encode(&places.place(row, cursors.key())?));
            }
            _ => json.null(),
        }
        Ok(())
    }
}
