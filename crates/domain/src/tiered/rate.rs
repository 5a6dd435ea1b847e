//! Which tier changes the rate of a conversion, what the conversion then pays, and which retroactive parts become due.

use super::action::{self, ActedAmount};
use super::counters::{Conversion, Counters, TakenBack, achieved, compared, in_band};
use super::{Action, CrossingPolicy, Modifier, Side, Status, Tier, Window};
use crate::explain::{Outcome, Step};
use crate::money::{AmountTooLarge, Currency, Money, written};

/// Which retroactive parts of a tier have fired in a window. Never reset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fired {
    pub payout: bool,
    pub revenue: bool,
}

impl Fired {
    pub fn of(self, side: Side) -> bool {
        match side {
            Side::Payout => self.payout,
            Side::Revenue => self.revenue,
        }
    }

    /// Whether any part has fired.
    pub fn any(self) -> bool {
        self.payout || self.revenue
    }

    #[must_use]
    pub fn and(mut self, side: Side) -> Self {
        match side {
            Side::Payout => self.payout = true,
            Side::Revenue => self.revenue = true,
        }
        self
    }
}

/// The state of a tier when it counts a conversion, which has its event type and lies in the given window. Lists of
/// states (`tier_states`) are in the order in which the tiers were created.
#[derive(Clone, Copy, Debug)]
pub struct TierState<'a> {
    pub tier: &'a Tier,
    pub window: Window,
    pub before: Counters,
    /// The counters including the conversion, to be stored.
    pub with: Counters,
    pub fired: Fired,
}

impl<'a> TierState<'a> {
    /// Counts the conversion. `before` are the counters of the window that contains it.
    pub fn new(
        tier: &'a Tier,
        window: Window,
        before: Counters,
        fired: Fired,
        conversion: &Conversion,
    ) -> Result<Self, AmountTooLarge> {
        let with = before.plus(conversion.counted(tier.currency, TakenBack::default())?)?;
        Ok(Self {
            tier,
            window,
            before,
            with,
            fired,
        })
    }

    /// The counters that determine the rate.
    fn deciding(&self) -> &Counters {
        match self.tier.crossing_policy {
            CrossingPolicy::NextConversion => &self.before,
            CrossingPolicy::CrossingConversion => &self.with,
        }
    }

    /// Whether its rate applies.
    fn reaches(&self) -> bool {
        let (goals, counters) = (&self.tier.goals, self.deciding());
        achieved(goals, counters) && in_band(goals, counters)
    }
}

/// What a conversion pays.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversionPay {
    /// One for each payout row of the conversion.
    pub payout: Vec<RatedRow>,
    /// One, if the conversion has revenue.
    pub revenue: Vec<RatedRow>,
    /// The retroactive parts that fire with it, in the order of the states.
    pub due: Vec<DueRetroactive>,
}

/// A row of a conversion, after the tiers.
#[derive(Clone, Debug, PartialEq)]
pub struct RatedRow {
    /// Its amount before the tiers.
    pub base: Money,
    /// If 0, the row is not written.
    pub amount: Money,
    /// The index of the state whose tier acted on the conversion.
    pub tier: Option<usize>,
    /// Each tier's verdict and, for the tier that acted, the steps of its action. Their amounts add up to
    /// `amount` - `base`.
    pub steps: Vec<Step>,
}

/// A retroactive part that fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DueRetroactive {
    /// The index of the tier's state.
    pub state: usize,
    pub side: Side,
}

