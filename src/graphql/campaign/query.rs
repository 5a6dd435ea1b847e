//! Queries about campaigns.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use paged::paged;

use super::description::CAMPAIGN;
use super::object::{Campaign, CampaignStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{id_or_external_id, ids, search_text, search_texts};
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::DateTime;
use auth::Resource;
use domain::campaign;
use domain::id::CampaignId;
use store::campaign::CampaignOrder;
use store::view;

/// A filter for campaigns; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct CampaignFilter {
    /// Part of the name or the external id, case-insensitive.
    pub search: Option<String>,
    /// With one of these statuses.
    pub status: Option<Vec<CampaignStatus>>,
    /// Of this advertiser.
    pub advertiser_id: Option<ID>,
    /// To which this partner belongs.
    pub partner_id: Option<ID>,
    /// Of one of these advertisers. Not allowed with a partner's token.
    pub advertiser_ids: Option<Vec<ID>>,
    /// To which one of these partners belongs.
    pub partner_ids: Option<Vec<ID>>,
    /// With exactly one of these external ids. Not allowed with a partner's token.
    pub external_ids: Option<Vec<String>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
}

/// The fields by which campaigns can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "CampaignOrder")]
pub enum CampaignOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The name, case-insensitive.
    Name,
    /// The start of the campaign, or its time of creation if it has none. Not allowed with a partner's token.
    StartsAt,
}

#[derive(Default)]
pub struct CampaignQuery;

#[paged]
#[Object]
impl CampaignQuery {
    /// One campaign, by its id or its external id; null if there is none.
    async fn campaign(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
        #[graphql(desc = "Its external id.")] external_id: Option<String>,
    ) -> Nullable<Projected<Campaign>> {
        nullable(async {
            let request = request(ctx);
            request.caller.read(Resource::Campaigns)?;
            match id_or_external_id(id, external_id)? {
                Ok(id) => Projected::row(ctx, id.parse::<CampaignId>()?.uuid()),
                // Partners may not see external ids of campaigns, nor find out whether a guessed one exists.
                Err(_) if request.is_partner() => Ok(None),
                Err(external_id) => {
                    Projected::by_column(ctx, view::column(view::CampaignColumn::ExternalId), external_id)
                }
            }
        })
        .await
    }

    /// The campaigns, by default newest first. A partner's token lists only those that it belongs to, and may search
    /// their names.
    async fn campaigns(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CampaignFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<CampaignOrderField>>,
    ) -> Result<ProjectedPage<Connection<Campaign>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Campaigns)?;
        let filter = filter.unwrap_or_default();
        let sorted = OrderBy::read(order_by);
        let is_for_staff = filter.status.is_some()
            || filter.advertiser_id.is_some()
            || filter.advertiser_ids.is_some()
            || filter.external_ids.is_some();
        // Partners may not see when campaigns start, so they may not sort by it either.
        if is_for_staff || sorted.by == CampaignOrder::StartsAt {
            caller.staff_only()?;
        }
        let filter = store::campaign::CampaignFilter {
            search: filter.search.map(|text| search_text("search", text)).transpose()?,
            status: filter
                .status
                .map(|list| list.into_iter().map(campaign::CampaignStatus::from).collect()),
            advertiser: filter.advertiser_id.map(|id| id.parse()).transpose()?,
            partner: filter.partner_id.map(|id| id.parse()).transpose()?,
            advertisers: ids("filter.advertiserIds", filter.advertiser_ids)?,
            partners: ids("filter.partnerIds", filter.partner_ids)?,
            external_ids: search_texts("filter.externalIds", filter.external_ids)?,
            created_from: filter.created_from.map(|moment| moment.0),
            created_to: filter.created_to.map(|moment| moment.0),
        };
        let filter = Arc::new(filter);
        let cursors = order::cursors((scope, "campaigns", &filter), sorted);
        let listing = Listing::of(&CAMPAIGN, store::campaign::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
