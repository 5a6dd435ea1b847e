//! Simulating the rules of a partner group: no database, only the library's own engine without the gateway around it.

use serde::{Deserialize, Deserializer};
use tributary::domain::explain::Step;
use tributary::domain::group_rules::{RuleDraft, RuleDraftKind, ScenarioDraft, evaluate, inputs, rule_set};
use tributary::domain::money::{Currency, Money, parse_decimal};
use tributary::domain::problem::Problems;

use super::Failed;
use super::answers;

type Decimal = rust_decimal::Decimal;

/// The variables of the gateway's mutation.
#[derive(Deserialize)]
pub struct Variables {
    pub input: Input,
}

#[derive(Deserialize)]
pub struct Input {
    rules: Vec<Rule>,
    scenarios: Vec<Scenario>,
    currency: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
enum Rule {
    NewCustomerTimeTier {
        max_months: i32,
        #[serde(deserialize_with = "decimal")]
        percentage: Decimal,
    },
    Recurring {
        #[serde(deserialize_with = "decimal")]
        percentage: Decimal,
    },
    PartnerLtvUpgrade {
        #[serde(deserialize_with = "decimal")]
        min_ltv_total: Decimal,
        #[serde(deserialize_with = "decimal")]
        upgrade_percentage: Decimal,
    },
    ChargeThresholdBonus {
        #[serde(deserialize_with = "decimal")]
        min_charge_total: Decimal,
        #[serde(deserialize_with = "decimal")]
        bonus: Decimal,
    },
    CustomerVolumeGate {
        min_qualified_customers: i32,
    },
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Scenario {
    #[serde(deserialize_with = "decimal")]
    charge_amount: Decimal,
    customer_months: i32,
    #[serde(deserialize_with = "decimal")]
    partner_ltv: Decimal,
    qualified_customers: i32,
}

fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
    parse_decimal(&text).map_err(|fault| serde::de::Error::custom(fault.1))
}

pub fn simulate(input: Input) -> Result<answers::Simulated, Failed> {
    let mut problems = Problems::new();
    let currency = Currency::parse(&input.currency).map_err(|fault| Failed(fault.1))?;
    let rules = rule_set(input.rules.into_iter().map(draft).collect(), None, &mut problems);
    let rules = rules.ok_or_else(|| Failed("rules that do not hold together".to_owned()))?;
    let results = input.scenarios.into_iter().map(|scenario| {
        let scenario = ScenarioDraft {
            charge_amount: scenario.charge_amount,
            customer_months: scenario.customer_months,
            partner_ltv: scenario.partner_ltv,
            qualified_customers: scenario.qualified_customers,
            first_paid_customer_bootstrap: false,
        };
        let inputs = inputs(&scenario, currency, &mut Problems::new());
        let inputs = inputs.ok_or_else(|| Failed("a scenario out of range".to_owned()))?;
        let mut steps = Vec::with_capacity(8);
        let fee = evaluate(&rules, None, &inputs, &mut steps)?;
        Ok(answers::SimulatedFee {
            final_fee: amount(fee.fee),
            effective_percentage: fee.effective_percentage.value(),
            explanation: steps.into_iter().map(step).collect(),
        })
    });
    Ok(answers::Simulated {
        simulate_partner_group: answers::Simulation {
            results: results.collect::<Result<_, Failed>>()?,
            user_errors: [],
        },
    })
}

fn amount(money: Money) -> answers::Amount {
    answers::Amount {
        amount: money.amount(),
        currency: money.currency().code().to_owned(),
    }
}

fn step(step: Step) -> answers::Step {
    answers::Step {
        source: step.source,
        outcome: step.outcome.as_str(),
        detail: match step.threshold {
            Some(threshold) => format!("{} ({threshold})", step.detail),
            None => step.detail,
        },
        amount: step.amount,
    }
}

fn draft(rule: Rule) -> RuleDraft {
    let kind = match rule {
        Rule::NewCustomerTimeTier { max_months, percentage } => {
            RuleDraftKind::NewCustomerTimeTier { max_months, percentage }
        }
        Rule::Recurring { percentage } => RuleDraftKind::Recurring { percentage },
        Rule::PartnerLtvUpgrade {
            min_ltv_total,
            upgrade_percentage,
        } => RuleDraftKind::PartnerLtvUpgrade {
            min_ltv_total,
            upgrade_percentage,
        },
        Rule::ChargeThresholdBonus {
            min_charge_total,
            bonus,
        } => RuleDraftKind::ChargeThresholdBonus {
            min_charge_total,
            bonus,
        },
        Rule::CustomerVolumeGate {
            min_qualified_customers,
        } => RuleDraftKind::CustomerVolumeGate {
            min_qualified_customers,
        },
    };
    RuleDraft {
        description: None,
        kind,
    }
}
