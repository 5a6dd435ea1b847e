//! Money and explanations on the wire.

use async_graphql::{Enum, SimpleObject};

use super::rows::{PlainObject, SubSelection, unwritten};
use super::scalar::{CurrencyCode, Decimal};
use domain::{explain, money};
use store::view::JsonText;

/// An amount of money.
#[derive(Clone, Copy, Debug, SimpleObject)]
pub struct Money {
    /// The amount in units of the currency, with exactly the currency's digits: "12.00".
    pub amount: Decimal,
    /// The ISO 4217 code of the currency.
    pub currency: CurrencyCode,
}

/// A sum in major units of its currency. It may exceed the largest single amount.
pub fn units(minor: i128, currency: money::Currency) -> Decimal {
    let units = rust_decimal::Decimal::try_from_i128_with_scale(minor, currency.exponent());
    Decimal(units.expect("28 digits hold the sum of 10^13 of the largest amounts"))
}

impl Money {
    /// A sum of this many minor units.
    pub fn of_sum(minor: i128, currency: money::Currency) -> Self {
        Self {
            amount: units(minor, currency),
            currency: CurrencyCode(currency),
        }
    }
}

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self {
            amount: Decimal(money.amount()),
            currency: CurrencyCode(money.currency()),
        }
    }
}

impl From<money::Sum> for Money {
    fn from(sum: money::Sum) -> Self {
        Self {
            amount: Decimal(sum.amount()),
            currency: CurrencyCode(sum.currency),
        }
    }
}

impl PlainObject for Money {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "amount" => json.plain(self.amount.0),
            "currency" => json.plain(self.currency.0),
            _ => unwritten(self, field, json),
        }
    }
}

/// One step in the calculation of an amount: a rule or term that was considered, and its outcome.
#[derive(Clone, Debug, SimpleObject)]
pub struct ExplanationStep {
    /// What was considered, such as "rules.0 recurring" or "rounding".
    pub source: String,
    /// Its outcome.
    pub outcome: StepOutcome,
    /// The calculation and the comparison, in words.
    pub detail: String,
    /// What the step added to the amount, exact and not rounded; null for steps that never add an amount.
    pub amount: Option<Decimal>,
}

/// The outcome of considering a rule or term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "explain::Outcome")]
pub enum StepOutcome {
    /// It contributed to the amount.
    Applied,
    /// Its condition does not hold.
    NotReached,
    /// It would have applied, but another one replaced it.
    Replaced,
    /// It blocked the payment.
    Blocked,
}

impl PlainObject for ExplanationStep {
    fn write(&self, field: &str, _: &SubSelection<'_>, json: &mut JsonText) {
        match field {
            "source" => json.text(&self.source),
            "outcome" => json.plain(async_graphql::resolver_utils::enum_value(self.outcome)),
            "detail" => json.text(&self.detail),
            "amount" => json.optional(self.amount.map(|amount| amount.0)),
            _ => unwritten(self, field, json),
        }
    }
}

impl From<explain::Step> for ExplanationStep {
    fn from(step: explain::Step) -> Self {
        let detail = match step.threshold {
            Some(threshold) => format!("{} ({threshold})", step.detail),
            None => step.detail,
        };
        Self {
            source: step.source,
            outcome: step.outcome.into(),
            detail,
            amount: step.amount.map(Decimal),
        }
    }
}
