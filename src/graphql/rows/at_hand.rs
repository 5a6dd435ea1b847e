//! Rows that are already loaded: what a mutation wrote, or what a subscription reports. Their fields come from the
//! loaded object; one statement reads whatever is missing for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::FutureExt;
use uuid::Uuid;

use super::description::TypeDescription;
use super::field_error::server_error;
use super::projection::{ObjectProjection, Projection, ProjectionContext};
use super::read::{FetchedRows, RowReader};
use super::registered_as::registered_as;
use super::write::RowWriter;
use super::{RowObject, finish};
use crate::graphql::context::RequestContext;
use crate::graphql::error::ApiError;
use store::StoreError;
use store::view::{AtHand, LoadedCells, Row, Source};

/// A list of rows that are already loaded; `[T!]` in the schema.
pub struct Rows<T>(pub Vec<T>);

impl<T: RowObject> OutputType for Rows<T> {
    registered_as!(Vec<T>);

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        list(&self.0, ctx, field).boxed().await
    }
}

/// The id of each object, and its access to loaded column values.
pub fn at_hand<T: RowObject>(objects: &[T], request: &RequestContext) -> Vec<(Uuid, AtHand)> {
    let tenant = request.caller.tenant();
    let each = objects.iter().map(|object| (object.uuid(), object.at_hand(tenant)));
    each.collect()
}

pub async fn one<T: RowObject>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let mut projection = Projection::of(T::TYPE.table);
    let projected = project(T::TYPE, &mut projection, ctx, request);
    let found = read(&projection, at_hand(std::slice::from_ref(object), request), request).await;
    let read = found.map_err(|error| ctx.set_error_path(server_error(error, field)))?;
    if projected.has_resolvers {
        read.run_resolvers(&projected, 0, ctx).await;
    }
    finish(ctx, field, |json| {
        RowWriter::new(ctx).object(&read, &projected, 0, json)
    })
}

async fn list<T: RowObject>(
    rows: &[T],
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let mut projection = Projection::of(T::TYPE.table);
    let object = project(T::TYPE, &mut projection, ctx, request);
    let count = rows.len();
    let found = read(&projection, at_hand(rows, request), request).await;
    let read = found.map_err(|error| ctx.set_error_path(server_error(error, field)))?;
    if object.has_resolvers {
        read.ask_rows(&object, 0..count, ctx).await;
    }
    finish(ctx, field, |json| {
        RowWriter::new(ctx).rows(&read, &object, 0..count, json)
    })
}

fn project<'a>(
    to: &'static TypeDescription,
    projection: &mut Projection,
    ctx: &'a ContextSelectionSet<'a>,
    request: &'a RequestContext,
) -> ObjectProjection<'a> {
    projection.object(ProjectionContext { ctx, request }, to, Source::OWN, &ctx.item.node)
}

/// Reads the columns that are not loaded, and the child rows.
pub async fn read(
    projection: &Projection,
    at_hand: Vec<(Uuid, AtHand)>,
    request: &RequestContext,
) -> Result<FetchedRows, ApiError> {
    let reader = RowReader::new(request);
    let wanted = at_hand
        .iter()
        .map(|(id, value)| (*id, Some(projection.selected.at_hand(value))));
    let rows = rows(reader, projection, wanted.collect()).await?;
    let rows: Option<Vec<_>> = rows.into_iter().collect();
    let rows = rows.ok_or_else(deleted)?;
    Ok(reader.below(projection, rows).await?)
}

/// The error of a loaded object whose row is gone.
pub fn deleted() -> ApiError {
    ApiError::bad_user_input("it has been deleted since")
}

/// The rows with these ids, each with the cells of its loaded object if there is one. One statement reads those that
/// lack something that is selected. `None`: there is no such row that the caller may see.
pub async fn rows(
    reader: RowReader<'_>,
    projection: &Projection,
    wanted: Vec<(Uuid, Option<LoadedCells>)>,
) -> Result<Vec<Option<Row>>, StoreError> {
    let lacking = wanted
        .iter()
        .filter(|(_, own)| !own.as_ref().is_some_and(|own| projection.selected.is_loaded(own)));
    let lacking: Vec<_> = lacking.map(|(id, _)| *id).collect();
    let found = match lacking.is_empty() {
        true => HashMap::new(),
        false => reader.by_ids(&lacking, projection).await?,
    };
    // A row may be given more than once, in different states.
    let found: HashMap<_, _> = found
        .into_iter()
        .filter_map(|(id, row)| match row {
            Row::Read(read, _) => Some((id, Arc::new(read))),
            Row::AtHand(..) => None,
        })
        .collect();
    let row = |(id, own): (Uuid, Option<LoadedCells>)| match own {
        Some(own) if projection.selected.is_loaded(&own) => Some(Row::AtHand(own, None)),
        own => {
            let read = found.get(&id)?.clone();
            Some(Row::AtHand(own.unwrap_or_default(), Some(read)))
        }
    };
    Ok(wanted.into_iter().map(row).collect())
}
