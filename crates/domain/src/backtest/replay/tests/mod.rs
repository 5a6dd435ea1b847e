//! Charges of 100.00 on one campaign that paid 10 %, replayed with a tier, another group or manual reversals. The
//! figures follow from the rules of tiers and groups; each is worked out beside its test.

mod before_range;
mod rows;
mod tiers;

use chrono_tz::UTC;

use super::*;
use crate::attribution::AttributionSettings;
use crate::backtest::compare::Difference;
use crate::backtest::history::HistoryDecision;
use crate::backtest::samples::{at, charge, currency, euros, id, place, recorded, tier};
use crate::backtest::versions::Versioned;
use crate::campaign::{Campaign, CampaignStatus};
use crate::commission::CommissionKind;
use crate::decision::{Component, MadeWith, NoCommissionReason, TermsSource};
use crate::group_rules::RuleSet;
use crate::money::Percentage;
use crate::partner_group::PartnerGroup;
use crate::terms::{Basis, Term};
use crate::tiered::{Action, Goal, Metric, Modifier, Retroactive, Tier};

fn since<T>(version: u32, minutes: i64, value: T) -> Versioned<T> {
    Versioned {
        version,
        begins_at: at(minutes),
        value,
    }
}

fn campaign(term: Term) -> Arc<Campaign> {
    Arc::new(Campaign {
        id: id(1),
        name: "Spring".to_owned(),
        external_id: None,
        status: CampaignStatus::Active,
        terms: vec![term],
        holdback_days: None,
        starts_at: None,
        ends_at: None,
        advertiser_id: None,
        destination_url: None,
        link_hosts: Vec::new(),
        attribution: AttributionSettings::default(),
        created_at: at(0),
        updated_at: at(0),
        version: 1,
    })
}

fn percent(value: u32) -> Term {
    let value = Percentage::new(value.into()).expect("in range");
    Term {
        basis: Basis::Percent { value },
        ..Term::group_rules()
    }
}

/// The campaign has paid by this component since the beginning.
fn paying(term: Term) -> Versions {
    Versions {
        campaigns: HashMap::from([(id(1), vec![since(1, 0, campaign(term))])]),
        ..Versions::default()
    }
}

/// Replaces nothing. From two conversions on, payouts are 10 % higher, and earlier ones rise by 1.00.
fn silver() -> TieredCommission {
    let goal = Goal {
        metric: Metric::Conversion,
        goal: 2.into(),
        max: None,
    };
    TieredCommission {
        tier: Tier {
            goals: vec![goal],
            payout: Some(Modifier {
                action: Action::Increase,
                value: 10.into(),
            }),
            retroactive_payout: Some(Retroactive {
                action: Action::FlatIncrease,
                value: 1.into(),
                kind: None,
            }),
            ..tier(1).tier
        },
        ..tier(1)
    }
}

fn decided(made_with: MadeWith) -> HistoryDecision {
    HistoryDecision {
        reason: None,
        components: vec![Component {
            term: 0,
            reason: None,
            amount: Some(euros(1_000)),
            detail: String::new(),
        }],
        made_with,
    }
}

fn by_campaign() -> MadeWith {
    MadeWith {
        partner_status: Some(PartnerStatus::Active),
        source: Some(TermsSource::Campaign),
        campaign_version: Some(1),
        own_group: Some(None),
        ..MadeWith::default()
    }
}

/// The charge of this step, which earned 10.00.
fn earned(number: i64, made_with: MadeWith) -> HistoryEvent {
    let event = charge(number);
    let row = HistoryRow {
        id: id(100 + number),
        kind: CommissionKind::Event,
        amount: euros(1_000),
        sight: Default::default(),
        event: event.id,
        campaign: Some(id(1)),
        adjusts: None,
        tier: None,
        accrued_at: at(number),
        reversed: None,
    };
    HistoryEvent {
        decision: Some(decided(made_with)),
        rows: vec![row],
        ..recorded(event)
    }
}

/// The replay of a partner who is active, is in no group and was promised nothing.
fn begun(versions: &Versions, from: i64) -> Replay<'_> {
    let whose = ReplayedPartner {
        partner: id(1),
        status: PartnerStatus::Active,
        group: None,
        snapshots: HashMap::new(),
        loose: Vec::new(),
        passages: Vec::new(),
        as_recorded: Vec::new(),
        zone: UTC,
        base: currency("EUR"),
        from: at(from),
    };
    Replay::new(whose, versions)
}

