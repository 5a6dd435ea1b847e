//! Commission rules, the versions of them that paid, and what they refer to.

use std::collections::HashMap;
use std::sync::Arc;

use entity::commission_rule::{self, Column, Entity};
use entity::commission_rule_reference::{self, Column as Reference};
use entity::{commission_rule_version, partner};
use sea_orm::sea_query::{Expr, LockType, OnConflict};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::filter::contains;
use super::filter::text_of;
use super::order::{Key, SortBy, Sorted};
use super::scope::visible;
use super::{StoreError, load, row, view};
use crate::auth::Scope;
use crate::domain::commission::PaymentTarget;
use crate::domain::deal_rules::{CommissionRule, Filters};
use crate::domain::id::{self, CommissionRuleId, Id, PaymentStageId, TenantId};
use crate::domain::partner::PartnerType;
use crate::domain::{Timestamp, text};

const TABLE: &str = "commission_rule";

/// What to list beside archived rules, which are not; everything given must hold.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct CommissionRuleFilter {
    pub partner_type: Option<PartnerType>,
    pub payment_target: Option<PaymentTarget>,
    /// Part of the label or of the external id, whatever the case.
    pub search: Option<String>,
    /// One of these; empty matches nothing.
    pub partner_types: Option<Vec<PartnerType>>,
}

text_of!(CommissionRuleFilter: partner_type payment_target search, later: partner_types);

/// The orders in which commission rules are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommissionRuleOrder {
    #[default]
    CreatedAt,
    /// Whatever the case.
    Label,
}

impl SortBy for CommissionRuleOrder {
    fn key(self) -> Option<Key> {
        match self {
            Self::CreatedAt => None,
            Self::Label => Some(Key::text(view::column(Column::LabelKey))),
        }
    }

    fn id() -> view::Column {
        view::column(Column::Id)
    }
}

pub async fn find(
    database: &impl ConnectionTrait,
    scope: &Scope,
    id: CommissionRuleId,
) -> Result<Option<CommissionRule>, StoreError> {
    let select = visible::<Entity>(scope).filter(Column::Id.eq(id.uuid()));
    load::one(database, select, from_row).await
}

/// The rule for update: other writers of it, and deals that it pays for the first time, wait for this transaction's end.
pub async fn lock(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    id: CommissionRuleId,
) -> Result<Option<CommissionRule>, StoreError> {
    let select = visible::<Entity>(scope)
        .filter(Column::Id.eq(id.uuid()))
        .lock_exclusive();
    load::one(transaction, select, from_row).await
}

/// The rule in force that another system calls so.
pub async fn find_by_external_id(
    database: &impl ConnectionTrait,
    scope: &Scope,
    external_id: &str,
) -> Result<Option<CommissionRule>, StoreError> {
    let select = in_force(scope).filter(Column::ExternalId.eq(external_id));
    load::one(database, select, from_row).await
}

/// The rules in force with this label that another system knows, in no order.
pub async fn imported_as(
    database: &impl ConnectionTrait,
    scope: &Scope,
    label: &str,
) -> Result<Vec<CommissionRule>, StoreError> {
    let select = in_force(scope)
        .filter(Column::ExternalId.is_not_null())
        .filter(Column::LabelKey.eq(text::sort_key(label)));
    let rules = select.all(database).await?.into_iter().map(from_row);
    // The key is the same for other cases of letters.
    let is_it = |rule: &Result<CommissionRule, StoreError>| rule.as_ref().map_or(true, |rule| rule.plan.label == label);
    rules.filter(is_it).collect()
}

