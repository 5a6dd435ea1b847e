//! What a tier counts in a window, and whether it is enough.
//!
//! A conversion adds 1 to the conversions (or to the events, if its `base` is false) and, as far as they are in the
//! tier's currency, its sale amount, the sum of its base payout rows and its base revenue. What it adds changes when it
//! is taken back: [`Conversion::counted`] says what it adds in a given state, so whoever takes back books the
//! difference of the states before and after. Of each sum, `round(sum x refunded so far / charged)` has left, half away
//! from zero; a payout of 10.00 refunded by 1/3 and then by 2/3 loses 3.33 and then 6.67. A whole refund therefore takes
//! exactly what was left, in however many steps it came. The counters of a tier that is new or changed are the sum of
//! what all conversions of the window add as they stand.

use rust_decimal::Decimal;

use super::{Goal, Metric, Side, Tier, Window};
use crate::Timestamp;
use crate::event::Event;
use crate::money::{AmountTooLarge, Currency, MAX_SUM_MINOR, Money, written};
use crate::refund::{self, Refunded};

/// What was sold. Not [`Money`], since a simulated one may have more digits than its currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SaleAmount {
    pub amount: Decimal,
    pub currency: Currency,
}

impl From<Money> for SaleAmount {
    fn from(money: Money) -> Self {
        let (amount, currency) = (money.amount(), money.currency());
        Self { amount, currency }
    }
}

/// A charge or conversion of one partner on one campaign, as it is before any tier.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    pub occurred_at: Timestamp,
    pub event_type: Option<String>,
    /// Whether it counts as a conversion rather than as an event.
    pub base: bool,
    /// The event's amount; `None` is as good as 0.
    pub sale_amount: Option<SaleAmount>,
    /// The rounded amounts of its rows, in their order; empty: it earns nothing.
    pub payout: Vec<Money>,
    pub revenue: Option<Money>,
}

impl Conversion {
    /// A recorded charge or conversion that earned these rows before any tier.
    pub fn recorded(event: &Event, payout: Vec<Money>) -> Self {
        Self {
            occurred_at: event.occurred_at,
            event_type: event.event_type.clone(),
            base: event.base,
            sale_amount: event.amount.map(SaleAmount::from),
            payout,
            revenue: event.revenue,
        }
    }

    /// The rounded rows of a side.
    pub fn rows(&self, side: Side) -> &[Money] {
        match side {
            Side::Payout => &self.payout,
            Side::Revenue => self.revenue.as_slice(),
        }
    }

    /// What it adds to the counters of a tier with this currency, in whose window it lies and whose event type it has.
    pub fn counted(&self, currency: Currency, taken_back: TakenBack) -> Result<Counters, AmountTooLarge> {
        let left = |amount: Decimal| {
            // Simulated sale amounts, which alone have more digits than the currency, are never refunded.
            let taken = match taken_back.refunded {
                Refunded { wholly: true, .. } => amount,
                Refunded { refunded_minor: 0, .. } => Decimal::ZERO,
                refunded => {
                    let minor = sum_minor(amount, currency)?;
                    Decimal::new(refund::share(minor, false, refunded), currency.exponent())
                }
            };
            Ok(amount - taken)
        };
        let sale_amount = match self.sale_amount {
            Some(sale) if sale.currency == currency => sale.amount,
            Some(_) | None => Decimal::ZERO,
        };
        let still_there = i64::from(!taken_back.has_left());
        Ok(Counters {
            conversions: if self.base { still_there } else { 0 },
            events: if self.base { 0 } else { still_there },
            sale_amount: left(sale_amount)?,
            payout: left(total(&self.payout, currency))?,
            revenue: left(total(self.revenue.as_slice(), currency))?,
        })
    }
}

/// The sum of the rows in this currency, which may be larger than any amount.
fn total(rows: &[Money], currency: Currency) -> Decimal {
    let rows = rows.iter().filter(|row| row.currency() == currency);
    rows.fold(Decimal::new(0, currency.exponent()), |total, row| total + row.amount())
}

/// A sum in minor units; fails where it is beyond what is stored, or has more digits than the currency, which no recorded
/// amount has.
fn sum_minor(amount: Decimal, currency: Currency) -> Result<i64, AmountTooLarge> {
    let mut scaled = amount;
    scaled.rescale(currency.exponent());
    let exact = scaled == amount && scaled.scale() == currency.exponent();
    let minor = i64::try_from(scaled.mantissa()).ok().filter(|_| exact);
    let within = |minor: &i64| minor.unsigned_abs() <= MAX_SUM_MINOR.unsigned_abs();
    minor.filter(within).ok_or(AmountTooLarge)
}

/// The sum of the rows in this currency.
pub(super) fn sum<'a>(rows: impl IntoIterator<Item = &'a Money>, currency: Currency) -> Result<Money, AmountTooLarge> {
    let minor = rows
        .into_iter()
        .filter(|row| row.currency() == currency)
        .try_fold(0i64, |total, row| total.checked_add(row.minor()));
    Money::from_minor(minor.ok_or(AmountTooLarge)?, currency)
}

/// How far a conversion was taken back. The default: not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    pub refunded: Refunded,
    /// Whether it had EVENT rows and all of them are reversed.
    pub rows_reversed: bool,
}

impl TakenBack {
    /// What refunds took back of a recorded event so far.
    pub fn recorded(event: &Event, rows_reversed: bool) -> Self {
        Self {
            refunded: Refunded {
                refunded_minor: event.refunded_minor,
                charged_minor: event.amount.map_or(0, Money::minor),
                wholly: event.wholly_refunded,
            },
            rows_reversed,
        }
    }

