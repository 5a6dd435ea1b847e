//! Lists of commissions: connections with totals, and series over time.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, ServerResult, SimpleObject};
use futures::future::BoxFuture;
use uuid::Uuid;

use super::object::{COMMISSION, Commission, CommissionFilter, CommissionStatus};
use crate::auth::{Resource, Scope};
use crate::domain::commission;
use crate::domain::id::CommissionId;
use crate::graphql::connection::{Connection, Edge, PageArguments, PageInfo, placed};
use crate::graphql::context::{RequestContext, request};
use crate::graphql::cursor::Cursors;
use crate::graphql::error::{ApiError, Nullable, nullable};
use crate::graphql::interval::{Bounds, SeriesInterval};
use crate::graphql::loader::{CommissionPageKey, CommissionsKey};
use crate::graphql::money::Money;
use crate::graphql::order::{CommissionOrder, within_currency};
use crate::graphql::rows::{Listing, Pages, Shown, Under, server_error};
use crate::graphql::scalar::{CurrencyCode, DateTime, Decimal};
use crate::store;
use crate::store::commission::{CommissionFilter as StoreFilter, CommissionOrder as StoreOrder, Parent};
use crate::store::commission_totals::Total;
use crate::store::order::Sorted;
use crate::store::page::{Page, PageRequest, Place, SortKey};

type ReadTotals = Box<dyn for<'a> Fn(&'a RequestContext) -> BoxFuture<'a, Result<Vec<Total>, ApiError>> + Send + Sync>;

/// A page of commissions, with totals of the whole list.
pub struct CommissionConnection {
    list: Connection<Commission>,
    read_totals: ReadTotals,
}

/// A page of commissions, with totals of the whole list.
#[Object]
impl CommissionConnection {
    /// The page's entries, each with its cursor.
    async fn edges(&self, ctx: &Context<'_>) -> Result<Vec<Edge<Commission>>, ApiError> {
        Ok(self.list.page(request(ctx)).await?.items.clone())
    }

    /// The page's entries themselves.
    async fn nodes(&self, ctx: &Context<'_>) -> Result<Vec<Commission>, ApiError> {
        Ok(self
            .list
            .page(request(ctx))
            .await?
            .items
            .iter()
            .map(|edge| edge.node.clone())
            .collect())
    }

    /// Where the page stands in the list.
    async fn page_info(&self, ctx: &Context<'_>) -> Result<PageInfo, ApiError> {
        Ok(PageInfo::of(self.list.page(request(ctx)).await?))
    }

    /// How many entries the whole list has; counted only when asked for.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<u64, ApiError> {
        self.list.count(request(ctx)).await
    }

    /// Counts and sums of the whole list by status and currency; summed only when asked for.
    async fn totals(&self, ctx: &Context<'_>) -> Result<Vec<CommissionTotal>, ApiError> {
        let request = request(ctx);
        let read = (self.read_totals)(request);
        let totals = request.counted.totals.get(self.list.fingerprint(), read).await?;
        Ok(totals.into_iter().map(CommissionTotal::from).collect())
    }
}

/// The commissions of one status and currency.
#[derive(Clone, SimpleObject)]
pub struct CommissionTotal {
    /// Their status.
    pub status: CommissionStatus,
    /// Their currency.
    pub currency: CurrencyCode,
    /// How many there are.
    pub count: i64,
    /// Their sum.
    pub total: Money,
    /// Their sum, in units of the currency.
    #[graphql(deprecation = "use total; may be gone from 2027-12-01")]
    pub amount: Decimal,
}

impl From<Total> for CommissionTotal {
    fn from(total: Total) -> Self {
        let sum = Money::of_sum(total.minor, total.currency);
        Self {
            status: total.status.into(),
            currency: sum.currency,
            count: total.count,
            total: sum,
            amount: sum.amount,
        }
    }
}

fn place(row: &commission::Commission, order: StoreOrder) -> Place {
    let key = match order {
        StoreOrder::AccruedAt => SortKey::Time(row.accrued_at),
        StoreOrder::Amount => SortKey::Integer(row.amount.minor()),
    };
    Place {
        key: Some(key),
        id: row.id.uuid(),
    }
}

/// What a list of commissions is asked for by.
pub struct Asked {
    pub filter: Arc<StoreFilter>,
    sorted: Sorted<StoreOrder>,
}

