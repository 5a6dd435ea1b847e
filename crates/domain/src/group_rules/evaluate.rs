//! Evaluation of rules: one pass per stage, without allocations unless an explanation is requested.

use rust_decimal::Decimal;

use super::{Fee, GroupRuleInputs, Rule, RuleKind, RuleSet};
use crate::explain::{Explanation, Outcome, Step, rounding};
use crate::money::{AmountTooLarge, Currency, Money, Percentage, written};

/// The fee of a charge under the rules of a group whose currency is `group_currency`. If the group has a currency,
/// charges in other currencies get no upgrades or bonuses. Fails only if bonuses raise the fee above the largest
/// amount.
pub fn evaluate(
    rules: &RuleSet,
    group_currency: Option<Currency>,
    inputs: &GroupRuleInputs,
    explanation: &mut impl Explanation,
) -> Result<Fee, AmountTooLarge> {
    let rules = rules.rules();
    let amounts_apply = group_currency.is_none_or(|currency| currency == inputs.currency);

    let base = base_percentage(rules, inputs, explanation);
    let effective_percentage = add_upgrades(rules, base, amounts_apply, inputs, explanation);
    let fee = effective_percentage.of(inputs.charge);
    let fee = add_bonuses(rules, fee, amounts_apply, inputs, explanation)?;
    let fee = apply_gates(rules, fee, inputs, explanation);
    let rounded = Money::round(fee, inputs.currency)?;
    explanation.note(|| rounding(fee, rounded));
    Ok(Fee {
        fee: rounded,
        exact: fee,
        effective_percentage,
    })
}

fn base_percentage(rules: &[Rule], inputs: &GroupRuleInputs, explanation: &mut impl Explanation) -> Percentage {
    let months = inputs.customer_months;
    let tier = rules
        .iter()
        .filter_map(|rule| match rule.kind {
            RuleKind::NewCustomerTimeTier { max_months, percentage } if months <= max_months => {
                Some((max_months, percentage))
            }
            _ => None,
        })
        .min_by_key(|(max_months, _)| *max_months);
    let mut base = tier.map(|(_, percentage)| percentage);
    for (index, rule) in rules.iter().enumerate() {
        match rule.kind {
            RuleKind::NewCustomerTimeTier { max_months, percentage } => {
                let applies = tier.is_some_and(|(smallest, _)| smallest == max_months);
                explanation.note(|| {
                    let reached = months <= max_months;
                    base_step(index, rule, applies, reached, percentage, inputs).because(format!(
                        "customer month {months} {} {max_months}",
                        if reached { "<=" } else { ">" }
                    ))
                });
            }
            RuleKind::Recurring { percentage } => {
                let applies = tier.is_none();
                base.get_or_insert(percentage);
                explanation.note(|| base_step(index, rule, applies, true, percentage, inputs));
            }
            RuleKind::PartnerLtvUpgrade { .. }
            | RuleKind::ChargeThresholdBonus { .. }
            | RuleKind::CustomerVolumeGate { .. } => {}
        }
    }
    base.expect("a rule set has exactly one recurring rule")
}

fn base_step(
    index: usize,
    rule: &Rule,
    applies: bool,
    reached: bool,
    percentage: Percentage,
    inputs: &GroupRuleInputs,
) -> Step {
    if applies {
        let detail = format!("{percentage} % of {}", written(inputs.charge, inputs.currency));
        return step(
            index,
            rule,
            Outcome::Applied,
            detail,
            Some(percentage.of(inputs.charge)),
        );
    }
    let outcome = if reached {
        Outcome::Replaced
    } else {
        Outcome::NotReached
    };
    step(index, rule, outcome, format!("{percentage} %"), None)
}

fn add_upgrades(
    rules: &[Rule],
    base: Percentage,
    amounts_apply: bool,
    inputs: &GroupRuleInputs,
    explanation: &mut impl Explanation,
) -> Percentage {
    let mut effective = base;
    for (index, rule) in rules.iter().enumerate() {
        let RuleKind::PartnerLtvUpgrade {
            min_ltv_total,
            upgrade_percentage,
        } = rule.kind
        else {
            continue;
        };
        let reached = amounts_apply && inputs.partner_ltv >= min_ltv_total;
        let before = effective;
        if reached {
            effective = effective.saturating_add(upgrade_percentage);
        }
        explanation.note(|| {
            let capped = if effective == Percentage::HUNDRED {
                ", at most 100 %"
            } else {
                ""
            };
            let (outcome, detail, amount) = if reached {
                let amount = effective.of(inputs.charge) - before.of(inputs.charge);
                (
                    Outcome::Applied,
                    format!("+{upgrade_percentage} percentage points{capped}"),
                    Some(amount),
                )
            } else {
                (
                    Outcome::NotReached,
                    format!("+{upgrade_percentage} percentage points"),
                    None,
                )
            };
            let threshold = compared(
                "lifetime value",
                inputs.partner_ltv,
                min_ltv_total,
                amounts_apply,
                inputs,
            );
            step(index, rule, outcome, detail, amount).because(threshold)
        });
    }
    effective
}

