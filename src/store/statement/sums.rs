//! What a statement adds up to: one walk over what the account was ever owed.

use entity::commission::Column;
use sea_orm::sea_query::{Expr, ExprTrait, Func};
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};

use super::{Step, rows, steps};
use crate::auth::Scope;
use crate::domain::commission::CommissionKind;
use crate::domain::statement::{Account, MovementKind, Range, Sums, totals};
use crate::store::{StoreError, row, sum};

/// What was owed when the range began, and what happened in it. One statement.
pub async fn sums(
    database: &impl ConnectionTrait,
    scope: &Scope,
    account: &Account,
    range: Range,
) -> Result<Sums, StoreError> {
    let backend = database.get_database_backend();
    let mut select = rows(scope, account)
        // Nothing moves before it accrued.
        .filter(Column::AccruedAt.lt(range.to))
        .select_only()
        .column(Column::Kind);
    let statement = QuerySelect::query(&mut select);
    let [entered, reversed, paid] = &steps(account);
    let where_it = |moved: Expr, step: &Step| -> Expr {
        let moved = Expr::case(moved, step.minor.clone());
        moved.finally(Expr::val(0i64)).into()
    };
    let before = |step: &Step| where_it(step.at.clone().lt(range.from), step);
    let opening = before(entered).add(before(reversed)).add(before(paid));
    sum::add(backend, statement, opening, "opening");
    for (step, [count, minor]) in [(entered, ENTERED), (reversed, REVERSED), (paid, PAID)] {
        let is_in_range = || step.at.clone().gte(range.from).and(step.at.clone().lt(range.to));
        let counted: Expr = Expr::case(is_in_range(), Expr::cust("1")).into();
        statement.expr_as(Expr::expr(Func::count(counted)), count);
        sum::add(backend, statement, where_it(is_in_range(), step), minor);
    }
    statement.add_group_by([Expr::col(Column::Kind.as_column_ref())]);

    let (mut opening, mut parts) = (0, Vec::new());
    for found in database.query_all(statement).await? {
        let kind: String = found.try_get("", "kind")?;
        let kind = row::text("commission", "kind", &kind, CommissionKind::parse)?;
        opening += sum::read(&found, "opening")?;
        for (kind, [count, minor]) in [
            (MovementKind::of_entry(kind), ENTERED),
            (MovementKind::Reversed, REVERSED),
            (MovementKind::Paid, PAID),
        ] {
            parts.push((kind, found.try_get("", count)?, sum::read(&found, minor)?));
        }
    }
    let totals = totals(parts);
    Ok(Sums { opening, totals })
}

/// The names of counts and sums.
const ENTERED: [&str; 2] = ["entered_count", "entered"];
const REVERSED: [&str; 2] = ["reversed_count", "reversed"];
const PAID: [&str; 2] = ["paid_count", "paid"];
