//! Commission rules.

mod checks;
pub mod import;
mod simulate;
mod update;

use crate::app::App;
use crate::external_id::check_free;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource};
use checks::checked;
use domain::commission::PaymentTarget;
use domain::deal_rules::{CommissionRule, EntryDraft, RecipientAssignment};
use domain::id;
use domain::money::Currency;
use domain::partner::PartnerType;
use domain::problem::Problems;
pub use simulate::{SimulatedDeal, SimulatedPayments, simulate};
use store::locks::InForce;
pub use update::{CommissionRuleChange, delete, update};

/// A rule as entered.
#[derive(Clone, Debug)]
pub struct NewCommissionRule {
    pub label: String,
    pub external_id: Option<String>,
    pub partner_type: PartnerType,
    /// `None`: the partner.
    pub payment_target: Option<PaymentTarget>,
    pub auto_assign_recipient: Option<RecipientAssignment>,
    pub currency: Option<Currency>,
    pub holdback_days: Option<i32>,
    pub entries: Vec<EntryDraft>,
    pub tier_ids: Vec<String>,
    pub category_ids: Vec<String>,
    pub partner_ids: Vec<String>,
}

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
