//! What a request carries through its resolvers.

use std::sync::{Arc, RwLock};

use async_graphql::Context;

use super::loader::Loaders;
use crate::app::App;
use crate::auth::Caller;
use crate::store::Store;

/// One per request: the program, who is calling, and loaders that remember only what this request has read.
pub struct RequestContext {
    pub app: Arc<App>,
    pub caller: Caller,
    /// Replaced before each mutation, so that what follows it reads what it wrote.
    loaders: RwLock<Arc<Loaders>>,
}

impl RequestContext {
    pub fn new(app: Arc<App>, caller: Caller) -> Self {
        let loaders = RwLock::new(Arc::new(Loaders::new(&app.store, caller.scope())));
        Self { app, caller, loaders }
    }

    pub fn loaders(&self) -> Arc<Loaders> {
        self.loaders.read().expect("no holder panics").clone()
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

/// The request that the mutation `ctx` belongs to; forgets what was read before. Mutations of a document run one after
/// the other, each with all its nested fields.
pub fn mutating<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    let request = request(ctx);
    let fresh = Arc::new(Loaders::new(request.store(), request.caller.scope()));
    *request.loaders.write().expect("no holder panics") = fresh;
    request
}
