//! Manual reversals, and what counts after them and after refunds.

use std::sync::Arc;

use super::*;
use crate::tiered::{Counters, Fired, Window};

/// "A reversal by hand takes the row of the same component or tier; where an event lost all its rows, it loses all of the
/// proposal's."
#[test]
fn a_reversal_by_hand_takes_the_same_rows_and_all_where_none_was_left() {
    let own = |stands_for| proposed(Own, 2_000, stands_for);
    let (first, second) = (own(Some(11)), own(Some(12)));
    let clawed = under(0, proposed(Clawback, -200, Some(13)));
    let adjustment = under(0, proposed(TierAdjustment, 500, Some(14)));
    let ledger = |kind| move |number, reversed| written(number, kind, 1_000, reversed);
    let [of_own, of_clawback, of_tier] = [ledger(Own), ledger(Clawback), ledger(TierAdjustment)];
    for (name, rows, written, named, expected) in [
        (
            "the row that is named",
            vec![first.clone(), second.clone(), own(None)],
            vec![of_own(11, None), of_own(12, Some(5))],
            vec![12],
            vec![false, true, false],
        ),
        (
            "a clawback goes with what it is under",
            vec![first.clone(), clawed.clone()],
            vec![of_own(11, None), of_clawback(13, Some(5))],
            vec![13],
            vec![false, false],
        ),
        (
            "and then it does",
            vec![first.clone(), clawed.clone(), own(None)],
            vec![of_own(11, Some(5)), of_own(12, None), of_clawback(13, Some(5))],
            vec![11, 13],
            vec![true, true, false],
        ),
        (
            "all, since none was left",
            vec![gone(first.clone()), second.clone(), own(None), clawed.clone()],
            vec![of_own(11, Some(3)), of_own(12, Some(5)), of_clawback(13, None)],
            vec![12],
            vec![true, true, true, false],
        ),
        (
            "one was left until later",
            vec![first.clone(), second.clone(), own(None)],
            vec![of_own(11, Some(5)), of_own(12, Some(6))],
            vec![11],
            vec![true, false, false],
        ),
        (
            "it had no row of its own to lose",
            vec![own(None), adjustment.clone()],
            vec![of_tier(14, Some(5))],
            vec![14],
            vec![false, true],
        ),
    ] {
        let (first, versions) = (rows.len(), Versions::default());
        let mut replay = replay(&versions, 0, held(rows, written));
        let named: Vec<_> = named.into_iter().map(id).collect();
        replay.reverse(place(5), id(1), &named).expect("small amounts");
        assert_eq!(outcome(&replay, first), (expected, vec![]), "{name}");
    }
}

/// "Reversing its rows by hand leaves its amounts counted: only refunds take those out", of the lifetime value, too.
#[test]
fn counters_and_the_lifetime_value_lose_what_is_taken_back() {
    let counted = |conversions, sale_minor, payout_minor| {
        Counters::stored(currency("EUR"), [conversions, 0], [sale_minor, payout_minor, 0])
    };
    let window = Window {
        start: at(0),
        end: at(100),
    };
    type Step = fn(&mut Replay<'_>) -> Result<(), ReplayError>;
    let steps: [(Step, _, _); 3] = [
        // 30 % of 100.00 and of 20.00; the conversion; what was left of the amounts.
        (
            |replay| replay.take_back(&refund(5, 3_000, Vec::new())),
            counted(3, 37_000, 7_400),
            (7_000, 1),
        ),
        (
            |replay| replay.reverse(place(6), id(1), &[id(11)]),
            counted(2, 37_000, 7_400),
            (7_000, 1),
        ),
        (
            |replay| replay.take_back(&refund(7, 7_000, Vec::new())),
            counted(2, 30_000, 6_000),
            (0, 0),
        ),
    ];
    let (tier, versions) = (Arc::new(tier(1)), Versions::default());
    let sold = ReplayedEvent {
        base: vec![euros(2_000)],
        ..held(
            vec![proposed(Own, 2_000, Some(11))],
            vec![written(11, Own, 2_000, Some(6))],
        )
    };
    let mut replay = replay(&versions, 0, sold);
    let before = counted(3, 40_000, 8_000);
    replay.counts.put(id(1), &tier, window, before, Fired::default());
    for (number, (step, expected, (lifetime_minor, qualified))) in steps.into_iter().enumerate() {
        step(&mut replay).expect("small amounts");
        let counters = replay.counts.before(id(1), &tier, window, &replay.held);
        assert_eq!(counters, Ok((expected, Fired::default())), "{number}");
        let facts = replay.standings.of(currency("EUR"));
        let lifetime = euros(lifetime_minor).amount();
        assert_eq!(
            (facts.partner_ltv, facts.qualified_customers),
            (lifetime, qualified),
            "{number}"
        );
    }
}

#[test]
fn what_is_not_held_is_left_alone() {
    let versions = Versions::default();
    let mut replay = replay(&versions, 0, held(vec![proposed(Own, 2_000, Some(11))], Vec::new()));
    let mut of_another = refund(5, 3_000, Vec::new());
    of_another.event.original_id = Some(id(9));
    replay.take_back(&of_another).expect("nothing to do");
    replay.reverse(place(5), id(9), &[id(11)]).expect("nothing to do");
    assert_eq!(outcome(&replay, 1), (vec![false], vec![]));
}
