mod by_hand;

use std::collections::HashMap;

use CommissionKind::{Clawback, Event as Own, TierAdjustment};
use chrono_tz::UTC;

use super::*;
use crate::backtest::samples::{at, charge, currency, euros, held, id, place, proposed, recorded, tier, written};
use crate::backtest::{ReplayedPartner, Versions};
use crate::event::{Event, EventKind};
use crate::items::{Measure, Sight};
use crate::partner::PartnerStatus;

/// A replay of a range that begins with step `from`, after the charge of step 1.
fn replay(versions: &Versions, from: i64, held: ReplayedEvent) -> Replay<'_> {
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
    let mut replay = Replay::new(whose, versions);
    replay.standings.count(&held.event, false);
    replay.held.insert(held.event.id, held);
    replay
}

/// A refund of the charge of step 1.
fn refund(number: i64, minor: i64, rows: Vec<HistoryRow>) -> HistoryEvent {
    let event = Event {
        kind: EventKind::Refund,
        amount: Some(euros(minor)),
        original_id: Some(id(1)),
        ..charge(number)
    };
    HistoryEvent {
        rows,
        ..recorded(event)
    }
}

/// The ledger's clawback with this number, of a refund.
fn clawback(number: i64, refund: i64, minor: i64, adjusts: Option<i64>) -> HistoryRow {
    HistoryRow {
        id: id(number),
        kind: Clawback,
        amount: euros(minor),
        sight: Default::default(),
        event: id(refund),
        campaign: Some(id(1)),
        adjusts: adjusts.map(id),
        tier: None,
        accrued_at: at(refund),
        reversed: None,
    }
}

fn under(above: usize, row: ProposedRow) -> ProposedRow {
    ProposedRow {
        under: Some(above),
        ..row
    }
}

fn fixed(row: ProposedRow) -> ProposedRow {
    ProposedRow {
        sight: Sight::everything(Measure::Whole),
        ..row
    }
}

fn gone(row: ProposedRow) -> ProposedRow {
    ProposedRow {
        is_reversed: true,
        ..row
    }
}

/// Which of the first rows are reversed, and the others: what they are under, and their amount.
type Outcome = (Vec<bool>, Vec<(Option<usize>, i64)>);

fn outcome(replay: &Replay<'_>, first: usize) -> Outcome {
    let (first, others) = replay.held[&id(1)].rows.split_at(first);
    let others = others.iter().map(|row| {
        assert_eq!((row.kind, row.is_reversed), (Clawback, false));
        (row.under, row.amount.minor())
    });
    (first.iter().map(|row| row.is_reversed).collect(), others.collect())
}

/// Section 5, refund / chargeback, of a charge of 100.00.
#[test]
fn refunds_take_back_what_the_proposal_earned() {
    let own = |minor| proposed(Own, minor, None);
    let adjustment = |minor| under(0, proposed(TierAdjustment, minor, None));
    for (name, rows, refunds, expected) in [
        (
            "20.00, refunds of 30 and 70 %: -6.00, then -14.00",
            vec![own(2_000)],
            vec![3_000, 7_000],
            (vec![false], vec![(Some(0), -600), (Some(0), -1_400)]),
        ),
        (
            "wholly refunded at once: reversed",
            vec![own(2_000)],
            vec![10_000],
            (vec![true], vec![]),
        ),
        (
            "each row has clawbacks of its own: 30 % of 20.00 and of 10.00, then the rest",
            vec![own(2_000), own(1_000)],
            vec![3_000, 7_000],
            (
                vec![false, false],
                vec![(Some(0), -600), (Some(1), -300), (Some(0), -1_400), (Some(1), -700)],
            ),
        ),
        (
            "fixed amounts and their adjustments only at the full refund, then whole",
            vec![fixed(own(2_000)), adjustment(500), own(1_000)],
            vec![3_000, 7_000],
            (vec![true, true, false], vec![(Some(2), -300), (Some(2), -700)]),
        ),
        (
            "adjustments as the rows that they adjust: 30 % of 20.00 and of 5.00",
            vec![own(2_000), adjustment(500)],
            vec![3_000],
            (vec![false, false], vec![(Some(0), -600), (Some(1), -150)]),
        ),
        (
            "nothing of what is reversed",
            vec![gone(own(2_000))],
            vec![3_000],
            (vec![true], vec![]),
        ),
        (
            "only of clawbacks that hold, nothing of them: 30 % of 20.00, less 1.00",
            vec![
                own(2_000),
                under(0, proposed(Clawback, -100, None)),
                gone(under(0, proposed(Clawback, -200, None))),
            ],
            vec![3_000],
            (vec![false, false, true], vec![(Some(0), -500)]),
        ),
    ] {
        let (first, versions) = (rows.len(), Versions::default());
        let mut replay = replay(&versions, 0, held(rows, Vec::new()));
        for (number, minor) in (5..).zip(refunds) {
            let refunded = replay.take_back(&refund(number, minor, Vec::new()));
            refunded.expect("small amounts");
        }
        assert_eq!(outcome(&replay, first), expected, "{name}");
    }
}

