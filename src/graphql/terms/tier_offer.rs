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

/// A tiered commission that would count a partner's next conversion in a campaign: its goals and rewards, and the
/// partner's progress. Goals on revenue are not shown with a partner's token, but `achieved` and `acts` take them into
/// account.
#[Object]
impl TierOffer {
    /// Its name.
    async fn name(&self) -> &str {
        &self.1.tier.name
    }

    /// The only type of events that are counted and changed; null: all charges and conversions.
    async fn event_type(&self) -> Option<&str> {
        self.1.tier.event_type.as_deref()
    }

    /// How often its counters start again.
    async fn period(&self) -> TierPeriod {
        self.1.tier.period.into()
    }

    /// The first day on which it counts, in the tenant's time zone.
    async fn start_date(&self) -> Date {
        Date(self.1.tier.start_date)
    }

    /// The last day on which it counts, in the tenant's time zone.
    async fn end_date(&self) -> Date {
        Date(self.1.tier.end_date)
    }

    /// The counters that decide the rate of a conversion.
    async fn crossing_policy(&self) -> CrossingPolicy {
        self.1.tier.crossing_policy.into()
    }

    /// The currency of its goals and of its flat and exact values. Amounts in other currencies are neither counted nor
    /// changed.
    async fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.1.tier.currency)
    }

    /// The goals, all of which must be reached.
    async fn goals(&self, ctx: &Context<'_>) -> Vec<TierGoal> {
        let for_partner = request(ctx).is_partner();
        let goals = self.1.tier.goals.iter();
        let shown = goals.filter(|goal| goal.metric != Metric::Revenue || !for_partner);
        shown.map(TierGoal::from).collect()
    }

    /// The change to the payout of conversions while the goals are reached; null if there is none.
    async fn payout(&self) -> Option<TierModifier> {
        self.1.tier.payout.as_ref().map(TierModifier::from)
    }

    /// The change to the payouts of the whole window, once, when the goals are reached; null if there is none.
    async fn retroactive_payout(&self) -> Option<RetroactiveModifier> {
        self.1.tier.retroactive_payout.as_ref().map(RetroactiveModifier::from)
    }

    /// Whether its retroactive change was made in the window, or all its goals are reached.
    async fn achieved(&self) -> bool {
        self.1.achieved
    }

    /// Whether its rate applies to the payout of the next conversion: its goals are reached and no other tiered
    /// commission takes precedence. With CROSSING_CONVERSION, the next conversion is included in the counters, but not
    /// its amounts, which are not known yet. If several act because their event types differ, the one with the
    /// conversion's own event type takes precedence over one without an event type; those in another currency change
    /// only amounts in that currency.
    async fn acts(&self) -> bool {
        self.1.acts
    }

    /// The progress towards each goal in the current window.
    async fn counters(&self, ctx: &Context<'_>) -> Vec<TierCounter> {
        let for_partner = request(ctx).is_partner();
        let progress = self.1.progress.iter();
        let shown = progress.filter(|goal| goal.metric != Metric::Revenue || !for_partner);
        shown
            .map(|goal| TierCounter::of(&self.1.tier.name, Some(self.0), goal))
            .collect()
    }
}
