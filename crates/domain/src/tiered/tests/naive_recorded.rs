//! What only recorded conversions have, compared with naive sums: several rows, refunds, reversed rows.

use proptest::prelude::*;

use super::naive::{UNIT, any_retroactive, divided, minor, scaled};
use super::*;
use crate::items::Measure;
use crate::refund::{Refunded, RefundedPart};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Distributes a deduction cent by cent, from the first row on.
    #[test]
    fn flat_deductions_go_from_row_to_row(rows in proptest::collection::vec(0i64..300, 1..5), value in 1i64..900) {
        let money = |minor: i64| Money::from_minor(minor, currency("USD")).expect("small");
        let acted = apply_action(Action::FlatDecrease, Decimal::new(value, 2), &rows.iter().copied().map(money).collect::<Vec<_>>());
        let mut expected = rows;
        for _ in 0..value {
            if let Some(row) = expected.iter_mut().find(|row| **row > 0) {
                *row -= 1;
            }
        }
        prop_assert_eq!(acted.expect("small"), expected.into_iter().map(money).collect::<Vec<_>>());
    }

    #[test]
    fn refunds_in_any_steps_take_the_same(
        payout in 0i64..5000, revenue in 0i64..5000, charged in 1i64..3000, parts in proptest::collection::vec(1i64..3000, 0..6), base: bool,
    ) {
        let money = |minor: i64| Money::from_minor(minor, currency("USD")).expect("small");
        let conversion = Conversion {
            occurred_at: at("2026-05-10T12:00:00Z"), event_type: None, base,
            sale_amount: Some(money(charged).into()), payout: vec![money(payout)], revenue: Some(money(revenue)),
        };
        let counted = |refunded_minor: i64| {
            let refunded = Refunded { refunded_minor, charged_minor: charged, wholly: refunded_minor == charged };
            conversion.counted(currency("USD"), TakenBack { refunded, rows_reversed: false }).expect("small")
        };
        let (mut so_far, mut left) = (0, counted(0));
        for part in parts.into_iter().chain([charged]) {
            let next = (so_far + part).min(charged);
            left = left.plus(counted(next).minus(counted(so_far)).expect("small")).expect("small");
            so_far = next;
            let [sale, paid, earned] = left.sums_minor(currency("USD")).expect("of whole cents");
            prop_assert_eq!(sale, charged - so_far);
            let remains = |all: i64| i128::from(all) - divided(i128::from(all) * i128::from(so_far), charged.into());
            prop_assert_eq!((i128::from(paid), i128::from(earned)), (remains(payout), remains(revenue)));
        }
        prop_assert_eq!(left, Counters::default());
    }
}

/// A recorded conversion with rows of whole cents: base, what the tiers left of it, fixed, reversed; an earlier
/// adjustment; how many of 60 cents were refunded.
type Recorded = (Vec<(i64, i64, bool, bool)>, Option<i64>, i64);

