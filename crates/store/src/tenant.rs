//! Tenants. The one table without a tenant filter: its rows are the tenants.

use entity::tenant::{self, Column, Entity};
use sea_orm::sea_query::LockType;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::citus::directory::{self, DirectoryName};
use super::{Connection, StoreError, locks, row, write};
use auth::Scope;
use domain::id::TenantId;
use domain::money::{Currency, Money};
use domain::tenant::{Tenant, slug};

const TABLE: &str = "tenant";

pub async fn get(database: &Connection, scope: &Scope) -> Result<Tenant, StoreError> {
    match Entity::find_by_id(scope.tenant().uuid()).one(database).await? {
        Some(row) => from_row(row),
        None => Err(StoreError::Corrupt {
            table: TABLE,
            column: "id",
            value: scope.tenant().to_string(),
        }),
    }
}

/// Finds a tenant by slug or id. For authentication and the command line, before there is a scope.
pub async fn find_by_name(database: &Connection, name: &str) -> Result<Option<Tenant>, StoreError> {
    let condition = match name.parse::<TenantId>() {
        Ok(id) => Column::Id.eq(id.uuid()),
        // Tokens name tenants, so this may be any text, even one that no database accepts.
        Err(_) => match slug(name) {
            Ok(slug) if database.is_distributed() => match directory::find(database, DirectoryName::Slug(&slug)).await?
            {
                Some(id) => Column::Id.eq(id.uuid()),
                None => return Ok(None),
            },
            Ok(slug) => Column::Slug.eq(slug),
            Err(_) => return Ok(None),
        },
    };
    Entity::find()
        .filter(condition)
        .one(database)
        .await?
        .map(from_row)
        .transpose()
}

/// All tenants by slug, for the command line.
pub async fn list(database: &Connection) -> Result<Vec<Tenant>, StoreError> {
    Entity::find()
        .order_by_asc(Column::Slug)
        .all(database)
        .await?
        .into_iter()
        .map(from_row)
        .collect()
}

/// Makes other callers of this function wait until this transaction ends, and nothing else.
pub async fn take_turn(transaction: &Connection, tenant: TenantId) -> Result<(), StoreError> {
    Entity::find_by_id(tenant.uuid())
        .lock(LockType::NoKeyUpdate)
        .one(transaction)
        .await?;
    locks::hold_object::<Entity>(transaction, tenant.uuid());
    Ok(())
}

pub async fn insert(transaction: &Connection, tenant: &Tenant) -> Result<(), StoreError> {
    directory::add(transaction, tenant.id, DirectoryName::Slug(&tenant.slug)).await?;
    write::insert(transaction, to_row(tenant)).await
}

pub async fn update(transaction: &Connection, tenant: &Tenant) -> Result<(), StoreError> {
    write::update(transaction, to_row(tenant)).await
}

pub(super) fn from_row(row: tenant::Model) -> Result<Tenant, StoreError> {
    let minimums: Vec<(i64, Currency)> = row::json(TABLE, "minimum_payouts", row.minimum_payouts)?;
    let minimum_payouts = minimums.into_iter().map(|(minor, currency)| {
        Money::from_minor(minor, currency).map_err(|_| StoreError::Corrupt {
            table: TABLE,
            column: "minimum_payouts",
            value: minor.to_string(),
        })
    });
    Ok(Tenant {
        id: TenantId::from_uuid(row.id),
        slug: row.slug,
        name: row.name,
        base_currency: row::currency(TABLE, "base_currency", &row.base_currency)?,
        time_zone: row::text(TABLE, "time_zone", &row.time_zone, |name| name.parse().ok())?,
        minimum_payouts: minimum_payouts.collect::<Result<_, _>>()?,
        tracking_origins: row::json(TABLE, "tracking_origins", row.tracking_origins)?,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn to_row(tenant: &Tenant) -> tenant::Model {
    tenant::Model {
        id: tenant.id.uuid(),
        slug: tenant.slug.clone(),
        name: tenant.name.clone(),
        base_currency: tenant.base_currency.code().to_owned(),
        time_zone: tenant.time_zone.name().to_owned(),
        minimum_payouts: minimums(tenant),
        tracking_origins: row::to_json(&tenant.tracking_origins),
        created_at: tenant.created_at,
        updated_at: tenant.updated_at,
    }
}

fn minimums(tenant: &Tenant) -> sea_orm::prelude::Json {
    row::to_json(
        &tenant
            .minimum_payouts
            .iter()
            .map(|money| (money.minor(), money.currency()))
            .collect::<Vec<_>>(),
    )
}
