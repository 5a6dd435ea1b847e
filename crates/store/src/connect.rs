//! Opening the database.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, DbErr, RuntimeErr, Statement};
use sqlx::sqlite::SqliteConnectOptions;
use url::Url;

use super::options::StoreOptions;
use super::outbox::Signal;
use super::postgres::hosts::{Hosts, each_host};
use super::postgres::{self, PoolOptions};
use super::share::Shares;
use super::standby::{Standby, Standbys};
use super::{Connection, Store, StoreError, sqlite};
use domain::Timestamp;

/// How much longer than the statement timeout a transaction may be idle. Then it counts as abandoned, and its locks are
/// released.
const IDLE_TRANSACTION_MARGIN: Duration = Duration::from_secs(10);

/// Lifetime of connections that are reopened this often to find out whether connections can be made.
const PROBE_LIFETIME: Duration = Duration::from_secs(10);

/// Opens the database, creating a SQLite file where the URL says so (`mode=rwc`).
pub async fn connect(options: &StoreOptions) -> Result<Store, StoreError> {
    check_url(&options.url)?;
    if options.url.starts_with("sqlite:") {
        if !options.standby_urls.is_empty() {
            return Err(StoreError::Url("is SQLite's, which has no replicas".to_owned()));
        }
        return connect_sqlite(options).await;
    }
    let hosts = hosts(&options.url, options)?;
    let pool_options = PoolOptions {
        most: options.max_connections,
        timeout: options.acquire_timeout,
        statement_timeout: options.statement_timeout,
        lifetime: None,
    };
    let mut pool = postgres::Pool::new(hosts.clone(), pool_options.clone());
    pool.greet().await?;
    if hosts.is_distributed() && !options.standby_urls.is_empty() {
        let why = "what a standby of the coordinator has says nothing of the others, so that there can be no replicas to read from";
        return Err(StoreError::Distributed(why.to_owned()));
    }
    // Separate pools for what must not wait for requests: notifying other replicas, checking whether the database can
    // serve, and long reads.
    let aside = |most, lifetime| {
        let timeout = Duration::from_secs(2).min(options.acquire_timeout);
        let options = PoolOptions {
            most,
            timeout,
            lifetime,
            ..pool_options.clone()
        };
        postgres::Pool::new(hosts.clone(), options)
    };
    let (teller, pulse, long) = (
        aside(2, None),
        aside(1, Some(PROBE_LIFETIME)),
        aside(options.aside, None),
    );
    pool.give_way(teller.clone());
    let standbys = match options.standby_urls.as_slice() {
        [] => None,
        urls => {
            let servers = urls.iter().map(|url| standby(url, options, &pool_options));
            let servers = servers.collect::<Result<_, StoreError>>()?;
            Some(Arc::new(Standbys::new(
                servers,
                aside(1, Some(PROBE_LIFETIME)),
                options.standby_lag,
            )))
        }
    };
    // The URLs of this connection cannot name several servers, so that one is looked up.
    let timeout = options.statement_timeout.as_millis().to_string();
    let found = hosts
        .find_bare()
        .await
        .map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))?;
    let found = found.options([("statement_timeout", timeout)]);
    let mut single = pool_options_of("postgres://localhost", options);
    single
        .min_connections(0)
        .max_connections(1)
        .connect_lazy(true)
        .idle_timeout(Duration::from_secs(10))
        .map_sqlx_postgres_opts(move |_| found.clone());
    let single = Database::connect(single).await?;
    Ok(Store {
        reader: Connection::Postgres(pool),
        single,
        pulse: Some(pulse),
        aside: Some(long),
        standbys,
        written: None,
        shares: Arc::new(Shares::new(options.share)),
        appended: Signal::between_replicas(hosts, teller),
        kept: Arc::default(),
    })
}

/// One server to read from. Requests do not wait for it for long, since the primary serves as well.
fn standby(url: &str, options: &StoreOptions, pool: &PoolOptions) -> Result<Standby, StoreError> {
    let is_one = each_host(url).len() == 1 && url.starts_with("postgres");
    if !is_one {
        let why = "of a replica must name one server of PostgreSQL: give each of several a URL of its own";
        return Err(StoreError::Url(why.to_owned()));
    }
    let hosts = hosts(url, options).map_err(|error| match error {
        StoreError::Url(why) => StoreError::Url(format!("of a replica {why}")),
        other => other,
    })?;
    let hasty = |most, statement_timeout| PoolOptions {
        most,
        timeout: Duration::from_secs(2).min(options.acquire_timeout),
        statement_timeout,
        lifetime: None,
    };
    let reads = postgres::Pool::new(hosts.clone(), hasty(pool.most, pool.statement_timeout));
    let watch = postgres::Pool::new(hosts.clone(), hasty(1, Duration::from_secs(1)));
    Ok(Standby::new(hosts.name(), reads, watch))
}

