//! Whom a tier applies to, and whether it changes what partners are paid.

use super::*;
use crate::id::{Id, Kind};

fn id<K: Kind>(number: u64) -> Id<K> {
    Id::from_parts(at("2026-01-01T00:00:00Z"), 0, number)
}

#[test]
fn a_tier_is_for_its_partners_on_its_campaigns_or_those_of_its_advertisers() {
    let audience = |apply_to_all_partners| Audience {
        apply_to_all_partners,
        partner_ids: vec![id(1)],
        campaign_ids: vec![id(11)],
        advertiser_ids: vec![id(21)],
    };
    // For all partners, partner, campaign, advertiser of the campaign, expected.
    for (all, partner, campaign, advertiser, expected) in [
        (false, 1, 11, None, true),
        (false, 1, 12, Some(21), true),
        (false, 1, 12, Some(22), false),
        (false, 1, 12, None, false),
        (false, 2, 11, Some(21), false),
        (true, 2, 11, None, true),
        (true, 2, 12, Some(21), true),
        // All partners are not all campaigns.
        (true, 1, 12, Some(22), false),
    ] {
        let included = audience(all).includes(id(partner), id(campaign), advertiser.map(id));
        assert_eq!(
            included, expected,
            "{all}: partner {partner} on {campaign} of {advertiser:?}"
        );
    }
}

#[test]
fn a_tier_changes_payouts_by_its_rate_or_afterwards_and_never_by_its_revenue() {
    let tier = || tier_of("Silver", vec![goal(Metric::Conversion, "1")]);
    let (rate, later) = (
        modifier(Action::Increase, "10"),
        retroactive(Action::Increase, "10", None),
    );
    let revenue_only = Tier {
        revenue: rate,
        retroactive_revenue: later,
        ..tier()
    };
    let by_rate = Tier { payout: rate, ..tier() };
    let afterwards = Tier {
        retroactive_payout: later,
        ..tier()
    };
    assert!(!tier().changes_payout());
    assert!(!revenue_only.changes_payout());
    assert!(by_rate.changes_payout());
    assert!(afterwards.changes_payout());
}