fn replay(versions: &Versions, from: i64, history: Vec<HistoryEvent>) -> Replayed {
    let mut replay = begun(versions, from);
    for recorded in history {
        replay.step(recorded).expect("small amounts");
    }
    replay.finish().expect("small sums")
}

fn total(replayed: &Replayed) -> Difference {
    replayed.tally.total.values().next().copied().unwrap_or_default()
}

fn with_silver() -> Versions {
    Versions {
        proposed: Some(Arc::new(silver())),
        ..paying(percent(10))
    }
}

fn three() -> Vec<HistoryEvent> {
    (1..=3).map(|number| earned(number, by_campaign())).collect()
}

#[test]
fn a_proposed_tier_raises_what_comes_after_its_goal_and_adjusts_what_came_before() {
    let replayed = replay(&with_silver(), 0, three());
    // The second reaches the goal: 1.00 more for it and the first. The third pays 11.00.
    let expected = Difference {
        actual_minor: 3_000,
        proposed_minor: 3_000 + 2 * 100 + 100,
        appeared: 2,
        rose: 1,
        unchanged: 2,
        ..Difference::default()
    };
    assert_eq!(total(&replayed), expected);
    assert!(!replayed.is_incomplete);
    let months: Vec<_> = replayed.tally.months.iter().collect();
    let [((month, _), sum)] = months.as_slice() else {
        panic!("all in March: {months:?}");
    };
    assert_eq!(month.to_rfc3339(), "2026-03-01T00:00:00+00:00");
    assert_eq!(sum.proposed_minor, 3_300);
    let adjusted = &replayed
        .changed
        .iter()
        .find(|event| event.event == id(1))
        .expect("changed")
        .rows;
    let rows: Vec<_> = adjusted.iter().map(|row| (row.kind, row.term, row.amount)).collect();
    assert_eq!(
        rows,
        [
            (CommissionKind::Event, Some(0), euros(1_000)),
            (CommissionKind::TierAdjustment, None, euros(100)),
        ]
    );
    // Unchanged rows are explained by the ledger's row, new ones by their own steps.
    assert_eq!(adjusted[0].steps, Err(id(101)));
    let steps = adjusted[1].steps.as_ref().expect("of the proposal");
    let sum: rust_decimal::Decimal = steps.iter().filter_map(|step| step.amount).sum();
    assert_eq!(sum, euros(100).amount());
}

#[test]
fn a_proposed_tier_acts_on_its_audience_and_event_type_only() {
    let of = |change: fn(&mut TieredCommission)| {
        let mut tier = silver();
        change(&mut tier);
        let versions = Versions {
            proposed: Some(Arc::new(tier)),
            ..paying(percent(10))
        };
        total(&replay(&versions, 0, three())).proposed_minor
    };
    assert_eq!(of(|_| ()), 3_300);
    assert_eq!(of(|tier| tier.audience.campaign_ids = vec![id(2)]), 3_000);
    assert_eq!(of(|tier| tier.audience.apply_to_all_partners = false), 3_000);
    assert_eq!(of(|tier| tier.tier.event_type = Some("lead".to_owned())), 3_000);
}

#[test]
fn conversions_before_the_range_count_towards_a_tier_that_was_there_and_stay_as_they_were() {
    let mut versions = paying(percent(10));
    versions.tiers.insert(id(1), vec![Arc::new(silver())]);
    let counted = || MadeWith {
        tiers: vec![(id(1), 1)],
        ..by_campaign()
    };
    let history = || (1..=3).map(|number| earned(number, counted())).collect();
    // Only the third is compared: it pays 11.00 after two before it. That the ledger has 10.00 is the difference.
    let replayed = replay(&versions, 3, history());
    let expected = Difference {
        actual_minor: 1_000,
        proposed_minor: 1_100,
        rose: 1,
        ..Difference::default()
    };
    assert_eq!(total(&replayed), expected);
    // From the second on: it fires, for the first as well.
    let replayed = replay(&versions, 2, history());
    assert_eq!(total(&replayed).proposed_minor, 1_000 + 1_100 + 2 * 100);
    assert!(!replayed.is_incomplete);
    // The version that the decision names is not stored: the first stored one is used, and this is reported.
    versions
        .tiers
        .insert(id(1), vec![Arc::new(TieredCommission { version: 2, ..silver() })]);
    assert!(replay(&versions, 3, history()).is_incomplete);
    // A deleted tier has never changed an amount.
    versions.tiers.clear();
    let replayed = replay(&versions, 3, history());
    assert_eq!(
        (total(&replayed).proposed_minor, replayed.is_incomplete),
        (1_000, false)
    );
}

