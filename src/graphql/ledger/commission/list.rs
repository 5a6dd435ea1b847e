//! Lists of commissions: all of them, or those under a parent.

use std::sync::Arc;

use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::connection::{CommissionConnection, ReadTotals};
use super::description::COMMISSION;
use super::filter::CommissionFilter;
use crate::auth::{Resource, Scope};
use crate::domain::commission;
use crate::graphql::connection::{Connection, placed};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::{CommissionPageKey, CommissionsKey};
use crate::graphql::order::{CommissionOrder, within_currency};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{Listing, Under, server_error};
use crate::store;
use crate::store::commission::{CommissionFilter as StoreFilter, CommissionOrder as StoreOrder, Parent};
use crate::store::order::Sorted;
use crate::store::page::{Page, PageRequest, Place, SortKey};

pub(super) fn place(row: &commission::Commission, order: StoreOrder) -> Place {
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
    pub(super) sorted: Sorted<StoreOrder>,
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

pub(super) fn listing(kind: Option<Parent>, asked: &Asked) -> Listing {
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
