//! Partner groups, and the simulation of their rules.

pub mod import;
mod simulate;
mod update;

use crate::aggregate::aggregate;
use crate::app::App;
use crate::external_id::check_free;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::group_rules::{self, RuleDraft};
use domain::id::{self, PartnerGroupId};
use domain::money::Currency;
use domain::partner_group::PartnerGroup;
use domain::problem::Problems;
use domain::text;
pub use simulate::{RulesSource, SimulatedFee, simulate};
use store::locks::InForce;
use store::{StoreError, Transaction};
pub use update::{PartnerGroupChange, delete, update};

aggregate!(PartnerGroup: PartnerGroup, in partner_group, with external_id, answer);

/// A group as entered.
#[derive(Clone, Debug, Default)]
pub struct NewPartnerGroup {
    pub name: String,
    pub rules: Vec<RuleDraft>,
    pub description: Option<String>,
    pub external_id: Option<String>,
    pub tags: Vec<String>,
    pub is_default: bool,
    pub currency: Option<Currency>,
}

pub async fn create(app: &App, caller: &Caller, input: NewPartnerGroup) -> Result<PartnerGroup, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let name = problems.take("name", text::name(&input.name));
    let description = problems.optional("description", input.description, |text| text::description(&text));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let tags = text::tags(input.tags, &mut problems);
    let rules = problems.within("rules", |problems| {
        group_rules::rule_set(input.rules, input.currency, problems)
    });
    let transaction = begin(app, &writer).await?;
    store::locks::change(&transaction, writer.tenant(), &[InForce::Groups]).await?;
    check_free::<id::PartnerGroup>(&transaction, &writer, &external_id, None, &mut problems).await?;
    require!(problems; name, description, external_id, tags, rules);
    let now = app.clock.now();
    let group = PartnerGroup {
        id: PartnerGroupId::new(now),
        name,
        external_id,
        description: description.filter(|text| !text.is_empty()),
        tags,
        is_default: input.is_default,
        currency: input.currency,
        rules,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    if group.is_default {
        clear_default(&transaction, &writer).await?;
    }
    store::partner_group::insert(&transaction, writer.tenant(), &group).await?;
    transaction.created(&group);
    commit(app, transaction, &writer, &group).await?;
    Ok(group)
}

/// Leaves no group as the default one, and notes which one was. The caller holds the lock of the groups.
async fn clear_default(transaction: &Transaction, writer: &Writer) -> Result<(), StoreError> {
    if let Some(before) = store::partner_group::find_default(transaction, &writer.scope()).await? {
        transaction.noted(&before, "default", true, false);
    }
    store::partner_group::clear_default(transaction, writer.tenant()).await
}
