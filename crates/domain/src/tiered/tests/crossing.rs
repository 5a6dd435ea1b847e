//! Worked examples and edges of retroactive parts, simulated.

use super::*;

#[test]
fn a_flat_retroactive_increase_pays_ten_earlier_conversions() {
    let result = simulated(&[retro_flat()], &MONTH_OF_TEN.map(paying));
    let mut expected = vec!["4.00"; 10];
    expected.extend(["4.40"; 2]);
    assert_eq!(payouts(&result), expected);
    let all: Vec<_> = (0..10).map(|index| format!("{index}: 5.00")).collect();
    let mut by_conversion = vec![Vec::new(); 12];
    by_conversion[9] = all;
    assert_eq!(adjustments(&result), by_conversion);
    assert_eq!(result.total_payout, usd("98.80"));
    assert_eq!(result.conversions[9].payout_tier, None);
    assert_eq!(result.conversions[10].payout_tier, Some(0));
}

#[test]
fn exact_retroactive_tiers_follow_each_other() {
    let step = |goal_at: &str, raise: &str, exact: &str| Tier {
        payout: modifier(Action::FlatIncrease, raise),
        retroactive_payout: retroactive(Action::Exact, exact, Some(RetroactiveType::Cpa)),
        ..tier_of(exact, vec![goal(Metric::Conversion, goal_at)])
    };
    let tiers = [step("3", "25", "275"), step("5", "50", "300")];
    for (players, total) in [
        (1, "250.00"),
        (2, "500.00"),
        (3, "825.00"),
        (4, "1100.00"),
        (5, "1500.00"),
    ] {
        let result = simulated(&tiers, &vec![paying("250"); players]);
        assert_eq!(result.total_payout, usd(total), "{players} players");
    }
    // Counting starts again with the next month.
    let mut conversions = vec![paying("250"); 5];
    conversions.push(ConversionDraft {
        occurred_at: at("2026-06-01T00:00:00Z"),
        ..paying("250")
    });
    assert_eq!(simulated(&tiers, &conversions).total_payout, usd("1750.00"));
}

#[test]
fn one_leap_over_a_band_still_achieves() {
    let tier = Tier {
        payout: modifier(Action::FlatIncrease, "1"),
        retroactive_payout: retroactive(Action::Increase, "100", None),
        ..tier_of("leapt over", vec![band(Metric::Payout, "10", "20")])
    };
    let result = simulated(&[tier], &["5", "50", "1"].map(paying));
    assert_eq!(payouts(&result), ["5.00", "50.00", "1.00"]);
    assert_eq!(adjustments(&result)[1], ["0: 5.00", "1: 50.00"]);
}

#[test]
fn an_increase_never_lowers_and_a_decrease_never_raises() {
    let with = |rate: Option<Modifier>, retroactive_payout| Tier {
        crossing_policy: CrossingPolicy::CrossingConversion,
        payout: rate,
        retroactive_payout,
        ..tier_of("both", vec![goal(Metric::Conversion, "2")])
    };
    for (rate, retro, expected) in [
        // The second conversion already earns 20 % more: 11.00 would lower it.
        (
            modifier(Action::Increase, "20"),
            retroactive(Action::Increase, "10", None),
            vec!["0: 1.00"],
        ),
        (
            modifier(Action::Increase, "20"),
            retroactive(Action::FlatIncrease, "2", None),
            vec!["0: 2.00"],
        ),
        (
            modifier(Action::Decrease, "20"),
            retroactive(Action::Decrease, "10", None),
            vec!["0: -1.00"],
        ),
        (
            modifier(Action::FlatDecrease, "3"),
            retroactive(Action::FlatDecrease, "1", None),
            vec!["0: -1.00"],
        ),
        // EXACT raises and lowers.
        (
            modifier(Action::Increase, "20"),
            retroactive(Action::Exact, "11", None),
            vec!["0: 1.00", "1: -1.00"],
        ),
        (
            modifier(Action::Increase, "20"),
            retroactive(Action::Increase, "20", None),
            vec!["0: 2.00"],
        ),
    ] {
        let result = simulated(&[with(rate, retro)], &["10"; 2].map(paying));
        assert_eq!(adjustments(&result)[1], expected, "{rate:?} {retro:?}");
    }
}

