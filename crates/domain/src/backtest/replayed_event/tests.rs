use CommissionKind::{Clawback, Event as Own, TierAdjustment};

use super::*;
use crate::backtest::samples::{at, euros, held, id, proposed, written};
use crate::explain::Outcome;
use crate::refund::Refunded;

fn under(above: usize, row: ProposedRow) -> ProposedRow {
    ProposedRow {
        under: Some(above),
        ..row
    }
}

fn reversed(row: ProposedRow) -> ProposedRow {
    ProposedRow {
        is_reversed: true,
        ..row
    }
}

#[test]
fn steps_are_kept_unless_the_ledgers_row_has_the_same_amount() {
    let held = held(
        Vec::new(),
        vec![written(11, Own, 500, None), written(12, Own, 700, None)],
    );
    let steps = vec![Step {
        source: "terms".to_owned(),
        outcome: Outcome::Applied,
        detail: "10 %".to_owned(),
        threshold: None,
        amount: None,
    }];
    for (stands_for, minor, are_kept) in [
        (Some(11), 500, false),
        (Some(12), 700, false),
        (Some(11), 700, true),
        // A row of another event.
        (Some(13), 500, true),
        (None, 500, true),
    ] {
        let kept = held.keep(stands_for.map(id), euros(minor), steps.clone());
        assert_eq!(kept, are_kept.then(|| steps.clone()), "{stands_for:?} {minor}");
    }
    let of = |number| held.written(id(number)).map(|row| row.amount);
    assert_eq!([of(11), of(12), of(13)], [Some(euros(500)), Some(euros(700)), None]);
}

/// For tiers an event that lost all its own rows no longer counts; one that never had any still does.
#[test]
fn what_tiers_look_at_are_its_own_rows_and_their_adjustments() {
    let open = |kind, minor| proposed(kind, minor, None);
    let gone = |kind, minor| reversed(proposed(kind, minor, None));
    for (rows, own, adjustments, rows_reversed) in [
        (vec![], vec![], vec![], false),
        (
            vec![gone(TierAdjustment, 1), gone(Clawback, -1)],
            vec![],
            vec![1],
            false,
        ),
        (vec![open(Own, 5)], vec![(5, false)], vec![], false),
        (
            vec![gone(Own, 5), open(TierAdjustment, 2), open(Own, 6), open(Clawback, -3)],
            vec![(5, true), (6, false)],
            vec![2],
            false,
        ),
        (
            vec![open(Clawback, -3), gone(Own, 5), open(TierAdjustment, 2), gone(Own, 6)],
            vec![(5, true), (6, true)],
            vec![2],
            true,
        ),
    ] {
        let mut held = held(rows, Vec::new());
        held.refund(Some(euros(3_000)), &[]);
        let past = held.past();
        let rows: Vec<_> = past
            .payout
            .rows
            .iter()
            .map(|row| (row.amount.minor(), row.is_reversed))
            .collect();
        assert_eq!(rows, own);
        let of_tiers: Vec<_> = past.payout.adjustments.iter().map(|amount| amount.minor()).collect();
        assert_eq!(of_tiers, adjustments, "{own:?}");
        let expected = TakenBack {
            refunded: Refunded::new(3_000, 10_000),
            rows_reversed,
        };
        assert_eq!((past.taken_back, held.taken_back()), (expected, expected), "{own:?}");
    }
}

/// "reversing it by hand reverses its unpaid CLAWBACKs and adjustments and claws back paid ones": paid are those whose
/// row in the ledger was not reversed.
#[test]
fn what_adjusts_a_row_that_is_reversed_goes_with_it_or_is_clawed_back() {
    let (left, gone) = (Some(None), Some(Some(5)));
    // The ledger's row, when the row accrued and whether it is reversed already; whether it is then, and what undoes it.
    for (kind, minor, ledger, accrued, before, after, undone) in [
        (TierAdjustment, 500, None, 1, false, true, None),
        (TierAdjustment, 500, gone, 1, false, true, None),
        (TierAdjustment, 500, left, 1, false, false, Some(-500)),
        (TierAdjustment, 500, left, 5, false, false, Some(-500)),
        (TierAdjustment, 500, left, 1, true, true, None),
        (Clawback, -200, None, 1, false, true, None),
        (Clawback, -200, None, 5, false, true, None),
        (Clawback, -200, gone, 1, false, true, None),
        (Clawback, -200, left, 1, false, false, Some(200)),
        // A row that the reversal itself wrote is not undone.
        (Clawback, -200, left, 5, false, false, None),
    ] {
        let what = format!("{kind:?} {ledger:?} {accrued} {before}");
        let row = ProposedRow {
            is_reversed: before,
            accrued_at: at(accrued),
            on: id(3),
            ..under(0, proposed(kind, minor, ledger.map(|_| 11)))
        };
        let ledger = ledger.map(|reversed| written(11, kind, minor, reversed));
        let rows = vec![proposed(Own, 2_000, None), row, proposed(Own, 3_000, None)];
        let mut held = held(rows, ledger.into_iter().collect());
        held.reverse(0, at(5));
        let states: Vec<_> = held.rows[..3].iter().map(|row| row.is_reversed).collect();
        assert_eq!(states, [true, after, false], "{what}");
        let added: Vec<_> = held.rows[3..]
            .iter()
            .map(|row| {
                (
                    row.kind,
                    row.amount.minor(),
                    row.under,
                    row.accrued_at,
                    row.on,
                    row.is_reversed,
                )
            })
            .collect();
        let undo = |minor| (Clawback, minor, Some(1), at(5), id(3), false);
        assert_eq!(added, undone.map(undo).into_iter().collect::<Vec<_>>(), "{what}");
    }
}

#[test]
fn a_reversal_follows_adjustments_to_their_clawbacks_and_undoes_a_row_once() {
    let rows = vec![
        proposed(Own, 2_000, None),
        under(0, proposed(TierAdjustment, 500, Some(11))),
        under(1, proposed(Clawback, -200, Some(12))),
        under(1, proposed(Clawback, -100, None)),
        under(0, proposed(Clawback, -50, None)),
        // Of another row.
        proposed(Own, 3_000, None),
        under(5, proposed(Clawback, -70, None)),
    ];
    let ledger = vec![
        written(11, TierAdjustment, 500, None),
        written(12, Clawback, -200, None),
    ];
    let mut held = held(rows, ledger);
    let is_reversed = |held: &ReplayedEvent| held.rows.iter().map(|row| row.is_reversed).collect::<Vec<_>>();
    for time in ["first", "second"] {
        held.reverse(0, at(5));
        let mut undone: Vec<_> = held.rows[7..]
            .iter()
            .map(|row| (row.under, row.amount.minor()))
            .collect();
        undone.sort();
        // The paid adjustment and its paid clawback, each in full; the second time they are undone already.
        assert_eq!(undone, [(Some(1), -500), (Some(2), 200)], "{time}");
        assert_eq!(
            is_reversed(&held)[..7],
            [true, false, false, true, true, false, false],
            "{time}"
        );
    }
}
