//! The tiered commissions that would count a partner's next conversion.

use async_graphql::{Context, Object};

use crate::graphql::context::request;
use crate::graphql::scalar::{CurrencyCode, Date};
use crate::graphql::tiered::{CrossingPolicy, RetroactiveModifier, TierCounter, TierGoal, TierModifier, TierPeriod};
use domain::id::CampaignId;
use domain::tiered::Metric;
use service::ledger::tiers::Offered;

/// A tiered commission that would count a partner's next conversion on a campaign.
#[derive(Clone)]
pub struct TierOffer(pub(super) CampaignId, pub(super) Offered);

/// A tiered commission that would count a partner's next conversion on a campaign: what it takes, what it gives, and how
/// far the partner has come. A partner's token shows no goal of revenue, though `achieved` and `acts` are true to all.
#[Object]
impl TierOffer {
    /// Its name.
    async fn name(&self) -> &str {
        &self.1.tier.name
    }

    /// The only type of events that count and change; null: every charge and conversion.
    async fn event_type(&self) -> Option<&str> {
        self.1.tier.event_type.as_deref()
    }

    /// How often its counters start again.
    async fn period(&self) -> TierPeriod {
        self.1.tier.period.into()
    }

    /// The day from whose beginning it counts, in the tenant's time zone.
    async fn start_date(&self) -> Date {
        Date(self.1.tier.start_date)
    }

    /// The day to whose end it counts, in the tenant's time zone.
    async fn end_date(&self) -> Date {
        Date(self.1.tier.end_date)
    }

    /// Which counters decide the rate of a conversion.
    async fn crossing_policy(&self) -> CrossingPolicy {
        self.1.tier.crossing_policy.into()
    }

    /// The currency of its goals and of its flat and exact values. Amounts in another one neither count nor change.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.1.tier.currency)
    }

    /// What to reach: all of it.
    async fn goals(&self, ctx: &Context<'_>) -> Vec<TierGoal> {
        let for_partner = request(ctx).is_partner();
        let goals = self.1.tier.goals.iter();
        let shown = goals.filter(|goal| goal.metric != Metric::Revenue || !for_partner);
        shown.map(TierGoal::from).collect()
    }

    /// How the payout of conversions changes while the goals are reached; null: not at all.
    async fn payout(&self) -> Option<TierModifier> {
        self.1.tier.payout.as_ref().map(TierModifier::from)
    }

    /// What the payouts of the window become when the goals are reached, once; null: they stay.
    async fn retroactive_payout(&self) -> Option<RetroactiveModifier> {
        self.1.tier.retroactive_payout.as_ref().map(RetroactiveModifier::from)
    }

    /// Whether it has changed earlier amounts of the window, or all its goals are reached.
    async fn achieved(&self) -> bool {
        self.1.achieved
    }

    /// Whether its rate applies to the payout of the next conversion: its goals are reached and no other tiered commission
    /// goes before it. With a crossing policy of CROSSING_CONVERSION the next conversion itself is counted, though not its
    /// amounts, which nobody knows. Of several that act, which have different event types, that of the conversion's own type
    /// goes before one without a type; others with another currency change only amounts in theirs.
    async fn acts(&self) -> bool {
        self.1.acts
    }

    /// How far each goal is reached in the window of this moment.
    async fn counters(&self, ctx: &Context<'_>) -> Vec<TierCounter> {
        let for_partner = request(ctx).is_partner();
        let progress = self.1.progress.iter();
        let shown = progress.filter(|goal| goal.metric != Metric::Revenue || !for_partner);
        shown
            .map(|goal| TierCounter::of(&self.1.tier.name, Some(self.0), goal))
            .collect()
    }
}
