//! Queries about partners.

use async_graphql::{Context, ID, Object};
use paged::paged;

use super::description::PARTNER;
use super::filter::{PartnerFilter, PartnerOrder, PartnerSelection};
use super::object::Partner;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::identity;
use crate::graphql::lookup::id_or_external_id;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use store::view;

#[derive(Default)]
pub struct PartnerQuery;

#[paged]
#[Object]
impl PartnerQuery {
    /// One partner, by its id or its external id; null if there is none. A caller that may read rows that refer to
    /// partners, such as commissions, can read its id, name and external id, and these rows through it.
    async fn partner(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<Partner>> {
        nullable(async {
            let request = request(ctx);
            identity::may_name_partners(&request.caller)?;
            match id_or_external_id(id, external_id)? {
                Ok(id) => Partner::shown(ctx, id.parse()?),
                Err(external_id) => {
                    Projected::by_column(ctx, view::column(view::PartnerColumn::ExternalId), external_id)
                }
            }
        })
        .await
    }

    /// The partners, by default newest first.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<PartnerFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<PartnerOrder>,
    ) -> Result<ProjectedPage<Connection<Partner>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Partners)?;
        let selection = PartnerSelection::read(caller, filter, order_by)?;
        let cursors = selection.cursors(scope);
        let PartnerSelection { filter, sorted } = selection;
        let listing = Listing::of(&PARTNER, store::partner::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
