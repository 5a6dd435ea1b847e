//! A SQLite file and its connections when something goes wrong with them.

mod connections;
mod file;
mod full;
mod interrupted;

use std::path::{Path, PathBuf};
use std::time::Duration;

use sea_orm::{DbBackend, Statement};
use tributary::store::{self, Store, StoreOptions};

use crate::support::TestApp;

fn sqlite(sql: &str) -> Statement {
    Statement::from_string(DbBackend::Sqlite, sql)
}

/// The file of a test's database.
fn file_of(app: &TestApp) -> PathBuf {
    let url = app.database_url();
    let path = url.strip_prefix("sqlite://").and_then(|url| url.split('?').next());
    path.expect("a file").into()
}

/// Opens a file with one reading connection.
async fn open(file: &Path, acquire_timeout: Duration, statement_timeout: Duration) -> Store {
    let options = StoreOptions {
        url: format!("sqlite://{}?mode=rwc", file.display()),
        max_connections: 1,
        acquire_timeout,
        statement_timeout,
        ..StoreOptions::default()
    };
    store::connect(&options).await.expect("the file opens")
}
