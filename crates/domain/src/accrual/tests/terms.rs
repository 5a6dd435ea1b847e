//! Where terms come from, and why an event as a whole earns nothing.

use super::*;
use crate::attribution::AttributionSettings;

fn campaign(terms: Vec<Term>) -> Campaign {
    Campaign {
        id: CampaignId::from_parts(at(2026, 1, 1), 0, 7),
        name: "Spring".to_owned(),
        external_id: None,
        status: CampaignStatus::Active,
        terms,
        holdback_days: Some(30),
        starts_at: Some(at(2026, 1, 1)),
        ends_at: Some(at(2026, 2, 1)),
        advertiser_id: None,
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at: at(2026, 1, 1),
        updated_at: at(2026, 1, 1),
        version: 1,
    }
}

#[test]
fn partner_and_campaign_stop_events_in_this_order() {
    let open = campaign(Vec::new());
    let paused = Campaign {
        status: CampaignStatus::Paused,
        ..open.clone()
    };
    let ended = Campaign {
        status: CampaignStatus::Ended,
        ..open.clone()
    };
    let (active, within) = (PartnerStatus::Active, at(2026, 1, 15));
    for (partner, campaign, occurred_at, expected) in [
        (active, Some(&open), within, None),
        (PartnerStatus::Invited, Some(&open), at(2026, 1, 1), None),
        (active, None, within, None),
        (
            PartnerStatus::Suspended,
            Some(&paused),
            within,
            Some(Reason::PartnerSuspended),
        ),
        (PartnerStatus::Revoked, None, within, Some(Reason::PartnerRevoked)),
        (active, Some(&paused), at(2026, 3, 1), Some(Reason::CampaignPaused)),
        (active, Some(&open), at(2025, 12, 31), Some(Reason::CampaignNotStarted)),
        (active, Some(&open), at(2026, 2, 1), Some(Reason::CampaignEnded)),
        // The event occurred before the end of the campaign, but is recorded later.
        (active, Some(&ended), within, None),
    ] {
        assert_eq!(
            stopped(partner, campaign, occurred_at),
            expected,
            "{partner:?} {occurred_at}"
        );
        assert_eq!(
            partner_earns(partner),
            !matches!(expected, Some(Reason::PartnerSuspended | Reason::PartnerRevoked))
        );
    }
}

#[test]
fn the_nearest_terms_win() {
    let snapshot = |campaign_id, version, holdback_days| CommissionSnapshot {
        id: SnapshotId::from_parts(at(2026, 1, 1), version, 1),
        partner_id: PartnerId::from_parts(at(2026, 1, 1), 0, 1),
        campaign_id,
        version,
        terms: vec![percent("10")],
        holdback_days,
        source: SnapshotSource::Invite,
        reason: None,
        created_at: at(2026, 1, 1),
        superseded_at: None,
        sequence: 1,
    };
    let spring = campaign(vec![percent("5")]);
    let (own, wide) = (snapshot(Some(spring.id), 2, Some(7)), snapshot(None, 9, None));
    let both = [wide.clone(), own.clone(), snapshot(Some(spring.id), 1, Some(90))];
    let bare = campaign(Vec::new());
    for (snapshots, campaign, source, holdback, id) in [
        (
            &both[..],
            Some(&spring),
            TermsSource::CampaignSnapshot,
            Some(7),
            Some(own.id),
        ),
        (
            &both[..1],
            Some(&spring),
            TermsSource::PartnerSnapshot,
            Some(30),
            Some(wide.id),
        ),
        (&both, None, TermsSource::PartnerSnapshot, None, Some(wide.id)),
        (&[], Some(&spring), TermsSource::Campaign, Some(30), None),
        (&[], Some(&bare), TermsSource::Group, Some(30), None),
        (&[], None, TermsSource::Group, None, None),
    ] {
        let terms = terms_in_force(snapshots, campaign);
        assert_eq!(terms.source(true, false), source);
        assert_eq!((terms.holdback_days, terms.snapshot_id), (holdback, id), "{source:?}");
        assert_eq!(terms.is_fallback, source == TermsSource::Group);
        // These snapshots promise percentages of the amount only, which need no group.
        assert_eq!(terms.uses_group_rules(), terms.is_fallback, "{source:?}");
        let unpaid = terms.is_fallback.then_some(Reason::NoTerms);
        assert_eq!((terms.unpaid(false), terms.unpaid(true)), (unpaid, None), "{source:?}");
    }
    let fallback = terms_in_force(&[], None);
    assert_eq!(fallback.terms, [Term::group_rules()]);
    assert_eq!(fallback.source(true, true), TermsSource::DefaultGroup);
    assert_eq!(fallback.source(false, true), TermsSource::None);
    assert!(terms(vec![percent("10"), Term::group_rules()]).uses_group_rules());
}
