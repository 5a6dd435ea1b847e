//! Commission rules as entered, and their checks, including that what they refer to exists.

use crate::deal::known_fields;
use crate::ids::{existing, named};
use auth::Writer;
use domain::commission::PaymentTarget;
use domain::deal_rules::{self, Catalog, CommissionRule, EntryDraft, Filters, Plan, RecipientAssignment};
use domain::id::CommissionRuleId;
use domain::money::Currency;
use domain::partner::PartnerType;
use domain::problem::Problems;
use domain::{Timestamp, terms, text};
use store::locks::InForce;
use store::{Connection, StoreError, Transaction};

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

/// The rule that an input describes, or `None` after noting what is wrong with it. Does not check whether its external
/// id is free.
pub(super) async fn checked(
    database: &Connection,
    writer: &Writer,
    input: NewCommissionRule,
    now: Timestamp,
    problems: &mut Problems,
) -> Result<Option<CommissionRule>, StoreError> {
    let label = problems.take("label", text::name(&input.label));
    let external_id = problems.optional("externalId", input.external_id, |text| text::external_id(&text));
    let holdback_days = problems.optional("holdbackDays", input.holdback_days, terms::holdback_days);
    let entries = entries(database, writer, input.entries, input.currency, problems).await?;
    let scope = writer.scope();
    let tiers = existing("tierIds", &input.tier_ids, problems, database, &scope).await?;
    let categories = existing("categoryIds", &input.category_ids, problems, database, &scope).await?;
    let partners = existing("partnerIds", &input.partner_ids, problems, database, &scope).await?;
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

pub(super) async fn locked(
    transaction: &Transaction,
    writer: &Writer,
    id: &str,
    problems: &mut Problems,
) -> Result<Option<CommissionRule>, StoreError> {
    let lock = async |id| {
        store::locks::change(transaction, writer.tenant(), &[InForce::Pipeline]).await?;
        store::commission_rule::lock(transaction, &writer.scope(), id).await
    };
    named("id", id, problems, lock).await
}

pub(super) async fn entries(
    database: &Connection,
    writer: &Writer,
    drafts: Vec<EntryDraft>,
    currency: Option<Currency>,
    problems: &mut Problems,
) -> Result<Option<Vec<deal_rules::RuleEntry>>, StoreError> {
    let catalog = catalog(database, writer).await?;
    Ok(deal_rules::entries(drafts, currency, &catalog, problems))
}

pub(super) async fn catalog(database: &Connection, writer: &Writer) -> Result<Catalog, StoreError> {
    let stages = store::stage::all(database, &writer.scope()).await?;
    Ok(Catalog {
        stages: stages.into_iter().map(|stage| stage.id).collect(),
        fields: known_fields(database, &writer.scope()).await?,
    })
}
