//! Commission rules.

use std::collections::HashMap;

use sea_orm::ConnectionTrait;

use crate::app::App;
use crate::auth::{Caller, Resource, Writer};
use crate::domain::commission::PaymentTarget;
use crate::domain::deal_rules::{
    self, Catalog, CommissionRule, EntryDraft, Filters, Plan, RecipientAssignment, check_currency,
};
use crate::domain::id::{self, CommissionRuleId, PartnerCategoryId, PartnerId, PartnerTierId};
use crate::domain::money::Currency;
use crate::domain::partner::PartnerType;
use crate::domain::problem::{Patch, ProblemCode, Problems};
use crate::domain::{Timestamp, terms, text};
use crate::service::ServiceError;
use crate::service::ids::existing;
use crate::service::once::{begin, commit};
use crate::store::{self, StoreError, Transaction};

pub mod import;
mod simulate;

pub use simulate::{SimulatedDeal, SimulatedPayments, simulate};

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

/// Changes of a rule. Entries and lists are replaced as a whole.
#[derive(Clone, Debug)]
pub struct CommissionRuleChange {
    pub id: String,
    pub label: Patch<String>,
    pub external_id: Patch<String>,
    pub partner_type: Patch<PartnerType>,
    pub payment_target: Patch<PaymentTarget>,
    pub auto_assign_recipient: Patch<RecipientAssignment>,
    pub currency: Patch<Currency>,
    pub holdback_days: Patch<i32>,
    pub entries: Patch<Vec<EntryDraft>>,
    pub tier_ids: Patch<Vec<String>>,
    pub category_ids: Patch<Vec<String>>,
    pub partner_ids: Patch<Vec<String>>,
}

pub async fn create(app: &App, caller: &Caller, input: NewCommissionRule) -> Result<CommissionRule, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let rule = checked(&transaction, &writer, input, app.clock.now(), &mut problems).await?;
    if let Some(external_id) = rule.as_ref().and_then(|rule| rule.external_id.as_deref()) {
        check_external_id(&transaction, &writer, external_id, None, &mut problems).await?;
    }
    let (Some(rule), true) = (rule, problems.is_empty()) else {
        return Err(problems.into());
    };
    store::commission_rule::insert(&transaction, writer.tenant(), &rule).await?;
    transaction.created(&rule);
    commit(app, transaction, &writer, &rule).await?;
    Ok(rule)
}

