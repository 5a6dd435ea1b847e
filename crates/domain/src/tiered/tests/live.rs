//! What only recorded conversions have: several rows and currencies, event types, refunds, reversed rows, tiers that
//! change in between.

use super::*;
use crate::items::Measure;
use crate::money::MAX_SUM_MINOR;
use crate::refund::{Refunded, RefundedPart};

fn conversion(payout: &[Money]) -> Conversion {
    Conversion {
        occurred_at: at("2026-05-10T12:00:00Z"),
        event_type: None,
        base: true,
        sale_amount: Some(usd("20.00").into()),
        payout: payout.to_vec(),
        revenue: Some(usd("9.00")),
    }
}

fn past(payout: &[Money]) -> PastConversion {
    let row = |amount: &Money| EarnedRow {
        amount: *amount,
        refunded: RefundedPart::default(),
        is_reversed: false,
    };
    let earned = |rows: &[Money]| SideEarnings {
        rows: rows.iter().map(row).collect(),
        adjustments: Vec::new(),
    };
    PastConversion {
        conversion: conversion(payout),
        taken_back: TakenBack::default(),
        payout: earned(payout),
        revenue: earned(&[usd("9.00")]),
    }
}

/// A conversion that earned 4.00, taken back so far.
fn past_refunded(taken_back: TakenBack) -> PastConversion {
    let mut past = past(&[usd("4.00")]);
    past.taken_back = taken_back;
    past.payout.rows[0].refunded = taken_back.refunded.into();
    past
}

fn refunded(part: i64, whole: i64) -> TakenBack {
    let (refunded_minor, charged_minor) = (part, whole);
    let wholly = part == whole;
    TakenBack {
        refunded: Refunded {
            refunded_minor,
            charged_minor,
            wholly,
        },
        rows_reversed: false,
    }
}

fn flat(value: &str) -> Tier {
    Tier {
        retroactive_payout: retroactive(Action::FlatIncrease, value, None),
        retroactive_revenue: retroactive(Action::FlatDecrease, "1", None),
        ..tier_of("flat", vec![goal(Metric::Conversion, "1")])
    }
}

fn state<'a>(tier: &'a Tier, before: Counters, fired: Fired, conversion: &Conversion) -> TierState<'a> {
    let window = tier
        .window(chrono_tz::UTC, conversion.occurred_at)
        .expect("in the dates");
    TierState::new(tier, window, before, fired, conversion).expect("small")
}

/// What the payout part of `tier` does to `past`: the row, the amount, the clawback.
fn fired_on(tier: &Tier, past: PastConversion) -> Option<(Option<usize>, Money, Option<Money>)> {
    let tier_states = [state(tier, Counters::default(), Fired::default(), &past.conversion)];
    let (state, side) = (0, Side::Payout);
    let due = [DueRetroactive { state, side }];
    let adjustments = fire(&due, &tier_states, &mut [past]).expect("small");
    adjustments.first().map(|one| (one.row, one.amount, one.clawback))
}

#[test]
fn a_half_refunded_conversion_keeps_half_of_its_adjustment() {
    let half = past_refunded(refunded(1000, 2000));
    // 4.00 - 2.00 + 5.00 - 2.50 = 4.50.
    assert_eq!(
        fired_on(&flat("5"), half.clone()),
        Some((Some(0), usd("5.00"), Some(usd("-2.50"))))
    );
    // A fixed amount is only taken back as a whole.
    let mut fixed = half;
    fixed.payout.rows[0].refunded.measure = Measure::Whole;
    assert_eq!(fired_on(&flat("5"), fixed), Some((Some(0), usd("5.00"), None)));
}

#[test]
fn what_has_left_the_window_is_left_out() {
    let wholly = past_refunded(refunded(2000, 2000));
    assert_eq!(fired_on(&flat("5"), wholly), None);
    let mut reversed = past(&[usd("4.00")]);
    reversed.payout.rows[0].is_reversed = true;
    reversed.taken_back.rows_reversed = true;
    assert_eq!(fired_on(&flat("5"), reversed), None);
}

#[test]
fn the_adjustment_is_on_the_first_row_that_is_not_reversed() {
    let mut partly = past(&[usd("3.00"), usd("1.00")]);
    partly.payout.rows[0].is_reversed = true;
    // 9.00 - 4.00: the tier does not make up for rows that were reversed by hand.
    assert_eq!(fired_on(&flat("5"), partly), Some((Some(1), usd("5.00"), None)));
    // A tier had left it no row: the adjustment refers to the event.
    let spent = PastConversion {
        payout: SideEarnings::default(),
        ..past(&[usd("4.00")])
    };
    assert_eq!(fired_on(&flat("5"), spent), Some((None, usd("9.00"), None)));
}

