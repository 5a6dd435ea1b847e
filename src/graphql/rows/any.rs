//! Rows of mixed types, by id: one statement reads all rows of a type.

use std::collections::HashMap;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::FutureExt;
use futures::future::join_all;
use uuid::Uuid;

use super::description::TypeDescription;
use super::field_error::server_error;
use super::projection::{ObjectProjection, Projection, ProjectionContext};
use super::read::{FetchedRows, RowReader};
use super::registered_as::registered_as;
use super::write::RowWriter;
use super::{LookupKey, finish, one};
use crate::graphql::context::RequestContext;
use crate::graphql::error::{ApiError, Nullable};
use store::view::Source;

/// A row of the interface or union `I`.
pub enum Any<I> {
    Row(&'static TypeDescription, Uuid),
    /// An object that is already loaded.
    Object(I),
}

/// A list of rows of the interface or union `I`, with null in place of missing rows; `[I]!` in the schema.
pub struct AnyList<I>(pub Vec<Nullable<Any<I>>>);

impl<I: OutputType> OutputType for Any<I> {
    registered_as!(I);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        match self {
            Self::Row(to, id) => {
                let (column, key) = ((to.id)(), LookupKey::Id(*id));
                one(to, &super::RowLookup { column, key }, ctx, field).boxed().await
            }
            Self::Object(object) => object.resolve(ctx, field).await,
        }
    }
}

impl<I: OutputType> OutputType for AnyList<I> {
    registered_as!(Vec<Option<I>>);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        list(self, ctx, field).boxed().await
    }
}

/// The rows of one type, read by one statement, and their indexes in the list.
struct TypeGroup<'a> {
    to: &'static TypeDescription,
    projection: Projection,
    object: ObjectProjection<'a>,
    places: HashMap<Uuid, Vec<usize>>,
}

/// An entry of the list.
enum ListEntry {
    Nothing,
    Error(ApiError),
    Value(Value),
    /// The index of the group, and of the row in the group.
    Row(usize, usize),
}

async fn list<I: OutputType>(
    wanted: &AnyList<I>,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let mut entries: Vec<ListEntry> = Vec::with_capacity(wanted.0.len());
    let mut groups: Vec<TypeGroup<'_>> = Vec::new();
    for (place, any) in wanted.0.iter().enumerate() {
        entries.push(match any {
            None => ListEntry::Nothing,
            Some(Err(error)) => ListEntry::Error(error.clone()),
            Some(Ok(Any::Object(object))) => ListEntry::Value(object.resolve(&ctx.with_index(place), field).await?),
            Some(Ok(Any::Row(to, id))) => {
                let known = groups.iter().position(|group| group.to.name == to.name);
                let group = known.unwrap_or_else(|| {
                    groups.push(TypeGroup::of(to, ctx, request));
                    groups.len() - 1
                });
                groups[group].places.entry(*id).or_default().push(place);
                ListEntry::Nothing
            }
        });
    }
    let reader = RowReader::new(request);
    let mut reads = Vec::with_capacity(groups.len());
    let found = join_all(groups.iter().map(|group| group.read(reader))).await;
    for (number, (group, found)) in groups.iter().zip(found).enumerate() {
        match found {
            Ok((ids, read)) => {
                for (row, id) in ids.iter().enumerate() {
                    group.places[id]
                        .iter()
                        .for_each(|place| entries[*place] = ListEntry::Row(number, row));
                }
                reads.push(Some(read));
            }
            Err(error) => {
                let places = group.places.values().flatten();
                places.for_each(|place| entries[*place] = ListEntry::Error(error.clone()));
                reads.push(None);
            }
        }
    }
    let resolving = entries.iter().enumerate().filter_map(|(place, entry)| match entry {
        ListEntry::Row(group, row) => {
            let (object, read) = (&groups[*group].object, reads[*group].as_ref()?);
            let asking = async move { read.run_resolvers(object, *row, &ctx.with_index(place)).await };
            object.has_resolvers.then_some(asking)
        }
        _ => None,
    });
    join_all(resolving).await;
    finish(ctx, field, |json| {
        json.list(entries.iter().enumerate(), |json, (place, entry)| {
            let mut writer = RowWriter::new(ctx);
            match entry {
                ListEntry::Nothing => json.null(),
                ListEntry::Value(value) => writer.value(value, json),
                ListEntry::Error(error) => writer.wrong_at(place, server_error(error.clone(), field), json),
                ListEntry::Row(group, row) => {
                    if let Some(read) = &reads[*group] {
                        writer.nullable_at(place, (read, &groups[*group].object, *row), json);
                    }
                }
            }
            Ok(())
        })
    })
}

impl<'a> TypeGroup<'a> {
    fn of(to: &'static TypeDescription, ctx: &'a ContextSelectionSet<'a>, request: &'a RequestContext) -> Self {
        let mut projection = Projection::of(to.table);
        let object = projection.object(ProjectionContext { ctx, request }, to, Source::OWN, &ctx.item.node);
        let places = HashMap::new();
        Self {
            to,
            projection,
            object,
            places,
        }
    }

    /// The ids of the rows that were found, and these rows.
    async fn read(&self, reader: RowReader<'_>) -> Result<(Vec<Uuid>, FetchedRows), ApiError> {
        let ids: Vec<_> = self.places.keys().copied().collect();
        let found = reader.by_ids_in((self.to.id)(), &ids, &self.projection).await?;
        let (ids, rows) = found.into_iter().unzip();
        Ok((ids, reader.below(&self.projection, rows).await?))
    }
}

impl<I> From<I> for Any<I> {
    fn from(object: I) -> Self {
        Self::Object(object)
    }
}
