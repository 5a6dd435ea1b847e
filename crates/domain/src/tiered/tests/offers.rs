//! Offers agree with what the next conversion gets.

use proptest::prelude::*;

use super::*;

const TYPES: [Option<&str>; 3] = [None, Some("sale"), Some("lead")];
const CURRENCIES: [&str; 2] = ["USD", "EUR"];

prop_compose! {
    fn any_tier()(
        goal_of in 0u32..5, max in proptest::option::of(1u32..4), kind in 0usize..3, currency_of in 0usize..2, crossing in proptest::bool::ANY,
        day in 1u32..4, pays in 0u8..4, active in 0u8..5,
    ) -> Tier {
        let goals = vec![Goal {
            max: max.map(|more| (goal_of + more).into()),
            ..goal(Metric::Conversion, &goal_of.to_string())
        }];
        Tier {
            status: if active == 0 { Status::Inactive } else { Status::Active },
            start_date: NaiveDate::from_ymd_opt(2026, 1, day).expect("a day"),
            crossing_policy: if crossing { CrossingPolicy::CrossingConversion } else { CrossingPolicy::NextConversion },
            currency: currency(CURRENCIES[currency_of]),
            event_type: TYPES[kind].map(str::to_owned),
            payout: modifier(Action::Increase, "10").filter(|_| pays > 0),
            ..tier_of("Any", goals)
        }
    }
}

proptest! {
    #[test]
    fn what_acts_is_what_the_next_conversion_of_its_type_and_currency_gets(
        tiers in proptest::collection::vec((any_tier(), 0i64..6), 1..6),
    ) {
        let now = at("2026-05-10T12:00:00Z");
        let running: Vec<_> = tiers.iter().map(|(tier, conversions)| CurrentTier {
            tier,
            window: tier.window(chrono_tz::UTC, now).expect("it is 2026"),
            counters: Counters { conversions: *conversions, ..Counters::default() },
            fired: Fired::default(),
        }).collect();
        let offers = offers(&running, now).expect("small numbers");
        for (place, own) in running.iter().enumerate() {
            let event_type = own.tier.event_type.as_deref();
            let counting: Vec<_> = (0..running.len()).filter(|other| running[*other].tier.counts(event_type)).collect();
            let row = Money::from_minor(1_000, own.tier.currency).expect("small");
            let conversion = Conversion {
                occurred_at: now,
                event_type: own.tier.event_type.clone(),
                base: true,
                sale_amount: None,
                payout: vec![row],
                revenue: None,
            };
            let tier_states: Vec<_> = counting.iter().map(|other| {
                let CurrentTier { tier, window, counters, fired } = running[*other];
                TierState::new(tier, window, counters, fired, &conversion).expect("small numbers")
            }).collect();
            let paid = pay(&tier_states, &conversion).expect("small amounts");
            let chosen = paid.payout[0].tier.map(|index| counting[index]);
            prop_assert_eq!(offers[place].acts, chosen == Some(place));
            prop_assert_eq!(offers[place].achieved, own.counters.value(Metric::Conversion) >= own.tier.goals[0].goal);
        }
    }
}

#[test]
fn what_has_fired_is_achieved_whatever_became_of_the_counters() {
    let tier = retro_flat();
    let now = at("2026-05-10T12:00:00Z");
    let mut running = CurrentTier {
        tier: &tier,
        window: tier.window(chrono_tz::UTC, now).expect("it is 2026"),
        counters: Counters::default(),
        fired: Fired::default().and(Side::Revenue),
    };
    let stands = |running| offers(&[running], now).expect("small numbers")[0];
    assert_eq!(
        stands(running),
        Offer {
            achieved: true,
            acts: false
        }
    );
    running.fired = Fired::default();
    assert_eq!(
        stands(running),
        Offer {
            achieved: false,
            acts: false
        }
    );
    running.counters.conversions = 10;
    assert_eq!(
        stands(running),
        Offer {
            achieved: true,
            acts: true
        }
    );
}