#[test]
fn cps_and_rps_are_percentages_of_the_exact_sale_amount() {
    let tier = Tier {
        retroactive_payout: retroactive(Action::Exact, "12.5", Some(RetroactiveType::Cps)),
        retroactive_revenue: retroactive(Action::Exact, "50", Some(RetroactiveType::Rps)),
        ..tier_of("share", vec![goal(Metric::SaleAmount, "100")])
    };
    let conversion = |sale: &str| ConversionDraft {
        sale_amount: decimal(sale),
        base_revenue: decimal("1"),
        ..paying("4")
    };
    // 33.332 x 12.5 % = 4.1665; rounded first it were 33.33 x 12.5 % = 4.16625. 0.01 x 50 % = 0.005.
    let result = simulated(&[tier], &["33.332", "66.667", "0.01"].map(conversion));
    assert_eq!(adjustments(&result)[2], ["0: 0.17", "1: 4.33", "2: -4.00"]);
    let revenue: Vec<_> = result.conversions[2]
        .revenue_adjustments
        .iter()
        .map(|row| row.amount)
        .collect();
    assert_eq!(revenue, ["15.67", "32.33", "-0.99"].map(usd));
    assert_eq!(result.total_revenue, usd("50.01"));
    let sale = &result.conversions[2].counters[0].1[0];
    assert_eq!(sale.value, decimal("100.009"));
}

#[test]
fn tiers_that_cross_together_see_what_the_earlier_ones_made() {
    let exact = |value: &str| Tier {
        retroactive_payout: retroactive(Action::Exact, value, None),
        ..tier_of(value, vec![goal(Metric::Conversion, "2")])
    };
    let raise = Tier {
        retroactive_payout: retroactive(Action::FlatIncrease, "3", None),
        ..tier_of("raise", vec![goal(Metric::Conversion, "2")])
    };
    let twice = ["10"; 2].map(paying);
    let result = simulated(&[exact("12"), raise.clone()], &twice);
    assert_eq!(adjustments(&result)[1], ["0: 2.00", "1: 2.00", "0: 1.00", "1: 1.00"]);
    // In the other order the exact amount is final.
    let result = simulated(&[raise, exact("12")], &twice);
    assert_eq!(adjustments(&result)[1], ["0: 3.00", "1: 3.00", "0: -1.00", "1: -1.00"]);
}

#[test]
fn windows_count_apart_and_late_conversions_go_where_they_occurred() {
    let tier = Tier {
        retroactive_payout: retroactive(Action::FlatIncrease, "1", None),
        ..tier_of("monthly", vec![goal(Metric::Conversion, "2")])
    };
    let on = |moment: &str| ConversionDraft {
        occurred_at: at(moment),
        ..paying("1")
    };
    let result = simulated(
        &[tier],
        &[
            "2026-05-31T23:59:59.999Z",
            "2026-06-01T00:00:00Z",
            "2026-05-02T00:00:00Z",
            "2027-01-01T00:00:00Z",
        ]
        .map(on),
    );
    assert_eq!(adjustments(&result)[2], ["0: 1.00", "2: 1.00"]);
    assert!(
        result.conversions[3].counters.is_empty(),
        "outside the dates nothing counts"
    );
}

#[test]
fn an_inactive_tier_counts_and_does_nothing() {
    let tier = Tier {
        status: Status::Inactive,
        ..retro_flat()
    };
    let result = simulated(&[tier], &MONTH_OF_TEN.map(paying));
    assert_eq!(result.total_payout, usd("48.00"));
    assert_eq!(result.conversions[11].counters[0].1[0].value, decimal("12"));
}

#[test]
fn the_steps_of_adjustments_add_up() {
    let result = simulated(&[retro_flat()], &MONTH_OF_TEN.map(paying));
    let steps = &result.conversions[9].explanation;
    let of_fifth: Vec<_> = steps
        .iter()
        .filter(|step| step.source.starts_with("conversions.4 "))
        .collect();
    assert_eq!(
        of_fifth.iter().filter_map(|step| step.amount).sum::<Decimal>(),
        decimal("5.00")
    );
    assert_eq!(of_fifth[1].threshold.as_deref(), Some("conversions 10 >= 10"));
}
