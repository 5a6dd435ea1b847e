//! What a request carries through its resolvers.

use std::sync::Arc;

use async_graphql::Context;

use super::loader::Loaders;
use crate::app::App;
use crate::auth::Caller;
use crate::store::Store;

/// One per request: the program, who is calling, and loaders that remember only what this request has read.
pub struct RequestContext {
    pub app: Arc<App>,
    pub caller: Caller,
    pub loaders: Loaders,
}

impl RequestContext {
    pub fn new(app: Arc<App>, caller: Caller) -> Self {
        let loaders = Loaders::new(&app.store, caller.scope());
        Self { app, caller, loaders }
    }

    /// Whether the caller is a partner, who sees less of the same rows than staff.
    pub fn is_partner(&self) -> bool {
        self.caller.partner().is_some()
    }

    pub fn store(&self) -> &Store {
        &self.app.store
    }
}

/// The request that `ctx` belongs to.
pub fn request<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked::<RequestContext>()
}
