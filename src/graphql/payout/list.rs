//! The payouts under a parent.

use std::sync::Arc;

use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::description::PAYOUT;
use super::object::Payout;
use crate::graphql::connection::{Connection, loaded};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ChildList, Listing, allowed, child_list};
use auth::Resource;
use domain::commission;
use store::page::RowPosition;
use store::payout::PayoutParent;

/// The payouts under each of many rows, as requested by the arguments of `ctx`'s field.
pub fn payout_pages(ctx: &Context<'_>, kind: PayoutParent) -> ServerResult<ChildList> {
    let scope = allowed(ctx, Resource::Payouts)?;
    let cursors = move |parent| Cursors::of((scope, kind, parent));
    let list = Listing::of(&PAYOUT, store::payout::list_under(kind));
    child_list(ctx, list, cursors, move |request, parent| {
        let of = kind;
        Box::pin(request.loaders().payout_counts.load(Under { parent, of }))
    })
}

/// The payouts under one parent.
pub fn payouts_of(
    ctx: &Context<'_>,
    kind: PayoutParent,
    parent: Uuid,
    page: &PageArguments,
) -> Result<Connection<Payout>, ApiError> {
    let scope = request(ctx).caller.read(Resource::Payouts)?;
    let cursors = Cursors::of((scope, kind, parent));
    let of = (kind, page.read(&cursors)?);
    Ok(loaded(
        cursors,
        |loaders| &loaders.payout_pages,
        Under { parent, of },
        |loaders| &loaders.payout_counts,
        Under { parent, of: kind },
        |payout: &Arc<commission::Payout>| RowPosition::of_id(payout.id),
    ))
}
