//! A PostgreSQL server that cannot be reached, says nothing, or takes no writes, and rows that somebody keeps locked.

mod locks;
mod migrations;
mod shares;
mod silence;
mod unreachable;

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};
use serde_json::json;
use tokio::sync::watch;
use tributary::app::App;
use tributary::http::{self, HttpOptions};
use tributary::store::{self, Store, StoreOptions};

use crate::support::proxy::Proxy;
use crate::support::{Client, TestApp};

/// Longer than anything here may take, on a machine that has other things to do.
const LONG: Duration = Duration::from_secs(60);

/// A gateway that reaches the test's database through a proxy.
struct Behind {
    proxy: Proxy,
    app: Arc<App>,
    client: Client,
}

impl Behind {
    async fn new(app: &TestApp, connections: u32, statement_timeout: Duration) -> Self {
        let proxy = Proxy::before(&app.database_url()).await;
        let store = connect(&proxy.url(&app.database_url()), connections, statement_timeout).await;
        let behind = Arc::new(App::new(store, app.clock.clone(), app.app.keys.clone()));
        let client = client(app, &behind);
        Self {
            proxy,
            app: behind,
            client,
        }
    }
}

async fn connect(url: &str, connections: u32, statement_timeout: Duration) -> Store {
    let options = StoreOptions {
        url: url.to_owned(),
        max_connections: connections,
        acquire_timeout: LONG,
        statement_timeout,
        lock_timeout: LONG,
        ..StoreOptions::default()
    };
    store::connect(&options).await.expect("the database opens")
}

/// An admin of the tenant `acme` at this gateway.
fn client(app: &TestApp, gateway: &Arc<App>) -> Client {
    let (_, ending) = watch::channel(false);
    let router = http::router(gateway.clone(), HttpOptions::default(), ending).unwrap();
    Client::new(router, Some(app.sign(&json!({}))))
}

fn sql(text: &str) -> Statement {
    Statement::from_string(DbBackend::Postgres, text)
}

/// A number that the database says.
async fn number(database: &impl ConnectionTrait, text: &str) -> Result<i32, DbErr> {
    let row = database.query_one_raw(sql(text)).await?;
    row.expect("a row").try_get_by_index(0)
}
