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
use store::view::{self, List};

/// The page of a list that `arguments` request, as the connection `C` of the schema.
pub fn projected_page<C>(
    listing: Listing,
    cursors: &Cursors,
    arguments: &PageArguments,
) -> Result<ProjectedPage<C>, ApiError> {
    let page = arguments.read(cursors)?;
    let count = ListCount::of(&listing, cursors);
    Ok(ProjectedPage::new(listing.page(&page, cursors), count))
}

/// How many entries a whole list has; counted only if that is selected.
pub struct ListCount {
    list: List,
    fingerprint: Fingerprint,
}

impl ListCount {
    pub fn of(listing: &Listing, cursors: &Cursors) -> Self {
        Self {
            list: listing.list.clone(),
            fingerprint: cursors.fingerprint(),
        }
    }

    /// Identifies the list.
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    pub async fn count(&self, request: &RequestContext) -> Result<u64, ApiError> {
        let scope = request.caller.scope();
        let read = async { Ok(view::count(request.store(), &scope, &self.list).await?) };
        request.aggregates.counts.get(self.fingerprint, read).await
    }
}

impl Resolver for ListCount {
    fn resolve<'a>(&'a self, ctx: &'a Context<'a>) -> BoxFuture<'a, ServerResult<Value>> {
        async move {
            let counted = self.count(request(ctx)).await;
            let count = counted.map_err(|error| ctx.set_error_path(server_error(error, ctx.item)))?;
            Ok(Value::Number(count.into()))
        }
        .boxed()
    }
}
