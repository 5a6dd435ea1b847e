//! What was recorded before the range: it counts with its recorded amounts, and is refunded like anything else.

use super::*;
use crate::backtest::history::Rated;
use crate::event::{Event, EventKind};

/// The tier without its retroactive part, reached with a payout of this much.
fn reached_with(minor: i64) -> Versions {
    let goal = Goal {
        metric: Metric::Payout,
        goal: euros(minor).amount(),
        max: None,
    };
    let tier = TieredCommission {
        tier: Tier {
            goals: vec![goal],
            crossing_policy: crate::tiered::CrossingPolicy::CrossingConversion,
            retroactive_payout: None,
            ..silver().tier
        },
        ..silver()
    };
    Versions {
        tiers: [(id(1), vec![Arc::new(tier)])].into(),
        ..paying(percent(10))
    }
}

fn counted() -> MadeWith {
    MadeWith {
        tiers: vec![(id(1), 1)],
        ..by_campaign()
    }
}

fn row(number: i64, kind: CommissionKind, minor: i64, step: i64) -> HistoryRow {
    HistoryRow {
        id: id(number),
        kind,
        amount: euros(minor),
        adjusts: Some(id(101)),
        accrued_at: at(step),
        ..earned(1, by_campaign()).rows.remove(0)
    }
}

#[test]
fn tiers_count_what_rows_were_before_their_rates() {
    // 11.00 by a rate upon 10.00, and an adjustment: 10.00 are counted.
    let mut first = earned(1, counted());
    first.rows[0].amount = euros(1_100);
    first.rows.push(row(150, CommissionKind::TierAdjustment, 100, 1));
    first.rated = vec![Rated {
        row: Some(id(101)),
        base: euros(1_000),
    }];
    let of = |goal| {
        total(&replay(
            &reached_with(goal),
            2,
            vec![first.clone(), earned(2, counted())],
        ))
        .proposed_minor
    };
    assert_eq!((of(2_000), of(2_001)), (1_100, 1_000));
    // A row that no rate changed counts as it is.
    first.rows.truncate(1);
    first.rated.clear();
    let of = |goal| {
        total(&replay(
            &reached_with(goal),
            2,
            vec![first.clone(), earned(2, counted())],
        ))
        .proposed_minor
    };
    assert_eq!((of(2_100), of(2_101)), (1_100, 1_000));
}

#[test]
fn rows_of_the_range_are_not_taken_over() {
    // An adjustment that another event of the range caused, by a tier that is never reached in the replay.
    let mut first = earned(1, counted());
    first.rows.push(row(150, CommissionKind::TierAdjustment, 100, 2));
    let replayed = replay(&reached_with(1_000_000), 2, vec![first, earned(2, counted())]);
    let expected = Difference {
        actual_minor: 1_100,
        proposed_minor: 1_000,
        disappeared: 1,
        unchanged: 1,
        ..Difference::default()
    };
    assert_eq!(total(&replayed), expected);
}

#[test]
fn what_was_clawed_back_before_the_range_is_not_clawed_back_again() {
    let mut first = earned(1, counted());
    first.event.refunded_minor = 10_000;
    let refund = recorded(Event {
        kind: EventKind::Refund,
        original_id: Some(id(1)),
        ..charge(3)
    });
    let versions = reached_with(1_000_000);
    let mut replay = begun(&versions, 2);
    // Another row's clawback is none of this one's.
    let foreign = HistoryRow {
        adjusts: Some(id(999)),
        event: id(9),
        ..row(140, CommissionKind::Clawback, -300, 1)
    };
    replay.whose.loose = vec![foreign, row(151, CommissionKind::Clawback, -1_000, 1)];
    for recorded in [first, refund] {
        replay.step(recorded).expect("small amounts");
    }
    assert_eq!(total(&replay.finish().expect("small sums")), Difference::default());
}
