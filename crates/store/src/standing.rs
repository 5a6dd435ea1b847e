//! The inputs of group rules: a partner's lifetime value, and its number of customers with paid charges. Updated in the
//! transaction of each event; every writer holds the partner's lock.

use std::collections::{BTreeMap, HashMap};

use entity::{partner_customer, partner_lifetime_value, partner_standing};
use sea_orm::{ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder};
use uuid::Uuid;

use super::scope::visible;
use super::writes::{Conflict, Writes};
use super::{Connection, StoreError, load, many, row, view};
use auth::Scope;
use domain::id::{CustomerId, PartnerId, TenantId};
use domain::money::{Currency, Sum};

/// The lifetime values of each partner, by currency.
pub async fn lifetime_values_of(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
) -> Result<HashMap<Uuid, Vec<Sum>>, StoreError> {
    use partner_lifetime_value::Column;
    let one_of = many::among(database, Column::PartnerId, partners);
    let select = visible::<partner_lifetime_value::Entity>(scope)
        .filter(one_of)
        .order_by_asc(Column::Currency);
    let sum = |row: partner_lifetime_value::Model| {
        Ok(Sum {
            minor: row.amount_minor,
            currency: row::currency("partner_lifetime_value", "currency", &row.currency)?,
        })
    };
    load::grouped(database, select, |row| row.partner_id, sum).await
}

/// The lifetime values of partners, by currency.
pub fn lifetime_values() -> view::Family {
    use partner_lifetime_value::Column;
    view::Family {
        table: &view::PARTNER_LIFETIME_VALUE,
        parent: view::column(Column::PartnerId),
        through: None,
        order: view::Order::ascending(Column::Currency),
    }
}

/// Adds to lifetime values, in minor units.
pub fn add_lifetime_values(
    writes: &mut Writes,
    tenant: TenantId,
    values: impl IntoIterator<Item = (PartnerId, Currency, i64)>,
) {
    use partner_lifetime_value::Model;
    let mut sums: BTreeMap<_, i64> = BTreeMap::new();
    for (partner, currency, minor) in values {
        let sum = sums.entry((partner, currency)).or_default();
        // A sum beyond its bounds is rejected by the database.
        *sum = sum.saturating_add(minor);
    }
    let rows = sums.into_iter().map(|((partner, currency), minor)| {
        let row = Model {
            tenant_id: tenant.uuid(),
            partner_id: partner.uuid(),
            currency: currency.code().to_owned(),
            amount_minor: minor,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Add);
}

/// How many charges above 0 that are not fully refunded the customer paid through the partner.
pub async fn paid_charges(
    database: &Connection,
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

/// Like [`paid_charges`] for many, by partner and customer; pairs without any may be left out.
pub async fn paid_charges_of(
    database: &Connection,
    scope: &Scope,
    pairs: &[(PartnerId, CustomerId)],
) -> Result<HashMap<(PartnerId, CustomerId), i64>, StoreError> {
    use partner_customer::Column;
    let backend = database.get_database_backend();
    if pairs.is_empty() {
        return Ok(HashMap::new());
    }
    let mut pairs: Vec<_> = pairs
        .iter()
        .map(|(partner, customer)| (partner.uuid(), customer.uuid()))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let columns = [Column::PartnerId, Column::CustomerId].map(|column| column.as_column_ref());
    let rows = visible::<partner_customer::Entity>(scope)
        .filter(many::one_of_pairs(backend, columns, &pairs))
        .all(database)
        .await?;
    let counts = rows.into_iter().map(|row| {
        let pair = (
            PartnerId::from_uuid(row.partner_id),
            CustomerId::from_uuid(row.customer_id),
        );
        (pair, row.paid_charges)
    });
    Ok(counts.collect())
}

/// A change of the number of a customer's paid charges.
#[derive(Clone, Copy, Debug)]
pub struct PaidCharges {
    pub partner: PartnerId,
    pub customer: CustomerId,
    /// How many there were before.
    pub before: i64,
    /// How many are added; below 0: taken back.
    pub by: i64,
}

/// Writes how many paid charges customers have, and the resulting numbers of qualified customers: those who have any.
/// Of several entries for a partner and customer, the `before` of the first one counts.
pub fn count_paid_charges(writes: &mut Writes, tenant: TenantId, counted: impl IntoIterator<Item = PaidCharges>) {
    use partner_customer::Model;
    let mut sums: BTreeMap<_, PaidCharges> = BTreeMap::new();
    for counted in counted {
        let sum = sums.entry((counted.partner, counted.customer));
        sum.and_modify(|sum| sum.by += counted.by).or_insert(counted);
    }
    let rows = sums.values().map(|counted| {
        let row = Model {
            tenant_id: tenant.uuid(),
            partner_id: counted.partner.uuid(),
            customer_id: counted.customer.uuid(),
            paid_charges: counted.before + counted.by,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Replace);
    let mut qualified = BTreeMap::new();
    for counted in sums.values() {
        let now = i64::from(counted.before + counted.by > 0);
        *qualified.entry(counted.partner).or_insert(0) += now - i64::from(counted.before > 0);
    }
    let changed = qualified.into_iter().filter(|(_, change)| *change != 0);
    add_qualified_customers(writes, tenant, changed);
}

/// Adds to the numbers of customers with a paid charge; one entry per partner.
pub fn add_qualified_customers(
    writes: &mut Writes,
    tenant: TenantId,
    changes: impl IntoIterator<Item = (PartnerId, i64)>,
) {
    use partner_standing::Model;
    let rows = changes.into_iter().map(|(partner, change)| {
        let row = Model {
            tenant_id: tenant.uuid(),
            partner_id: partner.uuid(),
            qualified_customers: change,
        };
        row.into_active_model()
    });
    writes.add(rows, Conflict::Add);
}
