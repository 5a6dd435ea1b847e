//! Exact sums of any size. PostgreSQL's SUM of bigint is a numeric, which is read as text; SQLite's fails beyond 64
//! bits, so that both halves of the numbers are summed.

use sea_orm::sea_query::{Expr, ExprTrait, Func, SelectStatement};
use sea_orm::{DbBackend, QueryResult};

use super::{StoreError, row};

/// The bits of half a number, and the largest lower half.
const HALF: i64 = 32;
const MASK: i64 = (1 << HALF) - 1;

/// The columns that hold a sum of this name.
pub fn columns(backend: DbBackend, name: &str) -> Vec<String> {
    match backend {
        DbBackend::Postgres => vec![name.to_owned()],
        _ => vec![half(name, "upper"), half(name, "lower")],
    }
}

/// The column of the upper or the lower halves of a sum.
fn half(name: &str, half: &str) -> String {
    format!("{name}_{half}")
}

/// Selects the sum of `amount`, whole minor units, under this name.
pub fn add(backend: DbBackend, statement: &mut SelectStatement, amount: Expr, name: &str) {
    match backend {
        DbBackend::Postgres => {
            statement.expr_as(Expr::expr(Func::sum(amount)).cast_as("text"), name.to_owned());
        }
        _ => {
            let upper = amount.clone().right_shift(HALF);
            let lower = amount.bit_and(MASK);
            statement
                .expr_as(Expr::expr(Func::sum(upper)), half(name, "upper"))
                .expr_as(Expr::expr(Func::sum(lower)), half(name, "lower"));
        }
    }
}

/// The sum of this name in a row; 0 where there was nothing to add.
pub fn read(row: &QueryResult, name: &'static str) -> Result<i128, StoreError> {
    // A missing column reads as null.
    if let Ok(Some(upper)) = row.try_get::<Option<i64>>("", &half(name, "upper")) {
        let lower: i64 = row.try_get("", &half(name, "lower"))?;
        return Ok((i128::from(upper) << HALF) + i128::from(lower));
    }
    let text: Option<String> = row.try_get("", name)?;
    text.map_or(Ok(0), |text| row::text("sum", name, &text, |text| text.parse().ok()))
}

/// Sort keys for rows by the absolute value of a sum of this name, the largest first: ascending numbers.
pub fn falling_size(backend: DbBackend, name: &str) -> Vec<(&'static str, Expr)> {
    match backend {
        DbBackend::Postgres => vec![("by_size", Expr::cust(format!("-ABS(CAST(\"{name}\" AS numeric))")))],
        _ => {
            // The lower halves may have added up to more than a half, which is carried over; then both become the
            // halves of -1 times the size.
            let [upper, lower] = ["upper", "lower"].map(|which| half(name, which));
            let (upper, lower) = (
                format!("(\"{upper}\" + (\"{lower}\" >> {HALF}))"),
                format!("(\"{lower}\" & {MASK})"),
            );
            let falling_upper = format!("CASE WHEN {upper} < 0 THEN {upper} + ({lower} > 0) ELSE -{upper} END");
            let falling_lower =
                format!("CASE WHEN {upper} < 0 AND {lower} > 0 THEN {lower} - {MASK} - 1 ELSE -{lower} END");
            vec![
                ("by_size", Expr::cust(falling_upper)),
                ("by_lower_half_of_size", Expr::cust(falling_lower)),
            ]
        }
    }
}

/// The same sort keys for a known size, below 2^95.
pub fn falling_size_of(backend: DbBackend, size: u128) -> Vec<Expr> {
    match backend {
        DbBackend::Postgres => vec![Expr::val(format!("-{size}")).cast_as("numeric")],
        _ => {
            let [upper, lower] = [size >> HALF, size & MASK as u128];
            let number = |half: u128| i64::try_from(half).unwrap_or(i64::MAX);
            vec![Expr::val(-number(upper)), Expr::val(-number(lower))]
        }
    }
}
