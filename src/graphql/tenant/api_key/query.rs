//! Queries about API keys.

use async_graphql::{Context, Object};
use paged::paged;

use super::object::{API_KEY, ApiKey};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage, projected_page};
use auth::Resource;

#[derive(Default)]
pub struct ApiKeyQuery;

#[paged]
#[Object]
impl ApiKeyQuery {
    /// The API keys, newest first, including revoked and expired ones.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
    ) -> Result<ProjectedPage<Connection<ApiKey>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::ApiKeys)?;
        let cursors = Cursors::of((scope, "apiKeys"));
        projected_page(Listing::of(&API_KEY, store::api_key::list()), &cursors, &arguments)
    }
}
