//! Simulation of tiers on hypothetical conversions of one partner on one campaign, by the functions that record real
//! ones.
//!
//! Conversions are recorded in list order, and later tiers in the list are newer. Every conversion is assumed to have
//! the event type that a tier requires, and every tier to apply to this partner and campaign. Base payout and revenue
//! are rounded first, like rows of the ledger; the sale amount stays exact.

use std::collections::HashMap;

use chrono_tz::Tz;
use rust_decimal::Decimal;

use super::action::step;
use super::counters::{Conversion, Counters, GoalProgress, SaleAmount, TakenBack, progress};
use super::rate::{Fired, RatedRow, TierState, pay, steps};
use super::retroactive::{Adjustment, EarnedRow, PastConversion, SideEarnings, fire};
use super::{Side, Tier, Window};
use crate::Timestamp;
use crate::explain::{Step, rounding};
use crate::money::{AmountTooLarge, Currency, Money, check_amount, written};
use crate::problem::{Fault, Problems};
use crate::refund::RefundedPart;
use crate::time;

/// Maximum number of conversions in one simulation.
pub const MAX_SIMULATED_CONVERSIONS: usize = 1000;
/// Maximum number of tiers in one simulation.
pub const MAX_SIMULATED_TIERS: usize = 50;

/// A conversion to simulate, as entered. Amounts are at least 0 and may have more decimal places than the currency.
#[derive(Clone, Copy, Debug)]
pub struct ConversionDraft {
    pub occurred_at: Timestamp,
    pub sale_amount: Decimal,
    pub base_payout: Decimal,
    pub base_revenue: Decimal,
    pub base: bool,
}

/// The result of applying tiers to a list of conversions.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulation {
    pub conversions: Vec<Simulated>,
    /// Including all adjustments.
    pub total_payout: Money,
    /// Including all adjustments.
    pub total_revenue: Money,
}

/// The result for one conversion.
#[derive(Clone, Debug, PartialEq)]
pub struct Simulated {
    /// Excluding adjustments.
    pub payout: Money,
    /// Excluding adjustments.
    pub revenue: Money,
    /// The index of the tier that acted.
    pub payout_tier: Option<usize>,
    pub revenue_tier: Option<usize>,
    /// The adjustments that it caused, of payouts and of revenue.
    pub adjustments: Vec<SimulatedAdjustment>,
    pub revenue_adjustments: Vec<SimulatedAdjustment>,
    /// For every tier whose dates include it: the tier's index, and the progress towards the tier's goals with the
    /// conversion.
    pub counters: Vec<(usize, Vec<GoalProgress>)>,
    /// The steps of the payout, then of the revenue, then of the adjustments.
    pub explanation: Vec<Step>,
}

/// The adjustment of one conversion in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimulatedAdjustment {
    pub conversion: usize,
    pub tier: usize,
    pub amount: Money,
}

/// A result exceeds the largest amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("conversion {conversion} earns too much: {too_large}")]
pub struct TooLarge {
    /// The index of the conversion.
    pub conversion: usize,
    pub too_large: AmountTooLarge,
}

/// The validated conversions with unrounded bases, or `None` after recording problems under `conversions.N`.
pub fn conversions(
    drafts: &[ConversionDraft],
    currency: Currency,
    problems: &mut Problems,
) -> Option<Vec<ConversionDraft>> {
    problems.within("conversions", |problems| {
        if !problems.size("", drafts.len(), MAX_SIMULATED_CONVERSIONS) {
            return None;
        }
        let checked = |(index, draft): (usize, &ConversionDraft)| {
            problems.within(index, |problems| {
                let mut amount = |field: &str, amount: Decimal| {
                    let amount = if amount < Decimal::ZERO {
                        Err(Fault::invalid(format!("must not be negative, but is {amount}")))
                    } else {
                        check_amount(amount, Some(currency))
                    };
                    problems.take(field, amount)
                };
                let sale_amount = amount("saleAmount", draft.sale_amount);
                let base_payout = amount("basePayout", draft.base_payout);
                let base_revenue = amount("baseRevenue", draft.base_revenue);
                let occurred_at = problems.take("occurredAt", time::recorded(draft.occurred_at));
                Some(ConversionDraft {
                    occurred_at: occurred_at?,
                    sale_amount: sale_amount?,
                    base_payout: base_payout?,
                    base_revenue: base_revenue?,
                    ..*draft
                })
            })
        };
        let checked: Vec<_> = drafts.iter().enumerate().map(checked).collect();
        checked.into_iter().collect()
    })
}

