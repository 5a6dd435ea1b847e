//! Worked examples and edges of rates, simulated.

use super::*;
use crate::explain::Outcome;

#[test]
fn every_action_acts_on_the_base() {
    for (action, expected) in [
        (Action::Increase, "21.00"),
        (Action::Decrease, "19.00"),
        (Action::FlatIncrease, "25.00"),
        (Action::FlatDecrease, "15.00"),
        (Action::Exact, "5.00"),
    ] {
        let acted = apply_action(action, decimal("5"), &[usd("20.00")]).expect("small");
        assert_eq!(acted, [usd(expected)], "{}", action.as_str());
    }
    assert_eq!(
        apply_action(Action::Increase, decimal("10"), &[usd("3.00")]),
        Ok(vec![usd("3.30")])
    );
}

#[test]
fn results_are_rounded_half_away_from_zero_and_never_below_zero() {
    for (action, value, base, expected) in [
        (Action::Increase, "10", "0.05", "0.06"),
        (Action::Increase, "9.999999", "0.05", "0.05"),
        // 0.15 - 10 % = 0.135.
        (Action::Decrease, "10", "0.15", "0.14"),
        (Action::Decrease, "100", "3.00", "0.00"),
        (Action::Decrease, "250", "3.00", "0.00"),
        (Action::FlatDecrease, "3.01", "3.00", "0.00"),
        (Action::Increase, "1000000", "0.01", "100.01"),
        (Action::Increase, "0.000001", "10000000.00", "10000000.10"),
    ] {
        let acted = apply_action(action, decimal(value), &[usd(base)]).expect("small");
        assert_eq!(acted, [usd(expected)], "{base} {} {value}", action.as_str());
    }
    let most = Money::from_minor(crate::money::MAX_MINOR, currency("USD")).expect("the most");
    assert!(apply_action(Action::Increase, decimal("1000000"), &[most]).is_err());
    assert!(apply_action(Action::FlatIncrease, decimal("0.01"), &[most]).is_err());
}

#[test]
fn percent_acts_on_each_row_and_a_flat_difference_goes_on_where_a_row_is_spent() {
    let rows = ["2.05", "3.05", "1.00"].map(usd);
    for (action, value, expected) in [
        (Action::Increase, "10", ["2.26", "3.36", "1.10"]),
        (Action::FlatIncrease, "2.50", ["4.55", "3.05", "1.00"]),
        (Action::FlatDecrease, "2.00", ["0.05", "3.05", "1.00"]),
        (Action::FlatDecrease, "2.50", ["0.00", "2.60", "1.00"]),
        (Action::FlatDecrease, "5.50", ["0.00", "0.00", "0.60"]),
        (Action::FlatDecrease, "9.00", ["0.00", "0.00", "0.00"]),
    ] {
        let acted = apply_action(action, decimal(value), &rows).expect("small");
        assert_eq!(acted, expected.map(usd), "{} {value}", action.as_str());
    }
}

#[test]
fn all_goals_must_be_reached() {
    let goals = [
        goal(Metric::Conversion, "10"),
        goal(Metric::Revenue, "121"),
        goal(Metric::Event, "0"),
    ];
    for (conversions, revenue, met) in [(10, "120", false), (9, "500", false), (10, "121", true)] {
        let revenue = decimal(revenue);
        let counters = Counters {
            conversions,
            revenue,
            ..Counters::default()
        };
        assert_eq!(achieved(&goals, &counters), met, "{conversions} and {revenue}");
    }
}

#[test]
fn a_band_includes_its_goal_and_excludes_its_max() {
    let tier = Tier {
        payout: modifier(Action::FlatIncrease, "1"),
        ..tier_of("band", vec![band(Metric::Conversion, "2", "4")])
    };
    let conversions = vec![paying("1"); 6];
    // Counters before: 0 to 5.
    let result = simulated(std::slice::from_ref(&tier), &conversions);
    assert_eq!(payouts(&result), ["1.00", "1.00", "2.00", "2.00", "1.00", "1.00"]);
    // Counters with: 1 to 6.
    let crossing = Tier {
        crossing_policy: CrossingPolicy::CrossingConversion,
        ..tier
    };
    let result = simulated(&[crossing], &conversions);
    assert_eq!(payouts(&result), ["1.00", "2.00", "2.00", "1.00", "1.00", "1.00"]);
}

