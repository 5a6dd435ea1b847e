//! Audit histories of objects.

use async_graphql::{Context, ServerResult};

use super::entry::AUDIT_ENTRY;
use crate::graphql::context::request;
use crate::graphql::cursor::Cursors;
use crate::graphql::rows::{ChildList, Listing, child_list, server_error};
use auth::{Caller, Denied, Resource, Scope};

/// The scope in which the caller may read entries. A partner sees none, without an error, as for all fields that only
/// staff sees.
fn readable(caller: &Caller) -> Result<Scope, Denied> {
    match caller.partner() {
        Some(_) => Ok(caller.scope()),
        None => caller.read(Resource::Audit),
    }
}

/// The histories of each of many rows.
pub fn histories(ctx: &Context<'_>) -> ServerResult<ChildList> {
    let scope = readable(&request(ctx).caller).map_err(|denied| server_error(denied.into(), ctx.item))?;
    let cursors = move |object| Cursors::of((scope, "history", object));
    child_list(
        ctx,
        Listing::of(&AUDIT_ENTRY, store::audit::list_of_objects()),
        cursors,
        |request, object| Box::pin(request.loaders().history_count_of_object.load(object)),
    )
}
