//! A second implementation, which keeps no counters, windows or flags: for every conversion it goes through the whole
//! list again. Whole numbers only: amounts in 10^-10 of the currency's unit where they are compared, otherwise minor
//! units.

use chrono::Datelike;
use chrono_tz::Tz;
use proptest::prelude::*;

use super::*;

pub(super) const UNIT: i128 = 10_000_000_000;

pub(super) fn scaled(value: Decimal) -> i128 {
    value.mantissa() * 10i128.pow(10 - value.scale())
}

pub(super) fn divided(product: i128, by: i128) -> i128 {
    let doubled = (2 * product.abs() + by) / (2 * by);
    if product < 0 { -doubled } else { doubled }
}

/// The day, week, month, ... of the conversion in the tenant's time zone; `None` outside the tier's dates.
fn when(tier: &Tier, zone: Tz, draft: &ConversionDraft) -> Option<(i32, u32, u32)> {
    let day = draft.occurred_at.with_timezone(&zone).date_naive();
    (day >= tier.start_date && day <= tier.end_date).then(|| match tier.period {
        Period::Daily => (day.year(), day.month(), day.day()),
        Period::Weekly => (day.iso_week().year(), day.iso_week().week(), 0),
        Period::Monthly => (day.year(), day.month(), 0),
        Period::Quarterly => (day.year(), day.month0() / 3, 0),
        Period::Global => (0, 0, 0),
    })
}

struct Naive<'a> {
    tiers: &'a [Tier],
    drafts: &'a [ConversionDraft],
    currency: Currency,
    zone: Tz,
}

