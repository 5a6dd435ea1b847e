//! The order of a report: by currency, the largest amount of either sign first, then by group. Each sort key is a
//! number, a text or an id, never null, and all of them ascend: so that one comparison of tuples finds what comes after
//! a position.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{DbBackend, Order};
use uuid::Uuid;

use super::Report;
use super::groups::column;
use crate::commission_totals::SUM;
use crate::intervals::INTERVAL;
use crate::page::PageRequest;
use crate::sum;
use domain::commission::{CommissionKind, CommissionStatus};
use domain::report::{Dimension, Group, ReportPosition};

/// The rows of a page, and one more. `summed` selects all groups.
pub fn page(
    backend: DbBackend,
    summed: SelectStatement,
    report: &Report,
    request: &PageRequest<ReportPosition>,
) -> SelectStatement {
    let sorted_by = sorted_by(backend, report);
    let (names, keys): (Vec<_>, Vec<_>) = sorted_by.into_iter().unzip();
    let mut keyed = Query::select();
    keyed.expr(Expr::cust("*")).from_subquery(summed, "summed");
    for (name, key) in names.iter().zip(keys) {
        keyed.expr_as(key, Alias::new(*name));
    }
    let order = match request.backward {
        true => Order::Desc,
        false => Order::Asc,
    };
    let own = || Expr::tuple(names.iter().map(|name| Expr::col(Alias::new(*name))));
    let mut statement = Query::select();
    statement.expr(Expr::cust("*")).from_subquery(keyed, "report");
    if let Some(place) = &request.after {
        statement.and_where(own().gt(Expr::tuple(values(backend, report, place))));
    }
    if let Some(place) = &request.before {
        statement.and_where(own().lt(Expr::tuple(values(backend, report, place))));
    }
    for name in &names {
        statement.order_by(Alias::new(*name), order.clone());
    }
    statement.limit(u64::from(request.limit) + 1);
    statement
}

const KEYS: [&str; 5] = ["by_partner", "by_campaign", "by_kind", "by_status", "by_link"];

/// The sort keys: their names and expressions.
fn sorted_by(backend: DbBackend, report: &Report) -> Vec<(&'static str, Expr)> {
    let own = |name: &str| Expr::col(Alias::new(name.to_owned()));
    let mut sorted_by = vec![("by_currency", own("currency"))];
    sorted_by.extend(sum::falling_size(backend, SUM));
    if report.has_intervals {
        sorted_by.push(("by_interval", own(INTERVAL)));
    }
    for dimension in &report.dimensions {
        let value = own(column(*dimension));
        let key = match dimension {
            Dimension::Partner => value,
            Dimension::Campaign | Dimension::Link => Expr::expr(Func::coalesce([value, Expr::val(Uuid::nil())])),
            Dimension::Kind => rank("kind", CommissionKind::ALL.iter().map(|kind| kind.as_str())),
            Dimension::Status => rank("status", CommissionStatus::ALL.iter().map(|status| status.as_str())),
        };
        sorted_by.push((KEYS[*dimension as usize], key));
    }
    sorted_by
}

/// The rank of a text among its possible values.
fn rank<'a>(column: &str, texts: impl Iterator<Item = &'a str>) -> Expr {
    let cases = texts
        .enumerate()
        .map(|(rank, text)| format!("WHEN '{text}' THEN {rank}"));
    let cases: Vec<_> = cases.collect();
    Expr::cust(format!("CAST(CASE \"{column}\" {} END AS bigint)", cases.join(" ")))
}

/// The sort keys of a position.
fn values(backend: DbBackend, report: &Report, place: &ReportPosition) -> Vec<Expr> {
    let Group {
        currency,
        interval,
        partner,
        campaign,
        kind,
        status,
        link,
    } = place.group;
    let mut values = vec![Expr::val(currency.code())];
    values.extend(sum::falling_size_of(backend, place.size));
    if report.has_intervals {
        values.push(Expr::val(i64::from(interval.unwrap_or(0))));
    }
    for dimension in &report.dimensions {
        values.push(match dimension {
            Dimension::Partner => Expr::val(partner.map_or(Uuid::nil(), |id| id.uuid())),
            Dimension::Campaign => Expr::val(campaign.map_or(Uuid::nil(), |id| id.uuid())),
            Dimension::Kind => Expr::val(kind.map_or(-1, |kind| kind as i64)),
            Dimension::Status => Expr::val(status.map_or(-1, |status| status as i64)),
            Dimension::Link => Expr::val(link.map_or(Uuid::nil(), |id| id.uuid())),
        });
    }
    values
}