#[test]
fn the_highest_goal_acts_alone() {
    let named = |name: &str, goals: Vec<Goal>| Tier {
        payout: modifier(Action::FlatIncrease, "1"),
        ..tier_of(name, goals)
    };
    let later = |tier: Tier| Tier {
        start_date: "2026-02-01".parse().expect("a date"),
        ..tier
    };
    let payout = |goal_at: &str| goal(Metric::Payout, goal_at);
    let conversion = |goal_at: &str| goal(Metric::Conversion, goal_at);
    for (tiers, expected) in [
        (
            vec![named("a", vec![conversion("2")]), named("b", vec![conversion("1")])],
            0,
        ),
        // Conversions before payouts, whatever the numbers.
        (
            vec![named("a", vec![payout("2")]), named("b", vec![conversion("1")])],
            1,
        ),
        (
            vec![
                named("a", vec![conversion("1"), payout("1")]),
                named("b", vec![conversion("1")]),
            ],
            0,
        ),
        // The order in which goals were entered does not matter.
        (
            vec![
                named("a", vec![payout("2"), conversion("1")]),
                named("b", vec![conversion("1"), payout("1")]),
            ],
            0,
        ),
        (
            vec![
                later(named("a", vec![conversion("1")])),
                named("b", vec![conversion("1")]),
            ],
            0,
        ),
        (
            vec![named("a", vec![conversion("1")]), named("b", vec![conversion("1")])],
            1,
        ),
    ] {
        let result = simulated(&tiers, &vec![paying("3"); 4]);
        assert_eq!(result.conversions[3].payout_tier, Some(expected), "{tiers:?}");
        assert_eq!(result.conversions[3].payout, usd("4.00"), "never stacked");
    }
}

#[test]
fn a_tier_without_a_rate_on_a_side_leaves_it_to_others() {
    let revenue_only = Tier {
        revenue: modifier(Action::Decrease, "6"),
        ..tier_of("high", vec![goal(Metric::Conversion, "2")])
    };
    let payout_only = Tier {
        payout: modifier(Action::Increase, "10"),
        ..tier_of("low", vec![goal(Metric::Conversion, "1")])
    };
    let conversion = ConversionDraft {
        base_revenue: decimal("10"),
        ..paying("1")
    };
    let third = simulated(&[revenue_only, payout_only], &[conversion; 3])
        .conversions
        .remove(2);
    assert_eq!((third.payout, third.payout_tier), (usd("1.10"), Some(1)));
    assert_eq!((third.revenue, third.revenue_tier), (usd("9.40"), Some(0)));
}

#[test]
fn a_base_of_zero_counts_and_is_never_modified() {
    let tier = Tier {
        payout: modifier(Action::FlatIncrease, "5"),
        retroactive_payout: retroactive(Action::Exact, "7", None),
        ..tier_of("zero", vec![goal(Metric::Conversion, "2")])
    };
    let result = simulated(&[tier], &["0", "1", "0", "0.004"].map(paying));
    assert_eq!(payouts(&result), ["0.00", "1.00", "0.00", "0.00"]);
    assert_eq!(adjustments(&result)[1], ["1: 6.00"]);
    assert_eq!(result.conversions[3].payout_tier, None);
}

#[test]
fn conversions_and_events_are_counted_apart() {
    let tier = Tier {
        payout: modifier(Action::FlatIncrease, "5"),
        ..tier_of("events", vec![goal(Metric::Event, "2"), goal(Metric::Conversion, "1")])
    };
    let event = ConversionDraft {
        base: false,
        ..paying("1")
    };
    let result = simulated(&[tier], &[event, event, event, paying("1"), event]);
    assert_eq!(payouts(&result), ["1.00", "1.00", "1.00", "1.00", "6.00"]);
    let counters = &result.conversions[4].counters[0].1;
    assert_eq!(
        counters
            .iter()
            .map(|counter| counter.value.to_string())
            .collect::<Vec<_>>(),
        ["4", "1"]
    );
}

