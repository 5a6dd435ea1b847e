//! Writing commission rules and their versions.

use entity::commission_rule::{Column, Entity};
use entity::commission_rule_version;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter};

use super::references::{delete_references, insert_references};
use super::rows::to_row;
use crate::scope::visible;
use crate::{Connection, StoreError, row, write};
use auth::Scope;
use domain::Timestamp;
use domain::deal_rules::CommissionRule;
use domain::id::{self, CommissionRuleId, Id, TenantId};

pub async fn insert(transaction: &Connection, tenant: TenantId, rule: &CommissionRule) -> Result<(), StoreError> {
    write::insert(transaction, to_row(tenant, rule)).await?;
    insert_references(transaction, tenant, rule).await
}

pub async fn update(transaction: &Connection, tenant: TenantId, rule: &CommissionRule) -> Result<(), StoreError> {
    write::update(transaction, to_row(tenant, rule)).await?;
    delete_references(transaction, tenant, rule.id).await?;
    insert_references(transaction, tenant, rule).await
}

/// Deletes a rule that has never paid.
pub async fn delete(transaction: &Connection, tenant: TenantId, id: CommissionRuleId) -> Result<(), StoreError> {
    delete_references(transaction, tenant, id).await?;
    write::delete::<Entity>(transaction, tenant, Column::Id.eq(id.uuid())).await
}

/// Stores the rule's current version, since a deal is paid by it, unless it is stored already.
pub async fn keep_version(
    transaction: &Connection,
    tenant: TenantId,
    rule: &CommissionRule,
    now: Timestamp,
) -> Result<(), StoreError> {
    use commission_rule_version::Column as Version;
    // Looked up first: SQLite's trigger that guards stored versions fires before the conflict would be ignored.
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
    // On PostgreSQL a deal of another partner may store it at the same moment.
    commission_rule_version::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(transaction)
        .await?;
    Ok(())
}
