//! The totals of a statement. The present balance is known; what has happened since is subtracted from it, so that a
//! statement of last month costs what happened since it began, however long the history is.

use entity::commission::Column;
use entity::partner_balance;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QuerySelect};

use super::{MovementStep, rows, steps};
use crate::scope::visible;
use crate::{Connection, StoreError, row, sum};
use auth::Scope;
use domain::commission::CommissionStatus;
use domain::statement::{Account, MovementKind, Range, StatementSums, totals};

/// The rank of the present balance, among those of movements.
const NOW: i64 = -1;

/// The balance when the range began, and the movements in it. One statement.
pub async fn sums(
    database: &Connection,
    scope: &Scope,
    account: &Account,
    range: Range,
) -> Result<StatementSums, StoreError> {
    let backend = database.get_database_backend();
    let own = |name: &'static str| Expr::col(Alias::new(name));
    let since = terms(scope, account, |step| step.at.clone().gte(range.from));
    let mut statement = Query::select();
    statement.column(Alias::new("rank")).from_subquery(since, "since");
    sum::add(backend, &mut statement, own("minor"), "moved");
    let is_in_range = || own("at").lt(range.to);
    let counted: Expr = Expr::case(is_in_range(), Expr::cust("1")).into();
    let moved: Expr = Expr::case(is_in_range(), own("minor")).finally(Expr::val(0i64)).into();
    statement.expr_as(Expr::expr(Func::count(counted)), "count");
    sum::add(backend, &mut statement, moved, "in_range");
    statement.add_group_by([own("rank")]);

    let (mut opening, mut parts) = (0, Vec::new());
    for found in database.query_all(&statement).await? {
        let rank: i64 = found.try_get("", "rank")?;
        let moved = sum::read(&found, "moved")?;
        if rank == NOW {
            opening += moved;
            continue;
        }
        opening -= moved;
        let kind = row::text("commission", "kind", &rank.to_string(), |_| MovementKind::of_rank(rank))?;
        parts.push((kind, found.try_get("", "count")?, sum::read(&found, "in_range")?));
    }
    let totals = totals(parts);
    Ok(StatementSums { opening, totals })
}

/// The balance before everything that is `beyond`, as a sum of this name.
pub fn owed(
    backend: DbBackend,
    scope: &Scope,
    account: &Account,
    beyond: impl Fn(&MovementStep) -> Expr,
    name: &'static str,
) -> SelectStatement {
    let own = |name: &'static str| Expr::col(Alias::new(name));
    let mut statement = Query::select();
    statement.from_subquery(terms(scope, account, beyond), "since");
    let taken_off = Expr::val(0i64).sub(own("minor"));
    let signed = Expr::case(own("rank").eq(NOW), own("minor")).finally(taken_off);
    sum::add(backend, &mut statement, signed.into(), name);
    statement
}

/// The present balance, and the movements since: "at", "rank" and "minor".
fn terms(scope: &Scope, account: &Account, since: impl Fn(&MovementStep) -> Expr) -> SelectStatement {
    let mut terms = owed_now(scope, account);
    terms.unions(steps(account).map(|step| {
        let mut moved = rows(scope, account).filter(since(&step)).select_only();
        let statement = QuerySelect::query(&mut moved);
        statement
            .expr_as(step.at, "at")
            .expr_as(step.rank, "rank")
            .expr_as(step.minor, "minor");
        (UnionType::All, statement.take())
    }));
    terms
}

/// The present balance: it is stored for partners, and for individuals it is the sum of their open rows.
fn owed_now(scope: &Scope, account: &Account) -> SelectStatement {
    let (mut statement, minor) = match account.recipient {
        None => {
            use partner_balance::Column;
            let mut kept = visible::<partner_balance::Entity>(scope)
                .filter(Column::PartnerId.eq(account.partner.uuid()))
                .filter(Column::Currency.eq(account.currency.code()))
                .select_only();
            let [accrued, approved] =
                [Column::AccruedMinor, Column::ApprovedMinor].map(|sum| Expr::col(sum.as_column_ref()));
            (QuerySelect::query(&mut kept).take(), accrued.add(approved))
        }
        Some(_) => {
            let open = [CommissionStatus::Accrued, CommissionStatus::Approved].map(CommissionStatus::as_str);
            let mut open = rows(scope, account).filter(Column::Status.is_in(open)).select_only();
            (
                QuerySelect::query(&mut open).take(),
                Expr::col(Column::AmountMinor.as_column_ref()),
            )
        }
    };
    // Of the type of times, and never in a range.
    statement
        .expr_as(Expr::cust("CAST(NULL AS timestamptz)"), "at")
        .expr_as(Expr::cust(format!("CAST({NOW} AS bigint)")), "rank")
        .expr_as(minor, "minor");
    statement
}
