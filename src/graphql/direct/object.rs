//! Objects and lists of objects, as they are written from rows.

use super::Gone;
use super::page::Shape;
use super::read::Found;
use crate::store::view::{self, Json, Row, Write};

/// The fields of an object by their names in the answer.
pub struct Object(pub Vec<(String, Out)>);

/// What is written for a field.
pub enum Out {
    TypeName(&'static str),
    /// What these cells say.
    Value(Vec<usize>, Write),
    /// An object of the row's own.
    Part(Object),
    /// The row that was joined, if its id is there.
    Link {
        id: usize,
        required: bool,
        object: Object,
    },
    /// What was found under the row whose id is in this cell, for this child of the level.
    Rows {
        parent: usize,
        child: usize,
    },
}

/// How the rows under a row are written.
pub enum Form {
    Page(Shape),
    List(Object),
}

impl Object {
    /// `found` is what was read for the children of the row's level.
    pub fn write(&self, row: &Row, found: &[Found<'_>], json: &mut Json) -> Result<(), Gone> {
        let fields = self.0.iter().map(|(key, out)| (key.as_str(), out));
        json.object(fields, |json, out| {
            match out {
                Out::TypeName(name) => json.plain(name),
                Out::Value(cells, write) => write(row, cells, json)?,
                Out::Part(object) => object.write(row, found, json)?,
                Out::Link { id, required, object } => match view::uuid(row, *id)? {
                    Some(_) => object.write(row, found, json)?,
                    None if *required => return Err(Gone),
                    None => json.null(),
                },
                Out::Rows { parent, child } => found[*child].write(view::uuid(row, *parent)?.ok_or(Gone)?, json)?,
            }
            Ok(())
        })
    }
}
