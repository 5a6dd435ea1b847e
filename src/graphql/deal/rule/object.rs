//! Commission rules as output types.

use async_graphql::{ComplexObject, Context, Enum};

use super::description::COMMISSION_RULE;
use super::entry::CommissionRuleEntry;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::label::{PartnerCategory, PartnerTier};
use crate::graphql::rows::LinkedList;
use crate::graphql::scalar::CurrencyCode;
use crate::graphql::shared::row;
use auth::Resource;
use domain::deal_rules;

/// Who becomes the recipient if an individual is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "deal_rules::RecipientAssignment")]
pub enum RecipientAssignment {
    /// The individual who registered the deal.
    LeadCreator,
    /// The individual who owns the deal.
    DealOwner,
    /// Nobody, until staff assign an individual.
    Manual,
}

row! {
    /// A deal-stage commission rule.
    pub struct CommissionRule(deal_rules::CommissionRule): COMMISSION_RULE, store::commission_rule;
    computed: store::commission_rule::whole;
}

#[ComplexObject]
impl CommissionRule {
    /// Its label.
    async fn label(&self) -> &str {
        &self.0.plan.label
    }

    /// Who becomes the recipient if an individual is paid; null: as MANUAL.
    async fn auto_assign_recipient(&self) -> Option<RecipientAssignment> {
        self.0.plan.auto_assign_recipient.map(RecipientAssignment::from)
    }

    /// The currency of matching deals and of fixed values; null: every deal matches, and fixed values are in its
    /// currency.
    async fn currency(&self) -> Option<CurrencyCode> {
        self.0.plan.currency.map(CurrencyCode)
    }

    /// How many days its commissions wait before they may be approved; null: they are approved by hand only.
    async fn holdback_days(&self) -> Option<u32> {
        self.0.plan.holdback_days
    }

    /// What it pays, and when.
    async fn entries(&self, ctx: &Context<'_>) -> Result<Vec<CommissionRuleEntry>, ApiError> {
        let entries = self
            .0
            .plan
            .entries
            .iter()
            .map(|entry| CommissionRuleEntry::of(ctx, entry));
        futures::future::try_join_all(entries).await
    }

    /// The partner tiers to which it applies; empty: all partners.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<LinkedList<PartnerTier>, ApiError> {
        request(ctx).caller.read(Resource::Partners)?;
        Ok(LinkedList::to(&self.0.filters.tiers))
    }

    /// The partner categories to which it applies, one of which suffices; empty: all partners.
    async fn categories(&self, ctx: &Context<'_>) -> Result<LinkedList<PartnerCategory>, ApiError> {
        request(ctx).caller.read(Resource::Partners)?;
        Ok(LinkedList::to(&self.0.filters.categories))
    }
}
