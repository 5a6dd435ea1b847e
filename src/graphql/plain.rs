//! Lists of plain objects, which hold all that is shown of them: written as JSON in one walk, where a resolver for each
//! field would take longer than what it resolves.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::atomic::Ordering;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::{ContextSelectionSet, Error, OutputType, Positioned, SelectionField, ServerResult, Value};

use super::context::RequestContext;
use super::error::ApiError;
use crate::store::view::{Json, TooLong};

/// An object without anything to read.
pub trait PlainObject: OutputType + Sync {
    /// Writes the value of a field. `below` is what is selected of it.
    fn write(&self, field: &str, below: &Fields, json: &mut Json);
}

/// A list of plain objects; `[T!]` in the schema.
pub struct Plain<T>(pub Vec<T>);

/// A selection: of each field its name in the answer, its own name, and what is selected below it.
pub struct Fields(Vec<(String, String, Fields)>);

impl Fields {
    fn of<'a>(selection: impl Iterator<Item = SelectionField<'a>>) -> Self {
        let mut fields = Self(Vec::new());
        fields.add(selection);
        fields
    }

    /// Equal keys are merged, as the specification says (6.3.2).
    fn add<'a>(&mut self, selection: impl Iterator<Item = SelectionField<'a>>) {
        for field in selection {
            let key = field.alias().unwrap_or(field.name());
            let known = self.0.iter_mut().find(|(known, _, _)| known == key);
            match known {
                Some((_, _, below)) => below.add(field.selection_set()),
                None => {
                    let below = Self::of(field.selection_set());
                    self.0.push((key.to_owned(), field.name().to_owned(), below));
                }
            }
        }
    }

    /// Writes an object.
    pub fn object<T: PlainObject>(&self, object: &T, json: &mut Json) {
        let fields = self.0.iter().map(|(key, name, below)| (key.as_str(), (name, below)));
        let written = json.object(fields, |json, (name, below)| {
            match name.as_str() {
                "__typename" => json.plain(T::type_name()),
                name => object.write(name, below, json),
            }
            Ok::<_, Infallible>(())
        });
        match written {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }

    /// Writes a list.
    pub fn list<T: PlainObject>(&self, objects: &[T], json: &mut Json) {
        let written = json.list(objects, |json, object| {
            self.object(object, json);
            Ok::<_, Infallible>(())
        });
        match written {
            Ok(()) => {}
            Err(never) => match never {},
        }
    }
}

impl<T: PlainObject> OutputType for Plain<T> {
    fn type_name() -> Cow<'static, str> {
        Vec::<T>::type_name()
    }

    fn qualified_type_name() -> String {
        Vec::<T>::qualified_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Vec::<T>::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let request = ctx.data_unchecked::<RequestContext>();
        if request.resolvers_only {
            return self.0.resolve(ctx, field).await;
        }
        let context = ctx.with_field(field);
        let fields = Fields::of(context.field().selection_set());
        let written = request.write(|json| {
            fields.list(&self.0, json);
            Ok::<_, Infallible>(())
        });
        match written {
            Ok(Ok((text, objects))) => {
                request.written.fetch_add(objects, Ordering::Relaxed);
                Ok(Value::Binary(text.into()))
            }
            Ok(Err(TooLong)) => Err(Error::from(ApiError::TooLarge).into_server_error(field.pos)),
            Err(never) => match never {},
        }
    }
}
