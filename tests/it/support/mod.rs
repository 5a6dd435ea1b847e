//! A whole program per test: its own database, a clock that the test moves, a router that is called without a socket.

pub mod citus;
mod client;
pub mod cluster;
pub mod database;
pub mod dns;
pub mod program;
pub mod programme;
pub mod proxy;
mod rows;
mod sdl;
pub mod token;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::Router;
use tokio::sync::watch;
use tributary::app::App;
use tributary::auth::{Keys, Permissions, Scope};
use tributary::clock::Clock;
use tributary::domain::Timestamp;
use tributary::domain::id::PartnerId;
use tributary::domain::money::Currency;
use tributary::domain::tenant::Tenant;
use tributary::http::{self, HttpOptions, Limits, ThrottleSection, TimeoutsSection};
use tributary::service::tenant::{NewTenant, create};
use tributary::service::token::mint;
use tributary::service::webhook::Webhooks;
use tributary::store::{self, Store};

pub use client::{Answer, Client};
use database::Database;
pub use rows::execute;
pub use sdl::Sdl;

/// Runs a test once on each database: `#[apply(both_databases)] async fn says_what_it_shows(app: TestApp) { ... }`.
macro_rules! both_databases {
    ($(#[$meta:meta])* async fn $name:ident($app:ident: TestApp) $body:block) => {
        $(#[$meta])*
        mod $name {
            #[allow(unused_imports, reason = "a test may use nothing of its file")]
            use super::*;

            async fn test($app: $crate::support::TestApp) $body

            #[tokio::test]
            async fn sqlite() {
                test($crate::support::TestApp::on_sqlite().await).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(app) = $crate::support::TestApp::on_postgres().await {
                    test(app).await;
                }
            }
        }
    };
}

pub(crate) use both_databases;

/// What whoever would send one statement too many unwinds with.
struct OneMore;

/// The texts of the statements that a program sent.
pub type Statements = Arc<Mutex<Vec<String>>>;

pub struct TestApp {
    pub app: Arc<App>,
    /// Stands still until a test moves it.
    pub clock: Clock,
    router: Router,
    statements: Statements,
    /// With this many counted, whoever sends one more unwinds instead.
    most_statements: Arc<AtomicUsize>,
    // Dropped last: removes the database.
    database: Database,
}

/// The walks through everything that the schema shows take long, deep and costly documents. What the usual limits
/// refuse has its own tests.
fn generous() -> HttpOptions {
    let limits = Limits {
        document_bytes: 512 * 1024,
        tokens: 100_000,
        depth: 30,
        aliases: 10_000_000,
        root_fields: 10_000,
        mutation_root_fields: 1_000,
        selections: 10_000_000,
        cost: u64::MAX,
        input_list: 10_000,
        argument_bytes: u64::MAX,
        body_values: usize::MAX,
        ..Limits::default()
    };
    let throttle = ThrottleSection {
        maximum: u64::MAX,
        restore_per_second: u64::MAX,
        tenant_maximum: u64::MAX,
        tenant_restore_per_second: u64::MAX,
    };
    let timeouts = TimeoutsSection {
        query_seconds: 300,
        mutation_seconds: 300,
        ..TimeoutsSection::default()
    };
    HttpOptions {
        limits,
        throttle,
        timeouts,
        ..HttpOptions::default()
    }
}

impl TestApp {
    pub async fn on_sqlite() -> Self {
        Self::start(Database::sqlite().await).await
    }

    /// `None` where no PostgreSQL server is at hand.
    pub async fn on_postgres() -> Option<Self> {
        Some(Self::start(Database::postgres().await?).await)
    }

    /// On a coordinator's database that is not distributed; `None` where Citus is not at hand.
    pub async fn undistributed() -> Option<Self> {
        Some(Self::start(Database::undistributed().await?).await)
    }

    /// Over a server's own database, with standbys to read from, none of which may lag by more than that.
    pub async fn over(url: String, standby_urls: Vec<String>, standby_lag: Duration) -> Self {
        Self::start(Database::other(url, standby_urls, standby_lag).await).await
    }

    async fn start(database: Database) -> Self {
        let mut store = store::connect(&database.options())
            .await
            .expect("the test database opens");
        let statements = Arc::new(Mutex::new(Vec::new()));
        let most = Arc::new(AtomicUsize::new(usize::MAX));
        let (seen, bound) = (statements.clone(), most.clone());
        store.observe(move |sql| {
            let mut seen = seen.lock().unwrap();
            let is_one_more = seen.len() == bound.load(Ordering::Relaxed);
            if !is_one_more {
                return seen.push(sql.to_owned());
            }
            drop(seen);
            resume_unwind(Box::new(OneMore));
        });
        let clock = Clock::manual("2026-03-01T12:00:00Z".parse::<Timestamp>().unwrap());
        let keys = Keys::from_secret(&token::SECRET, "tributary", "tributary").unwrap();
        let app = Arc::new(App::new(store, clock.clone(), keys));
        let (_, ending) = watch::channel(false);
        let router = http::router(app.clone(), generous(), ending).expect("the options are sound");
        Self {
            app,
            clock,
            router,
            statements,
            most_statements: most,
            database,
        }
    }

    /// The same program with other settings for webhooks.
    pub fn with_webhooks(self, webhooks: Webhooks) -> Self {
        let app = Arc::new(App::clone(&self.app).with_webhooks(webhooks));
        let (_, ending) = watch::channel(false);
        let router = http::router(app.clone(), generous(), ending).expect("the options are sound");
        Self { app, router, ..self }
    }

    /// Another program on the same database, with the same settings and clock.
    pub async fn replica(&self) -> Arc<App> {
        let store = store::connect(&self.database.options())
            .await
            .expect("the test database opens");
        let keys = Keys::from_secret(&token::SECRET, "tributary", "tributary").unwrap();
        let replica = format!("{} too", self.app.webhooks.replica);
        let webhooks = Webhooks {
            replica,
            ..self.app.webhooks.clone()
        };
        Arc::new(App::new(store, self.clock.clone(), keys).with_webhooks(webhooks))
    }

    /// What another program on the same database serves.
    pub async fn replica_router(&self) -> Router {
        self.router_of(self.replica().await)
    }

    /// What a program on the same database serves.
    pub fn router_of(&self, gateway: Arc<App>) -> Router {
        let (_, ending) = watch::channel(false);
        http::router(gateway, generous(), ending).expect("the options are sound")
    }

    /// What this program serves.
    pub fn router(&self) -> Router {
        self.router.clone()
    }

    pub fn store(&self) -> &Store {
        &self.app.store
    }

    /// Where the database is, for tests that look or write past the program.
    pub fn database_url(&self) -> String {
        self.database.options().url
    }

    pub fn is_postgres(&self) -> bool {
        self.database_url().starts_with("postgres")
    }

    /// A new tenant with the base currency EUR.
    pub async fn tenant(&self, slug: &str) -> Tenant {
        let tenant = NewTenant {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            base_currency: Currency::parse("EUR").unwrap(),
            time_zone: "Europe/Berlin".to_owned(),
            minimum_payouts: Vec::new(),
        };
        create(&self.app, tenant).await.expect("a fresh slug")
    }

    /// A client of a fresh tenant that may do everything.
    pub async fn admin(&self) -> Client {
        let tenant = self.tenant("acme").await;
        self.staff(&tenant, "admin")
    }

    /// A client of `tenant` with these scopes.
    pub fn staff(&self, tenant: &Tenant, scopes: &str) -> Client {
        self.staff_called("ann", tenant, scopes)
    }

    /// The same with another subject.
    pub fn staff_called(&self, subject: &str, tenant: &Tenant, scopes: &str) -> Client {
        let hour = Duration::from_secs(3600);
        let rows = Scope::tenant_wide(tenant.id);
        let token = mint(&self.app, subject, &rows, Permissions::parse(scopes), hour).token;
        self.client(Some(token))
    }

    /// A client whose token is bound to a partner, with every scope.
    pub fn partner(&self, tenant: &Tenant, partner: &str) -> Client {
        self.partner_with(tenant, partner, "admin")
    }

    /// A client whose token is bound to a partner, with these scopes.
    pub fn partner_with(&self, tenant: &Tenant, partner: &str, scopes: &str) -> Client {
        let partner: PartnerId = partner.parse().expect("a partner's id");
        let hour = Duration::from_secs(3600);
        let rows = Scope::of_partner(tenant.id, partner);
        let token = mint(&self.app, "portal", &rows, Permissions::parse(scopes), hour).token;
        self.client(Some(token))
    }

    /// A client with this token, or without any.
    pub fn client(&self, token: Option<String>) -> Client {
        Client::new(self.router.clone(), token)
    }

    /// What `work` comes to; `None`: it was given up when the program had sent this many statements, before its next step and
    /// in any case before it sent another one. Several may be answered in one step.
    pub async fn given_up_after<T>(&self, statements: usize, work: impl Future<Output = T>) -> Option<T> {
        let mut work = pin!(work);
        self.reset_statements();
        self.most_statements.store(statements, Ordering::Relaxed);
        let done = std::future::poll_fn(|context| {
            if self.statements().len() >= statements {
                return Poll::Ready(None);
            }
            match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
                Ok(poll) => poll.map(Some),
                Err(panic) if panic.is::<OneMore>() => Poll::Ready(None),
                Err(panic) => resume_unwind(panic),
            }
        });
        let done = done.await;
        self.most_statements.store(usize::MAX, Ordering::Relaxed);
        done
    }

    /// Forgets the statements counted so far.
    pub fn reset_statements(&self) {
        self.statements.lock().unwrap().clear();
    }

    /// The statements since the last reset, without BEGIN and COMMIT.
    pub fn statements(&self) -> Vec<String> {
        self.statements.lock().unwrap().clone()
    }
}
