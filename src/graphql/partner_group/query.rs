//! Queries about partner groups.

use async_graphql::{Context, Enum, ID, Object};
use paged::paged;

use super::object::{PARTNER_GROUP, PartnerGroup};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::id_or_external_id;
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::PartnerGroupId;
use store::view;

/// The fields by which partner groups can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::partner_group::PartnerGroupOrder")]
pub enum PartnerGroupOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The name; the letters A to Z are compared case-insensitively.
    Name,
}

#[derive(Default)]
pub struct PartnerGroupQuery;

#[paged]
#[Object]
impl PartnerGroupQuery {
    /// One partner group, by its id or its external id; null if there is none.
    async fn partner_group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<PartnerGroup>> {
        nullable(async {
            let request = request(ctx);
            request.caller.read(Resource::PartnerGroups)?;
            match id_or_external_id(id, external_id)? {
                Ok(id) => Projected::row(ctx, id.parse::<PartnerGroupId>()?.uuid()),
                Err(_) if request.is_partner() => Ok(None),
                Err(external_id) => {
                    Projected::by_column(ctx, view::column(view::PartnerGroupColumn::ExternalId), external_id)
                }
            }
        })
        .await
    }

    /// The partner groups, by default newest first.
    async fn partner_groups(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<PartnerGroupOrderField>>,
    ) -> Result<ProjectedPage<Connection<PartnerGroup>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::PartnerGroups)?;
        let sorted = OrderBy::read(order_by);
        let cursors = order::cursors((scope, "partnerGroups"), sorted);
        let listing = Listing::of(&PARTNER_GROUP, store::partner_group::list(sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
