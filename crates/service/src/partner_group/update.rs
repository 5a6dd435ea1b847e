//! Changing and deleting a partner group.

use super::clear_default;
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::named;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::group_rules::{self, RuleDraft};
use domain::id::PartnerGroupId;
use domain::money::Currency;
use domain::partner_group::PartnerGroup;
use domain::problem::{Fault, Patch, ProblemCode, Problems};
use domain::text;
use store::locks::InForce;
use store::{StoreError, Transaction};

#[derive(Clone, Debug, Default)]
pub struct PartnerGroupChange {
    pub id: String,
    pub name: Patch<String>,
    pub rules: Patch<Vec<RuleDraft>>,
    pub description: Patch<String>,
    pub external_id: Patch<String>,
    pub tags: Patch<Vec<String>>,
    pub is_default: Patch<bool>,
    pub currency: Patch<Currency>,
}

pub async fn update(app: &App, caller: &Caller, input: PartnerGroupChange) -> Result<PartnerGroup, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    let before = current.clone();

    let name = problems.changed("name", input.name, current.name, |name| text::name(&name));
    let description = problems.changed_optional("description", input.description, current.description, |text| {
        text::description(&text)
    });
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id, |text| {
        text::external_id(&text)
    });
    let tags = match input.tags.list() {
        None => Some(current.tags),
        Some(tags) => text::tags(tags, &mut problems),
    };
    let is_default = problems.changed("default", input.is_default, current.is_default, Ok);
    let keeps_rules = matches!(input.rules, Patch::Keep);
    let currency = problems.changed_optional("currency", input.currency, current.currency, |currency| {
        // New rules are checked against the new currency on their own, below.
        if keeps_rules {
            group_rules::check_currency(&current.rules, currency)?;
        }
        Ok(currency)
    });
    let (rules, version) = match input.rules {
        Patch::Keep => (Some(current.rules.clone()), current.version),
        Patch::Clear => (problems.take("rules", Err(Fault::cannot_be_cleared())), 0),
        Patch::Set(drafts) => {
            let currency = currency.flatten();
            let rules = problems.within("rules", |problems| group_rules::rule_set(drafts, currency, problems));
            (rules, current.version + 1)
        }
    };
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    require!(problems; name, description, external_id, tags, is_default, currency, rules);
    if is_default && !current.is_default {
        clear_default(&transaction, &writer).await?;
    }
    // The amounts of the rules are in this currency, so that the rules change with it.
    let version = match keeps_rules && currency != before.currency {
        true => version + 1,
        false => version,
    };
    let description = description.filter(|text| !text.is_empty());
    let updated_at = app.clock.now().max(current.updated_at);
    let group = PartnerGroup {
        name,
        description,
        external_id,
        tags,
        is_default,
        currency,
        rules,
        version,
        updated_at,
        ..current
    };
    store::partner_group::update(&transaction, writer.tenant(), &group).await?;
    transaction.changed(&before, &group);
    store::partner_group::keep_version(&transaction, writer.tenant(), &group, Some(&before)).await?;
    commit(app, transaction, &writer, &group).await?;
    Ok(group)
}

/// Deletes a group that is not the default one and that has no partners, not even revoked ones.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<PartnerGroupId, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(group) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let partners = store::partner_group::count_partners(&transaction, &writer.scope(), group.id).await?;
    if group.is_default {
        problems.add(
            "id",
            ProblemCode::InUse,
            "is the default group: make another one the default first",
        );
    }
    problems.in_use("id", &[(partners, "partners")]);
    require!(problems);
    store::partner_group::delete(&transaction, writer.tenant(), group.id).await?;
    transaction.deleted(&group);
    transaction.commit().await?;
    Ok(group.id)
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerGroup>, StoreError> {
    let lock = async |id| {
        store::locks::change(transaction, writer.tenant(), &[InForce::Groups]).await?;
        store::partner_group::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}
