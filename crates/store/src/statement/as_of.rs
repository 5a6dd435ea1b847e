//! Balances as of a moment in the past.

use std::collections::HashMap;

use entity::{commission, payout};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, JoinType, Query, SelectStatement};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, QueryFilter, QueryResult, QuerySelect};
use uuid::Uuid;

use crate::scope::visible;
use crate::{Connection, StoreError, many, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::commission::{Balance, CommissionKind, PaymentTarget};
use domain::money::Currency;

const SUMS: [&str; 4] = ["accrued", "approved", "paid", "reversed"];
const RESERVED: &str = "reserved";

/// The balances of each partner before a moment, by currency: from the rows that existed, by their status then, and
/// what was reserved in open payouts. One statement; the caller has waited for writers with earlier times.
pub async fn balances_as_of(
    database: &Connection,
    scope: &Scope,
    partners: &[Uuid],
    at: Timestamp,
) -> Result<HashMap<Uuid, Vec<Balance>>, StoreError> {
    let backend = database.get_database_backend();
    let of = |table: &'static str, name: &str| Expr::col((Alias::new(table), Alias::new(name)));
    let mut statement = Query::select();
    statement
        .expr(of("owed", "partner_id"))
        .expr(of("owed", "currency"))
        .from_subquery(owed(backend, scope, partners, at), "owed")
        .join_subquery(
            JoinType::LeftJoin,
            held(backend, scope, partners, at),
            "held",
            of("held", "partner_id")
                .eq(of("owed", "partner_id"))
                .and(of("held", "currency").eq(of("owed", "currency"))),
        );
    for name in SUMS.iter().flat_map(|name| sum::columns(backend, name)) {
        statement.expr(of("owed", &name));
    }
    for name in sum::columns(backend, RESERVED) {
        statement.expr(of("held", &name));
    }
    let mut balances: HashMap<Uuid, Vec<Balance>> = HashMap::new();
    for row in database.query_all(&statement).await? {
        let of_partner = balances.entry(row.try_get("", "partner_id")?).or_default();
        of_partner.push(balance(&row)?);
    }
    for list in balances.values_mut() {
        list.sort_by_key(|balance| balance.currency);
    }
    Ok(balances)
}

/// The rows that existed, by their status at that moment, and what had come back.
fn owed(backend: DbBackend, scope: &Scope, partners: &[Uuid], at: Timestamp) -> SelectStatement {
    use commission::Column;
    let mut select = visible::<commission::Entity>(scope)
        .filter(many::one_of(backend, Column::PartnerId.as_column_ref(), partners))
        .filter(Column::PaymentTarget.eq(PaymentTarget::Partnership.as_str()))
        .filter(Column::AccruedAt.lt(at))
        .select_only()
        .columns([Column::PartnerId, Column::Currency]);
    let had = |column: Column| column.lt(at);
    let had_not = |column: Column| column.is_null().or(column.gte(at));
    let stays = || had_not(Column::PaidAt).and(had_not(Column::ReversedAt));
    let amount = || Expr::col(Column::AmountMinor.as_column_ref());
    let counted =
        |condition: Expr, amount: Expr| -> Expr { Expr::case(condition, amount).finally(Expr::val(0i64)).into() };
    // What came back was not paid after all.
    let came_back = counted(Column::Kind.eq(CommissionKind::Returned.as_str()), amount());
    let stood = [
        counted(had_not(Column::ApprovedAt).and(stays()), amount()),
        counted(had(Column::ApprovedAt).and(stays()), amount()),
        counted(had(Column::PaidAt), amount()).sub(came_back),
        counted(had(Column::ReversedAt), amount()),
    ];
    let statement = QuerySelect::query(&mut select);
    for (stood, name) in stood.into_iter().zip(SUMS) {
        sum::add(backend, statement, stood, name);
    }
    grouped(statement, [Column::PartnerId, Column::Currency])
}

/// What was in open payouts to the partners themselves.
fn held(backend: DbBackend, scope: &Scope, partners: &[Uuid], at: Timestamp) -> SelectStatement {
    use payout::Column;
    let mut select = visible::<payout::Entity>(scope)
        .filter(many::one_of(backend, Column::PartnerId.as_column_ref(), partners))
        .filter(Column::Recipient.is_null())
        .filter(Column::CreatedAt.lt(at))
        .filter(Column::SettledAt.is_null().or(Column::SettledAt.gte(at)))
        .select_only()
        .columns([Column::PartnerId, Column::Currency]);
    let statement = QuerySelect::query(&mut select);
    sum::add(
        backend,
        statement,
        Expr::col(Column::AmountMinor.as_column_ref()),
        RESERVED,
    );
    grouped(statement, [Column::PartnerId, Column::Currency])
}

fn grouped(statement: &mut SelectStatement, columns: [impl ColumnTrait; 2]) -> SelectStatement {
    statement.add_group_by(columns.map(|column| Expr::col(column.as_column_ref())));
    statement.take()
}

fn balance(found: &QueryResult) -> Result<Balance, StoreError> {
    let currency: String = found.try_get("", "currency")?;
    let currency: Currency = row::currency("commission", "currency", &currency)?;
    let read = |name| {
        let minor = sum::read(found, name)?;
        // It was a stored balance once, and stored balances are bounded.
        i64::try_from(minor).map_err(|_| StoreError::SumTooLarge)
    };
    let [accrued, approved, paid, reversed] = SUMS.map(read);
    Ok(Balance {
        currency,
        accrued: accrued?,
        approved: approved?,
        paid: paid?,
        reversed: reversed?,
        reserved: read(RESERVED)?,
    })
}
