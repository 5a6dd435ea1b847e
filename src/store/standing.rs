//! What the rules of groups look at: a partner's lifetime value and its customers with paid charges. Kept in the
//! transaction of each event; every writer holds the partner's lock.

use std::collections::HashMap;

use entity::{partner_customer, partner_lifetime_value, partner_standing};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::scope::visible;
use super::{StoreError, Writes, many, row};
use crate::auth::Scope;
use crate::domain::id::{CustomerId, PartnerId, TenantId};
use crate::domain::money::{Currency, Money};

/// The lifetime value in one currency, in minor units.
pub async fn lifetime_value(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partner: PartnerId,
    currency: Currency,
) -> Result<i64, StoreError> {
    let row = visible::<partner_lifetime_value::Entity>(scope)
        .filter(partner_lifetime_value::Column::PartnerId.eq(partner.uuid()))
        .filter(partner_lifetime_value::Column::Currency.eq(currency.code()))
        .one(database)
        .await?;
    Ok(row.map_or(0, |row| row.amount_minor))
}

/// The lifetime values of each partner, by currency.
pub async fn lifetime_values_of(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Money>>, StoreError> {
    use partner_lifetime_value::Column;
    let one_of = many::one_of(
        database.get_database_backend(),
        Column::PartnerId.as_column_ref(),
        partners,
    );
    let select = visible::<partner_lifetime_value::Entity>(scope)
        .filter(one_of)
        .order_by_asc(Column::Currency);
    let mut values: HashMap<Uuid, Vec<_>> = HashMap::new();
    for row in select.all(database).await? {
        let currency = row::currency("partner_lifetime_value", "currency", &row.currency)?;
        let value = row::money("partner_lifetime_value", "amount_minor", row.amount_minor, currency)?;
        values.entry(row.partner_id).or_default().push(value);
    }
    Ok(values)
}

pub fn add_lifetime_value(writes: &mut Writes, tenant: TenantId, partner: PartnerId, currency: Currency, minor: i64) {
    use partner_lifetime_value::{Column, Entity, Model};
    let (tenant_id, partner_id, currency) = (tenant.uuid(), partner.uuid(), currency.code().to_owned());
    let added = Expr::col((Entity, Column::AmountMinor)).add(minor);
    let row = Model {
        tenant_id,
        partner_id,
        currency,
        amount_minor: minor,
    };
    let conflict = OnConflict::columns([Column::TenantId, Column::PartnerId, Column::Currency])
        .value(Column::AmountMinor, added)
        .to_owned();
    writes.add::<Entity>(1, Entity::insert(row.into_active_model()).on_conflict(conflict));
}

pub async fn qualified_customers(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partner: PartnerId,
) -> Result<i64, StoreError> {
    let row = visible::<partner_standing::Entity>(scope)
        .filter(partner_standing::Column::PartnerId.eq(partner.uuid()))
        .one(database)
        .await?;
    Ok(row.map_or(0, |row| row.qualified_customers))
}

/// How many charges above 0, not wholly refunded, the customer paid through the partner.
pub async fn paid_charges(
    database: &impl ConnectionTrait,
    scope: &Scope,
    partner: PartnerId,
    customer: CustomerId,
) -> Result<i64, StoreError> {
    let row = visible::<partner_customer::Entity>(scope)
        .filter(partner_customer::Column::PartnerId.eq(partner.uuid()))
        .filter(partner_customer::Column::CustomerId.eq(customer.uuid()))
        .one(database)
        .await?;
    Ok(row.map_or(0, |row| row.paid_charges))
}

/// Counts a paid charge of the customer, or takes one back (`by` is 1 or -1); `before` is how many there were. The
/// customer is qualified while it has any.
pub fn count_paid_charge(
    writes: &mut Writes,
    tenant: TenantId,
    partner: PartnerId,
    customer: CustomerId,
    before: i64,
    by: i64,
) {
    use partner_customer::{Column, Entity, Model};
    let (tenant_id, partner_id, customer_id) = (tenant.uuid(), partner.uuid(), customer.uuid());
    let row = Model {
        tenant_id,
        partner_id,
        customer_id,
        paid_charges: before + by,
    };
    let conflict = OnConflict::columns([Column::TenantId, Column::PartnerId, Column::CustomerId])
        .update_column(Column::PaidCharges)
        .to_owned();
    writes.add::<Entity>(1, Entity::insert(row.into_active_model()).on_conflict(conflict));
    let qualified = i64::from(before + by > 0) - i64::from(before > 0);
    if qualified == 0 {
        return;
    }
    use partner_standing::Column as Standing;
    let added = Expr::col((partner_standing::Entity, Standing::QualifiedCustomers)).add(qualified);
    let row = partner_standing::Model {
        tenant_id,
        partner_id,
        qualified_customers: qualified,
    };
    let conflict = OnConflict::columns([Standing::TenantId, Standing::PartnerId])
        .value(Standing::QualifiedCustomers, added)
        .to_owned();
    let insert = partner_standing::Entity::insert(row.into_active_model()).on_conflict(conflict);
    writes.add::<partner_standing::Entity>(1, insert);
}
