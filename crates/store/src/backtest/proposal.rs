//! Proposals as they were checked, from which a replay works.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::super::StoreError;
use domain::Timestamp;
use domain::group_rules::RuleSet;
use domain::id::{AdvertiserId, CampaignId, PartnerGroupId, PartnerId, TieredCommissionId};
use domain::money::Currency;
use domain::terms::Term;
use domain::tiered::{Audience, CrossingPolicy, Goal, Modifier, Period, Retroactive, Status, Tier, TieredCommission};

/// What replaces the terms, rules or tier that were in force.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Proposal {
    CampaignTerms {
        campaign: CampaignId,
        terms: Vec<Term>,
        holdback_days: Option<u32>,
        /// Whether the campaign's snapshots are read with these terms, too.
        replace_snapshots: bool,
    },
    GroupRules {
        group: PartnerGroupId,
        rules: RuleSet,
    },
    TieredCommission(Box<ProposedTier>),
}

/// A tier without an id of its own.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ProposedTier {
    pub replaces: Option<TieredCommissionId>,
    name: String,
    status: String,
    start_date: NaiveDate,
    end_date: NaiveDate,
    period: String,
    crossing_policy: String,
    currency: Currency,
    event_type: Option<String>,
    goals: Vec<Goal>,
    payout: Option<Modifier>,
    revenue: Option<Modifier>,
    retroactive_payout: Option<Retroactive>,
    retroactive_revenue: Option<Retroactive>,
    apply_to_all_partners: bool,
    partner_ids: Vec<PartnerId>,
    campaign_ids: Vec<CampaignId>,
    advertiser_ids: Vec<AdvertiserId>,
}

impl ProposedTier {
    pub fn new(replaces: Option<TieredCommissionId>, tier: Tier, audience: Audience) -> Self {
        Self {
            replaces,
            name: tier.name,
            status: tier.status.as_str().to_owned(),
            start_date: tier.start_date,
            end_date: tier.end_date,
            period: tier.period.as_str().to_owned(),
            crossing_policy: tier.crossing_policy.as_str().to_owned(),
            currency: tier.currency,
            event_type: tier.event_type,
            goals: tier.goals,
            payout: tier.payout,
            revenue: tier.revenue,
            retroactive_payout: tier.retroactive_payout,
            retroactive_revenue: tier.retroactive_revenue,
            apply_to_all_partners: audience.apply_to_all_partners,
            partner_ids: audience.partner_ids,
            campaign_ids: audience.campaign_ids,
            advertiser_ids: audience.advertiser_ids,
        }
    }

    /// The tier as it is from `from` on: in the position of the tier that it replaces, or else made at that moment, so
    /// that tiers made inside the range are newer. Its version is one that no stored tier has.
    pub fn tier(self, from: Timestamp) -> Result<TieredCommission, StoreError> {
        let corrupt = |column: &'static str, value: &str| StoreError::Corrupt {
            table: super::TABLE,
            column,
            value: value.to_owned(),
        };
        // Sorts before the ids of all tiers made from that moment on.
        let new = || TieredCommissionId::from_parts(from, 0, 0);
        Ok(TieredCommission {
            id: self.replaces.unwrap_or_else(new),
            external_id: None,
            version: u32::MAX,
            tier: Tier {
                status: Status::parse(&self.status).ok_or_else(|| corrupt("status", &self.status))?,
                period: Period::parse(&self.period).ok_or_else(|| corrupt("period", &self.period))?,
                crossing_policy: CrossingPolicy::parse(&self.crossing_policy)
                    .ok_or_else(|| corrupt("crossing_policy", &self.crossing_policy))?,
                name: self.name,
                start_date: self.start_date,
                end_date: self.end_date,
                currency: self.currency,
                event_type: self.event_type,
                goals: self.goals,
                payout: self.payout,
                revenue: self.revenue,
                retroactive_payout: self.retroactive_payout,
                retroactive_revenue: self.retroactive_revenue,
            },
            notes: None,
            audience: Audience {
                apply_to_all_partners: self.apply_to_all_partners,
                partner_ids: self.partner_ids,
                campaign_ids: self.campaign_ids,
                advertiser_ids: self.advertiser_ids,
            },
            archived_at: None,
            created_at: from,
            updated_at: from,
        })
    }
}
