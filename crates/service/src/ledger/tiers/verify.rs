//! Checks that counters are what the recorded events add up to.

use std::collections::HashMap;

use uuid::Uuid;

use super::Failure;
use super::counting;
use auth::Scope;
use store::verify::{Finding, MAX_FINDINGS};
use store::{Connection, StoreError};

/// Number of partners whose counters are added up at a time.
const PARTNERS: usize = 100;

/// Valid counters of these partners that differ from what the recorded events add up to; at most [`MAX_FINDINGS`].
pub async fn counters(database: &Connection, scope: &Scope, partners: &[Uuid]) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    for partners in partners.chunks(PARTNERS) {
        let stored = store::tier_counter::of_partners(database, scope, partners).await?;
        let tiers = counting::tiers_of(database, scope, &stored).await?;
        let mut wanted = Vec::new();
        for (key, counter) in &stored {
            let tier = tiers.get(&key.tier.uuid());
            // Other counters are not used, or are added up again before they are.
            if let Some(tier) = tier.filter(|tier| tier.version == counter.version && tier.archived_at.is_none()) {
                wanted.push((tier, *key));
            }
        }
        let added = counting::current(database, scope, &wanted, &HashMap::new()).await;
        let added = added.map_err(Failure::of_what_is_stored)?;
        for (tier, key) in wanted {
            let kept = stored[&key].counters(tier.tier.currency);
            if added.get(&key).is_none_or(|(counters, _)| *counters != kept) {
                findings.push(Finding {
                    kind: "counters",
                    what: format!(
                        "the tier's counter from {} on differs from the recorded events",
                        key.window.start
                    ),
                    ids: vec![key.tier.to_string(), key.partner.to_string(), key.campaign.to_string()],
                });
            }
        }
        if findings.len() >= MAX_FINDINGS {
            break;
        }
    }
    findings.truncate(MAX_FINDINGS);
    Ok(findings)
}
