//! The movements of an account, page by page.

use entity::commission::Column;
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, Order, QueryFilter, QueryResult, QuerySelect};
use uuid::Uuid;

use super::sums::owed;
use super::{MovementStep, rows, steps};
use crate::page::{Page, PageRequest, cut};
use crate::{Connection, StoreError, row, sum};
use auth::Scope;
use domain::Timestamp;
use domain::id::{CommissionId, PayoutId};
use domain::statement::{Account, Movement, MovementKind, MovementPosition, Range, with_balances, with_balances_up_to};

const COLUMNS: [&str; 5] = ["at", "rank", "id", "minor", "payout_id"];
const BALANCE: &str = "balance";

/// A page of an account's movements in a range, in order, each with the balance after it. One statement.
///
/// `balance` is the balance where the page begins: after the position `after`, or before the position `before` where it
/// is read `backward`. A caller that goes from page to page knows it from the page before; `None`: it is computed.
pub async fn page(
    database: &Connection,
    scope: &Scope,
    account: &Account,
    range: Range,
    request: &PageRequest<MovementPosition>,
    balance: Option<i128>,
) -> Result<Page<(Movement, i128)>, StoreError> {
    let backend = database.get_database_backend();
    let mut statement = moved(scope, account, range, request);
    if balance.is_none() {
        let bound = BalancePoint::of(range, request);
        let owed = owed(backend, scope, account, |step| bound.is_before(step), BALANCE);
        statement.from_subquery(owed, "owed").columns(
            sum::columns(backend, BALANCE)
                .into_iter()
                .map(|name| (Alias::new("owed"), Alias::new(name))),
        );
    }
    let found = database.query_all(&statement).await?;
    let balance = match (balance, found.first()) {
        (Some(balance), _) => balance,
        (None, Some(row)) => sum::read(row, BALANCE)?,
        (None, None) => 0,
    };
    let movements = found.iter().map(movement).collect::<Result<Vec<_>, _>>()?;
    let Page {
        items,
        has_next,
        has_previous,
    } = cut(movements, request);
    let items = match request.backward {
        true => with_balances_up_to(balance, items),
        false => with_balances(balance, items),
    };
    Ok(Page {
        items,
        has_next,
        has_previous,
    })
}

/// The movements of a page, and one more. Each way in which rows move is read along an index of its own, and no further
/// than the page goes.
fn moved(scope: &Scope, account: &Account, range: Range, request: &PageRequest<MovementPosition>) -> SelectStatement {
    let order = direction(request);
    let sorted = |statement: &mut SelectStatement| {
        for column in ["at", "rank", "id"] {
            statement.order_by(Alias::new(column), order.clone());
        }
        statement.limit(u64::from(request.limit) + 1);
    };
    let branch = |step: MovementStep| {
        let mut select = rows(scope, account)
            .filter(is_within(&step, range, request))
            .select_only();
        let statement = QuerySelect::query(&mut select);
        if let Some(reach) = reach(scope, account, &step, range, request) {
            statement.and_where(reach);
        }
        statement
            .expr_as(step.at, "at")
            .expr_as(step.rank, "rank")
            .column(Column::Id)
            .expr_as(step.minor, "minor")
            .expr_as(step.payout, "payout_id");
        sorted(statement);
        Query::select()
            .columns(COLUMNS.map(Alias::new))
            .from_subquery(statement.take(), "moved")
            .take()
    };
    let [first, rest @ ..] = steps(account).map(branch);
    let mut all = first;
    all.unions(rest.into_iter().map(|branch| (UnionType::All, branch)));
    let mut statement = Query::select();
    statement
        .columns(COLUMNS.map(|name| (Alias::new("movement"), Alias::new(name))))
        .from_subquery(all, "movement");
    sorted(&mut statement);
    statement
}

fn direction(request: &PageRequest<MovementPosition>) -> Order {
    match request.backward {
        true => Order::Desc,
        false => Order::Asc,
    }
}

