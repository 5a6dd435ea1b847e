//! Named cases, validation, and a second, naive implementation that works in whole numbers.

mod audience;
mod cases;
mod changes;
mod crossing;
mod live;
mod naive;
mod naive_recorded;
mod offers;
mod progress;
mod steps;
mod validation;
mod windows;

use rust_decimal::Decimal;

use super::*;
use crate::money::{Money, parse_decimal};
use crate::problem::Problems;

fn decimal(text: &str) -> Decimal {
    parse_decimal(text).expect(text)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn usd(amount: &str) -> Money {
    Money::exact(decimal(amount), currency("USD")).expect(amount)
}

fn at(text: &str) -> Timestamp {
    text.parse().expect(text)
}

fn goal(metric: Metric, goal: &str) -> Goal {
    let (goal, max) = (decimal(goal), None);
    Goal { metric, goal, max }
}

fn band(metric: Metric, from: &str, max: &str) -> Goal {
    let max = Some(decimal(max));
    Goal {
        max,
        ..goal(metric, from)
    }
}

fn modifier(action: Action, value: &str) -> Option<Modifier> {
    let value = decimal(value);
    Some(Modifier { action, value })
}

fn retroactive(action: Action, value: &str, kind: Option<RetroactiveType>) -> Option<Retroactive> {
    let value = decimal(value);
    Some(Retroactive { action, value, kind })
}

/// An ACTIVE tier in USD for the whole of 2026 that does nothing yet.
fn tier_of(name: &str, goals: Vec<Goal>) -> Tier {
    Tier {
        name: name.into(),
        status: Status::Active,
        start_date: "2026-01-01".parse().expect("a date"),
        end_date: "2026-12-31".parse().expect("a date"),
        period: Period::Monthly,
        crossing_policy: CrossingPolicy::NextConversion,
        currency: currency("USD"),
        event_type: None,
        goals,
        payout: None,
        revenue: None,
        retroactive_payout: None,
        retroactive_revenue: None,
    }
}

/// On the 10th of May, without sale amount and revenue.
fn paying(base_payout: &str) -> ConversionDraft {
    ConversionDraft {
        occurred_at: at("2026-05-10T12:00:00Z"),
        sale_amount: Decimal::ZERO,
        base_payout: decimal(base_payout),
        base_revenue: Decimal::ZERO,
        base: true,
    }
}

fn simulated(tiers: &[Tier], drafts: &[ConversionDraft]) -> Simulation {
    let mut problems = Problems::new();
    let drafts = conversions(drafts, currency("USD"), &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
    simulate(tiers, &drafts, currency("USD"), chrono_tz::UTC).expect("small amounts")
}

fn payouts(simulation: &Simulation) -> Vec<String> {
    let payout = |simulated: &Simulated| simulated.payout.amount().to_string();
    simulation.conversions.iter().map(payout).collect()
}

/// The adjustments that each conversion caused, as "conversion: amount".
fn adjustments(simulation: &Simulation) -> Vec<Vec<String>> {
    let shown = |adjustment: &SimulatedAdjustment| format!("{}: {}", adjustment.conversion, adjustment.amount.amount());
    let of = |simulated: &Simulated| simulated.adjustments.iter().map(shown).collect();
    simulation.conversions.iter().map(of).collect()
}

const MONTH_OF_TEN: [&str; 12] = ["4.00"; 12];

fn retro_flat() -> Tier {
    Tier {
        payout: modifier(Action::Increase, "10"),
        retroactive_payout: retroactive(Action::FlatIncrease, "5", None),
        ..tier_of("Silver", vec![goal(Metric::Conversion, "10")])
    }
}
