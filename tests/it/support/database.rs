//! A database per test: a copy of a migrated SQLite file, or of a migrated PostgreSQL template.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};
use tokio::sync::OnceCell;
use tributary::store::{self, StoreOptions};

/// Where a PostgreSQL server is that may create databases.
const POSTGRES_URL: &str = "TRIBUTARY_TEST_POSTGRES_URL";

pub enum Database {
    Sqlite {
        folder: tempfile::TempDir,
    },
    Postgres {
        server: String,
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
        let server = postgres_server()?;
        let template = TEMPLATE
            .get_or_init(|| async {
                let name = format!("tributary_test_{}_template", std::process::id());
                run(&server, &format!("CREATE DATABASE {name}")).await;
                let store = store::connect(&options(with_database(&server, &name))).await.unwrap();
                store::migrate(&store).await.unwrap();
                store.close().await;
                name
            })
            .await;
        let name = format!(
            "tributary_test_{}_{}",
            std::process::id(),
            COUNT.fetch_add(1, Ordering::Relaxed)
        );
        run(&server, &format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Some(Self::Postgres { server, name })
    }

    pub fn options(&self) -> StoreOptions {
        match self {
            Self::Sqlite { folder } => {
                options(format!("sqlite://{}?mode=rwc", folder.path().join("test.db").display()))
            }
            Self::Postgres { server, name } => options(with_database(server, name)),
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
        if let Self::Postgres { server, name } = self {
            let (server, name) = (server.clone(), name.clone());
            // Dropping cannot wait in the test's own runtime.
            let removal = std::thread::spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(run(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")));
            });
            let _ = removal.join();
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests are told by the environment where the server is"
)]
fn postgres_server() -> Option<String> {
    std::env::var(POSTGRES_URL).ok().filter(|url| !url.is_empty())
}

fn options(url: String) -> StoreOptions {
    let patience = Duration::from_secs(30);
    StoreOptions {
        url,
        max_connections: 4,
        acquire_timeout: patience,
        statement_timeout: patience,
        lock_timeout: patience,
        ..StoreOptions::default()
    }
}

fn with_database(server: &str, name: &str) -> String {
    let (server, _) = server.rsplit_once('/').expect("a URL with a database");
    format!("{server}/{name}")
}

async fn run(server: &str, sql: &str) {
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
    if postgres_server().is_none() {
        let text = format!(
            "\n*** NO POSTGRESQL: the tests ran on SQLite only. ***\n*** `scripts/with-postgres cargo test --workspace` \
             starts a throwaway server (Debian: apt-get install postgresql), or set {POSTGRES_URL}. ***\n\n"
        );
        // Past the test runner's capture, which hides what passing tests print.
        let _ = std::io::stderr().write_all(text.as_bytes());
    }
}
