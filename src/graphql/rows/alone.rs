//! An object that is shown by itself: the library resolves what is around it, such as the rows of a report, so that it cannot
//! be read together with those beside it. It writes what it holds; what links it to other rows its resolvers answer, whose
//! loaders read for all such objects together.

use async_graphql::parser::types::Field;
use async_graphql::{ContextSelectionSet, Positioned, ServerResult, Value};
use futures::FutureExt;

use super::at_hand::{at_hand, read};
use super::description::Resolver;
use super::field_error::server_error;
use super::projection::{Projection, ProjectionContext};
use super::write::RowWriter;
use super::{RowObject, finish};
use crate::graphql::context::RequestContext;
use crate::store::view::Source;

pub async fn alone<T: RowObject + Resolver>(
    object: &T,
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
) -> ServerResult<Value> {
    let request = ctx.data_unchecked::<RequestContext>();
    let mut projection = Projection::alone(T::TYPE.table);
    let projected = projection.object(ProjectionContext { ctx, request }, T::TYPE, Source::OWN, &ctx.item.node);
    async {
        let found = read(&projection, at_hand(std::slice::from_ref(object), request), request).await;
        let read = found.map_err(|error| ctx.set_error_path(server_error(error, field)))?;
        if projected.has_resolvers {
            read.ask_resolver(&projected, 0, Some(Ok(object)), ctx).await;
        }
        finish(ctx, field, |json| {
            RowWriter::new(ctx).object(&read, &projected, 0, json)
        })
    }
    .boxed()
    .await
}
