//! Statements of partners and individuals: what the rows of an account come to in a range of time, and page by page what
//! moved it.
//!
//! A range that is over does not change any more, once nobody is left who writes with an earlier time: whoever reads waits
//! for them first ([`wait_for_writers`]). After that, all statements about the range agree, whenever they are sent.

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

/// Waits until nobody is left who could still write that something happened to these partners before a moment that is
/// over. Times are given under the partner's lock and do not go back for one partner: where its history has gone further
/// there is nobody, and who holds the lock now is waited for. SQLite has one lock for all. Whoever reads at one moment has
/// waited before it.
pub async fn wait_for_writers(
    store: &Store,
    scope: &Scope,
    partners: &[Uuid],
    before: Timestamp,
) -> Result<(), StoreError> {
    if store.is_moment() {
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
    locked.into_tuple::<Uuid>().all(&transaction).await?;
    transaction.rollback().await
}

/// The rows of an account, as far as the caller sees them.
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

/// How rows move an account: when, as what, and by how much.
struct MovementStep {
    at: Expr,
    /// Of the kind of the movement.
    rank: Expr,
    minor: Expr,
    is_entry: bool,
}

/// All the ways in which rows move an account.
fn steps(account: &Account) -> [MovementStep; 3] {
    let minor = || Expr::col(Column::AmountMinor.as_column_ref());
    let leaving = |column: Column, kind: MovementKind| MovementStep {
        at: Expr::col(column.as_column_ref()),
        rank: Expr::cust(format!("CAST({} AS bigint)", kind.rank())),
        minor: Expr::val(0i64).sub(minor()),
        is_entry: false,
    };
    let entering = MovementStep {
        at: entered_at(account),
        rank: entry_rank(),
        minor: minor(),
        is_entry: true,
    };
    [
        entering,
        leaving(Column::ReversedAt, MovementKind::Reversed),
        leaving(Column::PaidAt, MovementKind::Paid),
    ]
}

/// When a row entered the account. Rows of the partner itself are nobody's before.
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
