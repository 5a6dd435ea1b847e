//! Validates rules and inputs that a caller entered, so that the engine can rely on them. Reports every problem with
//! its path.

use rust_decimal::Decimal;

use super::{GroupRuleInputs, Rule, RuleKind, RuleSet};
use crate::money::{Currency, Percentage, check_amount, check_stored_amount};
use crate::problem::{Fault, ProblemCode, Problems};
use crate::text;

/// Maximum number of rules of a group.
pub const MAX_RULES: usize = 100;

/// A rule as entered.
#[derive(Clone, Debug)]
pub struct RuleDraft {
    pub description: Option<String>,
    pub kind: RuleDraftKind,
}

#[derive(Clone, Debug)]
pub enum RuleDraftKind {
    NewCustomerTimeTier {
        max_months: i32,
        percentage: Decimal,
    },
    Recurring {
        percentage: Decimal,
    },
    PartnerLtvUpgrade {
        min_ltv_total: Decimal,
        upgrade_percentage: Decimal,
    },
    ChargeThresholdBonus {
        min_charge_total: Decimal,
        bonus: Decimal,
    },
    CustomerVolumeGate {
        min_qualified_customers: i32,
    },
}

/// A charge to simulate, as entered.
#[derive(Clone, Debug)]
pub struct ScenarioDraft {
    pub charge_amount: Decimal,
    pub customer_months: i32,
    pub partner_ltv: Decimal,
    pub qualified_customers: i32,
    pub first_paid_customer_bootstrap: bool,
}

/// The rules, or `None` after recording problems, each at its path below the current one (`2.percentage`). `currency`
/// is the group's.
pub fn rule_set(drafts: Vec<RuleDraft>, currency: Option<Currency>, problems: &mut Problems) -> Option<RuleSet> {
    if !problems.at_most("", drafts.len(), MAX_RULES, "rules") {
        return None;
    }
    let count = drafts.len();
    let mut recurring = 0;
    let mut lengths = std::collections::HashSet::new();
    let mut rules = Vec::with_capacity(count);
    for (index, draft) in drafts.into_iter().enumerate() {
        problems.within(index, |problems| {
            match draft.kind {
                RuleDraftKind::Recurring { .. } => {
                    recurring += 1;
                    if recurring > 1 {
                        problems.add(
                            "",
                            ProblemCode::Invalid,
                            "is a second recurring rule: a group has exactly one",
                        );
                    }
                }
                RuleDraftKind::NewCustomerTimeTier { max_months, .. } if !lengths.insert(max_months) => {
                    let message = format!("is taken: another time tier ends after {max_months} months too");
                    problems.add("maxMonths", ProblemCode::Invalid, message);
                }
                _ => {}
            }
            rules.extend(rule(draft, currency, problems));
        });
    }
    if recurring == 0 {
        problems.add(
            "",
            ProblemCode::Required,
            "lacks a recurring rule: every group needs one as the fallback",
        );
    }
    (rules.len() == count && recurring == 1 && problems.is_empty()).then_some(RuleSet(rules))
}