/// Applies `tiers`, oldest first, to the conversions, whose amounts are in `currency` and were validated by
/// [`conversions`]. `zone` is the tenant's.
pub fn simulate(
    tiers: &[Tier],
    conversions: &[ConversionDraft],
    currency: Currency,
    zone: Tz,
) -> Result<Simulation, TooLarge> {
    let any_type = |tier: &Tier| Tier {
        event_type: None,
        ..tier.clone()
    };
    let tiers: Vec<Tier> = tiers.iter().map(any_type).collect();
    let mut run = SimulationRun {
        tiers: &tiers,
        currency,
        zone,
        windows: HashMap::new(),
        past: Vec::with_capacity(conversions.len()),
        totals: [0; 2],
    };
    let mut simulated = Vec::with_capacity(conversions.len());
    for (index, draft) in conversions.iter().enumerate() {
        let result = run.conversion(draft);
        simulated.push(result.map_err(|too_large| TooLarge {
            conversion: index,
            too_large,
        })?);
    }
    let [total_payout, total_revenue] = run.totals.map(|minor| Money::from_minor(minor, currency));
    let last = |too_large| TooLarge {
        conversion: conversions.len().saturating_sub(1),
        too_large,
    };
    Ok(Simulation {
        conversions: simulated,
        total_payout: total_payout.map_err(last)?,
        total_revenue: total_revenue.map_err(last)?,
    })
}

/// The state that the database would hold.
struct SimulationRun<'a> {
    tiers: &'a [Tier],
    currency: Currency,
    zone: Tz,
    windows: HashMap<(usize, Window), (Counters, Fired)>,
    past: Vec<PastConversion>,
    /// Payout and revenue, in minor units.
    totals: [i64; 2],
}

