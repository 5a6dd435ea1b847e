//! Writing what was read, in one walk. The error of a field propagates to the nearest enclosing nullable field: the
//! text is truncated to its start.

use std::ops::Range;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, PathSegment, Positioned, ServerError, Value};

use super::field_error::{FieldError, server_error};
use super::page::{EdgeField, PageField, PageInfoField, PageProjection};
use super::plain::SubSelection;
use super::projection::{ChildOutput, FieldOutput, Nullability, ObjectProjection};
use super::read::{FetchedList, FetchedRows, ListError, ResolverAnswer};
use crate::graphql::context::RequestContext;
use store::view::{self, JsonText};

/// Writes rows into a response, and tracks the path of the object that it writes.
pub struct RowWriter<'w> {
    /// The context of the field that is written as a whole.
    ctx: &'w ContextSelectionSet<'w>,
    /// The path from that field to the object that is being written.
    path: Vec<PathStep<'w>>,
}

#[derive(Clone, Copy)]
pub enum PathStep<'w> {
    Field(&'w Positioned<Field>),
    Index(usize),
}

type WriteResult = Result<(), FieldError>;

pub fn key(field: &Positioned<Field>) -> &str {
    &field.node.response_key().node
}

impl<'w> RowWriter<'w> {
    pub fn new(ctx: &'w ContextSelectionSet<'w>) -> Self {
        let path = Vec::new();
        Self { ctx, path }
    }

    /// The error of a field of the object that is being written. The part of its path below the field is preserved.
    pub fn fault(&self, field: &Positioned<Field>, mut error: ServerError) -> FieldError {
        let known = std::mem::take(&mut error.path);
        let mut error = self.ctx.set_error_path(error);
        error.path.extend(self.path.iter().map(|step| match step {
            PathStep::Field(field) => PathSegment::Field(key(field).to_owned()),
            PathStep::Index(place) => PathSegment::Index(*place),
        }));
        error.path.push(PathSegment::Field(key(field).to_owned()));
        let below = known.into_iter().skip(error.path.len());
        error.path.extend(below);
        FieldError(Box::new(error))
    }

    pub fn within(&mut self, step: PathStep<'w>, write: impl FnOnce(&mut Self) -> WriteResult) -> WriteResult {
        self.path.push(step);
        let depth = self.path.len();
        let written = write(self);
        self.path.truncate(depth - 1);
        written
    }

    /// Writes a nullable value: an error is recorded, and null is written in its place.
    pub fn nullable(&mut self, json: &mut JsonText, write: impl FnOnce(&mut Self, &mut JsonText) -> WriteResult) {
        let mark = json.mark();
        if let Err(FieldError(error)) = write(self, json) {
            json.back_to(mark);
            json.null();
            self.ctx.add_error(*error);
        }
    }

    /// Writes the result of a resolver.
    pub fn value(&self, value: &Value, json: &mut JsonText) {
        write_value(value, json);
    }

    /// Writes null in a list, and records the error that explains it.
    pub fn wrong_at(&mut self, place: usize, error: ServerError, json: &mut JsonText) {
        json.null();
        let mut error = self.ctx.set_error_path(error);
        error.path.push(PathSegment::Index(place));
        self.ctx.add_error(error);
    }

    /// Writes a row at an index of a list whose entries are nullable.
    pub fn nullable_at<'a: 'w>(
        &mut self,
        place: usize,
        (read, object, row): (&'w FetchedRows, &'w ObjectProjection<'a>, usize),
        json: &mut JsonText,
    ) {
        self.nullable(json, |writer, json| {
            writer.within(PathStep::Index(place), |writer| writer.object(read, object, row, json))
        });
    }

    /// Writes a list of rows.
    pub fn rows<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        object: &'w ObjectProjection<'a>,
        rows: Range<usize>,
        json: &mut JsonText,
    ) -> WriteResult {
        json.list(rows.enumerate(), |json, (place, row)| {
            self.within(PathStep::Index(place), |writer| writer.object(read, object, row, json))
        })
    }

