//! The payouts under a parent.

use async_graphql::{Context, ServerResult};

use super::description::PAYOUT;
use crate::graphql::cursor::Cursors;
use crate::graphql::loader::Under;
use crate::graphql::rows::{ChildList, Listing, allowed, child_list};
use auth::Resource;
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