fn add_bonuses(
    rules: &[Rule],
    mut fee: Decimal,
    amounts_apply: bool,
    inputs: &GroupRuleInputs,
    explanation: &mut impl Explanation,
) -> Result<Decimal, AmountTooLarge> {
    for (index, rule) in rules.iter().enumerate() {
        let RuleKind::ChargeThresholdBonus {
            min_charge_total,
            bonus,
        } = rule.kind
        else {
            continue;
        };
        let reached = amounts_apply && inputs.charge >= min_charge_total;
        if reached {
            fee = fee.checked_add(bonus).ok_or(AmountTooLarge)?;
        }
        explanation.note(|| {
            let outcome = if reached { Outcome::Applied } else { Outcome::NotReached };
            let sign = if bonus.is_sign_negative() { "" } else { "+" };
            let detail = format!("{sign}{}", written(bonus, inputs.currency));
            let threshold = compared("charge", inputs.charge, min_charge_total, amounts_apply, inputs);
            step(index, rule, outcome, detail, reached.then_some(bonus)).because(threshold)
        });
    }
    if fee < Decimal::ZERO {
        explanation.note(|| Step {
            source: "floor".into(),
            outcome: Outcome::Applied,
            detail: format!("{} is below 0, a fee never is", written(fee, inputs.currency)),
            threshold: None,
            amount: Some(-fee.normalize()),
        });
        fee = Decimal::ZERO;
    }
    Ok(fee)
}

fn apply_gates(
    rules: &[Rule],
    mut fee: Decimal,
    inputs: &GroupRuleInputs,
    explanation: &mut impl Explanation,
) -> Decimal {
    for (index, rule) in rules.iter().enumerate() {
        let RuleKind::CustomerVolumeGate {
            min_qualified_customers,
        } = rule.kind
        else {
            continue;
        };
        let count = inputs.qualified_customers;
        let holds = count >= min_qualified_customers || inputs.first_paid_customer_bootstrap;
        explanation.note(|| {
            let (outcome, detail, amount) = if holds {
                (Outcome::Applied, "the gate is open".to_owned(), None)
            } else {
                (
                    Outcome::Blocked,
                    "the gate is closed: no fee".to_owned(),
                    Some(-fee.normalize()),
                )
            };
            let threshold = match (count >= min_qualified_customers, holds) {
                (true, _) => format!("{} >= {min_qualified_customers}", qualified(count)),
                (false, true) => "the first paid customer opens it".to_owned(),
                (false, false) => format!("{} < {min_qualified_customers}", qualified(count)),
            };
            step(index, rule, outcome, detail, amount).because(threshold)
        });
        if !holds {
            fee = Decimal::ZERO;
        }
    }
    fee
}

fn qualified(count: u32) -> String {
    match count {
        1 => "1 qualified customer".to_owned(),
        count => format!("{count} qualified customers"),
    }
}

fn step(index: usize, rule: &Rule, outcome: Outcome, detail: String, amount: Option<Decimal>) -> Step {
    let amount = amount.map(|amount| amount.normalize());
    Step {
        source: format!("rules.{index} {}", rule.kind.name()),
        outcome,
        detail,
        threshold: None,
        amount,
    }
}

fn compared(what: &str, value: Decimal, threshold: Decimal, amounts_apply: bool, inputs: &GroupRuleInputs) -> String {
    if !amounts_apply {
        return format!("the charge is in {}, not in the group's currency", inputs.currency);
    }
    let sign = if value >= threshold { ">=" } else { "<" };
    let [value, threshold] = [value, threshold].map(|amount| written(amount, inputs.currency));
    format!("{what} {value} {sign} {threshold}")
}

impl Step {
    fn because(mut self, threshold: String) -> Self {
        self.threshold = Some(threshold);
        self
    }
}
