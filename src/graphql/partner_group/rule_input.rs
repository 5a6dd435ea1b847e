//! The rules of partner groups as input types.

use async_graphql::{InputObject, OneofObject};

use crate::graphql::scalar::Decimal;
use domain::group_rules::{RuleDraft, RuleDraftKind};

/// A rule of a partner group; exactly one of its kinds is given.
#[derive(Clone, OneofObject)]
pub enum PartnerGroupRuleInput {
    /// A base percentage for new customers.
    NewCustomerTimeTier(NewCustomerTimeTierInput),
    /// The base percentage if no time tier applies. Exactly one such rule is required.
    Recurring(RecurringInput),
    /// Percentage points for partners with a high lifetime value.
    PartnerLtvUpgrade(PartnerLtvUpgradeInput),
    /// An amount for large charges.
    ChargeThresholdBonus(ChargeThresholdBonusInput),
    /// A minimum number of customers, below which the fee is 0.
    CustomerVolumeGate(CustomerVolumeGateInput),
}

/// A base percentage for new customers.
#[derive(Clone, InputObject)]
pub struct NewCustomerTimeTierInput {
    /// The last month in which it applies, at least 1; different in each time tier of a group. Month 1 starts when the
    /// customer is acquired; events without a customer are in month 1.
    pub max_months: i32,
    /// Percent of the charge, "0" to "100", at most 6 decimals.
    pub percentage: Decimal,
    /// A note about the rule.
    pub description: Option<String>,
}

/// The base percentage if no time tier applies.
#[derive(Clone, InputObject)]
pub struct RecurringInput {
    /// Percent of the charge, "0" to "100", at most 6 decimals.
    pub percentage: Decimal,
    /// A note about the rule.
    pub description: Option<String>,
}

/// Percentage points for partners with a high lifetime value.
#[derive(Clone, InputObject)]
pub struct PartnerLtvUpgradeInput {
    /// The lifetime value from which it applies, above 0.
    pub min_ltv_total: Decimal,
    /// The percentage points that it adds, above 0, at most 100, at most 6 decimals.
    pub upgrade_percentage: Decimal,
    /// A note about the rule.
    pub description: Option<String>,
}

/// An amount for large charges.
#[derive(Clone, InputObject)]
pub struct ChargeThresholdBonusInput {
    /// The charge from which it applies, above 0.
    pub min_charge_total: Decimal,
    /// The amount that it adds, not 0; a negative one is a deduction.
    pub bonus: Decimal,
    /// A note about the rule.
    pub description: Option<String>,
}

/// A minimum number of customers, below which the fee is 0.
#[derive(Clone, InputObject)]
pub struct CustomerVolumeGateInput {
    /// The number of customers, at least 1.
    pub min_qualified_customers: i32,
    /// A note about the rule.
    pub description: Option<String>,
}

impl From<PartnerGroupRuleInput> for RuleDraft {
    fn from(input: PartnerGroupRuleInput) -> Self {
        let (description, kind) = match input {
            PartnerGroupRuleInput::NewCustomerTimeTier(rule) => {
                let (max_months, percentage) = (rule.max_months, rule.percentage.0);
                (
                    rule.description,
                    RuleDraftKind::NewCustomerTimeTier { max_months, percentage },
                )
            }
            PartnerGroupRuleInput::Recurring(rule) => (
                rule.description,
                RuleDraftKind::Recurring {
                    percentage: rule.percentage.0,
                },
            ),
            PartnerGroupRuleInput::PartnerLtvUpgrade(rule) => {
                let (min_ltv_total, upgrade_percentage) = (rule.min_ltv_total.0, rule.upgrade_percentage.0);
                (
                    rule.description,
                    RuleDraftKind::PartnerLtvUpgrade {
                        min_ltv_total,
                        upgrade_percentage,
                    },
                )
            }
            PartnerGroupRuleInput::ChargeThresholdBonus(rule) => {
                let (min_charge_total, bonus) = (rule.min_charge_total.0, rule.bonus.0);
                (
                    rule.description,
                    RuleDraftKind::ChargeThresholdBonus {
                        min_charge_total,
                        bonus,
                    },
                )
            }
            PartnerGroupRuleInput::CustomerVolumeGate(rule) => {
                let min_qualified_customers = rule.min_qualified_customers;
                (
                    rule.description,
                    RuleDraftKind::CustomerVolumeGate {
                        min_qualified_customers,
                    },
                )
            }
        };
        Self { description, kind }
    }
}