impl Naive<'_> {
    fn minor(&self, amount: Decimal) -> i128 {
        divided(scaled(amount), 10i128.pow(10 - self.currency.exponent()))
    }

    fn base(&self, side: Side, index: usize) -> i128 {
        match side {
            Side::Payout => self.minor(self.drafts[index].base_payout),
            Side::Revenue => self.minor(self.drafts[index].base_revenue),
        }
    }

    /// What a metric of the tier counts over the conversions up to `until` of the window of conversion `of`.
    fn count(&self, tier: &Tier, metric: Metric, of: usize, until: usize) -> i128 {
        let window = when(tier, self.zone, &self.drafts[of]);
        let unit = 10i128.pow(10 - self.currency.exponent());
        let same = |index: &usize| when(tier, self.zone, &self.drafts[*index]) == window;
        let counts = tier.currency == self.currency;
        (0..until)
            .filter(same)
            .map(|index| match metric {
                Metric::Conversion if self.drafts[index].base => UNIT,
                Metric::Event if !self.drafts[index].base => UNIT,
                Metric::SaleAmount if counts => scaled(self.drafts[index].sale_amount),
                Metric::Payout if counts => self.base(Side::Payout, index) * unit,
                Metric::Revenue if counts => self.base(Side::Revenue, index) * unit,
                _ => 0,
            })
            .sum()
    }

    fn met(&self, tier: &Tier, of: usize, until: usize) -> bool {
        let short =
            |goal: &Goal| goal.goal > Decimal::ZERO && self.count(tier, goal.metric, of, until) < scaled(goal.goal);
        !tier.goals.iter().any(short)
    }

    fn full(&self, tier: &Tier, of: usize, until: usize) -> bool {
        let over = |goal: &Goal| {
            goal.max
                .is_some_and(|max| self.count(tier, goal.metric, of, until) >= scaled(max))
        };
        tier.goals.iter().any(over)
    }

    /// Whether `one` takes precedence over `other`, which is older.
    fn before(one: &Tier, other: &Tier) -> bool {
        for metric in [
            Metric::Conversion,
            Metric::Event,
            Metric::SaleAmount,
            Metric::Payout,
            Metric::Revenue,
        ] {
            let of = |tier: &Tier| {
                tier.goals
                    .iter()
                    .filter(|goal| goal.metric == metric)
                    .map(|goal| scaled(goal.goal))
                    .sum::<i128>()
            };
            if of(one) != of(other) {
                return of(one) > of(other);
            }
        }
        one.start_date >= other.start_date
    }

    fn changed(&self, action: Action, value: Decimal, base: i128) -> i128 {
        let change = match action {
            Action::Increase | Action::Decrease => base * scaled(value),
            _ => self.minor(value) * 100 * UNIT,
        };
        let result = match action {
            Action::Increase | Action::FlatIncrease => base * 100 * UNIT + change,
            Action::Decrease | Action::FlatDecrease => base * 100 * UNIT - change,
            Action::Exact => change,
        };
        divided(result, 100 * UNIT).max(0)
    }

    /// The tier that acts on a side, and the amount.
    fn rate(&self, side: Side, index: usize) -> (Option<usize>, i128) {
        let base = self.base(side, index);
        let mut best: Option<usize> = None;
        for (place, tier) in self.tiers.iter().enumerate() {
            let until = match tier.crossing_policy {
                CrossingPolicy::NextConversion => index,
                CrossingPolicy::CrossingConversion => index + 1,
            };
            let holds = base != 0
                && tier.status == Status::Active
                && tier.currency == self.currency
                && tier.modifier(side).is_some()
                && when(tier, self.zone, &self.drafts[index]).is_some()
                && self.met(tier, index, until)
                && !self.full(tier, index, until);
            if holds && best.is_none_or(|best| Self::before(tier, &self.tiers[best])) {
                best = Some(place);
            }
        }
        match best.and_then(|best| self.tiers[best].modifier(side)) {
            Some(modifier) => (best, self.changed(modifier.action, modifier.value, base)),
            None => (None, base),
        }
    }

    /// Conversion, tier, amount of every adjustment that conversion `index` causes; adds them to what was earned.
    fn crossing(&self, side: Side, index: usize, earned: &mut [i128]) -> Vec<(usize, usize, i128)> {
        let mut adjustments = Vec::new();
        for (place, tier) in self.tiers.iter().enumerate() {
            let Some(window) = when(tier, self.zone, &self.drafts[index]) else {
                continue;
            };
            let Some(retroactive) = tier.retroactive(side) else {
                continue;
            };
            let same = |other: &usize| when(tier, self.zone, &self.drafts[*other]) == Some(window);
            let fired_before = (0..index)
                .filter(same)
                .any(|earlier| self.met(tier, index, earlier + 1));
            let fires = tier.status == Status::Active && self.met(tier, index, index + 1) && !fired_before;
            if !fires || tier.currency != self.currency {
                continue;
            }
            for other in (0..=index).filter(same) {
                let base = self.base(side, other);
                let of_sale = retroactive.action == Action::Exact
                    && matches!(retroactive.kind, Some(RetroactiveType::Cps | RetroactiveType::Rps));
                let new = if of_sale {
                    let product =
                        scaled(self.drafts[other].sale_amount) * scaled(retroactive.value * decimal("0.0001"));
                    divided(product, UNIT * UNIT / 100 / 10i128.pow(self.currency.exponent()))
                } else {
                    self.changed(retroactive.action, retroactive.value, base)
                };
                let difference = new - earned[other];
                let kept = match retroactive.action {
                    Action::Increase | Action::FlatIncrease => difference > 0,
                    Action::Decrease | Action::FlatDecrease => difference < 0,
                    Action::Exact => difference != 0,
                };
                if base != 0 && kept {
                    earned[other] += difference;
                    adjustments.push((other, place, difference));
                }
            }
        }
        adjustments
    }
}

fn any_currency() -> impl Strategy<Value = Currency> {
    // Mostly the same currency, so that tiers have something to do.
    prop_oneof![9 => Just("USD"), 1 => Just("EUR")].prop_map(currency)
}

fn any_goal(metric: Metric) -> impl Strategy<Value = Goal> {
    let most = if metric.is_count() { 6 } else { 60 };
    (0i64..=most, proptest::option::of(1i64..=most)).prop_map(move |(goal, width)| {
        let goal = Decimal::from(goal);
        let max = width.map(|width| goal + Decimal::from(width));
        Goal { metric, goal, max }
    })
}