fn rule(draft: RuleDraft, currency: Option<Currency>, problems: &mut Problems) -> Option<Rule> {
    let description = match draft.description.as_deref().map(text::description).transpose() {
        Ok(description) => description.filter(|text| !text.is_empty()),
        fault => problems.take("description", fault).flatten(),
    };
    let kind = match draft.kind {
        RuleDraftKind::NewCustomerTimeTier { max_months, percentage } => {
            let max_months = problems.take("maxMonths", at_least_one(max_months));
            let percentage = problems.take("percentage", Percentage::new(percentage));
            RuleKind::NewCustomerTimeTier {
                max_months: max_months?,
                percentage: percentage?,
            }
        }
        RuleDraftKind::Recurring { percentage } => RuleKind::Recurring {
            percentage: problems.take("percentage", Percentage::new(percentage))?,
        },
        RuleDraftKind::PartnerLtvUpgrade {
            min_ltv_total,
            upgrade_percentage,
        } => {
            let min_ltv_total = problems.take("minLtvTotal", threshold(min_ltv_total, currency));
            let upgrade = above_zero(upgrade_percentage).and_then(Percentage::new);
            let upgrade_percentage = problems.take("upgradePercentage", upgrade);
            RuleKind::PartnerLtvUpgrade {
                min_ltv_total: min_ltv_total?,
                upgrade_percentage: upgrade_percentage?,
            }
        }
        RuleDraftKind::ChargeThresholdBonus {
            min_charge_total,
            bonus,
        } => {
            let min_charge_total = problems.take("minChargeTotal", threshold(min_charge_total, currency));
            let bonus = if bonus.is_zero() {
                Err(Fault::invalid("must not be 0"))
            } else {
                Ok(bonus)
            };
            let bonus = problems.take("bonus", bonus.and_then(|bonus| check_stored_amount(bonus, currency)));
            RuleKind::ChargeThresholdBonus {
                min_charge_total: min_charge_total?,
                bonus: bonus?,
            }
        }
        RuleDraftKind::CustomerVolumeGate {
            min_qualified_customers,
        } => RuleKind::CustomerVolumeGate {
            min_qualified_customers: problems.take("minQualifiedCustomers", at_least_one(min_qualified_customers))?,
        },
    };
    Some(Rule { description, kind })
}

/// Checks that the amounts of existing rules would also be valid amounts of `currency`.
pub fn check_currency(rules: &RuleSet, currency: Currency) -> Result<(), Fault> {
    for (index, rule) in rules.rules().iter().enumerate() {
        let amounts = match &rule.kind {
            RuleKind::PartnerLtvUpgrade { min_ltv_total, .. } => [Some(*min_ltv_total), None],
            RuleKind::ChargeThresholdBonus {
                min_charge_total,
                bonus,
            } => [Some(*min_charge_total), Some(*bonus)],
            RuleKind::NewCustomerTimeTier { .. } | RuleKind::Recurring { .. } | RuleKind::CustomerVolumeGate { .. } => {
                [None, None]
            }
        };
        for amount in amounts.into_iter().flatten() {
            check_stored_amount(amount, Some(currency)).map_err(|Fault(code, message)| {
                Fault(
                    code,
                    format!("does not fit the group's rules: rules.{index}'s {amount} {message}"),
                )
            })?;
        }
    }
    Ok(())
}

/// The inputs of a simulated charge, or `None` after recording problems. Month 0 is treated as month 1.
pub fn inputs(draft: &ScenarioDraft, currency: Currency, problems: &mut Problems) -> Option<GroupRuleInputs> {
    let charge = problems.take("chargeAmount", not_negative(draft.charge_amount, currency));
    let partner_ltv = problems.take("partnerLtv", not_negative(draft.partner_ltv, currency));
    let customer_months = problems.take("customerMonths", count(draft.customer_months));
    let qualified_customers = problems.take("qualifiedCustomers", count(draft.qualified_customers));
    Some(GroupRuleInputs {
        charge: charge?,
        currency,
        customer_months: customer_months?.max(1),
        partner_ltv: partner_ltv?,
        qualified_customers: qualified_customers?,
        first_paid_customer_bootstrap: draft.first_paid_customer_bootstrap,
    })
}

fn above_zero(value: Decimal) -> Result<Decimal, Fault> {
    if value > Decimal::ZERO {
        Ok(value)
    } else {
        Err(Fault::invalid(format!("must be above 0, not {value}")))
    }
}

fn threshold(value: Decimal, currency: Option<Currency>) -> Result<Decimal, Fault> {
    check_stored_amount(above_zero(value)?, currency)
}

fn not_negative(value: Decimal, currency: Currency) -> Result<Decimal, Fault> {
    if value < Decimal::ZERO {
        return Err(Fault::invalid(format!("must not be negative, but is {value}")));
    }
    check_amount(value, Some(currency))
}

fn at_least_one(value: i32) -> Result<u32, Fault> {
    u32::try_from(value)
        .ok()
        .filter(|value| *value >= 1)
        .ok_or_else(|| Fault::invalid("must be at least 1"))
}

fn count(value: i32) -> Result<u32, Fault> {
    u32::try_from(value).map_err(|_| Fault::invalid("must not be negative"))
}