/// Reports what is wrong with a URL, without quoting it: it may contain a password.
fn check_url(text: &str) -> Result<(), StoreError> {
    let wrong = |why: String| Err(StoreError::Url(why));
    let first = each_host(text).swap_remove(0);
    match Url::parse(&first) {
        Err(error) => wrong(format!("cannot be read ({error})")),
        Ok(url) => match url.scheme() {
            "sqlite" => match text.parse::<SqliteConnectOptions>() {
                Err(error) => wrong(format!("cannot be read ({error})")),
                Ok(_) => Ok(()),
            },
            "postgres" | "postgresql" => Hosts::parse(text, &[]).map(drop).map_err(StoreError::Url),
            other => wrong(format!("is for {other:?}, in which Tributary cannot store")),
        },
    }
}

/// The servers of a URL, and the settings with which sessions start.
fn hosts(url: &str, options: &StoreOptions) -> Result<Hosts, StoreError> {
    let milliseconds = |duration: Duration| duration.as_millis().to_string();
    let mut settings = vec![
        ("statement_timeout", milliseconds(options.statement_timeout)),
        ("lock_timeout", milliseconds(options.lock_timeout)),
        // Where the network connection was cut, the server does not notice: it must not hold locks for ever.
        (
            "idle_in_transaction_session_timeout",
            milliseconds(options.statement_timeout + IDLE_TRANSACTION_MARGIN),
        ),
        ("tcp_keepalives_idle", "10".to_owned()),
        ("tcp_keepalives_interval", "5".to_owned()),
        ("tcp_keepalives_count", "3".to_owned()),
        ("tcp_user_timeout", "15000".to_owned()),
        // Statements find rows by keys and walk indexes: one plan is right for all values, and planning anew for each
        // takes longer than the statement itself. Where rows are distributed over several servers, each session reverts
        // this (`super::citus`).
        ("plan_cache_mode", "force_generic_plan".to_owned()),
        // The pages that they visit are in memory or on an SSD. Otherwise the planner reads all partners of a small
        // programme to join 50 of them to a page of 50 rows.
        ("random_page_cost", "1.1".to_owned()),
    ];
    if !options.durable {
        settings.push(("synchronous_commit", "off".to_owned()));
    }
    Hosts::parse(url, &settings).map_err(StoreError::Url)
}

async fn connect_sqlite(options: &StoreOptions) -> Result<Store, StoreError> {
    let pool = sqlite::Pool::connect(options).await?;
    // Another process may be migrating a large database.
    let timeout = options.acquire_timeout.max(Duration::from_secs(30));
    let writing = sqlite::writing(&options.url, timeout, options.durable)?;
    let mut single = pool_options_of(&options.url, options);
    single
        .min_connections(0)
        .max_connections(1)
        .connect_lazy(true)
        .map_sqlx_sqlite_opts(move |_| writing.clone())
        // It is not needed again, and the state of its transaction is unknown.
        .map_sqlx_sqlite_pool_opts(|pool| pool.after_release(|_, _| Box::pin(async { Ok(false) })));
    Ok(Store {
        reader: Connection::Sqlite(pool),
        single: Database::connect(single).await?,
        pulse: None,
        aside: None,
        standbys: None,
        written: None,
        shares: Arc::new(Shares::new(options.share)),
        appended: Signal::in_process(),
        kept: Arc::default(),
    })
}

fn pool_options_of(url: &str, options: &StoreOptions) -> ConnectOptions {
    let mut pool = ConnectOptions::new(url);
    pool.sqlx_logging(false)
        .acquire_timeout(options.acquire_timeout)
        // Connections are opened when they are needed, and idle ones are closed.
        .min_connections(1)
        .idle_timeout(Duration::from_secs(300));
    pool
}

/// The time of the database's machine; `None`: it is this one.
pub async fn server_time(store: &Store) -> Result<Option<Timestamp>, StoreError> {
    let backend = store.single.get_database_backend();
    if backend == DbBackend::Sqlite {
        return Ok(None);
    }
    let statement = Statement::from_string(backend, "SELECT clock_timestamp()");
    let row = store.single.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get_by_index(0)).transpose()?)
}
