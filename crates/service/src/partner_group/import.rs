//! Imports groups from another system: unknown ones are created, known ones updated, and unchanged ones not written at
//! all, so that importing twice changes nothing.

use super::clear_default;
use crate::app::App;
pub use crate::imported::Outcome;
use crate::imported::by_names;
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::Timestamp;
use domain::group_rules::{self, RuleDraft};
use domain::id::PartnerGroupId;
use domain::partner_group::PartnerGroup;
use domain::problem::{Patch, Problems};
use domain::text;
use store::locks::InForce;
use store::{StoreError, Transaction};

/// A group as the other system describes it. What the description leaves out, a known group keeps.
#[derive(Clone, Debug)]
pub struct GroupImport {
    /// Its path in its document, for the paths of problems.
    pub place: Vec<String>,
    /// Identifies the group.
    pub external_id: String,
    /// The external id that it has here if it was imported before the other system gave it the one above.
    pub formerly: Option<String>,
    pub name: String,
    pub rules: Vec<RuleDraft>,
    pub description: Patch<String>,
    pub tags: Patch<Vec<String>>,
    pub is_default: Option<bool>,
}

/// Imports groups with distinct external ids: all of them, or none if there is any problem.
pub async fn import(
    app: &App,
    caller: &Caller,
    groups: Vec<GroupImport>,
) -> Result<Vec<(PartnerGroup, Outcome)>, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let mut imported = Vec::with_capacity(groups.len());
    let transaction = app.begin(&writer).await?;
    store::locks::change(&transaction, writer.tenant(), &[InForce::Groups]).await?;
    let now = app.clock.now();
    for group in groups {
        let scope = writer.scope();
        let names = [Some(group.external_id.as_str()), group.formerly.as_deref()];
        let find = |name| store::partner_group::find_by_external_id(&transaction, &scope, name);
        let known = by_names(names.into_iter().flatten(), find).await?;
        let place = group.place.clone();
        let next = problems.within_all(&place, |problems| merged(known.as_ref(), group, now, problems));
        if let Some(next) = next {
            imported.push(put(&transaction, &writer, known, next).await?);
        }
    }
    require!(problems);
    transaction.commit().await?;
    Ok(imported)
}

/// The group after the import, or `None` after noting what is wrong with it.
fn merged(
    known: Option<&PartnerGroup>,
    group: GroupImport,
    now: Timestamp,
    problems: &mut Problems,
) -> Option<PartnerGroup> {
    let description = known.and_then(|known| known.description.clone());
    let tags = known.map(|known| known.tags.clone()).unwrap_or_default();
    let currency = known.and_then(|known| known.currency);
    let name = problems.take("name", text::name(&group.name));
    let external_id = problems.take("externalId", text::external_id(&group.external_id));
    let description = problems.changed_optional("description", group.description, description, |text| {
        text::description(&text)
    });
    let tags = match group.tags.list() {
        None => Some(tags),
        Some(tags) => text::tags(tags, problems),
    };
    let rules = problems.within("rules", |problems| {
        group_rules::rule_set(group.rules, currency, problems)
    });
    let rules = rules?;
    let version = match known {
        None => 1,
        Some(known) if known.rules == rules => known.version,
        Some(known) => known.version + 1,
    };
    let was_default = known.is_some_and(|known| known.is_default);
    Some(PartnerGroup {
        id: known.map_or_else(|| PartnerGroupId::new(now), |known| known.id),
        name: name?,
        external_id: Some(external_id?),
        description: description?.filter(|text| !text.is_empty()),
        tags: tags?,
        is_default: group.is_default.unwrap_or(was_default),
        currency,
        rules,
        version,
        created_at: known.map_or(now, |known| known.created_at),
        // Never earlier than the version before.
        updated_at: known.map_or(now, |known| now.max(known.updated_at)),
    })
}

async fn put(
    transaction: &Transaction,
    writer: &Writer,
    known: Option<PartnerGroup>,
    next: PartnerGroup,
) -> Result<(PartnerGroup, Outcome), StoreError> {
    let was_default = known.as_ref().is_some_and(|known| known.is_default);
    if next.is_default && !was_default {
        clear_default(transaction, writer).await?;
    }
    let Some(known) = known else {
        store::partner_group::insert(transaction, writer.tenant(), &next).await?;
        transaction.created(&next);
        return Ok((next, Outcome::Created));
    };
    let untouched = PartnerGroup {
        updated_at: known.updated_at,
        ..next.clone()
    };
    if untouched == known {
        return Ok((known, Outcome::Unchanged));
    }
    store::partner_group::update(transaction, writer.tenant(), &next).await?;
    transaction.changed(&known, &next);
    store::partner_group::keep_version(transaction, writer.tenant(), &next, Some(&known)).await?;
    Ok((next, Outcome::Updated))
}
