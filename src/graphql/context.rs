//! What a request carries through its resolvers.

use std::sync::Arc;

use async_graphql::Context;

use super::loader::Loaders;
use crate::app::App;
use crate::auth::Caller;
use crate::store::Store;

/// One per request: the program, who is calling, and loaders that remember only what this query, or this
/// mutation of several, has read.
pub struct RequestContext {
    pub app: Arc<App>,
    pub caller: Caller,
    loaders: Loaders,
}

impl RequestContext {
    pub fn new(app: Arc<App>, caller: Caller) -> Self {
        let loaders = Loaders::new(&app.store, caller.scope(), &app.metrics);
        Self { app, caller, loaders }
    }

    pub fn loaders(&self) -> &Loaders {
        &self.loaders
    }

    /// Whether the caller is a partner, who sees less of the same rows than staff.
    pub fn is_partner(&self) -> bool {
        self.caller.partner().is_some()
    }

    pub fn store(&self) -> &Store {
        &self.app.store
    }
}

/// The request that the mutation of `ctx` belongs to. Every mutation begins here: its answer must not show what an
/// earlier one of the same document read before it wrote.
pub async fn mutation<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    let request = request(ctx);
    request.loaders.forget().await;
    request
}

/// The request that `ctx` belongs to.
pub fn request<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked::<RequestContext>()
}
