//! PostgreSQL with the extension Citus, which spreads the rows of tenants over several servers: those of one tenant lie side
//! by side, on one server at a time. Tributary talks to the coordinator, which hands statements on.
//!
//! [`distribute()`] makes such a database of an ordinary one. What is different then, and nothing is where it was not called:
//!
//! - Sessions plan as Citus can route: it must know the tenant when it plans, and a generic plan knows no values.
//! - Names that must be unique across tenants, and by which tenants are found, are in tables of their own ([`directory`]), of
//!   which every server has a copy.
//! - The outbox is read in two statements ([`super::outbox`]): the coordinator's snapshot, and the rows from everywhere. Rows
//!   carry the number of the coordinator's transaction, and it ends after that of the tenant's server has: so whoever sees
//!   that it ended sees its rows. This holds because whatever appends to the outbox writes on one server only; a transaction
//!   of several servers would end on the coordinator first.

pub mod directory;
mod distribute;
mod state;

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use super::{Reader, StoreError, Transaction};
pub use distribute::{DistributeError, DistributeOutcome, distribute};
use domain::id::TenantId;
pub(super) use state::is_distributed;

/// Has a session's statements planned for the values that are bound. Left to itself, PostgreSQL tries after a while to plan for
/// all values at once, and Citus refuses some statements then instead of saying that it would be a bad plan.
pub(super) const PLAN: &str = "SET plan_cache_mode = force_custom_plan";

/// What is written otherwise for Citus: what no row fulfils, since it cannot route a join of which its planner sees at once that
/// it finds nothing; and planning for all values, which long work asks for.
const OTHERWISE: [(&str, &str); 2] = [
    ("(1 = 0)", "(now() IS NULL)"),
    (
        "plan_cache_mode = force_generic_plan",
        "plan_cache_mode = force_custom_plan",
    ),
];

/// A statement as Citus can route it.
pub(super) fn routable(sql: String) -> String {
    OTHERWISE
        .iter()
        .fold(sql, |sql, (here, there)| match sql.contains(here) {
            true => sql.replace(here, there),
            false => sql,
        })
}

/// Has the tenant stay where it is until the transaction ends. Citus would wait for what writes before it moves a tenant, but
/// not for what has only locked rows: those locks would be left behind, and the same rows locked by others where they are
/// now.
pub(super) async fn hold_place(transaction: &Transaction, tenant: TenantId) -> Result<(), StoreError> {
    /// ShareLock, as writes take it: any number may have it at once.
    const HOLD: &str = "SELECT lock_shard_metadata(5, ARRAY[get_shard_id_for_distribution_column('tenant', $1)])";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, HOLD, [tenant.uuid().into()]);
    transaction.execute_raw(statement).await?;
    Ok(())
}

/// What knows whether rows are spread over several servers.
pub trait Distributable: ConnectionTrait {
    fn is_distributed(&self) -> bool;
}

impl Distributable for Reader {
    fn is_distributed(&self) -> bool {
        match self {
            Self::Postgres(pool) => pool.is_distributed(),
            Self::Moment(transaction) => transaction.is_distributed(),
            // There are no standbys to read from where rows are spread.
            Self::Sqlite(_) | Self::Standby(_) => false,
        }
    }
}

impl Distributable for Transaction {
    fn is_distributed(&self) -> bool {
        self.is_on_citus()
    }
}
