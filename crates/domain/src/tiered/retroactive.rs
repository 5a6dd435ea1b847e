//! What earlier conversions gain or lose when a tier's goals are reached.
//!
//! A conversion of the window moves to `new`: the result of the action on its base rows, or exactly the value, or a
//! percentage of its whole sale amount. The adjustment is `new` minus what it has earned so far, gross: all its rows,
//! including reversed ones, and earlier adjustments, but no clawbacks. Refunds keep their proportional effect: the
//! adjustment gets a clawback for the share refunded. 4.00, half refunded, with a flat increase of 5.00: an adjustment
//! of 5.00 and a clawback of 2.50.
//!
//! Omitted are: conversions that are wholly refunded or have only reversed rows, and so no longer count; a base of 0;
//! increases that would lower the amount and decreases that would raise it; adjustments of 0. Parts that fire together
//! are applied one after the other, in the order in which their tiers were created, each to the result of the previous
//! ones.

use super::action::{self, ActedAmount, step};
use super::counters::{Conversion, TakenBack, compared, sum};
use super::rate::{DueRetroactive, TierState, source};
use super::{Action, Retroactive, Side, Tier};
use crate::explain::Step;
use crate::money::{AmountTooLarge, Money};
use crate::refund::{self, RefundedPart};

/// A recorded conversion, and what it has earned.
#[derive(Clone, Debug, PartialEq)]
pub struct PastConversion {
    /// Its `payout` and `revenue` are the base, before any tier.
    pub conversion: Conversion,
    pub taken_back: TakenBack,
    pub payout: SideEarnings,
    pub revenue: SideEarnings,
}

impl PastConversion {
    /// What it has earned on a side.
    pub fn earned(&self, side: Side) -> &SideEarnings {
        match side {
            Side::Payout => &self.payout,
            Side::Revenue => &self.revenue,
        }
    }

    fn earned_mut(&mut self, side: Side) -> &mut SideEarnings {
        match side {
            Side::Payout => &mut self.payout,
            Side::Revenue => &mut self.revenue,
        }
    }
}

/// What one side of a conversion has earned so far, gross.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SideEarnings {
    /// For payouts its EVENT rows, in order; for revenue the final amount.
    pub rows: Vec<EarnedRow>,
    /// Earlier adjustments by any tier, including reversed ones.
    pub adjustments: Vec<Money>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EarnedRow {
    pub amount: Money,
    /// How much is refunded of what it was earned for.
    pub refunded: RefundedPart,
    pub is_reversed: bool,
}

/// What a conversion gains or loses.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjustment {
    /// The tier and part that caused it.
    pub due: DueRetroactive,
    /// The index of the past conversion that it adjusts.
    pub conversion: usize,
    /// The index of the row that it adjusts: the first one not reversed. `None`: the tiers had left the conversion no
    /// row, and the adjustment refers to the event.
    pub row: Option<usize>,
    pub amount: Money,
    /// Of the opposite sign: the share that was already refunded. Payouts only, since revenue is never clawed back.
    pub clawback: Option<Money>,
    /// Their amounts add up to `amount`.
    pub steps: Vec<Step>,
}