#[test]
fn earlier_adjustments_count_as_earned() {
    let mut adjusted = past(&[usd("4.00")]);
    adjusted.payout.adjustments.push(usd("2.00"));
    assert_eq!(
        fired_on(&flat("5"), adjusted.clone()),
        Some((Some(0), usd("3.00"), None))
    );
    assert_eq!(fired_on(&flat("2"), adjusted.clone()), None, "nothing to adjust");
    assert_eq!(fired_on(&flat("1"), adjusted), None, "an increase never lowers");
}

#[test]
fn percent_moves_every_row_as_the_rate_does() {
    let tier = Tier {
        retroactive_payout: retroactive(Action::Increase, "10", None),
        ..flat("5")
    };
    // 2.255 and 3.355 round up one by one: 2.26 + 3.36 - 5.10.
    assert_eq!(
        fired_on(&tier, past(&[usd("2.05"), usd("3.05")])),
        Some((Some(0), usd("0.52"), None))
    );
}

#[test]
fn revenue_has_adjustments_of_its_own_and_no_clawbacks() {
    let tier = flat("5");
    let half = past_refunded(refunded(1000, 2000));
    let tier_states = [state(&tier, Counters::default(), Fired::default(), &half.conversion)];
    let due = pay(&tier_states, &half.conversion).expect("small").due;
    let sides: Vec<_> = due.iter().map(|due| due.side).collect();
    assert_eq!(sides, [Side::Payout, Side::Revenue]);
    let mut past = [half];
    let adjustments = fire(&due, &tier_states, &mut past).expect("small");
    assert_eq!((adjustments[1].amount, adjustments[1].clawback), (usd("-1.00"), None));
    assert_eq!(past[0].revenue.adjustments, [usd("-1.00")]);
}

#[test]
fn only_conversions_of_the_type_and_window_are_adjusted() {
    let tier = Tier {
        event_type: Some("sale".into()),
        ..flat("5")
    };
    let of = |event_type: Option<&str>, occurred_at: &str| {
        let mut past = past(&[usd("4.00")]);
        past.conversion.event_type = event_type.map(str::to_owned);
        past.conversion.occurred_at = at(occurred_at);
        past
    };
    let mut past = [
        of(Some("sale"), "2026-04-30T23:59:59.999999Z"),
        of(Some("sale"), "2026-05-01T00:00:00Z"),
        of(Some("lead"), "2026-05-02T00:00:00Z"),
        of(None, "2026-05-02T00:00:00Z"),
        of(Some("sale"), "2026-05-03T00:00:00Z"),
    ];
    let tier_states = [state(&tier, Counters::default(), Fired::default(), &past[4].conversion)];
    let (state, side) = (0, Side::Payout);
    let adjustments = fire(&[DueRetroactive { state, side }], &tier_states, &mut past).expect("small");
    let concerned: Vec<_> = adjustments.iter().map(|one| one.conversion).collect();
    assert_eq!(concerned, [1, 4]);
}

#[test]
fn each_currency_of_a_conversion_is_rated_alone() {
    let euro = |amount: &str| Money::exact(decimal(amount), currency("EUR")).expect(amount);
    let tiers = [
        Tier {
            payout: modifier(Action::Increase, "100"),
            ..tier_of("dollars", vec![goal(Metric::Conversion, "2")])
        },
        Tier {
            payout: modifier(Action::FlatDecrease, "1.50"),
            currency: currency("EUR"),
            ..tier_of("euros", vec![goal(Metric::Conversion, "1")])
        },
    ];
    let conversion = conversion(&[euro("1.00"), usd("3.00"), euro("2.00")]);
    let before = Counters {
        conversions: 2,
        ..Counters::default()
    };
    let tier_states = [0, 1].map(|index| state(&tiers[index], before, Fired::default(), &conversion));
    let paid = pay(&tier_states, &conversion).expect("small").payout;
    let amounts: Vec<_> = paid.iter().map(|row| (row.amount, row.tier)).collect();
    assert_eq!(
        amounts,
        [(euro("0.00"), Some(1)), (usd("6.00"), Some(0)), (euro("1.50"), Some(1))]
    );
    assert_eq!(tier_states[1].with.payout, decimal("3.00"));
    assert_eq!(tier_states[1].with.sale_amount, Decimal::ZERO);
    for row in paid {
        let sum: Decimal = row.steps.iter().filter_map(|step| step.amount).sum();
        assert_eq!(sum, row.amount.amount() - row.base.amount());
    }
}