fn any_goals() -> impl Strategy<Value = Vec<Goal>> {
    proptest::sample::subsequence(Metric::ALL.to_vec(), 1..=3)
        .prop_flat_map(|metrics| metrics.into_iter().map(any_goal).collect::<Vec<_>>())
        .prop_shuffle()
        .prop_filter("one goal is above 0", |goals| {
            goals.iter().any(|goal| !goal.goal.is_zero())
        })
}

fn any_value(action: Action) -> impl Strategy<Value = Decimal> {
    let percent = prop_oneof![
        (1i64..=250).prop_map(Decimal::from),
        (1i64..=99_999_999).prop_map(|value| Decimal::new(value, 6))
    ];
    let amount = (1i64..=1500).prop_map(|minor| Decimal::new(minor, 2));
    match action {
        Action::Increase | Action::Decrease => percent.boxed(),
        Action::FlatIncrease | Action::FlatDecrease | Action::Exact => amount.boxed(),
    }
}

fn any_modifier() -> impl Strategy<Value = Option<Modifier>> {
    let action = proptest::sample::select(&Action::ALL[..4]);
    let modifier = action.prop_flat_map(|action| any_value(action).prop_map(move |value| Modifier { action, value }));
    proptest::option::weighted(0.7, modifier)
}

pub(super) fn any_retroactive(side: Side) -> impl Strategy<Value = Option<Retroactive>> {
    let kinds: Vec<_> = RetroactiveType::ALL
        .iter()
        .copied()
        .filter(|kind| kind.side() == side)
        .collect();
    let kind = proptest::option::of(proptest::sample::select(kinds));
    let retroactive = proptest::sample::select(Action::ALL)
        .prop_flat_map(any_part)
        .prop_flat_map(move |(action, value)| kind.clone().prop_map(move |kind| Retroactive { action, value, kind }));
    proptest::option::weighted(0.6, retroactive)
}

fn any_part(action: Action) -> impl Strategy<Value = (Action, Decimal)> {
    any_value(action).prop_map(move |value| (action, value))
}

prop_compose! {
    fn any_tier()(
        status in prop_oneof![9 => Just(Status::Active), 1 => Just(Status::Inactive)],
        from in 0u64..100, days in 0u64..200,
        period in proptest::sample::select(Period::ALL),
        crossing_policy in proptest::sample::select(CrossingPolicy::ALL),
        currency in any_currency(),
        goals in any_goals(),
        payout in any_modifier(), revenue in any_modifier(),
        retroactive_payout in any_retroactive(Side::Payout), retroactive_revenue in any_retroactive(Side::Revenue),
    ) -> Tier {
        let start_date = "2026-01-15".parse::<chrono::NaiveDate>().expect("a date") + chrono::Days::new(from / 2);
        Tier {
            status, start_date, end_date: start_date + chrono::Days::new(days), period, crossing_policy, currency,
            payout, revenue, retroactive_payout, retroactive_revenue,
            ..tier_of("any", goals)
        }
    }
}

fn any_amount(most: i64) -> impl Strategy<Value = Decimal> {
    prop_oneof![
        1 => Just(Decimal::ZERO),
        4 => (0..=most).prop_map(|minor| Decimal::new(minor, 2)),
        2 => (0..=most * 100).prop_map(|units| Decimal::new(units, 4)),
    ]
}

prop_compose! {
    /// Around the change of clocks in New York and Berlin; often on the same few days, so that goals are reached.
    fn any_conversion()(
        days in prop_oneof![3 => 40i64..45, 1 => 0i64..120], seconds in 0i64..86_400,
        sale_amount in any_amount(4000), base_payout in any_amount(1200), base_revenue in any_amount(2000),
        base in prop_oneof![3 => Just(true), 1 => Just(false)],
    ) -> ConversionDraft {
        let occurred_at = at("2026-01-25T00:00:00Z") + chrono::TimeDelta::days(days) + chrono::TimeDelta::seconds(seconds);
        ConversionDraft { occurred_at, sale_amount, base_payout, base_revenue, base }
    }
}