/// Fires the due parts. `past` are the conversions of the partner on the campaign in recording order, at least those in
/// the windows of the due parts, and ends with the conversion that triggered them. Adds the adjustments to what they
/// earned.
pub fn fire(
    due: &[DueRetroactive],
    tier_states: &[TierState<'_>],
    past: &mut [PastConversion],
) -> Result<Vec<Adjustment>, AmountTooLarge> {
    let mut adjustments = Vec::new();
    for due in due {
        let state = &tier_states[due.state];
        let Some(retroactive) = state.tier.retroactive(due.side) else {
            continue;
        };
        let threshold = compared(state.tier, &state.with);
        for (index, past) in past.iter_mut().enumerate() {
            let conversion = &past.conversion;
            let concerns =
                state.tier.counts(conversion.event_type.as_deref()) && state.window.contains(conversion.occurred_at);
            if !concerns {
                continue;
            }
            let moved = adjust(state.tier, due.side, retroactive, past)?;
            let Some(RetroactiveMove { row, amount, mut steps }) = moved else {
                continue;
            };
            let clawback = match due.side {
                Side::Payout => clawback(past, row, amount),
                Side::Revenue => None,
            };
            past.earned_mut(due.side).adjustments.push(amount);
            // The second step is the tier's, after the base.
            if let Some(of_tier) = steps.get_mut(1) {
                of_tier.threshold = Some(threshold.clone());
            }
            adjustments.push(Adjustment {
                due: *due,
                conversion: index,
                row,
                amount,
                clawback,
                steps,
            });
        }
    }
    Ok(adjustments)
}

/// The adjustment of one conversion.
struct RetroactiveMove {
    row: Option<usize>,
    amount: Money,
    steps: Vec<Step>,
}

/// The adjustment of a conversion; `None` if it stays unchanged.
fn adjust(
    tier: &Tier,
    side: Side,
    retroactive: &Retroactive,
    past: &PastConversion,
) -> Result<Option<RetroactiveMove>, AmountTooLarge> {
    let (currency, conversion, earned) = (tier.currency, &past.conversion, past.earned(side));
    let base = sum(conversion.rows(side), currency)?;
    if past.taken_back.has_left() || base.minor() == 0 {
        return Ok(None);
    }
    let in_currency = || {
        let rows = earned.rows.iter().enumerate();
        rows.filter(|(_, row)| row.amount.currency() == currency)
    };
    let row = in_currency().find(|(_, row)| !row.is_reversed).map(|(index, _)| index);
    if row.is_none() && in_currency().next().is_some() {
        return Ok(None);
    }
    let Some(new) = new_amount(tier, side, retroactive, conversion, base)? else {
        return Ok(None);
    };
    let rows = earned.rows.iter().map(|row| &row.amount);
    let so_far = sum(rows.chain(&earned.adjustments), currency)?;
    let difference = new.amount.minor() - so_far.minor();
    let goes_against = match retroactive.action {
        Action::Increase | Action::FlatIncrease => difference < 0,
        Action::Decrease | Action::FlatDecrease => difference > 0,
        Action::Exact => false,
    };
    if goes_against || difference == 0 {
        return Ok(None);
    }
    let mut steps = vec![step("base", format!("{base}, before any tier"), Some(base.amount()))];
    steps.extend(new.steps);
    let detail = format!("{so_far} in rows and adjustments, before clawbacks");
    steps.push(step("earned before", detail, Some(-so_far.amount())));
    let amount = Money::from_minor(difference, currency)?;
    Ok(Some(RetroactiveMove { row, amount, steps }))
}

/// The amount that the conversion moves to; `None` if it would be a percentage of a sale amount in another currency.
fn new_amount(
    tier: &Tier,
    side: Side,
    retroactive: &Retroactive,
    conversion: &Conversion,
    base: Money,
) -> Result<Option<ActedAmount>, AmountTooLarge> {
    let Retroactive { action, value, .. } = *retroactive;
    let source = format!("{}, retroactive", source(side, tier));
    if retroactive.is_of_sale() {
        let sale_amount = match conversion.sale_amount {
            None => rust_decimal::Decimal::ZERO,
            Some(sale) if sale.currency == tier.currency => sale.amount,
            Some(_) => return Ok(None),
        };
        return action::of_sale(value, sale_amount, base, &source).map(Some);
    }
    if action == Action::Exact {
        return action::exactly(value, base, &source).map(Some);
    }
    let rows: Vec<Money> = conversion
        .rows(side)
        .iter()
        .copied()
        .filter(|row| row.currency() == tier.currency)
        .collect();
    // Per row, like the rate, so that the same action gives the same amount.
    let acted = action::explained(action, value, &rows, &source)?;
    let amount = sum(acted.iter().map(|row| &row.amount), tier.currency)?;
    let steps = acted.into_iter().flat_map(|row| row.steps).collect();
    Ok(Some(ActedAmount { amount, steps }))
}

/// The part of an adjustment to claw back at once, as if the adjustment had preceded the refunds.
fn clawback(past: &PastConversion, row: Option<usize>, amount: Money) -> Option<Money> {
    // Without a row, that of the whole event.
    let refunded = row.map_or(past.taken_back.refunded.into(), |row| past.payout.rows[row].refunded);
    let share = refund::share(amount.minor(), refunded);
    let back = Money::from_minor(-share, amount.currency()).expect("no more than the adjustment");
    (share != 0).then_some(back)
}