pub async fn update(app: &App, caller: &Caller, input: CommissionRuleChange) -> Result<CommissionRule, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let mut problems = Problems::new();
    let transaction = begin(app, &writer).await?;
    let Some(current) = locked(&transaction, &writer, &input.id, &mut problems).await? else {
        return Err(problems.into());
    };
    if current.archived_at.is_some() {
        problems.add("id", ProblemCode::Conflict, "is archived: create another rule instead");
        return Err(problems.into());
    }
    let (plan, filters) = (&current.plan, &current.filters);
    let label = problems.changed("label", input.label, plan.label.clone(), |text| text::name(&text));
    let external_id = problems.changed_optional("externalId", input.external_id, current.external_id.clone(), |text| {
        text::external_id(&text)
    });
    if let Some(Some(external_id)) = &external_id {
        check_external_id(&transaction, &writer, external_id, Some(current.id), &mut problems).await?;
    }
    let partner_type = problems.changed("partnerType", input.partner_type, filters.partner_type, Ok);
    let payment_target = problems.changed("paymentTarget", input.payment_target, plan.payment_target, Ok);
    let assignment = problems.changed_optional(
        "autoAssignRecipient",
        input.auto_assign_recipient,
        plan.auto_assign_recipient,
        Ok,
    );
    let keeps_entries = matches!(input.entries, Patch::Keep);
    let currency = problems.changed_optional("currency", input.currency, plan.currency, |currency| {
        // New entries are checked against it themselves.
        if keeps_entries {
            check_currency(&plan.entries, currency)?;
        }
        Ok(currency)
    });
    let holdback_days = problems.changed_optional(
        "holdbackDays",
        input.holdback_days,
        plan.holdback_days,
        terms::holdback_days,
    );
    let entries = match input.entries {
        Patch::Keep => Some(plan.entries.clone()),
        Patch::Clear => entries(&transaction, &writer, Vec::new(), None, &mut problems).await?,
        Patch::Set(drafts) => entries(&transaction, &writer, drafts, currency.flatten(), &mut problems).await?,
    };
    let tiers = match listed(input.tier_ids) {
        None => filters.tiers.clone(),
        Some(ids) => tiers(&transaction, &writer, &ids, &mut problems).await?,
    };
    let categories = match listed(input.category_ids) {
        None => filters.categories.clone(),
        Some(ids) => categories(&transaction, &writer, &ids, &mut problems).await?,
    };
    let partners = match listed(input.partner_ids) {
        None => filters.partners.clone(),
        Some(ids) => partners(&transaction, &writer, &ids, &mut problems).await?,
    };
    let (
        Some(label),
        Some(external_id),
        Some(partner_type),
        Some(payment_target),
        Some(auto_assign_recipient),
        Some(currency),
        Some(holdback_days),
        Some(entries),
        true,
    ) = (
        label,
        external_id,
        partner_type,
        payment_target,
        assignment,
        currency,
        holdback_days,
        entries,
        problems.is_empty(),
    )
    else {
        return Err(problems.into());
    };
    let next = CommissionRule {
        external_id,
        plan: Plan {
            label,
            payment_target,
            auto_assign_recipient,
            currency,
            holdback_days,
            entries,
        },
        filters: Filters {
            partner_type,
            tiers,
            categories,
            partners,
        },
        ..current.clone()
    };
    let rule = put_changed(&transaction, &writer, current, next, app.clock.now()).await?;
    commit(app, transaction, &writer, &rule).await?;
    Ok(rule)
}

/// Deletes a rule that has never paid; one that has is archived: it stops, stays readable, and leaves the lists.
pub async fn delete(app: &App, caller: &Caller, id: &str) -> Result<CommissionRuleId, ServiceError> {
    let writer = caller.write(Resource::CommissionRules)?;
    let mut problems = Problems::new();
    let transaction = app.begin(&writer).await?;
    let Some(rule) = locked(&transaction, &writer, id, &mut problems).await? else {
        return Err(problems.into());
    };
    let id = rule.id;
    if !store::deal_payment::has_paid(&transaction, &writer.scope(), id).await? {
        store::commission_rule::delete(&transaction, writer.tenant(), id).await?;
        transaction.deleted(&rule);
    } else if rule.archived_at.is_none() {
        let now = app.clock.now().max(rule.updated_at);
        let archived = CommissionRule {
            archived_at: Some(now),
            updated_at: now,
            ..rule.clone()
        };
        store::commission_rule::update(&transaction, writer.tenant(), &archived).await?;
        transaction.changed(&rule, &archived);
    }
    transaction.commit().await?;
    Ok(id)
}

/// The rule that an input describes, or `None` after noting what is wrong with it; not whether its external id is free.
async fn checked(
    database: &impl ConnectionTrait,
    writer: &Writer,
    input: NewCommissionRule,
    now: Timestamp,
    problems: &mut Problems,
) -> Result<Option<CommissionRule>, StoreError> {
    let label = problems.take("label", text::name(&input.label));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let holdback_days = problems.optional("holdbackDays", input.holdback_days, terms::holdback_days);
    let entries = entries(database, writer, input.entries, input.currency, problems).await?;
    let tiers = tiers(database, writer, &input.tier_ids, problems).await?;
    let categories = categories(database, writer, &input.category_ids, problems).await?;
    let partners = partners(database, writer, &input.partner_ids, problems).await?;
    let (Some(label), Some(external_id), Some(holdback_days), Some(entries)) =
        (label, external_id, holdback_days, entries)
    else {
        return Ok(None);
    };
    Ok(Some(CommissionRule {
        id: CommissionRuleId::new(now),
        external_id,
        version: 1,
        plan: Plan {
            label,
            payment_target: input.payment_target.unwrap_or(PaymentTarget::Partnership),
            auto_assign_recipient: input.auto_assign_recipient,
            currency: input.currency,
            holdback_days,
            entries,
        },
        filters: Filters {
            partner_type: input.partner_type,
            tiers,
            categories,
            partners,
        },
        archived_at: None,
        created_at: now,
        updated_at: now,
    }))
}