/// "REVERSED and a full CLAWBACK are the same", but a row is treated as its counterpart in the ledger was.
#[test]
fn a_whole_refund_reverses_or_claws_back_as_the_ledger_did() {
    for (reversed, expected) in [
        (Some(5), (vec![true], vec![])),
        // Paid; or reversed later, by something else.
        (None, (vec![false], vec![(Some(0), -2_000)])),
        (Some(6), (vec![false], vec![(Some(0), -2_000)])),
    ] {
        let rows = vec![proposed(Own, 2_000, Some(11))];
        let ledger = vec![written(11, Own, 1_000, reversed)];
        let versions = Versions::default();
        let mut replay = replay(&versions, 0, held(rows, ledger));
        replay.take_back(&refund(5, 10_000, Vec::new())).expect("small amounts");
        assert_eq!(outcome(&replay, 1), expected, "{reversed:?}");
    }
}

#[test]
fn clawbacks_stand_for_those_that_the_refund_wrote_for_the_same_rows() {
    let rows = vec![
        proposed(Own, 1_000, Some(11)),
        proposed(Own, 2_000, Some(12)),
        proposed(Own, 3_000, None),
        proposed(Own, 4_000, Some(14)),
    ];
    let numbers = [11, 12, 14];
    let ledger = numbers.map(|number| written(number, Own, 1_000, None)).to_vec();
    let of_refund = vec![
        clawback(20, 5, -1, None),
        // The same amount as the proposal's, then another one.
        clawback(22, 5, -600, Some(12)),
        clawback(21, 5, -1, Some(11)),
    ];
    let versions = Versions::default();
    let mut replay = replay(&versions, 0, held(rows, ledger));
    replay.take_back(&refund(5, 3_000, of_refund)).expect("small amounts");
    let clawbacks = replay.held[&id(1)].rows[4..].iter();
    let clawbacks: Vec<_> = clawbacks
        .map(|row| (row.amount.minor(), row.stands_for, row.steps.is_none(), row.on))
        .collect();
    let of = |minor, stands_for: Option<i64>, is_same| (minor, stands_for.map(id), is_same, id(5));
    // 30 % of each row.
    let expected = [
        of(-300, Some(21), false),
        of(-600, Some(22), true),
        of(-900, None, false),
        of(-1_200, None, false),
    ];
    assert_eq!(clawbacks, expected);
}

/// Before the range both sides are what was recorded.
#[test]
fn a_refund_before_the_range_did_what_it_did() {
    let rows = vec![
        gone(proposed(Own, 1_000, Some(11))),
        proposed(Own, 2_000, Some(12)),
        proposed(Own, 3_000, Some(13)),
        proposed(Own, 4_000, Some(14)),
        proposed(Own, 5_000, None),
    ];
    // Reversed before, with this refund, later, and never.
    let ledger = [(11, Some(3)), (12, Some(5)), (13, Some(9)), (14, None)];
    let ledger = ledger.map(|(number, reversed)| written(number, Own, 1_000, reversed));
    let of_refund = vec![clawback(24, 5, -77, Some(14)), clawback(20, 5, -88, None)];
    let versions = Versions::default();
    let mut replay = replay(&versions, 9, held(rows, ledger.to_vec()));
    replay.take_back(&refund(5, 3_000, of_refund)).expect("small amounts");
    let expected = (vec![true, true, false, false, false], vec![(Some(3), -77), (None, -88)]);
    assert_eq!(outcome(&replay, 5), expected);
    let stand_for: Vec<_> = replay.held[&id(1)].rows[5..].iter().map(|row| row.stands_for).collect();
    assert_eq!(stand_for, [Some(id(24)), Some(id(20))]);
}
