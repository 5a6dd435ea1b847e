//! The gateway's HTTP front end: routes, request ids, limits, and a shutdown that loses no requests.

mod accept;
mod access_check;
mod admission;
mod authentication;
mod codes;
mod connection;
mod connections;
mod cors;
mod cost;
mod documents;
mod errors;
mod execution;
mod export;
mod failed;
mod graphiql;
mod graphql;
mod guard;
mod health;
mod in_flight;
mod listen;
mod metrics;
mod negotiate;
mod observe;
mod openapi;
mod options;
mod permits;
mod persisted;
mod registered;
mod request;
mod request_id;
mod reset;
mod response;
mod response_notes;
mod serve;
mod sign_in;
mod single_headers;
mod sse;
mod stream_end;
mod throttle;
mod tracking;
mod validator;
mod wire;
mod ws;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use tokio::runtime::Handle;
use tokio::sync::watch;

use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::export::Exports;
use crate::graphql::subscription::SubscriptionExecutor;
use crate::graphql::{Schema, schema_for_validated_documents, sdl};
use documents::DocumentCache;
pub use graphiql::is_embedded as graphiql_is_embedded;
use guard::Guard;
pub use guard::Limits;
pub use metrics::serve_metrics;
pub use options::{
    ConnectionsSection, CorsSection, ExportLimits, HttpOptions, PersistedSection, RequestsSection, Safelist,
    SlowSection, SubscriptionsSection, ThrottleSection, TimeoutsSection,
};
pub use persisted::ManifestError;
pub use serve::serve;
use service::app::App;
pub use validator::Validator;

/// Smaller answers fit into one packet anyway.
const COMPRESSED_FROM_BYTES: u64 = 1024;

/// Why the front end cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    #[error("cors.origins: {0:?} is not an origin such as \"https://portal.example\"")]
    Origin(String),
    #[error("cannot listen on {0} for health checks: {1}")]
    Health(SocketAddr, std::io::Error),
    #[error("cannot serve: {0}")]
    Door(#[from] std::io::Error),
}

/// Whether a gateway could start with these options, as far as this can be checked before it listens.
pub fn check(options: &HttpOptions) -> Result<(), StartError> {
    options.cors.check()?;
    persisted::PersistedDocuments::load(&options.persisted)?;
    Ok(())
}

/// State shared by the handlers.
#[derive(Clone)]
struct HttpState(Arc<SharedState>);

struct SharedState {
    app: Arc<App>,
    /// Executes documents that the guard has admitted.
    schema: Schema,
    exports: Arc<Exports>,
    exporting: permits::ConcurrencyLimits,
    /// What `/openapi.json` returns, once somebody has asked for it.
    openapi: OnceLock<Bytes>,
    /// Executes subscriptions, once for each event.
    events: SubscriptionExecutor,
    guard: Guard,
    documents: DocumentCache,
    persisted: persisted::PersistedDocuments,
    throttle: throttle::Throttle,
    /// Bounds what pages of brands send, by address and by tenant.
    collecting: throttle::Throttle,
    in_flight: in_flight::InFlight,
    /// Places for subscriptions.
    seats: permits::ConcurrencyLimits,
    turns: listen::RecentBatches,
    options: HttpOptions,
    readiness: Arc<health::Readiness>,
    /// Becomes true when the program is told to shut down.
    ending: watch::Receiver<bool>,
}

impl std::ops::Deref for HttpState {
    type Target = SharedState;

    fn deref(&self) -> &SharedState {
        &self.0
    }
}

/// All routes. `ending` becomes true when the program is about to shut down, which readiness reports.
pub fn router(app: Arc<App>, options: HttpOptions, ending: watch::Receiver<bool>) -> Result<Router, StartError> {
    Ok(routes(app, options, ending)?.api)
}

/// What is served.
struct Routes {
    api: Router,
    /// Health checks and metrics, for an address of their own.
    health: Router,
    /// The database's readiness, which both report once something watches it.
    readiness: Arc<health::Readiness>,
}

fn routes(app: Arc<App>, options: HttpOptions, ending: watch::Receiver<bool>) -> Result<Routes, StartError> {
    let cors = cors::layer(&options.cors)?;
    let readiness = Arc::new(health::Readiness::new(app.clone()));
    let schema = schema_for_validated_documents();
    let threads = Handle::try_current().map_or(1, |runtime| runtime.metrics().num_workers());
    let state = HttpState(Arc::new(SharedState {
        app,
        openapi: OnceLock::new(),
        exports: Arc::new(Exports::new(schema.clone())),
        exporting: permits::ConcurrencyLimits::default(),
        schema,
        events: SubscriptionExecutor::default(),
        guard: Guard::new(&sdl(), options.limits.clone(), !options.production),
        documents: DocumentCache::new(options.persisted.cache_bytes),
        persisted: persisted::PersistedDocuments::load(&options.persisted)?,
        throttle: throttle::Throttle::new(options.throttle.clone()),
        collecting: throttle::Throttle::new(options.collector.clone()),
        in_flight: in_flight::InFlight::new(options.requests.clone(), threads),
        seats: permits::ConcurrencyLimits::default(),
        turns: listen::RecentBatches::default(),
        options,
        readiness: readiness.clone(),
        ending,
    }));
    let methods = get(graphql::get)
        .post(graphql::post)
        .fallback(graphql::method_not_allowed);
    let exports = get(export::get).fallback(export::method_not_allowed);
    let mut router = Router::new()
        .route("/graphql", methods)
        .route("/export/{name}", exports)
        .route("/openapi.json", get(openapi::get));
    if !state.options.production {
        router = router.route("/graphiql/{name}", get(graphiql::asset));
    }
    if !state.options.production && !state.options.metrics_elsewhere {
        router = router.route("/metrics", get(metrics::beside_the_api));
    }
    // The compressor would hold events back to wait for more.
    let compressed = SizeAbove::new(COMPRESSED_FROM_BYTES).and(NotForContentType::SSE);
    let router = router
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(errors::not_found)
        .layer(CompressionLayer::new().compress_when(compressed));
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    let router = router
        .merge(tracking::router())
        .layer(axum::middleware::from_fn(single_headers::check))
        .layer(axum::middleware::from_fn_with_state(state.clone(), request_id::attach))
        .with_state(state.clone());
    let health = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(metrics::beside_the_api))
        .fallback(errors::not_found)
        .layer(axum::middleware::from_fn_with_state(state.clone(), request_id::attach))
        .with_state(state);
    Ok(Routes {
        api: router,
        health,
        readiness,
    })
}
