//! The steps behind an amount, so that a reader can recompute it by hand.

use rust_decimal::Decimal;

use super::money::{Money, written};

/// One step: the rule or term that was considered, the outcome, and what it contributed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// The rule, term or calculation: `rules.0 recurring`, `rounding`.
    pub source: String,
    pub outcome: Outcome,
    /// The arithmetic in words, for everyone who may see the amount.
    pub detail: String,
    /// The threshold that the inputs were compared with. A separate field, since partners may see the step but not the
    /// threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
    /// What the step added to the amount, exact and unrounded; `None` if this kind of step adds nothing.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub amount: Option<Decimal>,
}

super::text_enum! {
    /// The outcome of a considered rule or term.
    #[derive(serde::Serialize, serde::Deserialize)]
    Outcome {
        /// It contributed to the amount.
        Applied = "APPLIED",
        /// Its condition is not met.
        NotReached = "NOT_REACHED",
        /// It would have applied, but another replaced it.
        Replaced = "REPLACED",
        /// It blocked the payment.
        Blocked = "BLOCKED",
    }
}

/// A collector of steps. Evaluating into `()` builds none, so that only callers who want an explanation pay for it.
pub trait Explanation {
    fn note(&mut self, step: impl FnOnce() -> Step);
}

impl Explanation for () {
    fn note(&mut self, _: impl FnOnce() -> Step) {}
}

impl Explanation for Vec<Step> {
    fn note(&mut self, step: impl FnOnce() -> Step) {
        self.push(step());
    }
}

/// The step that explains the rounding.
pub fn rounding(exact: Decimal, rounded: Money) -> Step {
    Step {
        source: "rounding".to_owned(),
        outcome: Outcome::Applied,
        detail: if rounded.amount() == exact {
            format!("{rounded} needs no rounding")
        } else {
            format!(
                "{} to {rounded}, half away from zero",
                written(exact, rounded.currency())
            )
        },
        threshold: None,
        amount: Some((rounded.amount() - exact).normalize()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn rounding_says_what_it_changed() {
        let told = |exact: &str, minor| {
            let money = Money::from_minor(minor, Currency::parse("USD").expect("a currency")).expect("within bounds");
            let step = rounding(exact.parse().expect("a number"), money);
            (step.detail, step.amount.map(|amount| amount.to_string()))
        };
        assert_eq!(
            told("1.20", 120),
            ("1.20 USD needs no rounding".to_owned(), Some("0".to_owned()))
        );
        let (detail, change) = told("1.205", 121);
        assert_eq!(
            (detail.as_str(), change.as_deref()),
            ("1.205 USD to 1.21 USD, half away from zero", Some("0.005"))
        );
    }
}
