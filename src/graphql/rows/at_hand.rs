//! Rows that are already loaded: what a mutation wrote, or what a subscription reports. Their fields come from the
//! loaded object; one statement reads whatever is missing for all of them.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, OutputType, Positioned, ServerResult, Value};
use futures::FutureExt;
use uuid::Uuid;

use super::description::{Resolver, TypeDescription};
use super::field_error::server_error;
use super::projection::{ObjectProjection, Projection, ProjectionContext};
use super::read::{FetchedRows, RowReader};
use super::registered_as::registered_as;
use super::write::RowWriter;
use super::{RowObject, finish};
use crate::graphql::context::RequestContext;
use crate::graphql::error::ApiError;
use store::view::{AtHand, Row, Source};

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
    show(object, Projection::of(T::TYPE.table), None, ctx, field).await
}

/// Resolves an object by itself: the library resolves its parent, such as the row of a report, so it cannot be read
/// together with its siblings. It writes its loaded values; links to other rows go through its own resolvers, whose
/// loaders batch the reads of all such objects.
pub async fn alone<T: RowObject + Resolver>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let projection = Projection::alone(T::TYPE.table);
    show(object, projection, Some(object), ctx, field).boxed().await
}

/// `resolver` resolves the fields without a column; `None`: the resolver that is made from the row does.
async fn show<'a, T: RowObject>(
    object: &'a T,
    mut projection: Projection<'a>,
    resolver: Option<&'a dyn Resolver>,
    ctx: &'a ContextSelectionSet<'a>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let projected = project(T::TYPE, &mut projection, ctx, request);
    let found = read(&projection, at_hand(std::slice::from_ref(object), request), request).await;
    let read = found.map_err(|error| ctx.set_error_path(server_error(error, field)))?;
    match resolver {
        _ if !projected.has_resolvers => {}
        None => read.run_resolvers(&projected, 0, ctx).await,
        Some(resolver) => read.ask_resolver(&projected, 0, Some(Ok(resolver)), ctx).await,
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
    projection: &mut Projection<'a>,
    ctx: &'a ContextSelectionSet<'a>,
    request: &'a RequestContext,
) -> ObjectProjection<'a> {
    projection.object(ProjectionContext { ctx, request }, to, Source::OWN, &ctx.item.node)
}

/// Reads the columns that are not loaded, and the child rows.
pub async fn read<'p, 'a: 'p>(
    projection: &'p Projection<'a>,
    at_hand: Vec<(Uuid, AtHand)>,
    request: &'p RequestContext,
) -> Result<FetchedRows<'p, 'a>, ApiError> {
    let reader = RowReader::new(request);
    let own = at_hand.iter().map(|(_, value)| projection.selected.at_hand(value));
    let own: Vec<_> = own.collect();
    let is_whole =
        !projection.selected.is_more_than_columns() && own.iter().all(|row| projection.selected.is_whole(row));
    let rows = if is_whole {
        own.into_iter().map(|own| Row::AtHand(own, None)).collect()
    } else {
        let ids: Vec<_> = at_hand.iter().map(|(id, _)| *id).collect();
        let found = reader.by_ids(&ids, projection).await?;
        // A row may be given more than once, in different states.
        let found: HashMap<_, _> = found
            .into_iter()
            .filter_map(|(id, row)| match row {
                Row::Read(read, _) => Some((id, Arc::new(read))),
                Row::AtHand(..) => None,
            })
            .collect();
        let mut rows = Vec::with_capacity(own.len());
        for (own, id) in own.into_iter().zip(&ids) {
            let read = found.get(id).cloned();
            let read = read.ok_or_else(|| ApiError::bad_user_input("it has been deleted since"))?;
            rows.push(Row::AtHand(own, Some(read)));
        }
        rows
    };
    Ok(reader.below(projection, rows).await?)
}