impl SimulationRun<'_> {
    fn conversion(&mut self, draft: &ConversionDraft) -> Result<Simulated, AmountTooLarge> {
        let currency = self.currency;
        let payout = Money::round(draft.base_payout, currency)?;
        let revenue = Money::round(draft.base_revenue, currency)?;
        let amount = draft.sale_amount;
        let conversion = Conversion {
            occurred_at: draft.occurred_at,
            event_type: None,
            base: draft.base,
            sale_amount: Some(SaleAmount { amount, currency }),
            // As in the ledger, an amount of 0 gets no row.
            payout: Some(payout).filter(|payout| payout.minor() != 0).into_iter().collect(),
            revenue: Some(revenue),
        };
        let mut places = Vec::new();
        let mut tier_states = Vec::new();
        for (index, tier) in self.tiers.iter().enumerate() {
            if let Some(window) = tier.window(self.zone, conversion.occurred_at) {
                let (before, fired) = self.windows.get(&(index, window)).copied().unwrap_or_default();
                places.push(index);
                tier_states.push(TierState::new(tier, window, before, fired, &conversion)?);
            }
        }
        let paid = pay(&tier_states, &conversion)?;
        self.past.push(PastConversion {
            conversion,
            taken_back: TakenBack::default(),
            payout: earned(&paid.payout),
            revenue: earned(&paid.revenue),
        });
        let adjustments = fire(&paid.due, &tier_states, &mut self.past)?;
        for (index, state) in places.iter().zip(&tier_states) {
            self.windows.insert((*index, state.window), (state.with, state.fired));
        }
        for due in &paid.due {
            let key = (places[due.state], tier_states[due.state].window);
            let (_, fired) = self.windows.entry(key).or_default();
            *fired = fired.and(due.side);
        }

        let mut explanation = Vec::new();
        for (side, exact, rows) in [
            (Side::Payout, draft.base_payout, &paid.payout),
            (Side::Revenue, draft.base_revenue, &paid.revenue),
        ] {
            self.explain(side, exact, rows, &tier_states, &mut explanation)?;
        }
        let of_side = |side: Side| {
            let adjustments = adjustments.iter().filter(move |adjustment| adjustment.due.side == side);
            let places = &places;
            adjustments.map(move |adjustment| SimulatedAdjustment {
                conversion: adjustment.conversion,
                tier: places[adjustment.due.state],
                amount: adjustment.amount,
            })
        };
        for adjustment in &adjustments {
            explanation.extend(summary(adjustment));
        }
        let amount = |rows: &[RatedRow]| rows.first().map_or(0, |row| row.amount.minor());
        let simulated = Simulated {
            payout: Money::from_minor(amount(&paid.payout), currency)?,
            revenue: Money::from_minor(amount(&paid.revenue), currency)?,
            payout_tier: paid.payout.first().and_then(|row| row.tier).map(|index| places[index]),
            revenue_tier: paid.revenue.first().and_then(|row| row.tier).map(|index| places[index]),
            adjustments: of_side(Side::Payout).collect(),
            revenue_adjustments: of_side(Side::Revenue).collect(),
            counters: places
                .iter()
                .zip(&tier_states)
                .map(|(index, state)| (*index, progress(state.tier, state.window, &state.with)))
                .collect(),
            explanation,
        };
        self.add(&simulated)?;
        Ok(simulated)
    }

    fn explain(
        &self,
        side: Side,
        exact: Decimal,
        rows: &[RatedRow],
        tier_states: &[TierState<'_>],
        explanation: &mut Vec<Step>,
    ) -> Result<(), AmountTooLarge> {
        let base = Money::round(exact, self.currency)?;
        let detail = format!("{}, before any tier", written(exact, self.currency));
        explanation.push(step(&format!("base {}", side.as_str()), detail, Some(exact)));
        if base.amount() != exact {
            explanation.push(rounding(exact, base));
        }
        match rows.first() {
            Some(row) => explanation.extend(row.steps.iter().cloned()),
            None => explanation.extend(steps(side, self.currency, tier_states, None, None)),
        }
        Ok(())
    }

    fn add(&mut self, simulated: &Simulated) -> Result<(), AmountTooLarge> {
        let sides = [
            (simulated.payout, &simulated.adjustments),
            (simulated.revenue, &simulated.revenue_adjustments),
        ];
        for (total, (paid, adjustments)) in self.totals.iter_mut().zip(sides) {
            let amounts = adjustments.iter().map(|adjustment| adjustment.amount);
            for amount in amounts.chain([paid]) {
                *total = total.checked_add(amount.minor()).ok_or(AmountTooLarge)?;
            }
        }
        Ok(())
    }
}

fn earned(rows: &[RatedRow]) -> SideEarnings {
    let written = rows.iter().filter(|row| row.amount.minor() != 0);
    SideEarnings {
        rows: written
            .map(|row| EarnedRow {
                amount: row.amount,
                refunded: RefundedPart::default(),
                is_reversed: false,
            })
            .collect(),
        adjustments: Vec::new(),
    }
}

/// The steps of an adjustment, prefixed with the conversion that they belong to.
fn summary(adjustment: &Adjustment) -> Vec<Step> {
    let of = format!("conversions.{} ", adjustment.conversion);
    let named = |step: &Step| Step {
        source: format!("{of}{}", step.source),
        ..step.clone()
    };
    adjustment.steps.iter().map(named).collect()
}