impl Asked {
    pub fn read(filter: Option<CommissionFilter>, order_by: Option<CommissionOrder>) -> Result<Self, ApiError> {
        let filter = Arc::new(filter.unwrap_or_default().read()?);
        let sorted = CommissionOrder::read(order_by);
        if sorted.by == StoreOrder::Amount {
            within_currency("AMOUNT", filter.currency)?;
        }
        Ok(Self { filter, sorted })
    }

    /// The cursors of the list of all commissions.
    pub fn cursors_of_all(&self, scope: Scope) -> Cursors {
        let Sorted { by, descending } = self.sorted;
        self.cursors((scope, "commissions", &self.filter, by, descending))
    }

    /// The cursors of the list under a parent.
    pub fn cursors_under(&self, scope: Scope, kind: Parent, parent: Uuid) -> Cursors {
        let Sorted { by, descending } = self.sorted;
        self.cursors((scope, kind, parent, &self.filter, by, descending))
    }

    fn cursors(&self, list: impl std::fmt::Debug) -> Cursors {
        Cursors::of(list).sorted_by(self.sorted.example())
    }
}

/// The commissions under some parent.
pub fn under(
    ctx: &Context<'_>,
    kind: Parent,
    parent: Uuid,
    page: &PageArguments,
    filter: Option<CommissionFilter>,
    order_by: Option<CommissionOrder>,
) -> Result<CommissionConnection, ApiError> {
    let scope = request(ctx).caller.read(Resource::Commissions)?;
    let asked = Asked::read(filter, order_by)?;
    let cursors = asked.cursors_under(scope, kind, parent);
    let page = page.read(&cursors)?;
    Ok(connection_under(&asked, (kind, parent), cursors, page))
}

/// The commissions under each of many rows, as the field of `ctx` asks for them.
pub fn commissions_under(ctx: &Context<'_>, kind: Parent) -> ServerResult<Under> {
    let wrong = |error: ApiError| server_error(error, ctx.item);
    let scope = request(ctx)
        .caller
        .read(Resource::Commissions)
        .map_err(|denied| wrong(denied.into()))?;
    let (_, filter) = ctx.param_value("filter", None)?;
    let (_, order_by) = ctx.param_value("orderBy", None)?;
    let asked = Arc::new(Asked::read(filter, order_by).map_err(wrong)?);
    let of_parents = asked.clone();
    let cursors = move |parent| of_parents.cursors_under(scope, kind, parent);
    Ok(Under {
        listing: listing(Some(kind), &asked),
        arguments: PageArguments::of(ctx)?,
        cursors: Box::new(cursors),
        whole: Box::new(move |parent| {
            let (cursors, nothing) = (asked.cursors_under(scope, kind, parent), PageRequest::nothing());
            Box::new(connection_under(&asked, (kind, parent), cursors, nothing))
        }),
    })
}

fn listing(kind: Option<Parent>, asked: &Asked) -> Listing {
    Listing {
        to: &COMMISSION,
        connection: "CommissionConnection",
        edge: "CommissionEdge",
        list: store::commission::list(kind, asked.filter.clone(), asked.sorted),
    }
}

fn connection_under(
    asked: &Asked,
    (kind, parent): (Parent, Uuid),
    cursors: Cursors,
    page: PageRequest,
) -> CommissionConnection {
    let (filter, sorted) = (asked.filter.clone(), asked.sorted);
    let key = CommissionsKey { kind, filter, parent };
    let (counted, totalled) = (key.clone(), key.clone());
    let list = Connection::new(
        cursors,
        move |request| {
            let key = CommissionPageKey {
                list: key.clone(),
                sorted,
                request: page.clone(),
            };
            Box::pin(async move {
                let page = request
                    .loaders()
                    .commission_pages
                    .load(key)
                    .await?
                    .unwrap_or_else(Page::empty);
                Ok(placed(page, |row| place(row, sorted.by)))
            })
        },
        move |request| {
            let key = counted.clone();
            Box::pin(async move { Ok(request.loaders().commission_counts.load(key).await?.unwrap_or(0)) })
        },
    );
    let read_totals: ReadTotals = Box::new(move |request| {
        let key = totalled.clone();
        Box::pin(async move {
            let totals = request.loaders().commission_totals.load(key).await?;
            Ok(totals.map(Arc::unwrap_or_clone).unwrap_or_default())
        })
    });
    CommissionConnection { list, read_totals }
}

