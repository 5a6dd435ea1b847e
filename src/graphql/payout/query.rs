//! Queries about payouts.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use paged::paged;

use super::description::PAYOUT;
use super::object::{Payout, PayoutStatus};
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::lookup::{amount_bounds, id, ids};
use crate::graphql::order::{self, OrderBy, within_currency};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use auth::Resource;
use domain::commission;
use domain::id::PayoutId;
use store::payout::{PayoutFilter as StoreFilter, PayoutOrder};

/// A filter for payouts; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct PayoutFilter {
    /// Of this partner.
    pub partner_id: Option<ID>,
    /// In this currency.
    pub currency: Option<CurrencyCode>,
    /// With one of these statuses.
    pub status: Option<Vec<PayoutStatus>>,
    /// Created at this moment or later.
    pub created_from: Option<DateTime>,
    /// Created before this moment.
    pub created_to: Option<DateTime>,
    /// Created by this run. Not allowed with a partner's token.
    pub run_id: Option<ID>,
    /// Settled at this moment or later.
    pub settled_from: Option<DateTime>,
    /// Settled before this moment.
    pub settled_to: Option<DateTime>,
    /// Of one of these partners.
    pub partner_ids: Option<Vec<ID>>,
    /// With this amount or more, in units of `currency`, which is then required.
    pub min_amount: Option<Decimal>,
    /// With this amount or less, in units of `currency`, which is then required.
    pub max_amount: Option<Decimal>,
}

/// The fields by which payouts can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "PayoutOrder")]
pub enum PayoutOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The amount. Needs `filter.currency`: amounts in different currencies cannot be compared.
    Amount,
}

#[derive(Default)]
pub struct PayoutQuery;

#[paged]
#[Object]
impl PayoutQuery {
    /// One payout; null if there is none.
    async fn payout(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Projected<Payout>> {
        nullable(async { Projected::row(ctx, id.parse::<PayoutId>()?.uuid()) }).await
    }

    /// The payouts, by default newest first.
    async fn payouts(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<PayoutFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<PayoutOrderField>>,
    ) -> Result<ProjectedPage<Connection<Payout>>, ApiError> {
        let caller = &request(ctx).caller;
        let scope = caller.read(Resource::Payouts)?;
        let filter = filter.unwrap_or_default();
        if filter.run_id.is_some() {
            caller.staff_only()?;
        }
        let currency = filter.currency.map(|code| code.0);
        let (least, most) = (
            ("filter.minAmount", filter.min_amount),
            ("filter.maxAmount", filter.max_amount),
        );
        let (least_minor, most_minor) = amount_bounds(least, most, currency)?;
        let filter = Arc::new(StoreFilter {
            partner: id("filter.partnerId", filter.partner_id)?,
            currency,
            status: filter
                .status
                .map(|list| list.into_iter().map(commission::PayoutStatus::from).collect()),
            created_from: filter.created_from.map(|moment| moment.0),
            created_to: filter.created_to.map(|moment| moment.0),
            run: id("filter.runId", filter.run_id)?,
            settled_from: filter.settled_from.map(|moment| moment.0),
            settled_to: filter.settled_to.map(|moment| moment.0),
            partners: ids("filter.partnerIds", filter.partner_ids)?,
            least_minor,
            most_minor,
        });
        let sorted = OrderBy::read(order_by);
        if sorted.by == PayoutOrder::Amount {
            within_currency("AMOUNT", filter.currency)?;
        }
        let cursors = order::cursors((scope, "payouts", &filter), sorted);
        let listing = Listing::of(&PAYOUT, store::payout::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
