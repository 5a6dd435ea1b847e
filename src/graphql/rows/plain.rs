//! Objects that need nothing read: they are written in the same pass as the rows around them.

use std::convert::Infallible;

use async_graphql::parser::types::{Field, SelectionSet};
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};

use super::registered_as::registered_as;
use super::walk::fields;
use store::StoreError;
use store::view::JsonText;

/// An object whose fields are all loaded.
pub trait PlainObject: OutputType + Sync {
    /// Writes the value of a field. `below` is the field's selection set. Ends with [`unwritten`], for other names.
    fn write(&self, field: &str, below: &SubSelection<'_>, json: &mut JsonText);
}

/// Writes null for a field that the object does not write. Validation accepts only fields of the schema, so this is one
/// that was forgotten; tests fail.
pub fn unwritten<T: PlainObject>(_: &T, field: &str, json: &mut JsonText) {
    debug_assert!(false, "{}.{field} is not written", T::type_name());
    json.null();
}

/// A list of plain objects; `[T!]` in the schema.
pub struct Plain<T>(pub Vec<T>);

/// The selection set of plain objects.
pub struct SubSelection<'a> {
    ctx: &'a ContextSelectionSet<'a>,
    set: &'a SelectionSet,
}

impl<'a> SubSelection<'a> {
    pub fn new(ctx: &'a ContextSelectionSet<'a>, set: &'a SelectionSet) -> Self {
        Self { ctx, set }
    }

    /// Writes an object.
    pub fn object<T: PlainObject>(&self, object: &T, json: &mut JsonText) {
        let name = T::type_name();
        let mut selected = Vec::with_capacity(self.set.items.len());
        fields(self.ctx, self.set, &name, &mut |field| selected.push(field));
        let selected = selected
            .iter()
            .map(|field| (field.node.response_key().node.as_str(), *field));
        let Ok(()) = json.object(selected, |json, field| {
            match field.node.name.node.as_str() {
                "__typename" => json.plain(&name),
                own => object.write(own, &Self::new(self.ctx, &field.node.selection_set.node), json),
            }
            Ok::<_, Infallible>(())
        });
    }

    /// Writes a list.
    pub fn list<T: PlainObject>(&self, objects: &[T], json: &mut JsonText) {
        let Ok(()) = json.list(objects, |json, object| {
            self.object(object, json);
            Ok::<_, Infallible>(())
        });
    }

    /// Writes a list that is stored in a column.
    pub fn stored<T: PlainObject + for<'v> From<&'v V>, V>(
        &self,
        stored: Result<Vec<V>, StoreError>,
        json: &mut JsonText,
    ) -> Result<(), StoreError> {
        let objects: Vec<_> = stored?.iter().map(T::from).collect();
        self.list(&objects, json);
        Ok(())
    }
}

impl<T: PlainObject> OutputType for Plain<T> {
    registered_as!(Vec<T>);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        super::finish(ctx, field, |json| {
            SubSelection::new(ctx, &ctx.item.node).list(&self.0, json);
            Ok(())
        })
    }
}
