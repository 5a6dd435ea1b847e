//! Statements of partners and individuals: the totals of an account's rows in a range of time, and page by page the
//! movements.
//!
//! A range that is over does not change any more, once no writer with an earlier time is left: readers wait for those
//! first ([`wait_for_writers`]). After that, all statements about the range agree, whenever they are requested.

mod as_of;
mod movements;
mod sums;

use entity::commission::{Column, Entity};
use entity::{commission_assignment, partner, partner_history};
use sea_orm::sea_query::{Expr, ExprTrait, Func, LockType};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect, Select};
use uuid::Uuid;

use super::scope::visible;
use super::{Store, StoreError, many};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{CommissionKind, PaymentTarget};
use domain::statement::{Account, MovementKind};

pub use as_of::balances_as_of;
pub use movements::page;
pub use sums::sums;

/// Waits until no writer is left that could still record something about these partners before a moment that is over.
/// Times are assigned under the partner's lock and do not go back for one partner: where its history has gone further
/// there is no such writer, and otherwise the present holder of the lock is waited for. SQLite has one lock for all. A
/// reader of a snapshot has waited before it was taken.
pub async fn wait_for_writers(
    store: &Store,
    scope: &Scope,
    partners: &[Uuid],
    before: Timestamp,
) -> Result<(), StoreError> {
    if store.is_on_snapshot() {
        return Ok(());
    }
    let quiet = |database: sea_orm::DbBackend, ids: &[Uuid]| {
        let last = Expr::col(partner_history::Column::HistoryAt.as_column_ref());
        visible::<partner::Entity>(scope)
            .filter(many::one_of(database, partner::Column::Id.as_column_ref(), ids))
            .filter(last.clone().is_null().or(last.lt(before)))
            .order_by_asc(partner::Column::Id)
            .select_only()
            .column(partner::Column::Id)
    };
    let reader = store.reader();
    let backend = reader.get_database_backend();
    let waiting: Vec<Uuid> = quiet(backend, partners).into_tuple().all(reader).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    let transaction = store.begin_unaudited().await?;
    let locked = quiet(backend, &waiting).lock(LockType::Share);
    locked.into_tuple::<Uuid>().all(transaction.connection()).await?;
    transaction.rollback().await
}

/// The rows of an account that are visible to the caller.
fn rows(scope: &Scope, account: &Account) -> Select<Entity> {
    let target = match account.recipient {
        None => PaymentTarget::Partnership,
        Some(_) => PaymentTarget::Individual,
    };
    let select = visible::<Entity>(scope)
        .filter(Column::PartnerId.eq(account.partner.uuid()))
        .filter(Column::Currency.eq(account.currency.code()))
        .filter(Column::PaymentTarget.eq(target.as_str()));
    match &account.recipient {
        None => select,
        Some(recipient) => select.filter(Column::Recipient.eq(recipient)),
    }
}

/// A way in which rows move an account: when, as what, and by how much.
struct MovementStep {
    at: Expr,
    /// The rank of the movement's kind.
    rank: Expr,
    minor: Expr,
    /// The payout that paid the row, or whose money came back; null: neither.
    payout: Expr,
    is_entry: bool,
}

/// All the ways in which rows move an account.
fn steps(account: &Account) -> [MovementStep; 3] {
    let minor = || Expr::col(Column::AmountMinor.as_column_ref());
    let own = |column: Column| Expr::col(column.as_column_ref());
    let leaving = |column: Column, kind: MovementKind| MovementStep {
        at: own(column),
        rank: Expr::cust(format!("CAST({} AS bigint)", kind.rank())),
        minor: Expr::val(0i64).sub(minor()),
        // A reversed row is in no payout.
        payout: own(Column::PayoutId),
        is_entry: false,
    };
    let entering = MovementStep {
        at: entered_at(account),
        rank: entry_rank(),
        minor: minor(),
        payout: own(Column::ReturnedPayoutId),
        is_entry: true,
    };
    [
        entering,
        leaving(Column::ReversedAt, MovementKind::Reversed),
        leaving(Column::PaidAt, MovementKind::Paid),
    ]
}

/// When a row entered the account: for the partner itself when it accrued, for an individual when it was assigned, if
/// it was assigned later.
fn entered_at(account: &Account) -> Expr {
    let accrued_at = Expr::col(Column::AccruedAt.as_column_ref());
    match account.recipient {
        None => accrued_at,
        Some(_) => {
            let assigned_at = Expr::col(commission_assignment::Column::RecipientAssignedAt.as_column_ref());
            Expr::expr(Func::coalesce([assigned_at, accrued_at]))
        }
    }
}

fn entry_rank() -> Expr {
    let cases = CommissionKind::ALL.iter().map(|kind| {
        let rank = MovementKind::of_entry(*kind).rank();
        format!("WHEN '{}' THEN {rank}", kind.as_str())
    });
    let cases: Vec<_> = cases.collect();
    Expr::cust(format!(
        "CAST(CASE \"commission\".\"kind\" {} END AS bigint)",
        cases.join(" ")
    ))
}
