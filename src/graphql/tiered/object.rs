//! Tiered commissions as they are read.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use uuid::Uuid;

use super::description::TIERED_COMMISSION;
use super::goal::{CrossingPolicy, RetroactiveModifier, TierGoal, TierModifier, TierPeriod};
use crate::auth::Resource;
use crate::domain::id::{TenantId, TieredCommissionId};
use crate::domain::tiered;
use crate::graphql::campaign::Campaign;
use crate::graphql::connection::{Connection, children};
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::identity;
use crate::graphql::label::Advertiser;
use crate::graphql::loader::PartnersOfTier;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::partner::Partner;
use crate::graphql::rows::{RowObject, TypeDescription};
use crate::graphql::scalar::{CurrencyCode, Date, DateTime};
use crate::graphql::shared::shares;
use crate::graphql::tenant::audit::{AuditEntry, history};
use crate::store::{self, view};

/// Whether a tier acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "tiered::Status")]
pub enum TieredCommissionStatus {
    /// It counts, and changes what conversions pay.
    Active,
    /// It goes on counting, and does nothing else.
    Inactive,
}

/// A tiered commission.
#[derive(Clone)]
pub struct TieredCommission(Arc<tiered::TieredCommission>);

shares!(TieredCommission, tiered::TieredCommission);

impl TieredCommission {
    pub async fn load(ctx: &Context<'_>, id: TieredCommissionId) -> Result<Option<Self>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::TieredCommissions)?;
        Ok(request.loaders().tiered_commission.load(id.uuid()).await?.map(Self))
    }
}

impl RowObject for TieredCommission {
    const TYPE: &'static TypeDescription = &TIERED_COMMISSION;

    fn uuid(&self) -> Uuid {
        self.0.id.uuid()
    }

    fn at_hand(&self, tenant: TenantId) -> view::AtHand {
        store::tiered_commission::at_hand(tenant, &self.0)
    }
}

/// A tiered commission: once a partner reaches goals on a campaign within a period, it changes what further conversions
/// pay, and may change what the earlier ones of the period paid. Of several that apply, one acts on the payout and one on
/// the revenue: that with the highest goals, then that with the latest start date, then the newest.
#[Object]
impl TieredCommission {
    /// Its id.
    pub async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name.
    async fn name(&self) -> &str {
        &self.0.tier.name
    }

    /// The id that another system gave it, unique among the tiered commissions in force; null if there is none.
    async fn external_id(&self) -> Option<&str> {
        self.0.external_id.as_deref()
    }

    /// A note of staff; null if there is none.
    async fn notes(&self) -> Option<&str> {
        self.0.notes.as_deref()
    }

    /// Whether it acts.
    async fn status(&self) -> TieredCommissionStatus {
        self.0.tier.status.into()
    }

    /// The day from whose beginning it counts, in the tenant's time zone.
    async fn start_date(&self) -> Date {
        Date(self.0.tier.start_date)
    }

    /// The day to whose end it counts, in the tenant's time zone.
    async fn end_date(&self) -> Date {
        Date(self.0.tier.end_date)
    }

    /// How often its counters start again.
    async fn period(&self) -> TierPeriod {
        self.0.tier.period.into()
    }

    /// Which counters decide the rate of a conversion.
    async fn crossing_policy(&self) -> CrossingPolicy {
        self.0.tier.crossing_policy.into()
    }

    /// The currency of its goals and of its flat and exact values. Amounts in another one neither count nor change.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.tier.currency)
    }

    /// Whether it is for all partners, also for those to come; then `partners` does not matter.
    async fn apply_to_all_partners(&self) -> bool {
        self.0.audience.apply_to_all_partners
    }

    /// The campaigns whose events it counts, each on its own.
    async fn campaigns(&self, ctx: &Context<'_>) -> Result<Vec<Campaign>, ApiError> {
        let campaigns = self
            .0
            .audience
            .campaign_ids
            .iter()
            .map(|id| identity::campaign(ctx, *id));
        let campaigns = futures::future::try_join_all(campaigns).await?;
        Ok(campaigns.into_iter().flatten().collect())
    }

    /// The advertisers all of whose campaigns it counts, each campaign on its own.
    async fn advertisers(&self, ctx: &Context<'_>) -> Result<Vec<Advertiser>, ApiError> {
        let request = request(ctx);
        request.caller.read(Resource::Campaigns)?;
        let advertisers = self.0.audience.advertiser_ids.iter().map(|id| id.uuid());
        let advertisers = request.loaders().advertiser.load_all(advertisers).await?;
        Ok(advertisers.into_iter().map(Advertiser::from).collect())
    }

    /// The only type of events that count and change; null: every charge and conversion.
    async fn event_type(&self) -> Option<&str> {
        self.0.tier.event_type.as_deref()
    }

    /// What to reach: all of it.
    async fn goals(&self) -> Vec<TierGoal> {
        self.0.tier.goals.iter().map(TierGoal::from).collect()
    }

    /// How the payout of conversions changes while the goals are reached; null: not at all.
    async fn payout(&self) -> Option<TierModifier> {
        self.0.tier.payout.as_ref().map(TierModifier::from)
    }

    /// How the revenue of conversions changes while the goals are reached; null: not at all.
    async fn revenue(&self) -> Option<TierModifier> {
        self.0.tier.revenue.as_ref().map(TierModifier::from)
    }

    /// What the payouts of the window become when the goals are reached, once; null: they stay.
    async fn retroactive_payout(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_payout.as_ref().map(RetroactiveModifier::from)
    }

    /// What the revenue of the window becomes when the goals are reached, once; null: it stays.
    async fn retroactive_revenue(&self) -> Option<RetroactiveModifier> {
        self.0.tier.retroactive_revenue.as_ref().map(RetroactiveModifier::from)
    }

    /// Starts at 1 and rises with every change.
    async fn version(&self) -> u32 {
        self.0.version
    }

    /// When it was archived: it counts and changes nothing any more. Null: it is in force.
    async fn archived_at(&self) -> Option<DateTime> {
        self.0.archived_at.map(DateTime)
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Who changed it and what, newest first. Needs `audit:read`; empty for a partner's token.
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEntry>, ApiError> {
        let page = PageArguments::new(first, after, last, before);
        history(ctx, self.0.id.uuid(), page)
    }

    /// The partners that it names, newest first.
    async fn partners(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Partner>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Partners)?;
        let page = PageArguments::new(first, after, last, before);
        children::<PartnersOfTier, _>(scope, self.0.id.uuid(), page)
    }
}