fn any_recorded() -> impl Strategy<Value = Recorded> {
    let row = (1i64..900, 0i64..900, any::<bool>(), any::<bool>());
    let refunded = prop_oneof![2 => Just(0), 2 => 1i64..60, 1 => Just(60)];
    (
        proptest::collection::vec(row, 0..4),
        proptest::option::of(-400i64..400),
        refunded,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    /// Several rows, reversed ones, refunds and earlier adjustments, which no simulation has.
    #[test]
    fn adjustments_of_recorded_conversions_agree_with_a_naive_sum(
        recorded in proptest::collection::vec(any_recorded(), 1..6),
        part in any_retroactive(Side::Payout).prop_filter_map("there is one", |part| part),
    ) {
        let money = |minor: i64| Money::from_minor(minor, currency("USD")).expect("small");
        let mut past: Vec<_> = recorded.iter().map(|(rows, adjusted, refunded)| PastConversion {
            conversion: Conversion {
                occurred_at: at("2026-05-10T12:00:00Z"), event_type: None, base: true, sale_amount: Some(money(60).into()),
                payout: rows.iter().map(|row| money(row.0)).collect(), revenue: None,
            },
            taken_back: TakenBack {
                refunded: Refunded { refunded_minor: *refunded, charged_minor: 60, wholly: *refunded == 60 },
                rows_reversed: !rows.is_empty() && rows.iter().all(|row| row.3),
            },
            payout: SideEarnings {
                rows: rows.iter().map(|row| EarnedRow {
                    amount: money(row.1),
                    refunded: RefundedPart {
                        refunded: *refunded, of: 60, wholly: *refunded == 60,
                        measure: if row.2 { Measure::Whole } else { Measure::Amount },
                    },
                    is_reversed: row.3,
                }).collect(),
                adjustments: adjusted.iter().map(|minor| money(*minor)).collect(),
            },
            revenue: SideEarnings::default(),
        }).collect();
        let tier = Tier { retroactive_payout: Some(part), ..tier_of("any", vec![goal(Metric::Conversion, "1")]) };
        let conversion = past[0].conversion.clone();
        let window = tier.window(chrono_tz::UTC, conversion.occurred_at).expect("in the dates");
        let state = TierState::new(&tier, window, Counters::default(), Fired::default(), &conversion).expect("small");
        let (adjustments, expected) = (
            fire(&[DueRetroactive { state: 0, side: Side::Payout }], &[state], &mut past).expect("small"),
            recorded.iter().enumerate().filter_map(|(index, one)| naive_adjustment(index, one, part)).collect::<Vec<_>>(),
        );
        let found: Vec<_> = adjustments.iter().map(|one| (
            one.conversion, one.row, minor(one.amount), one.clawback.map_or(0, minor),
        )).collect();
        prop_assert_eq!(found, expected);
        for one in &adjustments {
            let sum: Decimal = one.steps.iter().filter_map(|step| step.amount).sum();
            prop_assert_eq!(sum, one.amount.amount());
        }
        // Adjusted conversions are where the tier moves them to: firing again changes nothing.
        prop_assert_eq!(fire(&[DueRetroactive { state: 0, side: Side::Payout }], &[state], &mut past), Ok(Vec::new()));
    }
}

fn naive_adjustment(
    index: usize,
    recorded: &Recorded,
    part: Retroactive,
) -> Option<(usize, Option<usize>, i128, i128)> {
    let (rows, adjusted, refunded) = recorded;
    if rows.is_empty() || *refunded == 60 || rows.iter().all(|row| row.3) {
        return None;
    }
    let value = scaled(part.value);
    let cents = divided(value, UNIT / 100);
    let base: i128 = rows.iter().map(|row| i128::from(row.0)).sum();
    let each = |sign: i128| {
        rows.iter()
            .map(|row| divided(i128::from(row.0) * (100 * UNIT + sign * value), 100 * UNIT).max(0))
            .sum()
    };
    let new: i128 = match (part.action, part.kind) {
        (Action::Increase, _) => each(1),
        (Action::Decrease, _) => each(-1),
        (Action::FlatIncrease, _) => base + cents,
        (Action::FlatDecrease, _) => (base - cents).max(0),
        (Action::Exact, Some(RetroactiveType::Cps)) => divided(60 * value, 100 * UNIT),
        (Action::Exact, _) => cents,
    };
    let earned: i64 = rows.iter().map(|row| row.1).sum::<i64>() + adjusted.unwrap_or(0);
    let difference = new - i128::from(earned);
    let upward = matches!(part.action, Action::Increase | Action::FlatIncrease);
    let downward = matches!(part.action, Action::Decrease | Action::FlatDecrease);
    if difference == 0 || (upward && difference < 0) || (downward && difference > 0) {
        return None;
    }
    let row = rows.iter().position(|row| !row.3).expect("one is not reversed");
    let clawback = if rows[row].2 {
        0
    } else {
        divided(difference * i128::from(*refunded), 60)
    };
    Some((index, Some(row), difference, -clawback))
}
