//! The rules of partner groups as output types.

use async_graphql::{Interface, SimpleObject};

use crate::graphql::scalar::Decimal;
use domain::group_rules::{Rule, RuleKind};

/// A rule of a partner group. The order of rules does not matter; they are evaluated as base, upgrades, bonuses, gates.
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

/// The base percentage in the first months of a customer's life, in place of the recurring one. If several match, the
/// one with the fewest months applies.
#[derive(Clone, SimpleObject)]
pub struct NewCustomerTimeTierRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The last month in which it applies; month 1 starts when the customer is acquired. Events without a customer are
    /// in month 1.
    pub max_months: u32,
    /// Percent of the charge: "20" means 20 %.
    pub percentage: Decimal,
}

/// The base percentage if no time tier applies. Every group has exactly one such rule.
#[derive(Clone, SimpleObject)]
pub struct RecurringRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// Percent of the charge.
    pub percentage: Decimal,
}

/// Percentage points added to the base once the partner's lifetime value is high enough. All upgrades that are reached
/// add up; base and upgrades together are at most 100 %.
#[derive(Clone, SimpleObject)]
pub struct PartnerLtvUpgradeRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The lifetime value from which it applies, in the group's currency, or in the charge's if the group has none.
    pub min_ltv_total: Decimal,
    /// The percentage points that it adds.
    pub upgrade_percentage: Decimal,
}

/// An amount added for large charges, once per charge. The fee never drops below 0.
#[derive(Clone, SimpleObject)]
pub struct ChargeThresholdBonusRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The charge from which it applies, in the group's currency, or in the charge's if the group has none.
    pub min_charge_total: Decimal,
    /// The amount that it adds; a negative one is a deduction.
    pub bonus: Decimal,
}

/// A minimum number of customers, below which the fee is 0; the charge that brings the partner's first paying customer
/// is exempt.
#[derive(Clone, SimpleObject)]
pub struct CustomerVolumeGateRule {
    /// A note about the rule; null if there is none.
    pub description: Option<String>,
    /// The number of customers with a paid charge that the partner must have before the charge.
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
