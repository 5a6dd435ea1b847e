//! Fields that are pages of child rows.

use std::sync::Arc;

use async_graphql::{Context, ServerResult, Value};
use futures::FutureExt;
use futures::future::BoxFuture;
use uuid::Uuid;

use super::description::{ChildList, Listing, Resolver, TypeDescription};
use super::field_error::server_error;
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Children;
use crate::graphql::page_arguments::PageArguments;
use auth::{Resource, Scope};

/// Counts the whole list of a parent row.
type CountChildren =
    dyn for<'a> Fn(&'a RequestContext, Uuid) -> BoxFuture<'a, Result<Option<u64>, ApiError>> + Send + Sync;

/// The scope in which the caller may read the resource.
pub fn allowed(ctx: &Context<'_>, resource: Resource) -> ServerResult<Scope> {
    let scope = request(ctx).caller.read_linked(resource);
    scope.map_err(|denied| server_error(denied.into(), ctx.item))
}

/// The child list of a field, of which nothing but the count is resolved by itself.
pub fn child_list<N>(
    ctx: &Context<'_>,
    listing: Listing,
    cursors: impl Fn(Uuid) -> Cursors + Send + Sync + 'static,
    count: N,
) -> ServerResult<ChildList>
where
    N: for<'a> Fn(&'a RequestContext, Uuid) -> BoxFuture<'a, Result<Option<u64>, ApiError>> + Send + Sync + 'static,
{
    let count: Arc<CountChildren> = Arc::new(count);
    Ok(ChildList {
        listing,
        arguments: PageArguments::of(ctx)?,
        cursors: Box::new(cursors),
        whole: Box::new(move |parent| {
            let count = count.clone();
            Box::new(ChildCount { parent, count })
        }),
    })
}

/// The child list of [`Children`], counted by their loaders.
pub fn child_list_of<C: Children>(
    ctx: &Context<'_>,
    resource: Resource,
    to: &'static TypeDescription,
) -> ServerResult<ChildList> {
    let scope = allowed(ctx, resource)?;
    let cursors = move |parent| Cursors::of((scope, C::NAME, parent));
    child_list(ctx, Listing::of(to, C::list()), cursors, |request, parent| {
        C::counts(request.loaders()).load(parent).boxed()
    })
}

/// Resolves how many entries the list of a parent has.
struct ChildCount {
    parent: Uuid,
    count: Arc<CountChildren>,
}

impl Resolver for ChildCount {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move {
            let counted = (self.count)(request(ctx), self.parent).await;
            let count = counted.map_err(|error| ctx.set_error_path(server_error(error, ctx.item)))?;
            Ok(Value::Number(count.unwrap_or(0).into()))
        }
        .boxed()
    }
}
