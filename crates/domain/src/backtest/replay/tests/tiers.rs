//! Which tiers act in a replay, and what their adjustments stand for.

use super::*;
use crate::event::{Attribution, Event, EventKind};

fn counted() -> MadeWith {
    MadeWith {
        tiers: vec![(id(1), 1)],
        ..by_campaign()
    }
}

fn proposing(tier: TieredCommission, present: Vec<TieredCommission>) -> Versions {
    Versions {
        proposed: Some(Arc::new(tier)),
        tiers: present
            .into_iter()
            .map(|tier| (tier.id, vec![Arc::new(tier)]))
            .collect(),
        ..paying(percent(10))
    }
}

/// A tier that everything reaches, with this rate.
fn raising(tier: i64, value: u32) -> TieredCommission {
    let goal = Goal {
        metric: Metric::Conversion,
        goal: 0.into(),
        max: None,
    };
    TieredCommission {
        id: id(tier),
        tier: Tier {
            goals: vec![goal],
            payout: Some(Modifier {
                action: Action::Increase,
                value: value.into(),
            }),
            retroactive_payout: None,
            ..silver().tier
        },
        ..silver()
    }
}

#[test]
fn the_proposed_tier_replaces_the_one_with_its_id_and_no_other() {
    let of = |versions: &Versions, made_with| total(&replay(versions, 0, vec![earned(1, made_with)])).proposed_minor;
    let both = || MadeWith {
        tiers: vec![(id(1), 1), (id(2), 1)],
        ..by_campaign()
    };
    let inactive = |number| {
        let mut tier = raising(number, 50);
        tier.tier.status = crate::tiered::Status::Inactive;
        tier
    };
    // Instead of tier 1 there is one that changes nothing: tier 2 acts.
    let versions = proposing(inactive(1), vec![raising(1, 20), raising(2, 10)]);
    assert_eq!(of(&versions, both()), 1_100);
    assert_eq!(of(&versions, counted()), 1_000);
    // Instead of tier 2: tier 1 acts.
    let versions = proposing(inactive(2), vec![raising(1, 20), raising(2, 10)]);
    assert_eq!(of(&versions, both()), 1_200);
}

#[test]
fn without_a_decision_the_tiers_that_are_there_now_count() {
    let of = |tier: TieredCommission| {
        let versions = Versions {
            tiers: [(id(1), vec![Arc::new(tier)])].into(),
            ..paying(percent(10))
        };
        let undecided = HistoryEvent {
            decision: None,
            ..earned(1, by_campaign())
        };
        total(&replay(&versions, 0, vec![undecided])).proposed_minor
    };
    assert_eq!(of(raising(1, 20)), 1_200);
    let archived = TieredCommission {
        archived_at: Some(at(0)),
        ..raising(1, 20)
    };
    assert_eq!(of(archived), 1_000);
    let mut other = raising(1, 20);
    other.audience.campaign_ids = vec![id(2)];
    assert_eq!(of(other), 1_000);
}

#[test]
fn a_retroactive_part_moves_only_the_campaign_on_which_it_fires() {
    let mut tier = silver();
    tier.audience.campaign_ids.push(id(2));
    let mut versions = proposing(tier, Vec::new());
    let mut other = campaign(percent(10)).as_ref().clone();
    other.id = id(2);
    versions.campaigns.insert(id(2), vec![since(1, 0, Arc::new(other))]);
    let mut first = earned(1, by_campaign());
    first.event.attribution = Some(Attribution {
        campaign_id: Some(id(2)),
        ..first.event.attribution.expect("it is credited")
    });
    let history = vec![first, earned(2, by_campaign()), earned(3, by_campaign())];
    // The third reaches the goal on campaign 1: it and the second rise by 1.00.
    assert_eq!(total(&replay(&versions, 0, history)).proposed_minor, 3_000 + 2 * 100);
}

fn row(number: i64, kind: CommissionKind, minor: i64, adjusts: i64, tier: Option<i64>) -> HistoryRow {
    HistoryRow {
        id: id(number),
        kind,
        amount: euros(minor),
        adjusts: Some(id(adjusts)),
        tier: tier.map(id),
        accrued_at: at(3),
        ..earned(1, by_campaign()).rows.remove(0)
    }
}