    /// Whether it counts no longer as a conversion or event. Reversing its rows by hand leaves its amounts counted: only
    /// refunds take those out.
    pub fn has_left(self) -> bool {
        self.refunded.wholly || self.rows_reversed
    }
}

/// The counters of a (tier, partner, campaign, window), or a change of them. Amounts are in the tier's currency.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    pub conversions: i64,
    pub events: i64,
    pub sale_amount: Decimal,
    /// Before any tier.
    pub payout: Decimal,
    /// Before any tier.
    pub revenue: Decimal,
}

impl Counters {
    /// From what is stored: counts, and sums in minor units.
    pub fn stored(currency: Currency, counts: [i64; 2], sums_minor: [i64; 3]) -> Self {
        let [conversions, events] = counts;
        let [sale_amount, payout, revenue] = sums_minor.map(|minor| Decimal::new(minor, currency.exponent()));
        Self {
            conversions,
            events,
            sale_amount,
            payout,
            revenue,
        }
    }

    /// Sale amount, payout and revenue in minor units; fails where one is beyond what is stored, or has more digits than
    /// the currency, which no recorded amount has.
    pub fn sums_minor(&self, currency: Currency) -> Result<[i64; 3], AmountTooLarge> {
        let [sale_amount, payout, revenue] = [self.sale_amount, self.payout, self.revenue];
        Ok([
            sum_minor(sale_amount, currency)?,
            sum_minor(payout, currency)?,
            sum_minor(revenue, currency)?,
        ])
    }

    pub fn plus(self, other: Self) -> Result<Self, AmountTooLarge> {
        self.combined(other, i64::checked_add, Decimal::checked_add)
    }

    /// The change from `earlier` to this.
    pub fn minus(self, earlier: Self) -> Result<Self, AmountTooLarge> {
        self.combined(earlier, i64::checked_sub, Decimal::checked_sub)
    }

    fn combined(
        self,
        other: Self,
        count: impl Fn(i64, i64) -> Option<i64>,
        amount: impl Fn(Decimal, Decimal) -> Option<Decimal>,
    ) -> Result<Self, AmountTooLarge> {
        let all = || {
            Some(Self {
                conversions: count(self.conversions, other.conversions)?,
                events: count(self.events, other.events)?,
                sale_amount: amount(self.sale_amount, other.sale_amount)?,
                payout: amount(self.payout, other.payout)?,
                revenue: amount(self.revenue, other.revenue)?,
            })
        };
        all().ok_or(AmountTooLarge)
    }

    pub fn value(&self, metric: Metric) -> Decimal {
        match metric {
            Metric::Conversion => self.conversions.into(),
            Metric::Event => self.events.into(),
            Metric::SaleAmount => self.sale_amount,
            Metric::Payout => self.payout,
            Metric::Revenue => self.revenue,
        }
    }
}

/// Whether all goals above 0 are reached.
pub fn achieved(goals: &[Goal], counters: &Counters) -> bool {
    goals
        .iter()
        .all(|goal| goal.goal.is_zero() || counters.value(goal.metric) >= goal.goal)
}

/// Whether every max is still unreached.
pub fn in_band(goals: &[Goal], counters: &Counters) -> bool {
    goals
        .iter()
        .all(|goal| goal.max.is_none_or(|max| counters.value(goal.metric) < max))
}

/// How far one goal of a tier is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalProgress {
    pub window: Window,
    pub metric: Metric,
    /// A whole number, or an amount with at least the digits of the tier's currency; `goal` and `max` likewise.
    pub value: Decimal,
    pub goal: Decimal,
    pub max: Option<Decimal>,
}

impl GoalProgress {
    /// Whether there is enough of it.
    pub fn is_reached(&self) -> bool {
        self.value >= self.goal
    }

    /// What is missing; 0 once it is reached.
    pub fn remaining(&self) -> Decimal {
        let missing = self.goal - self.value;
        if missing.is_sign_negative() {
            Decimal::new(0, missing.scale())
        } else {
            missing
        }
    }
}

/// How far the goals of a tier are reached, in their order.
pub fn progress(tier: &Tier, window: Window, counters: &Counters) -> Vec<GoalProgress> {
    let of_goal = |goal: &Goal| {
        let digits = if goal.metric.is_count() {
            0
        } else {
            tier.currency.exponent()
        };
        let with_digits = |value: Decimal| {
            let mut value = value.normalize();
            value.rescale(value.scale().max(digits));
            value
        };
        GoalProgress {
            window,
            metric: goal.metric,
            value: with_digits(counters.value(goal.metric)),
            goal: with_digits(goal.goal),
            max: goal.max.map(with_digits),
        }
    };
    tier.goals.iter().map(of_goal).collect()
}

/// The goals and what stands against them, for explanations: `conversions 9 < 10, revenue 130.00 EUR >= 121.00 EUR`.
pub(super) fn compared(tier: &Tier, counters: &Counters) -> String {
    let mut parts = Vec::new();
    for goal in &tier.goals {
        let name = match goal.metric {
            Metric::Conversion => "conversions",
            Metric::Event => "events",
            Metric::SaleAmount => "sale amount",
            Metric::Payout => "payout",
            Metric::Revenue => "revenue",
        };
        let shown = |value: Decimal| match goal.metric.is_count() {
            true => value.normalize().to_string(),
            false => written(value, tier.currency),
        };
        let value = counters.value(goal.metric);
        if !goal.goal.is_zero() {
            let sign = if value >= goal.goal { ">=" } else { "<" };
            parts.push(format!("{name} {} {sign} {}", shown(value), shown(goal.goal)));
        }
        if let Some(max) = goal.max {
            let sign = if value >= max { ">=" } else { "<" };
            parts.push(format!("{name} {} {sign} max {}", shown(value), shown(max)));
        }
    }
    parts.join(", ")
}
