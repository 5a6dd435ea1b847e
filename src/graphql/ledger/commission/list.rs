//! Lists of commissions: all of them, or those under a parent.

use std::sync::Arc;

use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::description::COMMISSION;
use super::filter::CommissionFilter;
use super::whole_list::WholeList;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::order::{CommissionOrder, within_currency};
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ChildList, FieldDescription, Listing, argument, page_with, server_error};
use auth::{Resource, Scope};
use store::commission::{CommissionFilter as StoreFilter, CommissionOrder as StoreOrder, CommissionParent};
use store::order::Sorted;

/// The filter and the order of a list of commissions.
pub struct CommissionSelection {
    pub filter: Arc<StoreFilter>,
    pub(super) sorted: Sorted<StoreOrder>,
}

impl CommissionSelection {
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
    pub fn cursors_under(&self, scope: Scope, kind: CommissionParent, parent: Uuid) -> Cursors {
        let Sorted { by, descending } = self.sorted;
        self.cursors((scope, kind, parent, &self.filter, by, descending))
    }

    fn cursors(&self, list: impl std::fmt::Debug) -> Cursors {
        Cursors::of(list).sorted_by(self.sorted.example())
    }
}

/// A list of commissions under each row of a kind; with the paging arguments, a filter and an order.
pub fn commissions_under(list: fn(&Context<'_>) -> ServerResult<ChildList>) -> FieldDescription {
    page_with(
        |registry| {
            let mut arguments = PageArguments::declared(registry);
            arguments.push(argument::<Option<CommissionFilter>>(
                registry,
                "filter",
                "Only entries that match this filter.",
            ));
            arguments.push(argument::<Option<CommissionOrder>>(
                registry,
                "orderBy",
                "The order of the list.",
            ));
            arguments
        },
        list,
    )
}

/// The commissions under each of many rows, as requested by the arguments of `ctx`'s field.
pub fn commission_pages(ctx: &Context<'_>, kind: CommissionParent) -> ServerResult<ChildList> {
    let wrong = |error: ApiError| server_error(error, ctx.item);
    let scope = request(ctx)
        .caller
        .read(Resource::Commissions)
        .map_err(|denied| wrong(denied.into()))?;
    let (_, filter) = ctx.param_value("filter", None)?;
    let (_, order_by) = ctx.param_value("orderBy", None)?;
    let selection = Arc::new(CommissionSelection::read(filter, order_by).map_err(wrong)?);
    let of_parents = selection.clone();
    let cursors = move |parent| of_parents.cursors_under(scope, kind, parent);
    Ok(ChildList {
        listing: listing(Some(kind), &selection),
        arguments: PageArguments::of(ctx)?,
        cursors: Box::new(cursors),
        whole: Box::new(move |parent| {
            let of = (kind, selection.filter.clone());
            Box::new(WholeList::Under(Under { parent, of }))
        }),
    })
}

pub(super) fn listing(kind: Option<CommissionParent>, selection: &CommissionSelection) -> Listing {
    Listing::of(
        &COMMISSION,
        store::commission::list(kind, selection.filter.clone(), selection.sorted),
    )
}
