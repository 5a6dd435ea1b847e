//! What charges would earn under the rules of a group.

use crate::app::App;
use crate::ids::named;
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use domain::explain::Step;
use domain::group_rules::{self, Fee, RuleDraft, RuleSet, ScenarioDraft};
use domain::money::Currency;
use domain::problem::{ProblemCode, Problems};

/// Maximum number of charges of one simulation.
const MAX_SCENARIOS: usize = 500;

/// The rules to simulate: those of a stored group, or inline ones; exactly one must be given.
#[derive(Clone, Debug, Default)]
pub struct RulesSource {
    pub group: Option<String>,
    pub inline: Option<Vec<RuleDraft>>,
}

/// A simulated charge's fee and the steps that led to it; no steps if no explanation was requested.
#[derive(Clone, Debug)]
pub struct SimulatedFee {
    pub fee: Fee,
    pub steps: Vec<Step>,
}

/// What the rules would pay for charges in `currency` (`None`: the group's own, or else the tenant's). Writes nothing.
pub async fn simulate(
    app: &App,
    caller: &Caller,
    source: RulesSource,
    scenarios: &[ScenarioDraft],
    currency: Option<Currency>,
    explain: bool,
) -> Result<Vec<SimulatedFee>, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    if explain && source.group.is_some() {
        // The steps reveal the rules of the group.
        caller.read(Resource::PartnerGroups)?;
    }
    let mut problems = Problems::new();
    let (rules, group_currency) = match (source.group, source.inline) {
        (None, Some(drafts)) => (
            problems.within("rules", |problems| group_rules::rule_set(drafts, None, problems)),
            None,
        ),
        (Some(id), None) => {
            let find = async |id| store::partner_group::find(app.store.reader(), &writer.scope(), id).await;
            match named("partnerGroupId", &id, &mut problems, find).await? {
                Some(group) => (Some(group.rules), group.currency),
                None => (None, None),
            }
        }
        _ => {
            problems.add("", ProblemCode::Invalid, "give either partnerGroupId or rules");
            (None, None)
        }
    };
    let currency = match currency.or(group_currency) {
        Some(currency) => currency,
        None => {
            store::tenant::get(app.store.reader(), &writer.scope())
                .await?
                .base_currency
        }
    };
    if !problems.size("scenarios", scenarios.len(), MAX_SCENARIOS) {
        return Err(problems.into());
    }
    let mut results = Vec::with_capacity(scenarios.len());
    problems.within("scenarios", |problems| {
        for (index, scenario) in scenarios.iter().enumerate() {
            problems.within(index, |problems| {
                let inputs = group_rules::inputs(scenario, currency, problems);
                if let (Some(rules), Some(inputs)) = (&rules, inputs) {
                    results.extend(simulate_one(rules, group_currency, &inputs, explain, problems));
                }
            });
        }
    });
    require!(problems);
    Ok(results)
}

fn simulate_one(
    rules: &RuleSet,
    group_currency: Option<Currency>,
    inputs: &group_rules::GroupRuleInputs,
    explain: bool,
    problems: &mut Problems,
) -> Option<SimulatedFee> {
    let mut steps = Vec::new();
    let fee = match explain {
        true => group_rules::evaluate(rules, group_currency, inputs, &mut steps),
        false => group_rules::evaluate(rules, group_currency, inputs, &mut ()),
    };
    match fee {
        Ok(fee) => Some(SimulatedFee { fee, steps }),
        Err(error) => {
            problems.add("", ProblemCode::Invalid, format!("gives too large a fee: {error}"));
            None
        }
    }
}