#[test]
fn an_adjustment_looks_at_rows_of_its_currency_only() {
    let euro = |amount: &str| Money::exact(decimal(amount), currency("EUR")).expect(amount);
    let mixed = || past(&[euro("7.00"), usd("4.00"), usd("1.00")]);
    assert_eq!(fired_on(&flat("5"), mixed()), Some((Some(1), usd("5.00"), None)));
    let percent = Tier {
        retroactive_payout: retroactive(Action::Increase, "10", None),
        ..flat("5")
    };
    assert_eq!(fired_on(&percent, mixed()), Some((Some(1), usd("0.50"), None)));
    let of_sale = Tier {
        retroactive_payout: retroactive(Action::Exact, "50", Some(RetroactiveType::Cps)),
        ..flat("5")
    };
    assert_eq!(fired_on(&of_sale, mixed()), Some((Some(1), usd("5.00"), None)));
    let mut sold_elsewhere = mixed();
    sold_elsewhere.conversion.sale_amount = Some(euro("20.00").into());
    assert_eq!(
        fired_on(&of_sale, sold_elsewhere),
        None,
        "a share of euros is no amount in dollars"
    );
    assert_eq!(fired_on(&flat("5"), past(&[euro("7.00")])), None);
}

#[test]
fn a_part_that_fired_stays_fired_and_a_new_one_fires_with_the_next_conversion() {
    let tier = flat("5");
    let conversion = conversion(&[usd("4.00")]);
    let before = Counters {
        conversions: 7,
        ..Counters::default()
    };
    let due = |tier: &Tier, fired: Fired| {
        let tier_states = [state(tier, before, fired, &conversion)];
        let due = pay(&tier_states, &conversion).expect("small").due;
        due.iter().map(|due| due.side).collect::<Vec<_>>()
    };
    let once = Fired::default().and(Side::Payout);
    assert_eq!(
        due(&tier, once),
        [Side::Revenue],
        "added to a tier whose payout part had fired"
    );
    assert!(due(&tier, once.and(Side::Revenue)).is_empty());
    let inactive = Tier {
        status: Status::Inactive,
        ..tier.clone()
    };
    assert!(
        due(&inactive, Fired::default()).is_empty(),
        "kept for when it is active"
    );
    let none = Tier {
        retroactive_payout: None,
        retroactive_revenue: None,
        ..tier
    };
    assert!(due(&none, Fired::default()).is_empty());
}

#[test]
fn refunds_take_exactly_what_was_counted_in_whatever_steps() {
    let conversion = conversion(&[usd("3.00"), usd("1.01")]);
    let counted = |taken_back| conversion.counted(currency("USD"), taken_back).expect("small");
    let all = counted(TakenBack::default());
    assert_eq!(all, Counters::stored(currency("USD"), [1, 0], [2000, 401, 900]));
    let mut left = all;
    let mut before = TakenBack::default();
    let mut payouts = Vec::new();
    for part in [333, 666, 1999, 2000] {
        let after = refunded(part, 2000);
        let change = counted(after).minus(counted(before)).expect("small");
        payouts.push(change.payout.to_string());
        left = left.plus(change).expect("small");
        before = after;
    }
    // 401 x 333 / 2000 = 66.8, x 666 = 133.5, x 1999 = 400.8.
    assert_eq!(payouts, ["-0.67", "-0.67", "-2.67", "0.00"]);
    assert_eq!(left, Counters::default());
    let reversed = TakenBack {
        rows_reversed: true,
        ..refunded(1000, 2000)
    };
    assert_eq!(
        counted(reversed),
        Counters::stored(currency("USD"), [0, 0], [1000, 200, 450])
    );
}

#[test]
fn stored_counters_come_back_the_same() {
    for code in ["JPY", "USD", "KWD"] {
        let sums = [123_456_789, -1, MAX_SUM_MINOR];
        let counters = Counters::stored(currency(code), [3, 4], sums);
        assert_eq!(counters.sums_minor(currency(code)), Ok(sums), "{code}");
    }
    let beyond = Counters::stored(currency("USD"), [3, 4], [MAX_SUM_MINOR + 1, 0, 0]);
    assert!(beyond.sums_minor(currency("USD")).is_err());
    let finer = Counters {
        payout: decimal("0.001"),
        ..Counters::default()
    };
    assert!(finer.sums_minor(currency("USD")).is_err());
    let full = Counters::stored(currency("USD"), [i64::MAX, 0], [0; 3]);
    assert!(full.plus(full).is_err());
}