/// Half of the charge of step 1 is refunded as this step; the ledger's clawback has this number.
fn half(step: i64, clawback: i64) -> HistoryEvent {
    let mut refund = recorded(Event {
        kind: EventKind::Refund,
        amount: Some(euros(5_000)),
        original_id: Some(id(1)),
        ..charge(step)
    });
    let row = row(clawback, CommissionKind::Clawback, -500, 101, None);
    refund.rows = vec![HistoryRow {
        event: refund.event.id,
        accrued_at: at(step),
        ..row
    }];
    refund
}

/// Kind, amount, and the ledger's row with the same amount that it stands for.
type ShownRow = (CommissionKind, i64, Option<CommissionId>);

fn rows_of(replayed: &Replayed, event: i64) -> Vec<ShownRow> {
    let changed = replayed.changed.iter().find(|changed| changed.event == id(event));
    let rows = changed.into_iter().flat_map(|changed| &changed.rows);
    rows.map(|row| (row.kind, row.amount.minor(), row.steps.as_ref().err().copied()))
        .collect()
}

#[test]
fn an_adjustment_and_its_clawback_stand_for_those_of_the_same_tier() {
    let (own, adjustment, clawback) = (
        CommissionKind::Event,
        CommissionKind::TierAdjustment,
        CommissionKind::Clawback,
    );
    // The tier is as it was; the campaign pays 20 % instead of 10 %.
    let versions = Versions {
        tiers: [(id(1), vec![Arc::new(silver())])].into(),
        ..paying(percent(20))
    };
    // The ledger's clawback of the adjustment, and whether the proposal's is explained by it.
    for (written_minor, explained) in [(-50, Some(id(151))), (-40, None)] {
        let mut first = earned(1, counted());
        first.event.refunded_minor = 5_000;
        first.rows.push(row(149, adjustment, 100, 101, Some(2)));
        first.rows.push(row(150, adjustment, 100, 101, Some(1)));
        let mut replay = begun(&versions, 0);
        // They name the refund, and were written when the third reached the goal.
        let mut refund = half(2, 120);
        let written = [(160, -50, 149), (151, written_minor, 150)];
        refund.rows.extend(written.map(|(number, minor, adjusts)| HistoryRow {
            event: id(2),
            ..row(number, clawback, minor, adjusts, None)
        }));
        for recorded in [first, refund, earned(3, counted()), half(4, 121)] {
            replay.step(recorded).expect("small amounts");
        }
        let replayed = replay.finish().expect("small sums");
        assert_eq!(
            rows_of(&replayed, 1),
            [(own, 2_000, None), (adjustment, 100, Some(id(150))),]
        );
        assert_eq!(
            rows_of(&replayed, 2),
            [(clawback, -1_000, None), (clawback, -50, explained)]
        );
        // The second half takes back what is left of both: 10.00 and, of the adjustment, 0.50.
        assert_eq!(rows_of(&replayed, 4), [(clawback, -1_000, None), (clawback, -50, None)]);
    }
}

#[test]
fn a_refund_that_reversed_a_row_in_the_ledger_may_claw_it_back_in_the_proposal() {
    // A tenth of 0.01 is nothing, so that the ledger has no clawback of the first refund, and its row is reversed by the
    // second one. In the proposal the first refund took back 2.00, so that the second takes back the rest.
    let mut first = earned(1, by_campaign());
    first.rows[0].amount = euros(1);
    first.rows[0].reversed = Some(place(3));
    let refund = |step, minor| {
        recorded(Event {
            kind: EventKind::Refund,
            amount: Some(euros(minor)),
            original_id: Some(id(1)),
            ..charge(step)
        })
    };
    let history = vec![first, refund(2, 1_000), refund(3, 9_000)];
    let replayed = replay(&paying(percent(20)), 0, history);
    assert_eq!(rows_of(&replayed, 1), [(CommissionKind::Event, 2_000, None)]);
    assert_eq!(rows_of(&replayed, 2), [(CommissionKind::Clawback, -200, None)]);
    assert_eq!(rows_of(&replayed, 3), [(CommissionKind::Clawback, -1_800, None)]);
}
