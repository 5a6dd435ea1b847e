//! Queries about partner tiers, partner categories and advertisers.

use async_graphql::{Context, Object};
use paged::paged;

use super::object::{ADVERTISER, Advertiser, PartnerCategory, PartnerTier};
use crate::graphql::connection::{Connection, placed};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, ProjectedPage};
use auth::Resource;
use domain::{id, label};
use store::page::RowPosition;

#[derive(Default)]
pub struct LabelQuery;

#[paged]
#[Object]
impl LabelQuery {
    /// All partner tiers, by label.
    async fn partner_tiers(&self, ctx: &Context<'_>) -> Result<Vec<PartnerTier>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerTier> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerTier::from).collect())
    }

    /// All partner categories, by label.
    async fn partner_categories(&self, ctx: &Context<'_>) -> Result<Vec<PartnerCategory>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Partners)?;
        let all: Vec<label::PartnerCategory> = store::label::all(request.store().reader(), &scope).await?;
        Ok(all.into_iter().map(PartnerCategory::from).collect())
    }

    /// The advertisers, newest first.
    async fn advertisers(
        &self,
        ctx: &Context<'_>,
        page: PageArguments,
    ) -> Result<ProjectedPage<Connection<Advertiser>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Campaigns)?;
        let cursors = Cursors::of((scope, "advertisers"));
        let page = page.read(&cursors)?;
        let listing = Listing {
            to: &ADVERTISER,
            connection: "AdvertiserConnection",
            edge: "AdvertiserEdge",
            list: store::label::advertisers(),
        };
        let selected = listing.page(&page, &cursors);
        let connection = Connection::new(
            cursors,
            move |request| {
                let page = page.clone();
                Box::pin(async move {
                    let page = store::label::page(request.store().reader(), &scope, &page).await?;
                    Ok(placed(page, |advertiser: &label::Advertiser| {
                        RowPosition::of_id(advertiser.id)
                    }))
                })
            },
            move |request| {
                Box::pin(
                    async move { Ok(store::label::count::<id::Advertiser>(request.store().reader(), &scope).await?) },
                )
            },
        );
        Ok(ProjectedPage::of(selected, connection))
    }
}