pub async fn by_ids(
    database: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, CommissionRule>, StoreError> {
    load::by_ids(database, visible::<Entity>(scope), Column::Id, ids, from_row).await
}

/// The rules in force for partners of a type that have an entry for the stage, as they stay until this transaction
/// ends: whoever changes or deletes one waits, and this waits for whoever does; other deals do not.
pub async fn for_stage(
    transaction: &impl ConnectionTrait,
    scope: &Scope,
    partner_type: PartnerType,
    stage: PaymentStageId,
) -> Result<Vec<CommissionRule>, StoreError> {
    let with_entry = visible::<commission_rule_reference::Entity>(scope)
        .filter(Reference::StageId.eq(stage.uuid()))
        .select_only()
        .column(Reference::RuleId);
    let select = in_force(scope)
        .filter(Column::PartnerType.eq(partner_type.as_str()))
        .filter(Column::Id.in_subquery(with_entry.into_query()))
        .lock(LockType::KeyShare);
    load::all(transaction, select, from_row).await
}

/// All rules in force.
pub async fn all_in_force(database: &impl ConnectionTrait, scope: &Scope) -> Result<Vec<CommissionRule>, StoreError> {
    in_force(scope).all(database).await?.into_iter().map(from_row).collect()
}

pub async fn count(
    database: &impl ConnectionTrait,
    scope: &Scope,
    filter: &CommissionRuleFilter,
) -> Result<u64, StoreError> {
    Ok(filtered(scope, filter).count(database).await?)
}

/// Those in force that the filter lets through.
pub fn list(filter: Arc<CommissionRuleFilter>, sorted: Sorted<CommissionRuleOrder>) -> view::List {
    let kept = (*filter == CommissionRuleFilter::default()).then(String::new);
    let select = move |_, scope: &Scope, _| filtered(scope, &filter).into_query();
    view::List::new(&view::COMMISSION_RULE, kept, sorted.into(), select)
}

/// What a row holds whose columns were all read, with names that begin like this.
pub fn whole(row: &view::Row, prefix: &str) -> Result<CommissionRule, StoreError> {
    from_row(view::whole(row, prefix)?)
}

fn in_force(scope: &Scope) -> Select<Entity> {
    visible::<Entity>(scope).filter(Column::ArchivedAt.is_null())
}

fn filtered(scope: &Scope, filter: &CommissionRuleFilter) -> Select<Entity> {
    let mut select = in_force(scope);
    if let Some(partner_type) = filter.partner_type {
        select = select.filter(Column::PartnerType.eq(partner_type.as_str()));
    }
    if let Some(target) = filter.payment_target {
        select = select.filter(Column::PaymentTarget.eq(target.as_str()));
    }
    if let Some(search) = &filter.search {
        select = select.filter(Column::LabelKey.like(contains(search)));
    }
    if let Some(types) = &filter.partner_types {
        select = select.filter(Column::PartnerType.is_in(types.iter().map(|kind| kind.as_str())));
    }
    select
}

/// The partners that rules name, as a condition on partners.
pub(super) fn partners_of(scope: &Scope, rule: Expr) -> Select<partner::Entity> {
    super::partner::named_by::<commission_rule_reference::Entity>(scope, Reference::PartnerId, Reference::RuleId, rule)
}

pub async fn insert(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    rule: &CommissionRule,
) -> Result<(), StoreError> {
    Entity::insert(to_row(tenant, rule).into_active_model())
        .exec_without_returning(transaction)
        .await?;
    insert_references(transaction, tenant, rule).await
}

pub async fn update(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    rule: &CommissionRule,
) -> Result<(), StoreError> {
    to_row(tenant, rule)
        .into_active_model()
        .reset_all()
        .update_without_returning(transaction)
        .await?;
    delete_references(transaction, tenant, rule.id).await?;
    insert_references(transaction, tenant, rule).await
}

/// Deletes a rule that has never paid.
pub async fn delete(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    id: CommissionRuleId,
) -> Result<(), StoreError> {
    delete_references(transaction, tenant, id).await?;
    Entity::delete_by_id((tenant.uuid(), id.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

/// Keeps what a rule says now, since it pays by it, unless that is kept already.
pub async fn keep_version(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    rule: &CommissionRule,
    now: Timestamp,
) -> Result<(), StoreError> {
    use commission_rule_version::Column as Version;
    // Looked for first: SQLite's guard of kept versions fires before the conflict that would be passed over.
    let kept = visible::<commission_rule_version::Entity>(&Scope::tenant_wide(tenant))
        .filter(Version::RuleId.eq(rule.id.uuid()))
        .filter(Version::Version.eq(row::signed(rule.version)));
    if kept.one(transaction).await?.is_some() {
        return Ok(());
    }
    let row = commission_rule_version::Model {
        tenant_id: tenant.uuid(),
        id: Id::<id::CommissionRuleVersion>::new(now).uuid(),
        rule_id: rule.id.uuid(),
        version: row::signed(rule.version),
        plan: row::to_json(&rule.plan),
        created_at: now,
    };
    // On PostgreSQL a deal of another partner may keep it at the same moment.
    commission_rule_version::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}

async fn delete_references(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    rule: CommissionRuleId,
) -> Result<(), StoreError> {
    commission_rule_reference::Entity::delete_many()
        .filter(Reference::TenantId.eq(tenant.uuid()))
        .filter(Reference::RuleId.eq(rule.uuid()))
        .exec(transaction)
        .await?;
    Ok(())
}

async fn insert_references(
    transaction: &impl ConnectionTrait,
    tenant: TenantId,
    rule: &CommissionRule,
) -> Result<(), StoreError> {
    let none = || commission_rule_reference::Model {
        tenant_id: tenant.uuid(),
        id: Id::<id::CommissionRuleReference>::new(rule.updated_at).uuid(),
        rule_id: rule.id.uuid(),
        tier_id: None,
        category_id: None,
        partner_id: None,
        stage_id: None,
        field_id: None,
        option_id: None,
    };
    let (stages, fields, options) = rule.plan.references();
    let mut rows = Vec::new();
    macro_rules! refer {
        ($list:expr, $column:ident) => {
            rows.extend($list.iter().map(|id| commission_rule_reference::Model {
                $column: Some(id.uuid()),
                ..none()
            }));
        };
    }
    refer!(rule.filters.tiers, tier_id);
    refer!(rule.filters.categories, category_id);
    refer!(rule.filters.partners, partner_id);
    refer!(stages, stage_id);
    refer!(fields, field_id);
    refer!(options, option_id);
    for chunk in rows.chunks(1000) {
        let chunk = chunk.iter().cloned().map(IntoActiveModel::into_active_model);
        commission_rule_reference::Entity::insert_many(chunk)
            .exec_without_returning(transaction)
            .await?;
    }
    Ok(())
}

fn from_row(row: commission_rule::Model) -> Result<CommissionRule, StoreError> {
    Ok(CommissionRule {
        id: CommissionRuleId::from_uuid(row.id),
        external_id: row.external_id,
        version: row::unsigned(TABLE, "version", row.version)?,
        plan: row::json(TABLE, "plan", row.plan)?,
        filters: Filters {
            partner_type: row::text(TABLE, "partner_type", &row.partner_type, PartnerType::parse)?,
            tiers: row::json(TABLE, "tier_ids", row.tier_ids)?,
            categories: row::json(TABLE, "category_ids", row.category_ids)?,
            partners: row::json(TABLE, "partner_ids", row.partner_ids)?,
        },
        archived_at: row.archived_at,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// What a row holds that is at hand.
pub fn at_hand(tenant: TenantId, rule: &CommissionRule) -> view::AtHand {
    view::at_hand(to_row(tenant, rule), &[])
}

fn to_row(tenant: TenantId, rule: &CommissionRule) -> commission_rule::Model {
    commission_rule::Model {
        tenant_id: tenant.uuid(),
        id: rule.id.uuid(),
        external_id: rule.external_id.clone(),
        version: row::signed(rule.version),
        label_key: text::sort_key(&rule.plan.label),
        partner_type: rule.filters.partner_type.as_str().to_owned(),
        payment_target: rule.plan.payment_target.as_str().to_owned(),
        plan: row::to_json(&rule.plan),
        tier_ids: row::to_json(&rule.filters.tiers),
        category_ids: row::to_json(&rule.filters.categories),
        partner_ids: row::to_json(&rule.filters.partners),
        archived_at: rule.archived_at,
        created_at: rule.created_at,
        updated_at: rule.updated_at,
    }
}
