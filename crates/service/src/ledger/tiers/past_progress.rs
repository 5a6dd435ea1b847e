//! What partners have achieved in windows that are over, against the goals that were in force when they ended.

use std::collections::HashMap;

use chrono::TimeDelta;
use chrono_tz::Tz;
use uuid::Uuid;

use super::progress::GoalOnCampaign;
use super::{Failure, counting};
use auth::Scope;
use domain::Timestamp;
use domain::id::CampaignId;
use domain::tiered::{Status, TieredCommission};
use store::tier_counter::CounterKey;
use store::{Connection, StoreError};

/// The goals of windows that ended at `now` or before, on all campaigns or on one, the last window first. Includes only
/// tiers that were ACTIVE and applied to the partner when the window ended: none of a window that ended before the tier was
/// created. Two statements, and three more if counters must be added up.
pub async fn past_progress(
    database: &Connection,
    scope: &Scope,
    zone: Tz,
    partners: &[Uuid],
    campaign: Option<CampaignId>,
    now: Timestamp,
) -> Result<HashMap<Uuid, Vec<GoalOnCampaign>>, StoreError> {
    let stored = store::tier_counter::over(database, scope, partners, campaign, now).await?;
    if stored.is_empty() {
        return Ok(HashMap::new());
    }
    // A partner may not read tiers, but it may know how far it came in those that applied to it.
    let scope = Scope::tenant_wide(scope.tenant());
    let ids = store::distinct(stored.keys().map(|key| key.tier.uuid()));
    let versions = store::tier_version::of_tiers(database, &scope, &ids).await?;
    let in_force = |key: &CounterKey| at_the_end(versions.get(&key.tier)?, key, zone);
    let mut wanted: Vec<_> = stored.keys().filter_map(|key| Some((in_force(key)?, *key))).collect();
    wanted.sort_unstable_by_key(|(_, key)| {
        let CounterKey { window, .. } = key;
        std::cmp::Reverse((window.end, window.start, key.campaign, key.tier))
    });
    let counters = counting::current(database, &scope, &wanted, &stored)
        .await
        .map_err(Failure::of_what_is_stored)?;
    let mut past_progress: HashMap<Uuid, Vec<GoalOnCampaign>> = HashMap::new();
    for (tier, key) in wanted {
        let (counters, _) = &counters[&key];
        let of_partner = past_progress.entry(key.partner.uuid()).or_default();
        of_partner.extend(GoalOnCampaign::of(tier, &key, counters));
    }
    Ok(past_progress)
}

/// The tier as it was when the window ended, if it had that window then and applied to the partner.
fn at_the_end<'a>(versions: &'a [TieredCommission], key: &CounterKey, zone: Tz) -> Option<&'a TieredCommission> {
    let end = key.window.end;
    let tier = versions.iter().rev().find(|version| version.updated_at < end)?;
    let last_moment = end - TimeDelta::microseconds(1);
    let is_of_tier = tier.tier.window(zone, last_moment) == Some(key.window);
    let is_for_partner = tier.audience.apply_to_all_partners || tier.audience.partner_ids.contains(&key.partner);
    let is_in_force = tier.tier.status == Status::Active && tier.archived_at.is_none_or(|archived| archived >= end);
    (is_of_tier && is_for_partner && is_in_force).then_some(tier)
}
