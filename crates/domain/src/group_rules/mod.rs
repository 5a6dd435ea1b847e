//! The rules engine of partner groups: the fee that a charge earns.
//!
//! Rules are a list whose order does not matter. Evaluation always proceeds as base, upgrades, bonuses, gates,
//! rounding:
//!
//! 1. Base: of the time tiers with `customer_months <= max_months` the one with the smallest `max_months` replaces the
//!    recurring percentage. Without such a tier `recurring` applies, which every rule set has exactly once.
//! 2. Upgrades: every reached one adds its percentage points; base and upgrades together are capped at 100.
//! 3. Bonuses: every reached one adds its amount once; a negative one deducts; the fee never drops below 0.
//! 4. Gates: every one must hold, or the fee is 0.
//! 5. The fee is rounded once, half away from zero.
//!
//! The rule types are those of Donutwork's partner groups; `customer_volume_gate` is an addition that gives its
//! simulation's `qualified_customers` and `first_paid_customer_bootstrap` their meaning.

mod evaluate;
#[cfg(test)]
mod tests;
mod validate;

use rust_decimal::Decimal;

pub use evaluate::evaluate;

use super::money::{Currency, Money, Percentage};
pub use validate::{MAX_RULES, RuleDraft, RuleDraftKind, ScenarioDraft, check_currency, inputs, rule_set};

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Rule {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(flatten)]
    pub kind: RuleKind,
}

/// The type of a rule, and its parameters. Amounts are in the group's currency, or in the charge's if the group has
/// none.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleKind {
    /// The base percentage in the first `max_months` months of a customer's life.
    NewCustomerTimeTier { max_months: u32, percentage: Percentage },
    /// The base percentage otherwise.
    Recurring { percentage: Percentage },
    /// Additional percentage points once the partner's lifetime value reaches `min_ltv_total`.
    PartnerLtvUpgrade {
        #[serde(with = "rust_decimal::serde::str")]
        min_ltv_total: Decimal,
        upgrade_percentage: Percentage,
    },
    /// An additional amount for charges of at least `min_charge_total`.
    ChargeThresholdBonus {
        #[serde(with = "rust_decimal::serde::str")]
        min_charge_total: Decimal,
        #[serde(with = "rust_decimal::serde::str")]
        bonus: Decimal,
    },
    /// No fee until the partner has `min_qualified_customers`, except for the charge that brings the first one.
    CustomerVolumeGate { min_qualified_customers: u32 },
}

impl RuleKind {
    /// The rule type's name in the source document and in explanations.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NewCustomerTimeTier { .. } => "new_customer_time_tier",
            Self::Recurring { .. } => "recurring",
            Self::PartnerLtvUpgrade { .. } => "partner_ltv_upgrade",
            Self::ChargeThresholdBonus { .. } => "charge_threshold_bonus",
            Self::CustomerVolumeGate { .. } => "customer_volume_gate",
        }
    }
}

/// A consistent set of rules: exactly one `recurring`, no two time tiers of the same length, every parameter in range.
/// Only created by [`rule_set`] and when loaded from the database.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RuleSet(Vec<Rule>);

impl RuleSet {
    /// The rules in the order in which they were entered.
    pub fn rules(&self) -> &[Rule] {
        &self.0
    }
}

/// A charge and the facts that the rules depend on. Validated by [`inputs`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRuleInputs {
    charge: Decimal,
    currency: Currency,
    customer_months: u32,
    partner_ltv: Decimal,
    qualified_customers: u32,
    first_paid_customer_bootstrap: bool,
}

impl GroupRuleInputs {
    /// The inputs of a recorded charge: its amount is in range because it is [`Money`].
    pub fn live(
        charge: Money,
        customer_months: u32,
        partner_ltv: Decimal,
        qualified_customers: u32,
        first_paid_customer_bootstrap: bool,
    ) -> Self {
        Self {
            charge: charge.amount(),
            currency: charge.currency(),
            customer_months,
            partner_ltv,
            qualified_customers,
            first_paid_customer_bootstrap,
        }
    }
}

/// The fee that a charge earns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fee {
    pub fee: Money,
    /// The fee before rounding.
    pub exact: Decimal,
    /// Base and upgrades together, capped at 100; bonuses and gates do not affect it.
    pub effective_percentage: Percentage,
}
