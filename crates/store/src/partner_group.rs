//! Partner groups.

use chrono::TimeDelta;
use entity::partner_group::{self, Column, Entity};
use entity::{default_group_version, partner, partner_group_version};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QueryTrait};
use uuid::Uuid;

use super::order::{SortBy, SortColumn, Sorted};
use super::scope::visible;
use super::{Connection, StoreError, Transaction, load, row, view, write};
use crate::mapped::mapped;
use crate::table_functions::table_functions;
use auth::Scope;
use domain::id::{PartnerGroupId, TenantId};
use domain::partner_group::PartnerGroup;

const TABLE: &str = "partner_group";

/// The orders in which partner groups are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PartnerGroupOrder {
    #[default]
    CreatedAt,
    /// Case-insensitive for the letters A to Z.
    Name,
}

impl SortBy for PartnerGroupOrder {
    fn key(self) -> Option<SortColumn> {
        match self {
            Self::CreatedAt => None,
            Self::Name => Some(SortColumn::text(view::derived::<Entity>(&NAME))),
        }
    }
}

/// Groups are few, and have no column for the lower-cased name. Both engines lower-case the letters A to Z of this
/// column.
static NAME: view::Derived = view::Derived {
    name: "lower_name",
    expression: "LOWER({row}.name)",
    of: &["name"],
};

table_functions!(PartnerGroup, PartnerGroupId: find, find_by_external_id, by_ids, lock, update, delete, whole, at_hand);

/// The group of partners that have none of their own.
pub async fn find_default(database: &Connection, scope: &Scope) -> Result<Option<PartnerGroup>, StoreError> {
    load::one(
        database,
        visible::<Entity>(scope).filter(Column::IsDefault.eq(true)),
        from_row,
    )
    .await
}

/// All groups.
pub fn list(sorted: Sorted<PartnerGroupOrder>) -> view::List {
    let select = |_, scope: &Scope, _| visible::<Entity>(scope).into_query();
    view::List::new(&view::PARTNER_GROUP, Some(String::new()), select).sorted(sorted)
}

/// How many partners are in the group.
pub async fn count_partners(database: &Connection, scope: &Scope, id: PartnerGroupId) -> Result<u64, StoreError> {
    Ok(visible::<partner::Entity>(scope)
        .filter(partner::Column::GroupId.eq(id.uuid()))
        .count(database)
        .await?)
}

/// Clears the default group. The caller holds the tenant's lock.
pub async fn clear_default(transaction: &Connection, tenant: TenantId) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::IsDefault, false.into())
        .filter(Column::TenantId.eq(tenant.uuid()))
        .filter(Column::IsDefault.eq(true))
        .exec(transaction)
        .await?;
    Ok(())
}

pub async fn insert(transaction: &Transaction, tenant: TenantId, group: &PartnerGroup) -> Result<(), StoreError> {
    write::insert(transaction, to_row(tenant, group)).await?;
    keep_version(transaction, tenant, group, None).await
}

/// Stores the rules of a group as of its last change, if they are a new version, and whether the group has become the
/// default one, or no longer is.
pub async fn keep_version(
    transaction: &Transaction,
    tenant: TenantId,
    group: &PartnerGroup,
    before: Option<&PartnerGroup>,
) -> Result<(), StoreError> {
    if before.is_none_or(|before| before.version != group.version) {
        let version = partner_group_version::Model {
            tenant_id: tenant.uuid(),
            group_id: group.id.uuid(),
            version: row::signed(group.version),
            begins_at: group.updated_at,
            name: group.name.clone(),
            currency: group.currency.map(|currency| currency.code().to_owned()),
            rules: row::to_json(&group.rules),
            audit_entry_id: transaction.audit_entry(),
        };
        write::insert(transaction, version).await?;
    }
    if group.is_default != before.is_some_and(|before| before.is_default) {
        // Clocks may stand still or go back: each entry must be later than the last one, by a microsecond at least.
        let last = visible::<default_group_version::Entity>(&Scope::tenant_wide(tenant))
            .order_by_desc(default_group_version::Column::BeginsAt)
            .one(transaction.connection())
            .await?;
        let after = last.map(|last| last.begins_at + TimeDelta::microseconds(1));
        let default = default_group_version::Model {
            tenant_id: tenant.uuid(),
            begins_at: after.map_or(group.updated_at, |after| group.updated_at.max(after)),
            group_id: if group.is_default { group.id.uuid() } else { Uuid::nil() },
            audit_entry_id: transaction.audit_entry(),
        };
        write::insert(transaction, default).await?;
    }
    Ok(())
}

mapped! {
    pub(super) fn (row: partner_group::Model, group: PartnerGroup) of TABLE;
    both: id, name, external_id, description, tags, is_default, currency, rules, version, created_at, updated_at;
}
