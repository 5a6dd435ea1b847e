//! Commission rules.

mod checks;
pub mod import;
mod simulate;
mod update;

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::check_free;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
pub use checks::NewCommissionRule;
use checks::checked;
use domain::deal_rules::CommissionRule;
use domain::id;
use domain::problem::Problems;
pub use simulate::{SimulatedDeal, SimulatedPayments, simulate};
use store::locks::InForce;
pub use update::{CommissionRuleChange, delete, update};

aggregate!(CommissionRule: CommissionRule, in commission_rule, with external_id, answer);

pub async fn create(app: &App, caller: &Caller, input: NewCommissionRule) -> Result<CommissionRule, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    store::locks::change(&transaction, writer.tenant(), &[InForce::Pipeline]).await?;
    let rule = checked(&transaction, &writer, input, app.clock.now(), &mut problems).await?;
    let external_id = rule.as_ref().map(|rule| rule.external_id.clone());
    check_free::<id::CommissionRule>(&transaction, &writer, &external_id, None, &mut problems).await?;
    require!(problems; rule);
    store::commission_rule::insert(&transaction, writer.tenant(), &rule).await?;
    transaction.created(&rule);
    commit(app, transaction, &writer, &rule).await?;
    Ok(rule)
}
