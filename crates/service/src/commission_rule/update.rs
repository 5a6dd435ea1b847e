//! Changing and deleting a commission rule.

use super::checks::{entries, locked};
use crate::app::App;
use crate::external_id::check_free;
use crate::ids::existing;
use crate::once::{begin, commit};
use crate::{ServiceError, require};
use auth::{Caller, Resource, Writer};
use domain::commission::PaymentTarget;
use domain::deal_rules::{CommissionRule, EntryDraft, Filters, Plan, RecipientAssignment, check_currency};
use domain::id::CommissionRuleId;
use domain::money::Currency;
use domain::partner::PartnerType;
use domain::problem::{Patch, ProblemCode, Problems};
use domain::{Timestamp, terms, text};
use store::{StoreError, Transaction};

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
    check_free(&transaction, &writer, &external_id, Some(current.id), &mut problems).await?;
    let partner_type = problems.changed("partnerType", input.partner_type, filters.partner_type, Ok);
    let payment_target = problems.changed("paymentTarget", input.payment_target, plan.payment_target, Ok);
    let auto_assign_recipient = problems.changed_optional(
        "autoAssignRecipient",
        input.auto_assign_recipient,
        plan.auto_assign_recipient,
        Ok,
    );
    let keeps_entries = matches!(input.entries, Patch::Keep);
    let currency = problems.changed_optional("currency", input.currency, plan.currency, |currency| {
        // New entries are checked against the new currency on their own, below.
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
    let entries = match input.entries.list() {
        None => Some(plan.entries.clone()),
        Some(drafts) => entries(&transaction, &writer, drafts, currency.flatten(), &mut problems).await?,
    };
    let scope = writer.scope();
    let tiers = match input.tier_ids.list() {
        None => filters.tiers.clone(),
        Some(ids) => existing("tierIds", &ids, &mut problems, &transaction, &scope).await?,
    };
    let categories = match input.category_ids.list() {
        None => filters.categories.clone(),
        Some(ids) => existing("categoryIds", &ids, &mut problems, &transaction, &scope).await?,
    };
    let partners = match input.partner_ids.list() {
        None => filters.partners.clone(),
        Some(ids) => existing("partnerIds", &ids, &mut problems, &transaction, &scope).await?,
    };
    require!(problems; label, external_id, partner_type, payment_target, auto_assign_recipient, currency,
        holdback_days, entries);
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

/// Deletes a rule that has never paid; one that has is archived: it stops paying, stays readable, and leaves the lists.
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

/// Writes a rule as its next version, unless nothing has changed.
pub(super) async fn put_changed(
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
        // Never earlier than the version before.
        updated_at: now.max(current.updated_at),
        ..next
    };
    store::commission_rule::update(transaction, writer.tenant(), &next).await?;
    transaction.changed(&current, &next);
    Ok(next)
}
