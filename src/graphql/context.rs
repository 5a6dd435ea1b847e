//! The context that a request passes to its resolvers.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use async_graphql::Context;
use futures::FutureExt;
use futures::future::BoxFuture;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::aggregates::Aggregates;
use super::call::call;
use super::error::ApiError;
use super::loader::Loaders;
use super::rows::{Observation, RowObserver};
use auth::Caller;
use domain::tenant::Tenant;
use service::ServiceError;
use service::app::App;
use service::once::{self, Answer};
use store::Store;
use store::view::{Column, JsonText, Selected, TooLong};

/// One per request: the application, the caller, and loaders that cache only what this query, or the current mutation
/// of a document with several, has read.
pub struct RequestContext {
    pub app: Arc<App>,
    pub caller: Caller,
    /// Boxed, since the set is large and the context is moved before any loader is used.
    loaders: OnceLock<Box<Loaders>>,
    /// Boxed for the same reason.
    pub aggregates: Box<Aggregates>,
    /// The caller's tenant, read once.
    tenant: OnceCell<Arc<Tenant>>,
    /// How many objects of the response are already written as JSON, where a count of the response's objects misses
    /// them.
    pub written: Arc<AtomicU64>,
    /// How many more bytes the response may have.
    space: AtomicUsize,
    /// Waits for a row that the query may read.
    observer: Option<Arc<dyn RowObserver>>,
}

impl RequestContext {
    /// Everything done for the caller counts against its tenant's share of the database.
    pub fn new(app: &App, caller: Caller) -> Self {
        let loaders = OnceLock::new();
        Self {
            app: Arc::new(app.of_tenant(caller.tenant())),
            caller,
            loaders,
            aggregates: Box::default(),
            tenant: OnceCell::new(),
            written: Arc::default(),
            space: AtomicUsize::new(usize::MAX),
            observer: None,
        }
    }

    /// Limits the response to this many bytes.
    pub fn within(self, bytes: usize) -> Self {
        let space = AtomicUsize::new(bytes);
        Self { space, ..self }
    }

    pub fn observed_by(self, observer: Option<Arc<dyn RowObserver>>) -> Self {
        Self { observer, ..self }
    }

    /// Adds what the request's observer needs of the row whose `column` is this id.
    pub fn observe(&self, column: Column, id: Uuid, selected: &mut Selected) -> Option<Observation<'_>> {
        self.observer.as_deref()?.observe(column, id, selected)
    }

    /// Writes JSON within the bytes that the response has left. Returns the text and its number of objects.
    pub fn write<E>(
        &self,
        write: impl FnOnce(&mut JsonText) -> Result<(), E>,
    ) -> Result<Result<(String, u64), TooLong>, E> {
        let mut json = JsonText::within(self.space.load(Ordering::Relaxed));
        write(&mut json)?;
        let own_bytes = json.own_bytes();
        let finished = json.finish();
        if finished.is_ok() {
            self.space.fetch_sub(own_bytes, Ordering::Relaxed);
        }
        Ok(finished)
    }

    pub fn loaders(&self) -> &Loaders {
        let new = || Box::new(Loaders::new(&self.app.store, self.caller.scope(), &self.app.metrics));
        self.loaders.get_or_init(new)
    }

    /// Whether the caller is a partner, who sees less of the same rows than staff.
    pub fn is_partner(&self) -> bool {
        self.caller.partner().is_some()
    }

    /// The caller's tenant, as of the first call.
    pub async fn tenant(&self) -> Result<&Arc<Tenant>, ApiError> {
        let read = || async {
            let found = store::tenant::get(self.store().reader(), &self.caller.scope()).await?;
            Ok(Arc::new(found))
        };
        self.tenant.get_or_try_init(read).await
    }

    pub fn store(&self) -> &Store {
        &self.app.store
    }
}

/// The context of one mutation of a request.
pub struct MutationContext<'a> {
    request: &'a RequestContext,
    /// The caller, with the idempotency key if one is given.
    pub caller: Caller,
}

impl Deref for MutationContext<'_> {
    type Target = RequestContext;

    fn deref(&self) -> &RequestContext {
        self.request
    }
}

impl MutationContext<'_> {
    /// The result of `doing`, or the stored one of an earlier call with the same idempotency key.
    ///
    /// Boxed: the future of a service is large, and would enlarge the futures of all mutations.
    pub fn answered<'b, T: Answer + 'b>(
        &'b self,
        doing: impl Future<Output = Result<T, ServiceError>> + Send + 'b,
    ) -> BoxFuture<'b, Result<T, ServiceError>> {
        once::answered(&self.app, &self.caller, doing).boxed()
    }
}

/// Begins the mutation of `ctx`. Every mutation must begin here, since this clears the caches: its payload must not
/// show what an earlier mutation of the same document read before this one wrote.
pub async fn mutation<'a>(ctx: &Context<'a>) -> MutationContext<'a> {
    let request = request(ctx);
    if let Some(loaders) = request.loaders.get() {
        loaders.forget().await;
    }
    request.aggregates.forget();
    let caller = request.caller.doing(ctx.field().name());
    let caller = match call(ctx) {
        Some(call) => caller.calling(call),
        None => caller,
    };
    MutationContext { request, caller }
}

/// The request that `ctx` belongs to.
pub fn request<'a>(ctx: &Context<'a>) -> &'a RequestContext {
    ctx.data_unchecked::<RequestContext>()
}