/// Writes a rule as its next version, unless nothing of it changes.
async fn put_changed(
    transaction: &Transaction,
    writer: &Writer,
    current: CommissionRule,
    next: CommissionRule,
    now: Timestamp,
) -> Result<CommissionRule, StoreError> {
    if next == current {
        return Ok(current);
    }
    let next = CommissionRule {
        version: current.version + 1,
        // Never earlier than what it follows.
        updated_at: now.max(current.updated_at),
        ..next
    };
    store::commission_rule::update(transaction, writer.tenant(), &next).await?;
    transaction.changed(&current, &next);
    Ok(next)
}

/// Null clears a list like the empty one; `None`: it is kept.
fn listed(patch: Patch<Vec<String>>) -> Option<Vec<String>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(Vec::new()),
        Patch::Set(ids) => Some(ids),
    }
}

async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<CommissionRule>, StoreError> {
    let Some(id) = problems.id::<id::CommissionRule>("id", id) else {
        return Ok(None);
    };
    let found = store::commission_rule::lock(transaction, &writer.scope(), id).await?;
    Ok(problems.found("id", found))
}

async fn check_external_id(
    database: &impl ConnectionTrait,
    writer: &Writer,
    external_id: &str,
    me: Option<CommissionRuleId>,
    problems: &mut Problems,
) -> Result<(), StoreError> {
    let holder = store::commission_rule::find_by_external_id(database, &writer.scope(), external_id).await?;
    problems.free("externalId", holder.map(|rule| rule.id), me);
    Ok(())
}

async fn entries(
    database: &impl ConnectionTrait,
    writer: &Writer,
    drafts: Vec<EntryDraft>,
    currency: Option<Currency>,
    problems: &mut Problems,
) -> Result<Option<Vec<deal_rules::Entry>>, StoreError> {
    let catalog = catalog(database, writer).await?;
    Ok(deal_rules::entries(drafts, currency, &catalog, problems))
}

async fn catalog(database: &impl ConnectionTrait, writer: &Writer) -> Result<Catalog, StoreError> {
    let stages = store::stage::all(database, &writer.scope()).await?;
    let fields = store::custom_field::all(database, &writer.scope()).await?;
    let fields: HashMap<_, _> = fields
        .into_iter()
        .map(|field| (field.id, field.options.iter().map(|option| option.id).collect()))
        .collect();
    Ok(Catalog {
        stages: stages.into_iter().map(|stage| stage.id).collect(),
        fields,
    })
}

async fn tiers(
    database: &impl ConnectionTrait,
    writer: &Writer,
    ids: &[String],
    problems: &mut Problems,
) -> Result<Vec<PartnerTierId>, StoreError> {
    existing("tierIds", ids, problems, async |ids| {
        store::label::by_ids::<id::PartnerTier>(database, &writer.scope(), ids).await
    })
    .await
}

async fn categories(
    database: &impl ConnectionTrait,
    writer: &Writer,
    ids: &[String],
    problems: &mut Problems,
) -> Result<Vec<PartnerCategoryId>, StoreError> {
    existing("categoryIds", ids, problems, async |ids| {
        store::label::by_ids::<id::PartnerCategory>(database, &writer.scope(), ids).await
    })
    .await
}

async fn partners(
    database: &impl ConnectionTrait,
    writer: &Writer,
    ids: &[String],
    problems: &mut Problems,
) -> Result<Vec<PartnerId>, StoreError> {
    existing("partnerIds", ids, problems, async |ids| {
        store::partner::by_ids(database, &writer.scope(), ids).await
    })
    .await
}