#[test]
fn amounts_in_another_currency_neither_count_nor_change() {
    let other = Tier {
        currency: currency("EUR"),
        ..retro_flat()
    };
    let by_payout = Tier {
        goals: vec![goal(Metric::Payout, "1")],
        ..other.clone()
    };
    // The EUR tier has the higher goal, but leaves USD to the other one.
    let lower = Tier {
        payout: modifier(Action::FlatIncrease, "1"),
        ..tier_of("lower", vec![goal(Metric::Conversion, "1")])
    };
    let result = simulated(&[other, by_payout, lower], &MONTH_OF_TEN.map(paying));
    assert_eq!(result.conversions[11].payout, usd("5.00"));
    assert_eq!(result.total_payout, usd("59.00"));
    let counters = &result.conversions[11].counters;
    assert_eq!(counters[0].1[0].value, decimal("12"), "conversions count always");
    assert_eq!(counters[1].1[0].value, Decimal::ZERO);
}

#[test]
fn bases_are_rounded_before_tiers_act() {
    let tier = Tier {
        payout: modifier(Action::Increase, "100"),
        ..tier_of("double", vec![goal(Metric::Conversion, "1")])
    };
    let result = simulated(&[tier], &["74.975"; 2].map(paying));
    assert_eq!(payouts(&result), ["74.98", "149.96"]);
}

#[test]
fn the_explanation_gives_every_tier_a_verdict_and_adds_up() {
    let high = Tier {
        payout: modifier(Action::Decrease, "33.333333"),
        ..tier_of("high", vec![band(Metric::Conversion, "1", "5")])
    };
    let low = Tier {
        goals: vec![goal(Metric::Payout, "0.01")],
        ..high.clone()
    };
    let out = Tier {
        goals: vec![goal(Metric::Conversion, "2")],
        ..high.clone()
    };
    let result = simulated(&[high, low, out], &["1.005"; 2].map(paying));
    let steps = &result.conversions[1].explanation;
    let verdicts: Vec<_> = steps.iter().map(|step| (step.source.as_str(), step.outcome)).collect();
    let expected = [
        ("base payout", Outcome::Applied),
        ("rounding", Outcome::Applied),
        ("payout tier high", Outcome::Applied),
        ("rounding", Outcome::Applied),
        ("payout tier high", Outcome::Replaced),
        ("payout tier high", Outcome::NotReached),
        ("base revenue", Outcome::Applied),
    ];
    assert_eq!(verdicts, expected);
    assert_eq!(
        steps[2].threshold.as_deref(),
        Some("conversions 1 >= 1, conversions 1 < max 5")
    );
    let sum: Decimal = steps.iter().filter_map(|step| step.amount).sum();
    assert_eq!(sum, result.conversions[1].payout.amount());
}

#[test]
fn progress_names_the_window_and_has_the_digits_of_the_currency() {
    let tier = tier_of(
        "p",
        vec![band(Metric::SaleAmount, "7", "100"), goal(Metric::Conversion, "10")],
    );
    let window = tier
        .window(chrono_tz::UTC, at("2026-05-10T12:00:00Z"))
        .expect("within the dates");
    let counters = Counters::stored(tier.currency, [3, 0], [1250, 0, 0]);
    let shown: Vec<_> = progress(&tier, window, &counters)
        .iter()
        .map(|one| {
            (
                one.metric,
                one.value.to_string(),
                one.goal.to_string(),
                one.max.map(|max| max.to_string()),
            )
        })
        .collect();
    let expected = [
        (Metric::SaleAmount, "12.50".into(), "7.00".into(), Some("100.00".into())),
        (Metric::Conversion, "3".into(), "10".into(), None),
    ];
    assert_eq!(shown, expected);
    assert_eq!(window.end, at("2026-06-01T00:00:00Z"));
}

#[test]
fn what_is_too_large_is_named() {
    let tier = Tier {
        payout: modifier(Action::Increase, "1000"),
        ..tier_of("huge", vec![goal(Metric::Conversion, "1")])
    };
    let drafts = ["9000000000000"; 2].map(paying);
    let error = simulate(&[tier], &drafts, currency("USD"), chrono_tz::UTC).expect_err("99 trillion dollars");
    assert_eq!(error.conversion, 1);
}

#[test]
fn a_simulated_conversion_is_of_the_type_that_a_tier_counts() {
    let tier = Tier {
        event_type: Some("sign_up".into()),
        payout: modifier(Action::Increase, "10"),
        ..tier_of("Silver", vec![goal(Metric::Conversion, "2")])
    };
    let simulation = simulated(&[tier], &[paying("10"), paying("10"), paying("10")]);
    assert_eq!(payouts(&simulation), ["10.00", "10.00", "11.00"]);
}
