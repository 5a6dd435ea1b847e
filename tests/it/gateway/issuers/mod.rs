//! Tokens of identity providers: whose keys are fetched, and whose claims are read as the settings say.

mod keys;
mod names;
mod outages;
mod program;
pub mod provider;
mod shapes;
mod subjects;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tributary::app::App;
use tributary::auth::{IssuerError, IssuerSettings, Issuers, KeyFetching};
use tributary::domain::webhook::address::AddressPolicy;
use tributary::http::HttpOptions;
use tributary::metrics::Metrics;
use tributary::outgoing::{Authorities, DnsResolver, Outgoing};

use super::key_pair::KeyPair;
use crate::support::{Client, TestApp};
use provider::Provider;

/// Issuers whose keys may be on this machine, and who may take a second to answer.
pub fn issuers<const N: usize>(settings: [(&str, IssuerSettings); N]) -> Issuers {
    let metrics = Metrics::new("2026-03-01T12:00:00Z".parse().unwrap());
    try_issuers(settings, "127.0.0.0/8", &metrics).expect("sound settings")
}

fn try_issuers<const N: usize>(
    settings: [(&str, IssuerSettings); N],
    network: &str,
    metrics: &Metrics,
) -> Result<Issuers, IssuerError> {
    let settings: BTreeMap<_, _> = settings.map(|(name, settings)| (name.to_owned(), settings)).into();
    let reach = AddressPolicy {
        production: true,
        allowed: vec![network.parse().unwrap()],
    };
    let fetching = KeyFetching {
        answer_seconds: 1,
        ..KeyFetching::default()
    };
    let outgoing = Outgoing::new(
        reach,
        Arc::new(DnsResolver::default()),
        Duration::from_secs(1),
        &Authorities::default(),
    );
    Issuers::new(&settings, &fetching, "ourselves", &outgoing, metrics)
}

/// An issuer who serves a discovery document and calls everything as we do.
fn usual(provider: &Provider) -> IssuerSettings {
    IssuerSettings {
        issuer: provider.issuer(),
        audiences: vec!["tributary".to_owned()],
        ..IssuerSettings::default()
    }
}

/// A gateway with one issuer beside its own keys, over the test's database.
struct Gateway {
    app: Arc<App>,
    router: Router,
    provider: Provider,
}

impl Gateway {
    async fn start(app: &TestApp) -> Self {
        let provider = Provider::start().await;
        let settings = usual(&provider);
        Self::with(app, provider, settings)
    }

    fn with(app: &TestApp, provider: Provider, settings: IssuerSettings) -> Self {
        let metrics = app.app.metrics.clone();
        let issuers = try_issuers([("default", settings)], "127.0.0.0/8", &metrics).expect("sound settings");
        let app = Arc::new(App::clone(&app.app).with_issuers(issuers));
        Self {
            router: router(&app),
            app,
            provider,
        }
    }

    async fn status(&self, token: String) -> StatusCode {
        status(&self.router, token).await
    }

    /// What its background work does from time to time.
    async fn refresh(&self) {
        self.app.issuers.refresh(self.app.clock.now()).await;
    }
}

fn router(app: &Arc<App>) -> Router {
    let (_, ending) = tokio::sync::watch::channel(false);
    tributary::http::router(app.clone(), HttpOptions::default(), ending).unwrap()
}

async fn status(router: &Router, token: String) -> StatusCode {
    let client = Client::new(router.clone(), Some(token));
    client.ask("{ viewer { subject } }").await.status
}

/// A key of the issuer's, by its name there.
struct Signer {
    pair: KeyPair,
    id: &'static str,
}

impl Signer {
    fn new(id: &'static str) -> Self {
        let pair = KeyPair::generate(Algorithm::ES256);
        Self { pair, id }
    }

    fn jwk(&self) -> Value {
        self.pair.jwk(self.id)
    }

    /// A genuine token of the provider's, good for a year.
    fn token(&self, app: &TestApp, provider: &Provider) -> String {
        self.token_with(app, &json!({ "iss": provider.issuer() }))
    }

    fn token_with(&self, app: &TestApp, changes: &Value) -> String {
        let mut claims = app.claims(changes);
        claims["exp"] = json!(app.clock.now().timestamp() + 365 * 24 * 3600);
        self.pair.sign(&json!({ "alg": "ES256", "kid": self.id }), &claims)
    }
}

const OK: StatusCode = StatusCode::OK;
const NO: StatusCode = StatusCode::UNAUTHORIZED;