#[test]
fn goals_reached_by_what_earns_nothing_wait_for_the_next_conversion_that_does() {
    let stopped = |number| HistoryEvent {
        rows: Vec::new(),
        decision: Some(HistoryDecision {
            reason: Some(NoCommissionReason::PartnerSuspended),
            components: Vec::new(),
            made_with: MadeWith {
                partner_status: Some(PartnerStatus::Suspended),
                source: None,
                ..by_campaign()
            },
        }),
        ..earned(number, by_campaign())
    };
    // The second reaches the goal while the partner earns nothing: neither it nor the first is adjusted by it.
    let two = replay(&with_silver(), 0, vec![earned(1, by_campaign()), stopped(2)]);
    assert_eq!((total(&two).actual_minor, total(&two).proposed_minor), (1_000, 1_000));
    // The third one triggers the tier: 11.00 by the rate. It and the first move to 11.00; the one that earned nothing
    // does not.
    let three = replay(
        &with_silver(),
        0,
        vec![earned(1, by_campaign()), stopped(2), earned(3, by_campaign())],
    );
    assert_eq!(total(&three).proposed_minor, 1_000 + 100 + 1_100);
}

#[test]
fn rows_that_were_reversed_by_hand_are_reversed_in_the_proposal_too() {
    let mut history = three();
    history[0].rows[0].reversed = Some(place(4));
    let replayed = replay(&paying(percent(20)), 0, history);
    let expected = Difference {
        actual_minor: 2_000,
        proposed_minor: 4_000,
        rose: 2,
        ..Difference::default()
    };
    assert_eq!(total(&replayed), expected);
}

fn group(version: u32, percentage: &str) -> Arc<PartnerGroup> {
    let rules = serde_json::json!([{ "type": "recurring", "percentage": percentage }]);
    Arc::new(PartnerGroup {
        id: id(1),
        name: "Agencies".to_owned(),
        external_id: None,
        description: None,
        tags: Vec::new(),
        is_default: false,
        currency: None,
        rules: serde_json::from_value::<RuleSet>(rules).expect("one recurring rule"),
        version,
        created_at: at(0),
        updated_at: at(0),
    })
}

#[test]
fn the_group_of_the_decision_is_asked_or_else_the_one_that_counted_at_the_time() {
    let versions = |defaults| Versions {
        groups: HashMap::from([(id(1), vec![since(1, 0, group(1, "10")), since(2, 50, group(2, "30"))])]),
        defaults,
        ..paying(Term::group_rules())
    };
    let named = |version| MadeWith {
        group: Some((id(1), version)),
        own_group: Some(Some(id(1))),
        ..by_campaign()
    };
    let unnamed = |own_group| MadeWith {
        group: None,
        own_group,
        ..by_campaign()
    };
    let of_default = || vec![since(1, 0, Some(id(1)))];
    for (what, defaults, made_with, expected, is_incomplete) in [
        ("by its version", vec![], named(2), 3_000, false),
        ("of a version that is not kept", vec![], named(7), 1_000, true),
        ("its own at the time", vec![], unnamed(Some(Some(id(1)))), 1_000, false),
        (
            "the default of the time",
            of_default(),
            unnamed(Some(None)),
            1_000,
            false,
        ),
        (
            "a default that came later",
            vec![since(1, 50, Some(id(1)))],
            unnamed(Some(None)),
            1_000,
            true,
        ),
        ("no default", vec![], unnamed(Some(None)), 0, true),
        ("own group not kept", of_default(), unnamed(None), 1_000, true),
        (
            "none was there",
            of_default(),
            MadeWith {
                source: Some(TermsSource::None),
                ..unnamed(Some(None))
            },
            0,
            false,
        ),
    ] {
        let replayed = replay(&versions(defaults), 0, vec![earned(1, made_with)]);
        assert_eq!(total(&replayed).proposed_minor, expected, "{what}");
        assert_eq!(replayed.is_incomplete, is_incomplete, "{what}");
    }
}

#[test]
fn what_no_tier_and_no_refund_can_change_any_more_is_given_out_at_once() {
    let versions = paying(percent(20));
    let mut replay = begun(&versions, 0);
    replay.step(earned(1, by_campaign())).expect("small amounts");
    let changed: Vec<_> = replay.take_changed().iter().map(|event| event.event).collect();
    assert_eq!(changed, [id(1)]);
    assert!(replay.take_changed().is_empty());
}
