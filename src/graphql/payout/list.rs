//! The payouts under a parent.

use async_graphql::{Context, ServerResult};
use uuid::Uuid;

use super::description::PAYOUT;
use super::object::Payout;
use crate::graphql::connection::{Connection, placed};
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::error::ApiError;
use crate::graphql::loader::Under;
use crate::graphql::page_arguments::PageArguments;
use crate::graphql::rows::{ChildList, Listing, allowed, child_list};
use auth::Resource;
use store::page::{Page, RowPosition};
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
    let page = page.read(&cursors)?;
    Ok(Connection::new(
        cursors,
        move |request| {
            let of = (kind, page.clone());
            Box::pin(async move {
                let page = request.loaders().payout_pages.load(Under { parent, of }).await?;
                Ok(placed(page.unwrap_or_else(Page::empty), |payout| {
                    RowPosition::of_id(payout.id)
                }))
            })
        },
        move |request| {
            let of = kind;
            Box::pin(async move {
                Ok(request
                    .loaders()
                    .payout_counts
                    .load(Under { parent, of })
                    .await?
                    .unwrap_or(0))
            })
        },
    ))
}
