//! Named cases, invariants, and a second, naive implementation that works in whole numbers.

mod cases;
mod limits;
mod naive;

use proptest::prelude::*;
use rust_decimal::Decimal;

use super::*;
use crate::explain::{Outcome, Step};
use crate::problem::Problems;

fn decimal(text: &str) -> Decimal {
    crate::money::parse_decimal(text).expect(text)
}

fn currency(code: &str) -> Currency {
    Currency::parse(code).expect(code)
}

fn draft(kind: RuleDraftKind) -> RuleDraft {
    RuleDraft {
        description: None,
        kind,
    }
}

fn recurring(percentage: &str) -> RuleDraft {
    draft(RuleDraftKind::Recurring {
        percentage: decimal(percentage),
    })
}

fn tier(max_months: i32, percentage: &str) -> RuleDraft {
    draft(RuleDraftKind::NewCustomerTimeTier {
        max_months,
        percentage: decimal(percentage),
    })
}

fn upgrade(min_ltv_total: &str, upgrade_percentage: &str) -> RuleDraft {
    let (min_ltv_total, upgrade_percentage) = (decimal(min_ltv_total), decimal(upgrade_percentage));
    draft(RuleDraftKind::PartnerLtvUpgrade {
        min_ltv_total,
        upgrade_percentage,
    })
}

fn bonus(min_charge_total: &str, bonus: &str) -> RuleDraft {
    draft(RuleDraftKind::ChargeThresholdBonus {
        min_charge_total: decimal(min_charge_total),
        bonus: decimal(bonus),
    })
}

fn gate(min_qualified_customers: i32) -> RuleDraft {
    draft(RuleDraftKind::CustomerVolumeGate {
        min_qualified_customers,
    })
}

fn rules(drafts: Vec<RuleDraft>) -> RuleSet {
    let mut problems = Problems::new();
    rule_set(drafts, None, &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
}

fn charge(amount: &str) -> ScenarioDraft {
    ScenarioDraft {
        charge_amount: decimal(amount),
        customer_months: 1,
        partner_ltv: Decimal::ZERO,
        qualified_customers: 0,
        first_paid_customer_bootstrap: false,
    }
}

fn read(scenario: &ScenarioDraft, code: &str) -> GroupRuleInputs {
    let mut problems = Problems::new();
    inputs(scenario, currency(code), &mut problems).unwrap_or_else(|| panic!("{problems:?}"))
}

/// The fee as text, the effective percentage, and the steps as "source outcome".
fn fee_of(drafts: Vec<RuleDraft>, scenario: &ScenarioDraft) -> (String, String, Vec<String>) {
    let mut steps = Vec::new();
    let fee = evaluate(&rules(drafts), None, &read(scenario, "EUR"), &mut steps).expect("small amounts");
    let steps = steps
        .iter()
        .map(|step| format!("{} {}", step.source, step.outcome.as_str()));
    (
        fee.fee.amount().to_string(),
        fee.effective_percentage.to_string(),
        steps.collect(),
    )
}
