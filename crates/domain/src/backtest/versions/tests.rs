use super::*;
use crate::attribution::AttributionSettings;
use crate::backtest::samples::{at, id};
use crate::campaign::CampaignStatus;
use crate::money::Percentage;
use crate::terms::Basis;

fn campaign(version: u32) -> Versioned<Arc<Campaign>> {
    let value = Campaign {
        id: id(1),
        name: format!("version {version}"),
        external_id: None,
        status: CampaignStatus::Active,
        terms: Vec::new(),
        holdback_days: Some(30),
        starts_at: None,
        ends_at: None,
        advertiser_id: None,
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at: at(0),
        updated_at: at(0),
        version,
    };
    since(version, Arc::new(value))
}

fn rules(percentage: u32) -> RuleSet {
    let rules = serde_json::json!([{ "type": "recurring", "percentage": percentage.to_string() }]);
    serde_json::from_value(rules).expect("one recurring rule")
}

fn group(version: u32) -> Versioned<Arc<PartnerGroup>> {
    let value = PartnerGroup {
        id: id(1),
        name: format!("version {version}"),
        external_id: None,
        description: None,
        tags: Vec::new(),
        is_default: false,
        currency: None,
        rules: rules(10),
        version,
        created_at: at(0),
        updated_at: at(0),
    };
    since(version, Arc::new(value))
}

/// Version 1 begins at minute 10, version 2 at minute 20.
fn since<T>(version: u32, value: T) -> Versioned<T> {
    Versioned {
        version,
        begins_at: at(i64::from(version) * 10),
        value,
    }
}

fn versions() -> Versions {
    Versions {
        campaigns: HashMap::from([(id(1), vec![campaign(1), campaign(2)]), (id(2), vec![campaign(1)])]),
        groups: HashMap::from([(id(1), vec![group(1), group(2)]), (id(2), vec![group(1)])]),
        defaults: vec![since(1, Some(id(1))), since(2, None), since(3, Some(id(3)))],
        ..Versions::default()
    }
}

/// "each with what its decision was made with": by the number that the decision names.
#[test]
fn a_version_is_found_by_its_number_or_else_by_the_time() {
    let versions = versions();
    for (number, minutes, expected, is_known) in [
        // By its number, whatever the time.
        (Some(1), 25, 1, true),
        (Some(2), 0, 2, true),
        (None, 10, 1, true),
        (None, 19, 1, true),
        (None, 20, 2, true),
        (None, 99, 2, true),
        // Before all known versions: the earliest.
        (None, 9, 1, false),
        // The version is not stored: the one in force at that time, which is another.
        (Some(7), 15, 1, false),
        (Some(7), 25, 2, false),
        (Some(7), 9, 1, false),
    ] {
        let found = versions.campaign(id(1), number, at(minutes)).expect("it has versions");
        assert_eq!(
            (found.value.version, found.is_known),
            (expected, is_known),
            "{number:?} {minutes}"
        );
        let found = versions.group(id(1), number, at(minutes)).expect("it has versions");
        assert_eq!(
            (found.value.version, found.is_known),
            (expected, is_known),
            "{number:?} {minutes}"
        );
    }
    assert!(versions.campaign(id(9), None, at(10)).is_none());
    assert!(versions.group(id(9), None, at(10)).is_none());
}

#[test]
fn the_default_group_is_that_of_the_time() {
    for (minutes, expected) in [
        (9, (Some(id(1)), false)),
        (10, (Some(id(1)), true)),
        (19, (Some(id(1)), true)),
        // For a while there was none, which is known.
        (20, (None, true)),
        (30, (Some(id(3)), true)),
    ] {
        assert_eq!(versions().default_group(at(minutes)), expected, "{minutes}");
    }
    assert_eq!(Versions::default().default_group(at(9)), (None, false));
}

#[test]
fn a_tier_is_found_by_its_version_or_else_is_the_earliest() {
    let tier = |version| Arc::new(crate::backtest::samples::tier(version));
    let tiers = HashMap::from([(id(1), vec![tier(2), tier(3)])]);
    let versions = Versions {
        tiers,
        ..Versions::default()
    };
    for (version, expected) in [(2, (2, true)), (3, (3, true)), (1, (2, false)), (4, (2, false))] {
        let (tier, is_known) = versions.tier(id(1), version).expect("it has versions");
        assert_eq!((tier.version, is_known), expected, "{version}");
    }
    assert!(versions.tier(id(9), 1).is_none());
}

/// "the proposal replaces exactly the part that it names".
#[test]
fn a_proposal_replaces_what_it_names_in_every_version_and_nothing_else() {
    let terms = vec![Term {
        basis: Basis::Percent {
            value: Percentage::new(20.into()).expect("in range"),
        },
        ..Term::group_rules()
    }];
    let mut versions = versions();
    versions.propose_terms(id(1), &terms, Some(14));
    versions.propose_rules(id(1), &rules(25));
    // A proposal for an unknown id replaces nothing.
    versions.propose_terms(id(9), &terms, None);
    versions.propose_rules(id(9), &rules(25));
    for (number, minutes) in [(1, 10), (2, 20)] {
        let found = versions.campaign(id(1), None, at(minutes)).expect("it has versions");
        let expected = Campaign {
            terms: terms.clone(),
            holdback_days: Some(14),
            ..(*campaign(number).value).clone()
        };
        assert_eq!(**found.value, expected);
        let found = versions.group(id(1), None, at(minutes)).expect("it has versions");
        let expected = PartnerGroup {
            rules: rules(25),
            ..(*group(number).value).clone()
        };
        assert_eq!(**found.value, expected);
    }
    let other = versions.campaign(id(2), None, at(10)).expect("it has a version");
    assert_eq!(other.value, &campaign(1).value);
    let other = versions.group(id(2), None, at(10)).expect("it has a version");
    assert_eq!(other.value, &group(1).value);
    assert_eq!((versions.campaigns.len(), versions.groups.len()), (2, 2));
}
