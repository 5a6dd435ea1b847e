//! Partner groups, and the simulation of their rules.

pub mod import;

use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::domain::explain::Step;
use crate::domain::group_rules::{self, Fee, RuleDraft, RuleSet, ScenarioDraft};
use crate::domain::id::{self, PartnerGroupId};
use crate::domain::money::Currency;
use crate::domain::partner_group::PartnerGroup;
use crate::domain::problem::{Patch, ProblemCode, Problems};
use crate::domain::text;
use crate::service::ServiceError;
use crate::service::once::{begin, commit};
use crate::store::{self, StoreError, Transaction};

/// The most charges of one simulation.
const MAX_SCENARIOS: usize = 500;

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

/// Whose rules to simulate; exactly one of them must be given.
#[derive(Clone, Debug, Default)]
pub struct RulesSource {
    pub group: Option<String>,
    pub inline: Option<Vec<RuleDraft>>,
}

/// A simulated charge's fee and the steps that led to it; no steps where none were asked for.
#[derive(Clone, Debug)]
pub struct SimulatedFee {
    pub fee: Fee,
    pub steps: Vec<Step>,
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
    if let Some(Some(external_id)) = &external_id {
        check_external_id(&transaction, &writer, external_id, None, &mut problems).await?;
    }
    let (Some(name), Some(description), Some(external_id), Some(tags), Some(rules), true) =
        (name, description, external_id, tags, rules, problems.is_empty())
    else {
        return Err(problems.into());
    };
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
        make_room_for_default(&transaction, &writer).await?;
    }
    store::partner_group::insert(&transaction, writer.tenant(), &group).await?;
    transaction.created(&group);
    commit(app, transaction, &writer, &group).await?;
    Ok(group)
}

pub async fn update(app: &App, caller: &Caller, input: PartnerGroupChange) -> Result<PartnerGroup, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    if input.is_default == Patch::Set(true) {
        // Before the group's own lock: whoever changes the default takes the tenant's lock first.
        store::tenant::lock(&transaction, writer.tenant()).await?;
    }
    let current = match problems.id::<id::PartnerGroup>("id", &input.id) {
        Some(id) => problems.found(
            "id",
            store::partner_group::lock(&transaction, &writer.scope(), id).await?,
        ),
        None => None,
    };
    let Some(current) = current else {
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
    let tags = match input.tags {
        Patch::Keep => Some(current.tags),
        Patch::Clear => Some(Vec::new()),
        Patch::Set(tags) => text::tags(tags, &mut problems),
    };
    let is_default = problems.changed("default", input.is_default, current.is_default, Ok);
    let keeps_rules = matches!(input.rules, Patch::Keep);
    let currency = problems.changed_optional("currency", input.currency, current.currency, |currency| {
        // New rules are checked against it themselves.
        if keeps_rules {
            group_rules::check_currency(&current.rules, currency)?;
        }
        Ok(currency)
    });
    let (rules, version) = match input.rules {
        Patch::Keep => (Some(current.rules.clone()), current.version),
        Patch::Clear => (
            problems.changed("rules", Patch::<()>::Clear, current.rules.clone(), |()| unreachable!()),
            0,
        ),
        Patch::Set(drafts) => {
            let currency = currency.flatten();
            let rules = problems.within("rules", |problems| group_rules::rule_set(drafts, currency, problems));
            (rules, current.version + 1)
        }
    };
    if let Some(Some(external_id)) = &external_id {
        check_external_id(&transaction, &writer, external_id, Some(current.id), &mut problems).await?;
    }
    let (
        Some(name),
        Some(description),
        Some(external_id),
        Some(tags),
        Some(is_default),
        Some(currency),
        Some(rules),
        true,
    ) = (
        name,
        description,
        external_id,
        tags,
        is_default,
        currency,
        rules,
        problems.is_empty(),
    )
    else {
        return Err(problems.into());
    };
    if is_default && !current.is_default {
        clear_default(&transaction, &writer).await?;
    }
    // The amounts of rules are in the currency.
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

/// Deletes a group that is not the default one and that no partner is in, a revoked one included.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<PartnerGroupId, ServiceError> {
    let writer = caller.write(Resource::PartnerGroups)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let group = match problems.id::<id::PartnerGroup>("id", id) {
        Some(id) => problems.found(
            "id",
            store::partner_group::lock(&transaction, &writer.scope(), id).await?,
        ),
        None => None,
    };
    let Some(group) = group else {
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
    if !problems.is_empty() {
        return Err(problems.into());
    }
    store::partner_group::delete(&transaction, writer.tenant(), group.id).await?;
    transaction.deleted(&group);
    transaction.commit().await?;
    Ok(group.id)
}

/// What the rules would pay for charges in `currency` (the group's own, else the tenant's, where none is given).
/// Writes nothing.
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
        // The steps show its rules.
        caller.read(Resource::PartnerGroups)?;
    }
    let mut problems = Problems::new();
    let (rules, group_currency) = match (source.group, source.inline) {
        (None, Some(drafts)) => (
            problems.within("rules", |problems| group_rules::rule_set(drafts, None, problems)),
            None,
        ),
        (Some(id), None) => match stored_rules(app, &writer, &id, &mut problems).await? {
            Some(group) => (Some(group.rules), group.currency),
            None => (None, None),
        },
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
    if !(1..=MAX_SCENARIOS).contains(&scenarios.len()) {
        problems.add(
            "scenarios",
            ProblemCode::Invalid,
            format!("must have 1 to {MAX_SCENARIOS} entries"),
        );
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
    if problems.is_empty() {
        Ok(results)
    } else {
        Err(problems.into())
    }
}

fn simulate_one(
    rules: &RuleSet,
    group_currency: Option<Currency>,
    inputs: &group_rules::Inputs,
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

async fn stored_rules(
    app: &App,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<PartnerGroup>, ServiceError> {
    let Some(id) = problems.id::<id::PartnerGroup>("partnerGroupId", id) else {
        return Ok(None);
    };
    let group = store::partner_group::find(app.store.reader(), &writer.scope(), id).await?;
    Ok(problems.found("partnerGroupId", group))
}

/// Takes the default away from whichever group has it. The tenant's lock makes simultaneous switches take turns.
async fn make_room_for_default(transaction: &Transaction, writer: &Writer) -> Result<(), StoreError> {
    store::tenant::lock(transaction, writer.tenant()).await?;
    clear_default(transaction, writer).await
}

/// Makes no group the default one, and notes which one was. The caller holds the tenant's lock.
async fn clear_default(transaction: &Transaction, writer: &Writer) -> Result<(), StoreError> {
    if let Some(before) = store::partner_group::find_default(transaction, &writer.scope()).await? {
        transaction.noted(&before, "default", true, false);
    }
    store::partner_group::clear_default(transaction, writer.tenant()).await
}

async fn check_external_id(
    transaction: &Transaction,
    writer: &Writer,
    external_id: &str,
    me: Option<PartnerGroupId>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    let holder = store::partner_group::find_by_external_id(transaction, &writer.scope(), external_id).await?;
    problems.free("externalId", holder.map(|group| group.id), me);
    Ok(())
}
