//! The gateway's front: routes, request ids, and an end without lost requests.

mod errors;
mod graphiql;
mod graphql;
mod health;
mod request_id;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::app::App;
use crate::graphql::Schema;

/// How the front behaves.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// No GraphiQL, introspection for admins only, no suggestions in error texts.
    pub production: bool,
    /// The largest request body in bytes.
    pub max_body_bytes: usize,
    /// The longest GraphQL document in bytes.
    pub max_document_bytes: usize,
    /// How long a query and a mutation may take.
    pub query_timeout: Duration,
    pub mutation_timeout: Duration,
    /// How long running requests may take to finish once the program is told to end.
    pub shutdown_timeout: Duration,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            production: false,
            max_body_bytes: 1024 * 1024,
            max_document_bytes: 32 * 1024,
            query_timeout: Duration::from_secs(10),
            mutation_timeout: Duration::from_secs(30),
            shutdown_timeout: Duration::from_secs(30),
        }
    }
}

/// What handlers share.
#[derive(Clone)]
struct Front {
    app: Arc<App>,
    schema: Schema,
    options: Arc<HttpOptions>,
    /// Turns true when the program is told to end.
    ending: watch::Receiver<bool>,
}

/// All routes. `ending` tells readiness that the program is about to end.
pub fn router(app: Arc<App>, options: HttpOptions, ending: watch::Receiver<bool>) -> Router {
    let schema = crate::graphql::schema(options.production);
    let body_limit = DefaultBodyLimit::max(options.max_body_bytes);
    let production = options.production;
    let front = Front {
        app,
        schema,
        options: Arc::new(options),
        ending,
    };
    let mut router = Router::new().route("/graphql", post(graphql::execute).layer(body_limit));
    if !production {
        router = router
            .route("/graphql", get(graphql::explore))
            .route("/graphiql/{name}", get(graphiql::asset));
    }
    router
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(errors::not_found)
        .layer(axum::middleware::from_fn(request_id::attach))
        .with_state(front)
}

/// Serves until `ending` turns true; then refuses new connections and lets running requests finish.
pub async fn serve(
    listener: TcpListener,
    app: Arc<App>,
    options: HttpOptions,
    ending: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let patience = options.shutdown_timeout;
    let router = router(app, options, ending.clone());
    let (mut told, mut told_first) = (ending.clone(), ending);
    let server = axum::serve(listener, router).with_graceful_shutdown(async move {
        // An error means that whoever would tell is gone, which is an end, too.
        let _ = told_first.wait_for(|ending| *ending).await;
        tracing::info!("ending: no new connections, running requests finish");
    });
    tokio::select! {
        ended = server.into_future() => ended,
        () = async {
            let _ = told.wait_for(|ending| *ending).await;
            tokio::time::sleep(patience).await;
        } => {
            tracing::warn!("ending: some requests did not finish in time");
            Ok(())
        }
    }
}