/// How far entries must be read, where an index has them in the order of their time but not in that of their kinds: up
/// to the time of the page's last one by time alone, instead of all of the range, which would then be sorted.
fn reach(
    scope: &Scope,
    account: &Account,
    step: &MovementStep,
    range: Range,
    request: &PageRequest<MovementPosition>,
) -> Option<Expr> {
    if account.recipient.is_some() || !step.is_entry {
        return None;
    }
    let mut last = rows(scope, account)
        .filter(is_within(step, range, request))
        .select_only();
    let last = QuerySelect::query(&mut last)
        .expr(step.at.clone())
        .order_by_expr(step.at.clone(), direction(request))
        .limit(1)
        .offset(u64::from(request.limit))
        .take();
    let last = Expr::SubQuery(None, Box::new(last.into()));
    let up_to = |end: Timestamp| Expr::expr(Func::coalesce([last, Expr::val(end)]));
    Some(match request.backward {
        false => step.at.clone().lte(up_to(range.to)),
        true => step.at.clone().gte(up_to(range.from)),
    })
}

/// Whether a step lies in the range, and in the requested part of it. The conditions on its time alone are nearly as
/// selective, and indexes can use them.
fn is_within(step: &MovementStep, range: Range, request: &PageRequest<MovementPosition>) -> Expr {
    let (at, after, before) = (|| step.at.clone(), &request.after, &request.before);
    let from = after.map_or(range.from, |place| Ord::max(place.at, range.from));
    let mut within = at().gte(from).and(at().lt(range.to));
    if let Some(place) = after {
        within = within.and(place_of(step).gt(tuple(place)));
    }
    if let Some(place) = before {
        within = within.and(at().lte(place.at)).and(place_of(step).lt(tuple(place)));
    }
    within
}

fn place_of(step: &MovementStep) -> Expr {
    let id = Expr::col(Column::Id.as_column_ref());
    Expr::tuple([step.at.clone(), step.rank.clone(), id])
}

fn tuple(place: &MovementPosition) -> Expr {
    let MovementPosition { at, kind, row } = place;
    Expr::tuple([Expr::val(*at), Expr::val(kind.rank()), Expr::val(row.uuid())])
}

/// The point for which a balance is computed.
enum BalancePoint {
    /// Before everything that happened at this moment.
    Moment(Timestamp),
    Before(MovementPosition),
    Behind(MovementPosition),
}

impl BalancePoint {
    /// Where a page begins, in the direction in which it is read.
    fn of(range: Range, request: &PageRequest<MovementPosition>) -> Self {
        match (request.backward, request.after, request.before) {
            (false, Some(place), _) => Self::Behind(place),
            (false, None, _) => Self::Moment(range.from),
            (true, _, Some(place)) => Self::Before(place),
            (true, _, None) => Self::Moment(range.to),
        }
    }

    /// Whether the point is before a step.
    fn is_before(&self, step: &MovementStep) -> Expr {
        let at = || step.at.clone();
        match self {
            Self::Moment(moment) => at().gte(*moment),
            Self::Before(place) => at().gte(place.at).and(place_of(step).gte(tuple(place))),
            Self::Behind(place) => at().gte(place.at).and(place_of(step).gt(tuple(place))),
        }
    }
}

fn movement(found: &QueryResult) -> Result<Movement, StoreError> {
    let rank: i64 = found.try_get("", "rank")?;
    let kind = row::text("commission", "kind", &rank.to_string(), |_| MovementKind::of_rank(rank))?;
    let payout: Option<Uuid> = found.try_get("", "payout_id")?;
    Ok(Movement {
        place: MovementPosition {
            at: found.try_get("", "at")?,
            kind,
            row: CommissionId::from_uuid(found.try_get("", "id")?),
        },
        minor: found.try_get("", "minor")?,
        payout: payout.map(PayoutId::from_uuid),
    })
}
