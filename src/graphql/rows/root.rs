//! Lists at the root: the rows of a page are projected, and only the fields of the whole list are resolved.

use async_graphql::{Context, ServerResult, Value};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::ProjectedPage;
use super::description::{Listing, Resolver};
use super::field_error::server_error;
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::{Cursors, Fingerprint};
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;

/// Counts the whole list.
type CountList = Box<dyn for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<u64, ApiError>> + Send + Sync>;

/// The page of a list that `arguments` request, as the connection `C` of the schema. `count` counts the whole list.
pub fn projected_page<C>(
    listing: Listing,
    cursors: &Cursors,
    arguments: &PageArguments,
    count: impl for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<u64, ApiError>> + Send + Sync + 'static,
) -> Result<ProjectedPage<C>, ApiError> {
    let page = arguments.read(cursors)?;
    let counted = ListCount {
        list: cursors.fingerprint(),
        count: Box::new(count),
    };
    Ok(ProjectedPage::new(listing.page(&page, cursors), counted))
}

/// Resolves how many entries a list has.
struct ListCount {
    list: Fingerprint,
    count: CountList,
}

impl Resolver for ListCount {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move {
            let request = request(ctx);
            let counted = request.aggregates.counts.get(self.list, (self.count)(request)).await;
            let count = counted.map_err(|error| ctx.set_error_path(server_error(error, ctx.item)))?;
            Ok(Value::Number(count.into()))
        }
        .boxed()
    }
}
