//! Progress towards the goals of tiers.

use async_graphql::{Context, ID, Object};
use uuid::Uuid;

use super::goal::TierMetric;
use crate::graphql::campaign::Campaign;
use crate::graphql::context::request;
use crate::graphql::error::ApiError;
use crate::graphql::loader::ProgressKey;
use crate::graphql::lookup::id;
use crate::graphql::rows::{Linked, link_to};
use crate::graphql::scalar::{DateTime, Decimal};
use auth::Resource;
use domain::id::CampaignId;
use domain::tiered::GoalProgress;

/// The progress towards one goal of a tier in a window.
#[derive(Clone)]
pub struct TierCounter {
    tier: String,
    campaign: Option<CampaignId>,
    progress: GoalProgress,
}

impl TierCounter {
    /// The counter of one goal of the tier with this name; `campaign` is `None` in a simulation.
    pub fn of(tier: &str, campaign: Option<CampaignId>, progress: &GoalProgress) -> Self {
        let (tier, progress) = (tier.to_owned(), *progress);
        Self {
            tier,
            campaign,
            progress,
        }
    }
}

/// The progress towards one goal of a tier in a window.
#[Object]
impl TierCounter {
    /// The name of the tier.
    async fn tier(&self) -> &str {
        &self.tier
    }

    /// The campaign whose events are counted; null in a simulation.
    async fn campaign(&self) -> Option<Linked<Campaign>> {
        link_to(self.campaign)
    }

    /// The start of the window, inclusive.
    async fn window_start(&self) -> Option<DateTime> {
        Some(DateTime(self.progress.window.start))
    }

    /// The end of the window, exclusive.
    async fn window_end(&self) -> Option<DateTime> {
        Some(DateTime(self.progress.window.end))
    }

    /// The metric that is counted.
    async fn metric(&self) -> TierMetric {
        self.progress.metric.into()
    }

    /// The present value: a whole number, or an amount in the tier's currency.
    async fn value(&self) -> Decimal {
        Decimal(self.progress.value)
    }

    /// The goal; 0: none.
    async fn goal(&self) -> Decimal {
        Decimal(self.progress.goal)
    }

    /// Whether the goal is reached.
    async fn goal_reached(&self) -> bool {
        self.progress.is_reached()
    }

    /// What is missing to the goal; 0 once it is reached.
    async fn remaining(&self) -> Decimal {
        Decimal(self.progress.remaining())
    }

    /// The value below which the rate applies; null: there is no limit.
    async fn max(&self) -> Option<Decimal> {
        self.progress.max.map(Decimal)
    }
}

/// A partner's progress towards the goals of the ACTIVE tiered commissions of its campaigns, or of one of them.
pub async fn tier_progress(
    ctx: &Context<'_>,
    partner: Uuid,
    campaign_id: Option<ID>,
) -> Result<Vec<TierCounter>, ApiError> {
    let request = request(ctx);
    request.caller.read(Resource::TieredCommissions)?;
    let key = ProgressKey {
        partner,
        campaign: id("campaignId", campaign_id)?,
        now: request.app.clock.now(),
    };
    let progress = request.loaders().tier_progress.load(key).await?.unwrap_or_default();
    let shown = progress
        .iter()
        .filter(|progress| !request.is_partner() || progress.is_for_partner());
    Ok(shown
        .map(|progress| TierCounter::of(&progress.tier, Some(progress.campaign), &progress.goal))
        .collect())
}