/// What a conversion pays, and which retroactive parts fire with it.
pub fn pay(tier_states: &[TierState<'_>], conversion: &Conversion) -> Result<ConversionPay, AmountTooLarge> {
    Ok(ConversionPay {
        payout: rate(Side::Payout, tier_states, conversion.rows(Side::Payout))?,
        revenue: rate(Side::Revenue, tier_states, conversion.rows(Side::Revenue))?,
        due: due(tier_states),
    })
}

/// Applies the tiers to rows. Each currency is handled separately, since a tier neither counts nor changes other ones.
fn rate(side: Side, tier_states: &[TierState<'_>], rows: &[Money]) -> Result<Vec<RatedRow>, AmountTooLarge> {
    let untouched = |row: &Money| RatedRow {
        base: *row,
        amount: *row,
        tier: None,
        steps: Vec::new(),
    };
    let mut rated: Vec<_> = rows.iter().map(untouched).collect();
    for (first, row) in rows.iter().enumerate() {
        let currency = row.currency();
        if rows[..first].iter().any(|earlier| earlier.currency() == currency) {
            continue;
        }
        let (places, same): (Vec<usize>, Vec<Money>) = rows
            .iter()
            .enumerate()
            .filter(|(_, row)| row.currency() == currency)
            .unzip();
        let is_empty = same.iter().all(|row| row.minor() == 0);
        let chosen = choose(side, currency, tier_states).filter(|_| !is_empty);
        let mut acted = None;
        if let Some((index, modifier)) = chosen {
            let source = source(side, tier_states[index].tier);
            acted = Some(action::explained(modifier.action, modifier.value, &same, &source)?);
        }
        let mut acted = acted.into_iter().flatten();
        for place in places {
            let row = &mut rated[place];
            let result = acted.next();
            row.tier = chosen.map(|(index, _)| index);
            row.steps = steps(side, currency, tier_states, row.tier, result.as_ref());
            row.amount = result.map_or(row.base, |result| result.amount);
        }
    }
    Ok(rated)
}

/// The one tier that acts on amounts of this currency.
pub(super) fn choose<'a>(
    side: Side,
    currency: Currency,
    tier_states: &[TierState<'a>],
) -> Option<(usize, &'a Modifier)> {
    let reaching = tier_states.iter().enumerate().filter_map(|(index, state)| {
        let tier = state.tier;
        let modifier = tier.modifier(side)?;
        (tier.status == Status::Active && tier.currency == currency && state.reaches()).then_some((index, modifier))
    });
    // `max_by_key` returns the last of equal elements, which is the newest tier.
    reaching.max_by_key(|(index, _)| rank(tier_states[*index].tier))
}

/// The highest rank wins: goals compared in the order of [`super::Metric`], then the start date.
fn rank(tier: &Tier) -> impl Ord {
    let goal_of = |metric| {
        let goal = tier.goals.iter().find(|goal| goal.metric == metric);
        goal.map_or(rust_decimal::Decimal::ZERO, |goal| goal.goal)
    };
    let goals: Vec<_> = super::Metric::ALL.iter().map(|metric| goal_of(*metric)).collect();
    (goals, tier.start_date)
}

/// The steps of every ACTIVE tier that has a rate on this side, each with its verdict.
pub(super) fn steps(
    side: Side,
    currency: Currency,
    tier_states: &[TierState<'_>],
    chosen: Option<usize>,
    acted: Option<&ActedAmount>,
) -> Vec<Step> {
    let mut steps = Vec::new();
    for (index, state) in tier_states.iter().enumerate() {
        let tier = state.tier;
        let Some(modifier) = tier.modifier(side).filter(|_| tier.status == Status::Active) else {
            continue;
        };
        let threshold = Some(compared(tier, state.deciding()));
        if let (true, Some(acted)) = (chosen == Some(index), acted) {
            let of_action = steps.len();
            steps.extend(acted.steps.iter().cloned());
            steps[of_action].threshold = threshold;
            continue;
        }
        let (outcome, reason) = if tier.currency != currency {
            (
                Outcome::NotReached,
                format!(": it is in {}, the {} is in {currency}", tier.currency, side.as_str()),
            )
        } else if !state.reaches() {
            (Outcome::NotReached, String::new())
        } else if chosen.is_none() {
            (Outcome::NotReached, ": a base of 0 is never modified".to_owned())
        } else {
            (Outcome::Replaced, ": another tier goes before it".to_owned())
        };
        steps.push(Step {
            source: source(side, tier),
            outcome,
            detail: format!("{}{reason}", describe(modifier.action, modifier.value, tier.currency)),
            threshold,
            amount: None,
        });
    }
    steps
}

pub(super) fn source(side: Side, tier: &Tier) -> String {
    format!("{} tier {}", side.as_str(), tier.name)
}

/// The action in words: `increase by 10 %`.
fn describe(action: Action, value: rust_decimal::Decimal, currency: Currency) -> String {
    let value = value.normalize();
    match action {
        Action::Increase => format!("increase by {value} %"),
        Action::Decrease => format!("decrease by {value} %"),
        Action::FlatIncrease => format!("increase by {}", written(value, currency)),
        Action::FlatDecrease => format!("decrease by {}", written(value, currency)),
        Action::Exact => format!("exactly {}", written(value, currency)),
    }
}

/// The retroactive parts whose goals hold with the conversion and that have not fired in this window.
fn due(tier_states: &[TierState<'_>]) -> Vec<DueRetroactive> {
    let mut due = Vec::new();
    for (index, state) in tier_states.iter().enumerate() {
        let tier = state.tier;
        if tier.status == Status::Inactive || !achieved(&tier.goals, &state.with) {
            continue;
        }
        let sides = Side::ALL.iter().copied();
        let open = sides.filter(|side| tier.retroactive(*side).is_some() && !state.fired.of(*side));
        due.extend(open.map(|side| DueRetroactive { state: index, side }));
    }
    due
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_is_told_in_words() {
        let usd = Currency::parse("USD").expect("a currency");
        let told = Action::ALL
            .iter()
            .map(|action| describe(*action, "5.0".parse().expect("a number"), usd));
        let told: Vec<_> = told.collect();
        assert_eq!(
            told,
            [
                "increase by 5 %",
                "decrease by 5 %",
                "increase by 5.00 USD",
                "decrease by 5.00 USD",
                "exactly 5.00 USD"
            ]
        );
    }
}
