//! Taking locks on what is in force, in the one order of all locks (`lock_order`).

use sea_orm::sea_query::{ArrayType, Expr};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, Statement, Value};
use uuid::Uuid;

pub use super::lock_order::InForce;
use super::lock_order::{Lock, sorted};
use super::{Connection, StoreError};
use domain::id::TenantId;

/// Keeps others from changing this until the transaction ends.
pub async fn share(transaction: &Connection, tenant: TenantId, in_force: &[InForce]) -> Result<(), StoreError> {
    take(transaction, tenant, in_force, &[]).await
}

/// Waits for the transactions that decide by this, and makes later ones wait until this one ends. The time of a change
/// is to be taken afterwards: then times are in the order of what they decide.
pub async fn change(transaction: &Connection, tenant: TenantId, in_force: &[InForce]) -> Result<(), StoreError> {
    take(transaction, tenant, &[], in_force).await
}

/// [`share`], and then [`change`] for what comes later in the order, by one statement.
pub async fn take(
    transaction: &Connection,
    tenant: TenantId,
    shared: &[InForce],
    changed: &[InForce],
) -> Result<(), StoreError> {
    let (shared, changed) = (sorted(shared), sorted(changed));
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    // Without a table, so that Citus runs it where every gateway does. What stands first is evaluated first.
    let sql = "SELECT (SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1::bigint[]) AS key) AS shared,
        (SELECT count(pg_advisory_xact_lock(key)) FROM unnest($2::bigint[]) AS key) AS changed";
    let values = [keys(&shared, tenant), keys(&changed, tenant)];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    transaction.query_one_raw(statement).await?;
    let both = [(shared, false), (changed, true)];
    let locks = both
        .into_iter()
        .flat_map(|(locks, mode)| locks.into_iter().map(move |one| (Lock::InForce(one), mode)));
    transaction.hold(locks);
    Ok(())
}

/// Like [`share`], by a condition of the statement that locks rows next: it is evaluated before any row is. `None`:
/// there is nothing to add. The caller calls [`Connection::hold`] with [`shared`] afterwards.
pub(crate) async fn sharing(
    transaction: &Connection,
    tenant: TenantId,
    in_force: &[InForce],
) -> Result<Option<Expr>, StoreError> {
    if transaction.get_database_backend() != DbBackend::Postgres {
        return Ok(None);
    }
    if transaction.is_distributed() {
        // The statement runs on the tenant's server, which is another one after a move.
        share(transaction, tenant, in_force).await?;
        return Ok(None);
    }
    const SHARING: &str = "(SELECT count(pg_advisory_xact_lock_shared(key)) FROM unnest($1) AS key) >= 0";
    Ok(Some(Expr::cust_with_values(SHARING, [keys(&sorted(in_force), tenant)])))
}

/// What [`sharing`] has locked.
pub(crate) fn shared(in_force: &[InForce]) -> impl Iterator<Item = (Lock, bool)> {
    sorted(in_force).into_iter().map(|one| (Lock::InForce(one), false))
}

/// Notes that the row of an object was locked, in the place of its kind.
pub(crate) fn hold_object<E: EntityTrait + Default>(transaction: &Connection, id: Uuid) {
    let table = E::default().table_name();
    let lock = match table {
        "partner" => Lock::Partner(id),
        "customer" => Lock::Customer(id),
        "visitor" => Lock::Visitor(id),
        "event" => Lock::Event(id),
        _ => Lock::Object(table, id),
    };
    transaction.hold([(lock, true)].into_iter());
}

fn keys(in_force: &[InForce], tenant: TenantId) -> Value {
    let keys = in_force.iter().map(|one| Value::BigInt(Some(one.key(tenant))));
    Value::Array(ArrayType::BigInt, Some(Box::new(keys.collect())))
}
