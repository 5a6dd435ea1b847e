//! PostgreSQL with the extension Citus, which distributes the rows of tenants over several servers: those of one tenant
//! are colocated, on one server at a time. Tributary talks to the coordinator, which forwards statements.
//!
//! [`distribute()`] turns an ordinary database into such a one. This is what differs then; where it was not called,
//! nothing does:
//!
//! - Sessions plan so that Citus can route: it must know the tenant when it plans, and a generic plan knows no values.
//! - Names that must be unique across tenants, and by which tenants are found, are in tables of their own
//!   ([`directory`]), of which every server has a copy.
//! - The outbox is read in two statements ([`super::outbox`]): the coordinator's snapshot, and the rows from all
//!   servers. Rows carry the number of the coordinator's transaction, which ends after the one on the tenant's server
//!   has: so a reader that sees that it ended sees its rows. This holds because every transaction that appends to the
//!   outbox writes on one server only; a transaction over several servers would end on the coordinator first.

pub mod directory;
mod distribute;
pub(super) mod planning;
mod state;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{StoreError, Transaction};
pub use distribute::{DistributeError, DistributeOutcome, distribute};
use domain::id::TenantId;
pub(super) use state::is_distributed;

/// Keeps the tenant on its server until the transaction ends. Before it moves a tenant, Citus would wait for
/// transactions that write, but not for those that have only locked rows: those locks would be left behind, while
/// others lock the same rows on the new server.
pub(super) async fn hold_place(transaction: &Transaction, tenant: TenantId) -> Result<(), StoreError> {
    /// ShareLock, as writes take it: any number of transactions can hold it at once.
    const HOLD: &str = "SELECT lock_shard_metadata(5, ARRAY[get_shard_id_for_distribution_column('tenant', $1)])";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, HOLD, [tenant.uuid().into()]);
    transaction.execute_raw(statement).await?;
    Ok(())
}
