//! In which of many intervals a value lies, found by the database by binary search.

use chrono::SecondsFormat;
use sea_orm::DbBackend;
use sea_orm::sea_query::{Expr, ExprTrait, Func, Value};

use domain::Timestamp;

/// The column of the number.
pub const INTERVAL: &str = "interval_number";

/// The number of the interval that contains a moment. Bounds N and N + 1 enclose interval N; the first and the last one
/// are not looked at, since the moment lies between them.
pub fn of_moment(backend: DbBackend, at: &Expr, bounds: &[Timestamp]) -> Expr {
    let inner = inner(bounds);
    match backend {
        DbBackend::Postgres => bucket(at, inner.iter().map(|bound| written(*bound)), "timestamptz"),
        _ => by_halves(at, inner, 0),
    }
}

/// The same of a day, such as 2026-07-31.
pub fn of_day(backend: DbBackend, day: &Expr, bounds: &[String]) -> Expr {
    let inner = inner(bounds);
    match backend {
        DbBackend::Postgres => bucket(day, inner.iter().cloned(), "text"),
        _ => by_halves(day, inner, 0),
    }
}

/// A moment as PostgreSQL reads it.
pub fn written(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn inner<T>(bounds: &[T]) -> &[T] {
    bounds.get(1..bounds.len().saturating_sub(1)).unwrap_or_default()
}

fn bucket(value: &Expr, bounds: impl Iterator<Item = String>, ty: &str) -> Expr {
    let bounds: Vec<_> = bounds.map(|bound| format!("\"{bound}\"")).collect();
    let bounds = Expr::cust(format!("'{{{}}}'::{ty}[]", bounds.join(",")));
    let number = Func::cust("width_bucket").arg(value.clone()).arg(bounds);
    Expr::expr(number).cast_as("bigint")
}

fn by_halves<T: Clone + Into<Value>>(value: &Expr, bounds: &[T], first: i64) -> Expr {
    if bounds.is_empty() {
        return Expr::val(first);
    }
    let middle = bounds.len() / 2;
    let (lower, upper) = (&bounds[..middle], &bounds[middle + 1..]);
    let is_lower = value.clone().lt(Expr::val(bounds[middle].clone()));
    let number = first + middle as i64 + 1;
    Expr::case(is_lower, by_halves(value, lower, first))
        .finally(by_halves(value, upper, number))
        .into()
}
