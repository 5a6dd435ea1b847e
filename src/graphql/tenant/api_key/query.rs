//! Queries about API keys.

use async_graphql::{Context, Object};
use paged::paged;

use super::object::{ApiKey, api_keys};
use crate::graphql::connection::{Connection, placed};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::ProjectedPage;
use auth::Resource;
use store::page::RowPosition;

#[derive(Default)]
pub struct ApiKeyQuery;

#[paged]
#[Object]
impl ApiKeyQuery {
    /// The API keys, newest first, including revoked and expired ones.
    async fn api_keys(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> Result<ProjectedPage<Connection<ApiKey>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::ApiKeys)?;
        let cursors = Cursors::of((scope, "apiKeys"));
        let page = page.read(&cursors)?;
        let selected = api_keys(store::api_key::list()).page(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let page = page.clone();
                Box::pin(async move {
                    let page = store::api_key::page(request.store().reader(), &scope, &page).await?;
                    Ok(placed(page, |key| RowPosition::of_id(key.id)))
                })
            },
            move |request| Box::pin(async move { Ok(store::api_key::count(request.store().reader(), &scope).await?) }),
        );
        Ok(ProjectedPage::of(selected, connection))
    }
}