/// What happened in one interval with one status and currency.
#[derive(Clone, SimpleObject)]
pub struct SeriesPoint {
    /// When the interval starts, in the tenant's time zone.
    pub start: DateTime,
    /// The status that the commissions have now.
    pub status: CommissionStatus,
    /// Their currency.
    pub currency: CurrencyCode,
    /// How many accrued in the interval.
    pub count: i64,
    /// Their sum.
    pub total: Money,
    /// Their sum, in units of the currency.
    #[graphql(deprecation = "use total; may be gone from 2027-12-01")]
    pub amount: Decimal,
}

#[derive(Default)]
pub struct CommissionQuery;

#[Object]
impl CommissionQuery {
    /// One commission; null if there is none.
    async fn commission(&self, ctx: &Context<'_>, #[graphql(desc = "Its id.")] id: ID) -> Nullable<Shown<Commission>> {
        nullable(async { Shown::row(ctx, id.parse::<CommissionId>()?.uuid()) }).await
    }

    /// The commissions, newest first where no other order is asked for.
    #[expect(clippy::too_many_arguments, reason = "the contract's arguments")]
    async fn commissions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, 0 to 500; 20 by default.")] first: Option<i32>,
        #[graphql(desc = "Only those behind this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 500.")] last: Option<i32>,
        #[graphql(desc = "Only those before this cursor.")] before: Option<String>,
        #[graphql(desc = "Which ones.")] filter: Option<CommissionFilter>,
        #[graphql(desc = "In which order.")] order_by: Option<CommissionOrder>,
    ) -> Result<Pages<CommissionConnection>, ApiError> {
        let scope = request(ctx).caller.read(Resource::Commissions)?;
        let asked = Asked::read(filter, order_by)?;
        let cursors = asked.cursors_of_all(scope);
        let page = PageArguments::new(first, after, last, before).read(&cursors)?;
        let shown = listing(None, &asked).asked(&page, &cursors);
        let Asked { filter, sorted } = asked;
        let (counted, totalled) = (filter.clone(), filter.clone());
        let list = Connection::new(
            cursors,
            move |request| {
                let (filter, page) = (filter.clone(), page.clone());
                Box::pin(async move {
                    let page =
                        store::commission::page(request.store().reader(), &scope, &filter, sorted, &page).await?;
                    Ok(placed(page, |row| place(row, sorted.by)))
                })
            },
            move |request| {
                let filter = counted.clone();
                Box::pin(async move { Ok(store::commission::count(request.store().reader(), &scope, &filter).await?) })
            },
        );
        let read_totals: ReadTotals = Box::new(move |request| {
            let filter = totalled.clone();
            Box::pin(
                async move { Ok(store::commission_totals::totals(request.store().reader(), &scope, &filter).await?) },
            )
        });
        Ok(Pages::of(shown, CommissionConnection { list, read_totals }))
    }

    /// Counts and sums of the commissions that accrued in each interval of a range, by their present status and
    /// currency; intervals without any are left out. At most 400 intervals.
    async fn commission_series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The length of an interval.")] interval: SeriesInterval,
        #[graphql(desc = "The start of the range; the interval that it lies in starts earlier and is cut.")]
        from: DateTime,
        #[graphql(desc = "The end of the range, exclusive.")] to: DateTime,
        #[graphql(desc = "Which commissions.")] filter: Option<CommissionFilter>,
    ) -> Result<Vec<SeriesPoint>, ApiError> {
        let request = request(ctx);
        let scope = request.caller.read(Resource::Commissions)?;
        let filter = filter.unwrap_or_default().read()?;
        let Bounds { starts, bounds } = Bounds::read(request, Some(interval), from, to).await?;
        let list = Cursors::of((scope, "commissionSeries", &filter, &bounds)).fingerprint();
        let read = async {
            let points = store::commission_totals::series(request.store().reader(), &scope, &filter, &bounds).await?;
            Ok(Arc::new(points))
        };
        let points = request.counted.series.get(list, read).await?;
        let points = points.iter().filter_map(|&(interval, total)| {
            let sum = Money::of_sum(total.minor, total.currency);
            Some(SeriesPoint {
                start: DateTime(*starts.get(interval)?),
                status: total.status.into(),
                currency: sum.currency,
                count: total.count,
                total: sum,
                amount: sum.amount,
            })
        });
        Ok(points.collect())
    }
}
