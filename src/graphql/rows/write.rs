//! Writing what was read, in one walk. A field that fails takes what is around it along, up to the nearest that may be
//! null: the text is cut back to there.

use std::ops::Range;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, PathSegment, Positioned, ServerError, Value};

use super::fault::{Fault, server_error};
use super::page::{EdgeOut, InfoOut, PageOut, Shape};
use super::plain::Below;
use super::projection::{Form, Nullable, Object, Out};
use super::read::{Listed, Read, Said, Wrong};
use crate::graphql::context::RequestContext;
use crate::store::view::{self, Json};

/// Where in the answer it writes.
pub struct Writer<'w> {
    /// What is written as a whole.
    ctx: &'w ContextSelectionSet<'w>,
    /// The way from there to the object that is being written.
    path: Vec<Step<'w>>,
}

#[derive(Clone, Copy)]
pub enum Step<'w> {
    Field(&'w Positioned<Field>),
    Index(usize),
}

type Written = Result<(), Fault>;

pub fn key(field: &Positioned<Field>) -> &str {
    &field.node.response_key().node
}

impl<'w> Writer<'w> {
    pub fn new(ctx: &'w ContextSelectionSet<'w>) -> Self {
        let path = Vec::new();
        Self { ctx, path }
    }

    /// An error of a field of the object that is being written. What it knows of its path below the field stays.
    pub fn fault(&self, field: &Positioned<Field>, mut error: ServerError) -> Fault {
        let known = std::mem::take(&mut error.path);
        let mut error = self.ctx.set_error_path(error);
        error.path.extend(self.path.iter().map(|step| match step {
            Step::Field(field) => PathSegment::Field(key(field).to_owned()),
            Step::Index(place) => PathSegment::Index(*place),
        }));
        error.path.push(PathSegment::Field(key(field).to_owned()));
        let below = known.into_iter().skip(error.path.len());
        error.path.extend(below);
        Fault(Box::new(error))
    }

    pub fn within(&mut self, step: Step<'w>, write: impl FnOnce(&mut Self) -> Written) -> Written {
        self.path.push(step);
        let depth = self.path.len();
        let written = write(self);
        self.path.truncate(depth - 1);
        written
    }

    /// Writes what may be null.
    pub fn nullable(&mut self, json: &mut Json, write: impl FnOnce(&mut Self, &mut Json) -> Written) {
        let mark = json.mark();
        if let Err(Fault(error)) = write(self, json) {
            json.back_to(mark);
            json.null();
            self.ctx.add_error(*error);
        }
    }

    /// What a resolver said.
    pub fn value(&self, value: &Value, json: &mut Json) {
        write_value(value, json);
    }

    /// Null in a list, with the error that explains it.
    pub fn wrong_at(&mut self, place: usize, error: ServerError, json: &mut Json) {
        json.null();
        let mut error = self.ctx.set_error_path(error);
        error.path.push(PathSegment::Index(place));
        self.ctx.add_error(error);
    }

    /// A row at a place of a list that may be null.
    pub fn nullable_at<'a: 'w>(
        &mut self,
        place: usize,
        (read, object, row): (&'w Read<'w, 'a>, &'w Object<'a>, usize),
        json: &mut Json,
    ) {
        self.nullable(json, |writer, json| {
            writer.within(Step::Index(place), |writer| writer.object(read, object, row, json))
        });
    }

    /// A list of rows.
    pub fn rows<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        object: &'w Object<'a>,
        rows: Range<usize>,
        json: &mut Json,
    ) -> Written {
        json.list(rows.enumerate(), |json, (place, row)| {
            self.within(Step::Index(place), |writer| writer.object(read, object, row, json))
        })
    }

