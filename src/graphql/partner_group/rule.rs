//! The rules of partner groups on the wire.

use async_graphql::{InputObject, Interface, OneofObject, SimpleObject};

use crate::domain::group_rules::{Rule, RuleDraft, RuleDraftKind, RuleKind};
use crate::graphql::scalar::Decimal;

/// A rule of a partner group. The order of rules does not matter: evaluation goes base, upgrades, bonuses, gates.
#[derive(Clone, Interface)]
#[graphql(field(
    name = "description",
    ty = "&Option<String>",
    desc = "A note about the rule; null if there is none."
))]
pub enum PartnerGroupRule {
    NewCustomerTimeTier(NewCustomerTimeTierRule),
    Recurring(RecurringRule),
    PartnerLtvUpgrade(PartnerLtvUpgradeRule),
    ChargeThresholdBonus(ChargeThresholdBonusRule),
    CustomerVolumeGate(CustomerVolumeGateRule),
}

/// The base percentage in the first months of a customer's life, instead of the recurring one. Of several that match,
/// the shortest applies.
#[derive(Clone, SimpleObject)]
pub struct NewCustomerTimeTierRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The last month in which it applies; month 1 starts when the customer is acquired.
    pub max_months: u32,
    /// Percent of the charge: "20" means 20 %.
    pub percentage: Decimal,
}

/// The base percentage where no time tier applies. Every group has exactly one.
#[derive(Clone, SimpleObject)]
pub struct RecurringRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// Percent of the charge.
    pub percentage: Decimal,
}

/// Percentage points on top of the base once the partner's lifetime value is high enough. All reached ones add up; base
/// and upgrades together are at most 100 %.
#[derive(Clone, SimpleObject)]
pub struct PartnerLtvUpgradeRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The lifetime value from which it applies, in the group's currency, or in that of the charge if the group has none.
    pub min_ltv_total: Decimal,
    /// The percentage points that it adds.
    pub upgrade_percentage: Decimal,
}

/// An amount on top of large charges, once a charge. The fee never drops below 0.
#[derive(Clone, SimpleObject)]
pub struct ChargeThresholdBonusRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The charge from which it applies, in the group's currency, or in that of the charge if the group has none.
    pub min_charge_total: Decimal,
    /// The amount that it adds; a negative one is a deduction.
    pub bonus: Decimal,
}

/// No fee before the partner has enough customers, but for the charge that brings the first one.
#[derive(Clone, SimpleObject)]
pub struct CustomerVolumeGateRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// How many customers with a paid charge the partner must have before the charge.
    pub min_qualified_customers: u32,
}

impl From<&Rule> for PartnerGroupRule {
    fn from(rule: &Rule) -> Self {
        let description = rule.description.clone();
        match rule.kind {
            RuleKind::NewCustomerTimeTier { max_months, percentage } => {
                let percentage = Decimal(percentage.value());
                Self::NewCustomerTimeTier(NewCustomerTimeTierRule {
                    description,
                    max_months,
                    percentage,
                })
            }
            RuleKind::Recurring { percentage } => Self::Recurring(RecurringRule {
                description,
                percentage: Decimal(percentage.value()),
            }),
            RuleKind::PartnerLtvUpgrade {
                min_ltv_total,
                upgrade_percentage,
            } => {
                let (min_ltv_total, upgrade_percentage) = (Decimal(min_ltv_total), Decimal(upgrade_percentage.value()));
                Self::PartnerLtvUpgrade(PartnerLtvUpgradeRule {
                    description,
                    min_ltv_total,
                    upgrade_percentage,
                })
            }
            RuleKind::ChargeThresholdBonus {
                min_charge_total,
                bonus,
            } => {
                let (min_charge_total, bonus) = (Decimal(min_charge_total), Decimal(bonus));
                Self::ChargeThresholdBonus(ChargeThresholdBonusRule {
                    description,
                    min_charge_total,
                    bonus,
                })
            }
            RuleKind::CustomerVolumeGate {
                min_qualified_customers,
            } => Self::CustomerVolumeGate(CustomerVolumeGateRule {
                description,
                min_qualified_customers,
            }),
        }
    }
}

/// A rule of a partner group: exactly one of its kinds.
#[derive(Clone, OneofObject)]
pub enum PartnerGroupRuleInput {
    /// A base percentage for new customers.
    NewCustomerTimeTier(NewCustomerTimeTierInput),
    /// The base percentage otherwise. Exactly one is required.
    Recurring(RecurringInput),
    /// Percentage points for partners with a high lifetime value.
    PartnerLtvUpgrade(PartnerLtvUpgradeInput),
    /// An amount for large charges.
    ChargeThresholdBonus(ChargeThresholdBonusInput),
    /// No fee before the partner has enough customers.
    CustomerVolumeGate(CustomerVolumeGateInput),
}

/// A base percentage for new customers.
#[derive(Clone, InputObject)]
pub struct NewCustomerTimeTierInput {
    /// The last month in which it applies, at least 1. No two tiers of a group may have the same.
    pub max_months: i32,
    /// Percent of the charge, "0" to "100", at most 6 decimals.
    pub percentage: Decimal,
    /// A note about the rule.
    pub description: Option<String>,
}

/// The base percentage where no time tier applies.
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

/// No fee before the partner has enough customers.
#[derive(Clone, InputObject)]
pub struct CustomerVolumeGateInput {
    /// How many, at least 1.
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

/// The drafts of a list of rules.
pub fn drafts(rules: Vec<PartnerGroupRuleInput>) -> Vec<RuleDraft> {
    rules.into_iter().map(RuleDraft::from).collect()
}