    /// Writes an object made of a row.
    pub fn object<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        object: &'w ObjectProjection<'a>,
        row: usize,
        json: &mut JsonText,
    ) -> WriteResult {
        let fields = object.fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| self.field(read, field, out, row, json))
    }

    fn field<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        field: &'w Positioned<Field>,
        out: &'w FieldOutput<'a>,
        row: usize,
        json: &mut JsonText,
    ) -> WriteResult {
        let cells = &read.rows[row];
        let failed = |writer: &Self, error: store::StoreError| writer.fault(field, server_error(error.into(), field));
        match out {
            FieldOutput::TypeName(name) => json.word(name),
            FieldOutput::Null => json.null(),
            FieldOutput::EmptyList => json.written("[]"),
            FieldOutput::Error(error, nullable) => {
                let fault = self.fault(field, error.clone());
                match nullable {
                    Nullability::No => return Err(fault),
                    Nullability::Yes => self.nullable(json, |_, _| Err(fault)),
                }
            }
            FieldOutput::Value(places, write) => write(cells, places, json).map_err(|error| failed(self, error))?,
            FieldOutput::Plain(places, write, set) => {
                let below = SubSelection::new(self.ctx, set);
                let request = self.ctx.data_unchecked::<RequestContext>();
                write(request, cells, places, &below, json).map_err(|error| failed(self, error))?;
            }
            FieldOutput::Amount(minor, object) => {
                let there = minor.map_or(Ok(true), |minor| view::is_amount(cells, minor));
                match there.map_err(|error| failed(self, error))? {
                    true => self.within(PathStep::Field(field), |writer| writer.object(read, object, row, json))?,
                    false => json.null(),
                }
            }
            FieldOutput::Link { id, required, object } => {
                let there = view::uuid(cells, *id).map_err(|error| failed(self, error))?.is_some();
                match (there, *required) {
                    (true, true) => {
                        self.within(PathStep::Field(field), |writer| writer.object(read, object, row, json))?;
                    }
                    (true, false) => self.nullable(json, |writer, json| {
                        writer.within(PathStep::Field(field), |writer| writer.object(read, object, row, json))
                    }),
                    (false, false) => json.null(),
                    (false, true) => return Err(failed(self, missing(field))),
                }
            }
            FieldOutput::Refused { id, required, denied } => {
                let there = view::uuid(cells, *id).map_err(|error| failed(self, error))?.is_some();
                let fault = |writer: &Self| writer.fault(field, server_error(denied.clone().into(), field));
                match (there, *required) {
                    (true, true) => return Err(fault(self)),
                    (true, false) => self.nullable(json, |writer, _| Err(fault(&*writer))),
                    (false, _) => json.null(),
                }
            }
            FieldOutput::Rows { parent, child, output } => {
                let parent = view::uuid(cells, *parent).map_err(|error| failed(self, error))?;
                let below = &read.below[*child];
                let Some(listed) = parent.and_then(|parent| below.lists.get(&parent)) else {
                    return Err(failed(self, missing(field)));
                };
                match output {
                    ChildOutput::Page(shape) => self.page(&below.read, shape, listed, field, json)?,
                    ChildOutput::Family(object) => self.family(&below.read, object, listed, field, json)?,
                }
            }
            FieldOutput::Resolved(number) => self.answer(field, &read.answers[*number][row], json)?,
        }
        Ok(())
    }

    fn answer(&self, field: &Positioned<Field>, answer: &ResolverAnswer, json: &mut JsonText) -> WriteResult {
        match answer
            .get()
            .expect("what resolvers answer is there before it is written")
        {
            Ok(value) => write_value(value, json),
            Err(error) => return Err(self.fault(field, error.clone())),
        }
        Ok(())
    }

    fn family<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        object: &'w ObjectProjection<'a>,
        listed: &FetchedList,
        field: &'w Positioned<Field>,
        json: &mut JsonText,
    ) -> WriteResult {
        if let Some(ListError::Field(error) | ListError::Rows(error)) = &listed.wrong {
            return Err(self.fault(field, server_error(error.clone(), field)));
        }
        self.within(PathStep::Field(field), |writer| {
            writer.rows(read, object, listed.rows.clone(), json)
        })
    }

    /// Writes the page of the connection in `field`.
    fn page<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        shape: &'w PageProjection<'a>,
        listed: &FetchedList,
        field: &'w Positioned<Field>,
        json: &mut JsonText,
    ) -> WriteResult {
        if let Some(ListError::Field(error)) = &listed.wrong {
            return Err(self.fault(field, server_error(error.clone(), field)));
        }
        self.within(PathStep::Field(field), |writer| {
            writer.connection(read, shape, listed, json)
        })
    }

    pub fn connection<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        shape: &'w PageProjection<'a>,
        listed: &FetchedList,
        json: &mut JsonText,
    ) -> WriteResult {
        let fields = shape.fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| {
            if let (false, Some(ListError::Rows(error))) = (
                matches!(out, PageField::TypeName | PageField::Resolved(_)),
                &listed.wrong,
            ) {
                return Err(self.fault(field, server_error(error.clone(), field)));
            }
            match out {
                PageField::TypeName => json.word(shape.to.connection),
                PageField::Nodes(object) => self.family(read, object, listed, field, json)?,
                PageField::Edges(edges) => self.within(PathStep::Field(field), |writer| {
                    json.list(listed.rows.clone().enumerate(), |json, (place, row)| {
                        writer.within(PathStep::Index(place), |writer| {
                            writer.edge(read, (shape, edges), listed, row, json)
                        })
                    })
                })?,
                PageField::PageInfo(fields) => self.page_info(read, (shape, fields), listed, json)?,
                PageField::Resolved(number) => self.answer(field, &listed.answers[*number], json)?,
            }
            Ok(())
        })
    }

    fn edge<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        (shape, edges): (&'w PageProjection<'a>, &'w [(&'a Positioned<Field>, EdgeField<'a>)]),
        listed: &FetchedList,
        row: usize,
        json: &mut JsonText,
    ) -> WriteResult {
        let fields = edges.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| match out {
            EdgeField::TypeName => {
                json.word(shape.to.edge);
                Ok(())
            }
            EdgeField::Node(object) => {
                self.within(PathStep::Field(field), |writer| writer.object(read, object, row, json))
            }
            EdgeField::Cursor => self.cursor(read, shape, listed, (field, Some(row)), json),
        })
    }

    fn page_info<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        (shape, fields): (&'w PageProjection<'a>, &'w [(&'a Positioned<Field>, PageInfoField)]),
        listed: &FetchedList,
        json: &mut JsonText,
    ) -> WriteResult {
        let fields = fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| {
            match out {
                PageInfoField::TypeName => json.word("PageInfo"),
                PageInfoField::HasNext => json.truth(listed.has_next),
                PageInfoField::HasPrevious => json.truth(listed.has_previous),
                PageInfoField::Start => self.cursor(read, shape, listed, (field, listed.rows.clone().next()), json)?,
                PageInfoField::End => self.cursor(read, shape, listed, (field, listed.rows.clone().last()), json)?,
            }
            Ok(())
        })
    }

    /// Writes a row's cursor; null if there is no row.
    fn cursor<'a: 'w>(
        &mut self,
        read: &'w FetchedRows,
        shape: &PageProjection<'a>,
        listed: &FetchedList,
        (field, row): (&Positioned<Field>, Option<usize>),
        json: &mut JsonText,
    ) -> WriteResult {
        match (row, shape.read.places, &listed.cursors) {
            (Some(row), Some((id, key)), Some(cursors)) => {
                let place = view::place(&read.rows[row], id, key, cursors.key())
                    .map_err(|error| self.fault(field, server_error(error.into(), field)))?;
                json.plain(cursors.encode(&place));
            }
            _ => json.null(),
        }
        Ok(())
    }
}

/// The error of a required row that is missing.
pub fn missing(field: &Positioned<Field>) -> store::StoreError {
    store::StoreError::Corrupt {
        table: "view",
        column: "id",
        value: key(field).to_owned(),
    }
}

/// A part of a response as JSON text.
pub fn text(value: &Value) -> String {
    let mut json = JsonText::within(usize::MAX);
    write_value(value, &mut json);
    json.finish().map(|(text, _)| text).expect("no text is as long")
}

/// Writes the result of a resolver.
fn write_value(value: &Value, json: &mut JsonText) {
    let Ok(()) = match value {
        Value::Null => return json.null(),
        Value::Number(number) => return json.number(number),
        Value::String(text) => return json.text(text),
        Value::Boolean(truth) => return json.truth(*truth),
        Value::Enum(name) => return json.word(name),
        // Nested lists and rows are already JSON text.
        Value::Binary(text) => return json.written(&String::from_utf8_lossy(text)),
        Value::List(items) => json.list(items, |json, item| {
            write_value(item, json);
            Ok::<_, std::convert::Infallible>(())
        }),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, value)| (name.as_str(), value));
            json.object(fields, |json, value| {
                write_value(value, json);
                Ok(())
            })
        }
    };
}
