//! Queries about commission rules.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use paged::paged;

use super::description::COMMISSION_RULE;
use super::object::CommissionRule;
use crate::graphql::connection::Connection;
use crate::graphql::context::request;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::ledger::commission::PaymentTarget;
use crate::graphql::lookup::search_text;
use crate::graphql::order::{self, OrderBy};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::PartnerType;
use crate::graphql::rows::{Listing, Projected, ProjectedPage, projected_page};
use auth::Resource;
use domain::id::CommissionRuleId;
use domain::{commission, partner};
use store::commission_rule::CommissionRuleFilter as StoreFilter;

/// A filter for commission rules; all given conditions must hold.
#[derive(Default, InputObject)]
pub struct CommissionRuleFilter {
    /// For partners of this type.
    pub partner_type: Option<PartnerType>,
    /// With this payment target.
    pub payment_target: Option<PaymentTarget>,
    /// Part of the label, case-insensitive; at most 200 characters.
    pub search: Option<String>,
    /// For partners of one of these types.
    pub partner_types: Option<Vec<PartnerType>>,
}

/// The fields by which commission rules can be sorted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
#[graphql(remote = "store::commission_rule::CommissionRuleOrder")]
pub enum CommissionRuleOrderField {
    /// The time of creation.
    #[default]
    CreatedAt,
    /// The label, case-insensitive.
    Label,
}

#[derive(Default)]
pub struct CommissionRuleQuery;

#[paged]
#[Object]
impl CommissionRuleQuery {
    /// One commission rule, archived or not; null if there is none.
    async fn commission_rule(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: ID,
    ) -> Nullable<Projected<CommissionRule>> {
        nullable(async { Projected::row(ctx, id.parse::<CommissionRuleId>()?.uuid()) }).await
    }

    /// The commission rules that are not archived, by default newest first.
    async fn commission_rules(
        &self,
        ctx: &Context<'_>,
        arguments: PageArguments,
        #[graphql(desc = "Only entries that match this filter.")] filter: Option<CommissionRuleFilter>,
        #[graphql(desc = "The order of the list.")] order_by: Option<OrderBy<CommissionRuleOrderField>>,
    ) -> Result<ProjectedPage<Connection<CommissionRule>>, ApiError> {
        let scope = request(ctx).caller.read(Resource::CommissionRules)?;
        let filter = filter.unwrap_or_default();
        let filter = StoreFilter {
            partner_type: filter.partner_type.map(partner::PartnerType::from),
            payment_target: filter.payment_target.map(commission::PaymentTarget::from),
            search: filter
                .search
                .map(|text| search_text("filter.search", text))
                .transpose()?,
            partner_types: filter
                .partner_types
                .map(|list| list.into_iter().map(partner::PartnerType::from).collect()),
        };
        let (filter, sorted) = (Arc::new(filter), OrderBy::read(order_by));
        let cursors = order::cursors((scope, "commission_rules", &filter), sorted);
        let listing = Listing::of(&COMMISSION_RULE, store::commission_rule::list(filter, sorted));
        projected_page(listing, &cursors, &arguments)
    }
}
