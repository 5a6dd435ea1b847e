//! Imports rules from another system: unknown ones are created, known ones updated, and unchanged ones not written at
//! all, so that importing twice changes nothing.

use super::checks::{NewCommissionRule, checked};
use super::update::put_changed;
use crate::app::App;
pub use crate::imported::Outcome;
use crate::imported::by_id_or_name;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Scope};
use domain::deal_rules::{CommissionRule, Plan};
use domain::problem::Problems;
use store::locks::InForce;
use store::{StoreError, Transaction};

/// A rule as the other system describes it, its references already resolved. What the description leaves out, a known
/// rule keeps.
#[derive(Clone, Debug)]
pub struct RuleImport {
    /// Its path in its document, for the paths of problems.
    pub place: Vec<String>,
    /// Identifies the rule, if the document has more than its label: a rule that is sent to be created has no uuid yet.
    pub uuid: Option<String>,
    pub rule: NewCommissionRule,
}

/// Imports rules, no two of which are the same rule: all of them, or none if there is any problem.
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
    store::locks::change(&transaction, writer.tenant(), &[InForce::Pipeline]).await?;
    let now = app.clock.now();
    for RuleImport { place, uuid, rule } in rules {
        let depth = place.len();
        place.into_iter().for_each(|segment| problems.enter(segment));
        let known = known(&transaction, &scope, uuid.as_deref(), &rule.label, &mut problems).await?;
        let before = known.as_ref().and_then(|known| known.external_id.clone());
        let rule = NewCommissionRule {
            // A uuid replaces an earlier external id, which is at most the label; without a uuid in the document the
            // earlier one stays.
            external_id: uuid.or(before).or_else(|| Some(rule.label.clone())),
            ..rule
        };
        let next = checked(&transaction, &writer, rule, now, &mut problems).await?;
        (0..depth).for_each(|_| problems.leave());
        let Some(next) = next else { continue };
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
                        // The documents do not contain it.
                        holdback_days: known.plan.holdback_days,
                        ..next.plan
                    },
                    ..known.clone()
                };
                let version = known.version;
                let rule = put_changed(&transaction, &writer, known, merged, now).await?;
                let outcome = Outcome::of_versions(version, rule.version);
                (rule, outcome)
            }
        });
    }
    require!(problems);
    transaction.commit().await?;
    Ok(imported)
}

/// The known rule that a document refers to, locked.
async fn known(
    transaction: &Transaction,
    scope: &Scope,
    uuid: Option<&str>,
    label: &str,
    problems: &mut Problems,
) -> Result<Option<CommissionRule>, StoreError> {
    let find = |name| store::commission_rule::find_by_external_id(transaction, scope, name);
    let imported_as = |label| store::commission_rule::imported_as(transaction, scope, label);
    let several = ("label", "belongs to several rules: give the uuid to choose one");
    by_id_or_name((uuid, label), find, imported_as, several, problems).await
}
