//! A database per test: a copy of a migrated SQLite file, or of a migrated PostgreSQL template.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};
use tokio::sync::OnceCell;
use tributary::store::{self, StoreOptions};

use super::citus;

/// Where a PostgreSQL server is that may create databases.
const POSTGRES_URL: &str = "TRIBUTARY_TEST_POSTGRES_URL";

/// Where the servers are over which Citus spreads what is there; `scripts/with-citus` says so.
const CITUS_WORKERS: &str = "TRIBUTARY_TEST_CITUS_WORKERS";

pub enum Database {
    Sqlite {
        folder: tempfile::TempDir,
    },
    Postgres {
        /// Their own databases. Where there are several, Citus spreads rows over them, and the first is the coordinator.
        servers: Vec<String>,
        name: String,
    },
    /// Somebody else's, reached in a way of its own.
    Other(Box<StoreOptions>),
}

impl Database {
    pub async fn sqlite() -> Self {
        static TEMPLATE: OnceCell<(tempfile::TempDir, PathBuf)> = OnceCell::const_new();
        let (_, template) = TEMPLATE
            .get_or_init(|| async {
                let folder = tempfile::tempdir().unwrap();
                let file = folder.path().join("template.db");
                let store = store::connect(&options(format!("sqlite://{}?mode=rwc", file.display())))
                    .await
                    .unwrap();
                store::migrate(&store).await.unwrap();
                // Everything into the one file that is copied.
                let transaction = store.begin_unaudited().await.unwrap();
                transaction.commit().await.unwrap();
                store.close().await;
                (folder, file)
            })
            .await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::copy(template, folder.path().join("test.db")).unwrap();
        Self::Sqlite { folder }
    }

    /// `None` where no server is named.
    pub async fn postgres() -> Option<Self> {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let servers = postgres_servers()?;
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = format!("tributary_test_{}_template", std::process::id());
                let urls = create(&servers, &name).await;
                let store = store::connect(&options(urls[0].clone())).await.unwrap();
                store::migrate(&store).await.unwrap();
                store.close().await;
                if urls.len() > 1 {
                    citus::introduce(&urls).await;
                    citus::distribute(&options(urls[0].clone())).await;
                    citus::set_aside(&servers, &name).await;
                }
                name
            })
            .await;
        let name = new_name(&COUNT);
        for server in &servers {
            run(server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        }
        Some(Self::Postgres { servers, name })
    }

    /// A migrated database of a coordinator that knows its workers, and which is not distributed; `None` where Citus is not at
    /// hand.
    pub async fn undistributed() -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(1_000);
        let servers = postgres_servers().filter(|servers| servers.len() > 1)?;
        let name = new_name(&COUNT);
        let urls = create(&servers, &name).await;
        citus::introduce(&urls).await;
        let store = store::connect(&options(urls[0].clone())).await.unwrap();
        store::migrate(&store).await.unwrap();
        store.close().await;
        Some(Self::Postgres { servers, name })
    }

    pub fn options(&self) -> StoreOptions {
        match self {
            Self::Sqlite { folder } => {
                options(format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display()))
            }
            Self::Postgres { servers, name } => options(with_database(&servers[0], name)),
            Self::Other(options) => (**options).clone(),
        }
    }

    /// A server's own database, migrated, with standbys to read from.
    pub async fn other(url: String, standby_urls: Vec<String>, standby_lag: Duration) -> Self {
        let options = StoreOptions {
            standby_urls,
            standby_lag,
            ..options(url)
        };
        let store = store::connect(&options).await.unwrap();
        store::migrate(&store).await.unwrap();
        store.close().await;
        Self::Other(Box::new(options))
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { servers, name } = self {
            let (servers, name) = (servers.clone(), name.clone());
            // Dropping cannot wait in the test's own runtime.
            let removal = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                for server in servers {
                    runtime.block_on(run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
                }
            });
            let _ = removal.join();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the server is"
)]
fn told(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|url| !url.is_empty())
}

/// The server, and behind it the workers over which Citus spreads what is there.
fn postgres_servers() -> Option<Vec<String>> {
    let mut servers = vec![told(POSTGRES_URL)?];
    let workers = told(CITUS_WORKERS).unwrap_or_default();
    servers.extend(workers.split(',').filter(|url| !url.is_empty()).map(str::to_owned));
    Some(servers)
}

/// Whether what is on PostgreSQL is spread over several servers.
pub fn is_citus() -> bool {
    postgres_servers().is_some_and(|servers| servers.len() > 1)
}

fn new_name(count: &AtomicU32) -> String {
    let number = count.fetch_add(1, Ordering::Relaxed);
    format!("tributary_test_{}_{number}", std::process::id())
}

/// An empty database of this name on each server.
async fn create(servers: &[String], name: &str) -> Vec<String> {
    for server in servers {
        run(server, &format!("CREATE DATABASE {name}")).await;
    }
    servers.iter().map(|server| with_database(server, name)).collect()
}

pub fn options(url: String) -> StoreOptions {
    let timeout = Duration::from_secs(30);
    StoreOptions {
        url,
        max_connections: 4,
        acquire_timeout: timeout,
        statement_timeout: timeout,
        lock_timeout: timeout,
        ..StoreOptions::default()
    }
}

fn with_database(server: &str, name: &str) -> String {
    let (server, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}

/// Runs a statement there.
pub async fn run(server: &str, sql: &str) {
    let mut options = ConnectOptions::new(server);
    options.max_connections(1).sqlx_logging(false);
    let server: DatabaseConnection = sea_orm::Database::connect(options)
        .await
        .expect("the PostgreSQL server answers");
    let statement = sea_orm::Statement::from_string(server.get_database_backend(), sql);
    server
        .execute_raw(statement)
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    server.close().await.unwrap();
}

/// Half of the tests silently not running would look like success.
#[test]
fn postgres_is_at_hand() {
    use std::io::Write;
    if postgres_servers().is_none() {
        let text = format!(
            "\n*** NO POSTGRESQL: the tests ran on SQLite only. ***\n*** `scripts/with-postgres cargo test --workspace` \
             starts a throwaway server (Debian: apt-get install postgresql), or set {POSTGRES_URL}. ***\n\n"
        );
        // Past the test runner's capture, which hides what passing tests print.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
