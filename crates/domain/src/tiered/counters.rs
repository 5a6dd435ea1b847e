//! What a tier counts in a window, and whether the goals are reached.
//!
//! A conversion adds 1 to the conversions (or to the events, if its `base` is false) and, if they are in the tier's
//! currency, its sale amount, the sum of its base payout rows and its base revenue. Its contribution changes when it is
//! taken back: [`Conversion::counted`] computes the contribution in a given state, and a refund or reversal books the
//! difference between the states before and after. Each sum is reduced by `round(sum x refunded so far / charged)`,
//! half away from zero; a payout of 10.00 refunded by 1/3 and then by 2/3 loses 3.33 and then 6.67. A full refund
//! therefore takes exactly what was left, however many steps it came in. The counters of a new or changed tier are the
//! sum of the current contributions of all conversions in the window.

use rust_decimal::Decimal;

use super::{Goal, Metric, Side, Tier, Window};
use crate::Timestamp;
use crate::event::Event;
use crate::money::{AmountTooLarge, Currency, MAX_SUM_MINOR, Money, written};
use crate::refund::{self, Refunded};

/// The amount of a sale. Not [`Money`], since a simulated one may have more decimal places than its currency.
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

/// A charge or conversion of one partner on one campaign, before any tier is applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Conversion {
    pub occurred_at: Timestamp,
    pub event_type: Option<String>,
    /// Whether it counts as a conversion rather than as an event.
    pub base: bool,
    /// The event's amount; `None` is equivalent to 0.
    pub sale_amount: Option<SaleAmount>,
    /// The rounded amounts of its rows, in order; empty if it earns nothing.
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

    /// Its contribution to the counters of a tier with this currency. It must lie in the tier's window and have its
    /// event type.
    pub fn counted(&self, currency: Currency, taken_back: TakenBack) -> Result<Counters, AmountTooLarge> {
        let left = |amount: Decimal| {
            // Only simulated sale amounts have more decimal places than the currency, and these are never refunded.
            let taken = match taken_back.refunded {
                Refunded { wholly: true, .. } => amount,
                Refunded { refunded_minor: 0, .. } => Decimal::ZERO,
                refunded => {
                    let minor = sum_minor(amount, currency)?;
                    Decimal::new(refund::share(minor, refunded.into()), currency.exponent())
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

/// The sum of the rows in this currency, which may exceed the largest amount.
fn total(rows: &[Money], currency: Currency) -> Decimal {
    let rows = rows.iter().filter(|row| row.currency() == currency);
    rows.fold(Decimal::new(0, currency.exponent()), |total, row| total + row.amount())
}

/// A sum in minor units; fails if it exceeds the largest stored sum, or has more decimal places than the currency,
/// which no recorded amount has.
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

/// How much of a conversion was taken back. The default: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    pub refunded: Refunded,
    /// Whether it had EVENT rows and all of them are reversed.
    pub rows_reversed: bool,
}

impl TakenBack {
    /// The state of a recorded event after its refunds so far.
    pub fn recorded(event: &Event, rows_reversed: bool) -> Self {
        Self {
            refunded: event.refunded(),
            rows_reversed,
        }
    }

    /// Whether it no longer counts as a conversion or event. Reversing its rows by hand leaves its amounts in the sums:
    /// only refunds deduct them.
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
    /// The counters as stored: counts, and sums in minor units.
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

    /// Sale amount, payout and revenue in minor units; fails if one exceeds the largest stored sum, or has more decimal
    /// places than the currency, which no recorded amount has.
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

    /// The change from `earlier` to these counters.
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

/// Whether every metric is below its goal's max.
pub fn in_band(goals: &[Goal], counters: &Counters) -> bool {
    goals
        .iter()
        .all(|goal| goal.max.is_none_or(|max| counters.value(goal.metric) < max))
}

/// The progress towards one goal of a tier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GoalProgress {
    pub window: Window,
    pub metric: Metric,
    /// A whole number, or an amount with at least the decimal places of the tier's currency; the same applies to `goal`
    /// and `max`.
    pub value: Decimal,
    pub goal: Decimal,
    pub max: Option<Decimal>,
}

impl GoalProgress {
    /// Whether the value has reached the goal.
    pub fn is_reached(&self) -> bool {
        self.value >= self.goal
    }

    /// The amount missing; 0 once the goal is reached.
    pub fn remaining(&self) -> Decimal {
        let missing = self.goal - self.value;
        if missing.is_sign_negative() {
            Decimal::new(0, missing.scale())
        } else {
            missing
        }
    }
}

/// The progress towards the goals of a tier, in order.
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

/// The goals and the values compared with them, for explanations:
/// `conversions 9 < 10, revenue 130.00 EUR >= 121.00 EUR`.
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
