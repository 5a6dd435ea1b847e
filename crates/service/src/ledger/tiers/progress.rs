//! How far partners have come towards the goals of the tiers in force.

use std::collections::HashMap;

use chrono_tz::Tz;
use uuid::Uuid;

use super::Failure;
use super::counting;
use auth::Scope;
use domain::Timestamp;
use domain::id::{CampaignId, TieredCommissionId};
use domain::tiered::{self, Counters, Metric, Status, TieredCommission};
use store::tier_counter::CounterKey;
use store::{Connection, StoreError};

/// One goal of one tier on one campaign of the partner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GoalOnCampaign {
    pub tier: String,
    pub id: TieredCommissionId,
    pub campaign: CampaignId,
    pub goal: tiered::GoalProgress,
    /// Whether the tier changes what the partner is paid.
    pub changes_payout: bool,
}

impl GoalOnCampaign {
    /// How far the goals of a tier are reached, in their order.
    pub(super) fn of(tier: &TieredCommission, key: &CounterKey, counters: &Counters) -> Vec<Self> {
        let goals = tiered::progress(&tier.tier, key.window, counters).into_iter();
        let of_tier = goals.map(|goal| Self {
            tier: tier.tier.name.clone(),
            id: tier.id,
            campaign: key.campaign,
            goal,
            changes_payout: tier.tier.changes_payout(),
        });
        of_tier.collect()
    }

    /// Whether the partner may see it: nothing about revenue, nor about tiers that change only revenue.
    pub fn is_for_partner(&self) -> bool {
        self.changes_payout && self.goal.metric != Metric::Revenue
    }
}

/// The progress of partners in the windows that contain `now`, on all campaigns that they belong to and `scope` shows,
/// or on one of these. ACTIVE tiers only, in the order of creation. Three statements, and three more if counters must
/// be added up.
pub async fn progress(
    database: &Connection,
    scope: &Scope,
    zone: Tz,
    partners: &[Uuid],
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<GoalOnCampaign>>, StoreError> {
    let members = store::campaign::memberships(database, scope, partners, campaign).await?;
    // A partner may not read tiers, but it may know how far it has come in those that apply to it.
    let scope = Scope::tenant_wide(scope.tenant());
    let tiers = store::tiered_commission::all_in_force(database, &scope).await?;
    let mut wanted = Vec::new();
    for member in &members {
        let active = tiers.iter().filter(|tier| tier.tier.status == Status::Active);
        let on_campaign = (member.partner, member.campaign, member.advertiser);
        wanted.extend(super::wanted(active, on_campaign, zone, now));
    }
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<_> = wanted.iter().map(|(_, key)| key.partner.uuid()).collect();
    let campaigns: Vec<_> = wanted.iter().map(|(_, key)| key.campaign.uuid()).collect();
    let stored = store::tier_counter::around(database, &scope, &ids, &campaigns, (now, now)).await?;
    let counters = counting::current(database, &scope, &wanted, &stored)
        .await
        .map_err(Failure::of_what_is_stored)?;
    let mut progress: HashMap<Uuid, Vec<GoalOnCampaign>> = HashMap::new();
    for (tier, key) in &wanted {
        let (counters, _) = &counters[key];
        let of_partner = progress.entry(key.partner.uuid()).or_default();
        of_partner.extend(GoalOnCampaign::of(tier, key, counters));
    }
    Ok(progress)
}
