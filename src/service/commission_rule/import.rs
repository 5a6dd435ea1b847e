//! Rules that another system keeps: unknown ones are created, known ones updated, and one that is the same already is
//! not written at all, so that importing twice changes nothing.

use super::{NewCommissionRule, checked, put_changed};
use crate::app::App;
use crate::auth::{Caller, Resource};
use crate::domain::deal_rules::{CommissionRule, Plan};
use crate::domain::problem::Problems;
use crate::service::ServiceError;
pub use crate::service::imported::Outcome;
use crate::store;

/// A rule as the other system tells it, its references found already. What it does not tell, a known rule keeps.
#[derive(Clone, Debug)]
pub struct RuleImport {
    /// The way to it in its document, for the paths of problems.
    pub place: Vec<String>,
    /// Which rule it is.
    pub external_id: String,
    pub rule: NewCommissionRule,
}

/// Imports rules with distinct external ids: all, or none if there is anything to mend.
pub async fn import(
    app: &App,
    caller: &Caller,
    rules: Vec<RuleImport>,
) -> Result<Vec<(CommissionRule, Outcome)>, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let scope = writer.scope();
    let mut problems = Problems::new();
    let mut imported = Vec::with_capacity(rules.len());
    let transaction = app.begin(&writer).await?;
    // Makes two imports take turns, so that neither creates what the other does.
    store::tenant::lock(&transaction, writer.tenant()).await?;
    let now = app.clock.now();
    for RuleImport {
        place,
        external_id,
        rule,
    } in rules
    {
        let depth = place.len();
        place.into_iter().for_each(|segment| problems.enter(segment));
        let rule = NewCommissionRule {
            external_id: Some(external_id),
            ..rule
        };
        let next = checked(&transaction, &writer, rule, now, &mut problems).await?;
        (0..depth).for_each(|_| problems.leave());
        let Some(next) = next else { continue };
        let known = match &next.external_id {
            Some(external_id) => store::commission_rule::find_by_external_id(&transaction, &scope, external_id).await?,
            None => None,
        };
        let known = match known {
            Some(known) => store::commission_rule::lock(&transaction, &scope, known.id).await?,
            None => None,
        };
        imported.push(match known {
            None => {
                store::commission_rule::insert(&transaction, writer.tenant(), &next).await?;
                transaction.created(&next);
                (next, Outcome::Created)
            }
            Some(known) => {
                let merged = CommissionRule {
                    external_id: next.external_id,
                    filters: next.filters,
                    plan: Plan {
                        // The documents say nothing of it.
                        holdback_days: known.plan.holdback_days,
                        ..next.plan
                    },
                    ..known.clone()
                };
                let version = known.version;
                let rule = put_changed(&transaction, &writer, known, merged, now).await?;
                let outcome = if rule.version == version {
                    Outcome::Unchanged
                } else {
                    Outcome::Updated
                };
                (rule, outcome)
            }
        });
    }
    if !problems.is_empty() {
        return Err(problems.into());
    }
    transaction.commit().await?;
    Ok(imported)
}
