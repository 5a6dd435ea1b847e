//! Changes of a tiered commission, and reading it back.

use super::validation::silver;
use super::*;
use crate::id::{AdvertiserId, PartnerId};
use crate::problem::Patch;

fn stored() -> TieredCommission {
    let mut problems = Problems::new();
    let CheckedTier { tier, notes, audience } = checked(silver(), currency("USD"), &mut problems).expect("valid");
    let now = at("2026-01-01T00:00:00Z");
    TieredCommission {
        id: crate::id::TieredCommissionId::from_parts(now, 0, 1),
        external_id: None,
        version: 1,
        tier,
        notes,
        audience,
        archived_at: None,
        created_at: now,
        updated_at: now,
    }
}

/// The tiered commission after the change, with another base currency than at its creation, or the problems as "path
/// CODE".
fn after(change: TieredCommissionChange) -> Result<CheckedTier, Vec<String>> {
    let mut problems = Problems::new();
    let draft = changed(&stored(), change, &mut problems);
    let checked = checked(draft, currency("JPY"), &mut problems);
    match (checked, problems.is_empty()) {
        (Some(checked), true) => Ok(checked),
        _ => {
            let problems = problems.into_vec();
            let shown = problems
                .iter()
                .map(|problem| format!("{} {}", problem.path.join("."), problem.code.as_str()));
            Err(shown.collect())
        }
    }
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let current = stored();
    let kept = after(TieredCommissionChange::default()).expect("as it was");
    assert_eq!(
        (kept.tier, kept.notes, kept.audience),
        (current.tier, current.notes, current.audience)
    );
    let cleared = after(TieredCommissionChange {
        notes: Patch::Clear,
        payout: Patch::Clear,
        apply_to_all_partners: Patch::Set(true),
        partner_ids: Patch::Clear,
        ..TieredCommissionChange::default()
    });
    let cleared = cleared.expect("valid");
    assert_eq!((cleared.notes, cleared.tier.payout), (None, None));
    assert_eq!(cleared.audience.partner_ids, Vec::<PartnerId>::new());
    assert_eq!(cleared.audience.advertiser_ids, Vec::<AdvertiserId>::new());
    assert_eq!(cleared.audience.campaign_ids, stored().audience.campaign_ids);
}

#[test]
fn a_change_is_checked_together_with_what_stays() {
    let change = TieredCommissionChange {
        name: Patch::Clear,
        start_date: Patch::Set("2020-08-23".parse().expect("a date")),
        partner_ids: Patch::Clear,
        event_type: Patch::Set("sale".into()),
        goals: Patch::Clear,
        ..TieredCommissionChange::default()
    };
    let expected = [
        "name REQUIRED",
        "endDate INVALID",
        "goals REQUIRED",
        "partnerIds REQUIRED",
        "eventType INVALID",
    ];
    assert_eq!(after(change), Err(expected.map(str::to_owned).to_vec()));
}

#[test]
fn parts_of_tiers_read_back_as_they_were_stored() {
    let tier = stored().tier;
    let goals = serde_json::to_value(&tier.goals).expect("plain");
    assert_eq!(
        goals[1],
        serde_json::json!({"metric": "Revenue", "goal": "121", "max": "1000"})
    );
    assert_eq!(serde_json::from_value::<Vec<Goal>>(goals).expect("ours"), tier.goals);
    let parts = (tier.payout, tier.retroactive_payout);
    let stored = serde_json::to_value(parts).expect("plain");
    let back: (Option<Modifier>, Option<Retroactive>) = serde_json::from_value(stored).expect("ours");
    assert_eq!(back, parts);
}
