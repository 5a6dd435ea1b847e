//! The steps behind an amount, so that a reader can redo the sum by hand.

use rust_decimal::Decimal;

use super::money::{Money, written};

/// One consideration: which rule or term, what came of it, and what it contributed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Step {
    /// What was considered: `rules.0 recurring`, `rounding`.
    pub source: String,
    pub outcome: Outcome,
    /// The arithmetic, in words that anybody concerned may read.
    pub detail: String,
    /// What the inputs were compared with. Kept apart, since partners may read a step but no threshold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub threshold: Option<String>,
    /// What the step added to the amount, exact and not rounded; `None` where it adds nothing by its nature.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "rust_decimal::serde::str_option"
    )]
    pub amount: Option<Decimal>,
}

super::text_enum! {
    /// What came of a consideration.
    #[derive(serde::Serialize, serde::Deserialize)]
    Outcome {
        /// It took part in the amount.
        Applied = "APPLIED",
        /// Its condition does not hold.
        NotReached = "NOT_REACHED",
        /// It would have applied, but another took its place.
        Replaced = "REPLACED",
        /// It stopped the payment.
        Blocked = "BLOCKED",
    }
}

/// Where steps go. Evaluating into `()` builds none, so that explaining costs only those who ask.
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

/// The step that says what rounding did.
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