fn any_run() -> impl Strategy<Value = (Vec<Tier>, Vec<ConversionDraft>, Tz)> {
    let zones = [
        chrono_tz::UTC,
        chrono_tz::America::New_York,
        chrono_tz::Europe::Berlin,
        chrono_tz::Asia::Kathmandu,
    ];
    (
        proptest::collection::vec(any_tier(), 1..5),
        proptest::collection::vec(any_conversion(), 1..25),
        proptest::sample::select(zones.to_vec()),
    )
}

pub(super) fn minor(money: Money) -> i128 {
    money.minor().into()
}

fn of(adjustments: &[SimulatedAdjustment]) -> Vec<(usize, usize, i128)> {
    adjustments
        .iter()
        .map(|one| (one.conversion, one.tier, minor(one.amount)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn it_agrees_with_a_naive_implementation((tiers, drafts, zone) in any_run()) {
        let currency = currency("USD");
        let result = simulate(&tiers, &drafts, currency, zone).expect("small amounts");
        let naive = Naive { tiers: &tiers, drafts: &drafts, currency, zone };
        let (mut payouts, mut revenues) = (Vec::new(), Vec::new());
        for (index, simulated) in result.conversions.iter().enumerate() {
            let (tier, payout) = naive.rate(Side::Payout, index);
            prop_assert_eq!((simulated.payout_tier, minor(simulated.payout)), (tier, payout));
            let (tier, revenue) = naive.rate(Side::Revenue, index);
            prop_assert_eq!((simulated.revenue_tier, minor(simulated.revenue)), (tier, revenue));
            payouts.push(payout);
            revenues.push(revenue);
            prop_assert_eq!(of(&simulated.adjustments), naive.crossing(Side::Payout, index, &mut payouts));
            prop_assert_eq!(of(&simulated.revenue_adjustments), naive.crossing(Side::Revenue, index, &mut revenues));
            let inside = (0..tiers.len()).filter(|tier| when(&tiers[*tier], zone, &drafts[index]).is_some());
            let counters = inside.map(|tier| {
                let goals = tiers[tier].goals.iter();
                (tier, goals.map(|goal| naive.count(&tiers[tier], goal.metric, index, index + 1)).collect::<Vec<_>>())
            });
            let found = simulated.counters.iter().map(|(tier, progress)| {
                (*tier, progress.iter().map(|one| scaled(one.value)).collect::<Vec<_>>())
            });
            prop_assert!(found.eq(counters));
        }
        prop_assert_eq!(minor(result.total_payout), payouts.iter().sum::<i128>());
        prop_assert_eq!(minor(result.total_revenue), revenues.iter().sum::<i128>());
    }

    #[test]
    fn the_steps_add_up((tiers, drafts, zone) in any_run()) {
        let result = simulate(&tiers, &drafts, currency("USD"), zone).expect("small amounts");
        for simulated in &result.conversions {
            let steps = &simulated.explanation;
            let revenue_from = steps.iter().position(|step| step.source == "base revenue").expect("always");
            let adjusted_from = steps.iter().position(|step| step.source.starts_with("conversions.")).unwrap_or(steps.len());
            let sum = |steps: &[crate::explain::Step]| steps.iter().filter_map(|step| step.amount).sum::<Decimal>();
            prop_assert_eq!(sum(&steps[..revenue_from]), simulated.payout.amount());
            prop_assert_eq!(sum(&steps[revenue_from..adjusted_from]), simulated.revenue.amount());
            let all = simulated.adjustments.iter().chain(&simulated.revenue_adjustments);
            prop_assert_eq!(sum(&steps[adjusted_from..]), all.map(|one| one.amount.amount()).sum::<Decimal>());
        }
    }
}