    /// An object of a row.
    pub fn object<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        object: &'w Object<'a>,
        row: usize,
        json: &mut Json,
    ) -> Written {
        let fields = object.fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| self.field(read, field, out, row, json))
    }

    fn field<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        field: &'w Positioned<Field>,
        out: &'w Out<'a>,
        row: usize,
        json: &mut Json,
    ) -> Written {
        let cells = &read.rows[row];
        let failed =
            |writer: &Self, error: crate::store::StoreError| writer.fault(field, server_error(error.into(), field));
        match out {
            Out::TypeName(name) => json.word(name),
            Out::Null => json.null(),
            Out::EmptyList => json.written("[]"),
            Out::Wrong(error, nullable) => {
                let fault = self.fault(field, error.clone());
                match nullable {
                    Nullable::No => return Err(fault),
                    Nullable::Yes => self.nullable(json, |_, _| Err(fault)),
                }
            }
            Out::Value(places, write) => write(cells, places, json).map_err(|error| failed(self, error))?,
            Out::Plain(places, write, set) => {
                let below = Below::new(self.ctx, set);
                let request = self.ctx.data_unchecked::<RequestContext>();
                write(request, cells, places, &below, json).map_err(|error| failed(self, error))?;
            }
            Out::Amount(minor, object) => {
                let there = minor.map_or(Ok(true), |minor| view::is_amount(cells, minor));
                match there.map_err(|error| failed(self, error))? {
                    true => self.within(Step::Field(field), |writer| writer.object(read, object, row, json))?,
                    false => json.null(),
                }
            }
            Out::Link { id, required, object } => {
                let there = view::uuid(cells, *id).map_err(|error| failed(self, error))?.is_some();
                match (there, *required) {
                    (true, true) => {
                        self.within(Step::Field(field), |writer| writer.object(read, object, row, json))?;
                    }
                    (true, false) => self.nullable(json, |writer, json| {
                        writer.within(Step::Field(field), |writer| writer.object(read, object, row, json))
                    }),
                    (false, false) => json.null(),
                    (false, true) => return Err(failed(self, missing(field))),
                }
            }
            Out::Refused { id, required, denied } => {
                let there = view::uuid(cells, *id).map_err(|error| failed(self, error))?.is_some();
                let fault = |writer: &Self| writer.fault(field, server_error(denied.clone().into(), field));
                match (there, *required) {
                    (true, true) => return Err(fault(self)),
                    (true, false) => self.nullable(json, |writer, _| Err(fault(&*writer))),
                    (false, _) => json.null(),
                }
            }
            Out::Rows { parent, child } => {
                let parent = view::uuid(cells, *parent).map_err(|error| failed(self, error))?;
                let below = &read.below[*child];
                let Some(listed) = parent.and_then(|parent| below.lists.get(&parent)) else {
                    return Err(failed(self, missing(field)));
                };
                match &below.child.form {
                    Form::Page(_, shape) => self.page(&below.read, shape, listed, field, json)?,
                    Form::Family(_, object) => self.family(&below.read, object, listed, field, json)?,
                }
            }
            Out::Asked(number) => self.said(field, &read.said[*number][row], json)?,
        }
        Ok(())
    }

    fn said(&self, field: &Positioned<Field>, said: &Said, json: &mut Json) -> Written {
        match said.get().expect("whatever is asked is answered before it is written") {
            Ok(value) => write_value(value, json),
            Err(error) => return Err(self.fault(field, error.clone())),
        }
        Ok(())
    }

    fn family<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        object: &'w Object<'a>,
        listed: &Listed,
        field: &'w Positioned<Field>,
        json: &mut Json,
    ) -> Written {
        if let Some(Wrong::Asked(error) | Wrong::Read(error)) = &listed.wrong {
            return Err(self.fault(field, server_error(error.clone(), field)));
        }
        self.within(Step::Field(field), |writer| {
            writer.rows(read, object, listed.rows.clone(), json)
        })
    }

    /// A page that stands in `field`.
    fn page<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        shape: &'w Shape<'a>,
        listed: &Listed,
        field: &'w Positioned<Field>,
        json: &mut Json,
    ) -> Written {
        if let Some(Wrong::Asked(error)) = &listed.wrong {
            return Err(self.fault(field, server_error(error.clone(), field)));
        }
        self.within(Step::Field(field), |writer| {
            writer.connection(read, shape, listed, json)
        })
    }

    pub fn connection<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        shape: &'w Shape<'a>,
        listed: &Listed,
        json: &mut Json,
    ) -> Written {
        let fields = shape.fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| {
            if let (false, Some(Wrong::Read(error))) =
                (matches!(out, PageOut::TypeName | PageOut::Asked(_)), &listed.wrong)
            {
                return Err(self.fault(field, server_error(error.clone(), field)));
            }
            match out {
                PageOut::TypeName => json.word(shape.names.connection),
                PageOut::Nodes(object) => self.family(read, object, listed, field, json)?,
                PageOut::Edges(edges) => self.within(Step::Field(field), |writer| {
                    json.list(listed.rows.clone().enumerate(), |json, (place, row)| {
                        writer.within(Step::Index(place), |writer| {
                            writer.edge(read, (shape, edges), listed, row, json)
                        })
                    })
                })?,
                PageOut::PageInfo(fields) => self.page_info(read, (shape, fields), listed, json)?,
                PageOut::Asked(number) => self.said(field, &listed.said[*number], json)?,
            }
            Ok(())
        })
    }

    fn edge<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        (shape, edges): (&'w Shape<'a>, &'w [(&'a Positioned<Field>, EdgeOut<'a>)]),
        listed: &Listed,
        row: usize,
        json: &mut Json,
    ) -> Written {
        let fields = edges.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| match out {
            EdgeOut::TypeName => {
                json.word(shape.names.edge);
                Ok(())
            }
            EdgeOut::Node(object) => self.within(Step::Field(field), |writer| writer.object(read, object, row, json)),
            EdgeOut::Cursor => self.cursor(read, shape, listed, (field, Some(row)), json),
        })
    }

    fn page_info<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        (shape, fields): (&'w Shape<'a>, &'w [(&'a Positioned<Field>, InfoOut)]),
        listed: &Listed,
        json: &mut Json,
    ) -> Written {
        let fields = fields.iter().map(|(field, out)| (key(field), (*field, out)));
        json.object(fields, |json, (field, out)| {
            match out {
                InfoOut::TypeName => json.word("PageInfo"),
                InfoOut::HasNext => json.truth(listed.has_next),
                InfoOut::HasPrevious => json.truth(listed.has_previous),
                InfoOut::Start => self.cursor(read, shape, listed, (field, listed.rows.clone().next()), json)?,
                InfoOut::End => self.cursor(read, shape, listed, (field, listed.rows.clone().last()), json)?,
            }
            Ok(())
        })
    }

    /// Null where there is no row.
    fn cursor<'a: 'w>(
        &mut self,
        read: &'w Read<'w, 'a>,
        shape: &Shape<'a>,
        listed: &Listed,
        (field, row): (&Positioned<Field>, Option<usize>),
        json: &mut Json,
    ) -> Written {
        match (row, shape.places, &listed.cursors) {
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

/// A row that should be there, and is not.
fn missing(field: &Positioned<Field>) -> crate::store::StoreError {
    crate::store::StoreError::Corrupt {
        table: "view",
        column: "id",
        value: key(field).to_owned(),
    }
}

/// A part of an answer as JSON.
pub fn text(value: &Value) -> String {
    let mut json = Json::within(usize::MAX);
    write_value(value, &mut json);
    json.finish().map(|(text, _)| text).expect("no text is as long")
}

/// What a resolver said.
fn write_value(value: &Value, json: &mut Json) {
    let never = match value {
        Value::Null => return json.null(),
        Value::Number(number) => return json.number(number),
        Value::String(text) => return json.text(text),
        Value::Boolean(truth) => return json.truth(*truth),
        Value::Enum(name) => return json.word(name),
        // Lists and rows within are JSON already.
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
    match never {
        Ok(()) => {}
        Err(never) => match never {},
    }
}
