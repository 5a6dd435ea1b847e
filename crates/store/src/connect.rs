//! Opening the database.

use std::sync::Arc;
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DbBackend, DbErr, RuntimeErr, Statement};
use sqlx::sqlite::SqliteConnectOptions;
use url::Url;

use super::outbox::Signal;
use super::postgres::hosts::{Hosts, each_host};
use super::postgres::{self, PoolOptions};
use super::share::{ShareOptions, Shares};
use super::standby::{Standby, Standbys};
use super::{Connection, Store, StoreError, sqlite};
use domain::Timestamp;

/// Where the database is and how many connections read it.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub url: String,
    /// PostgreSQL: all connections; SQLite: those that read, besides the one that writes.
    pub max_connections: u32,
    /// How long a request waits for a connection.
    pub acquire_timeout: Duration,
    /// How long one statement of a request may take.
    pub statement_timeout: Duration,
    /// How long a statement waits for a row that another transaction has locked; PostgreSQL only.
    pub lock_timeout: Duration,
    /// Each tenant's share of the database.
    pub share: ShareOptions,
    /// Additional connections for long reads of one snapshot.
    pub aside: u32,
    /// The PostgreSQL standbys from which queries are read.
    pub standby_urls: Vec<String>,
    /// Maximum age of what a standby shows.
    pub standby_lag: Duration,
    /// Whether a commit waits for the disk. Where it does not, a power cut may lose the newest commits, whole ones and
    /// in their order: for work that resumes from wherever it ended.
    pub durable: bool,
    /// Whether readers map SQLite's file into memory, which saves a system call and a copy for every page. A disk that
    /// fails to read then ends the program instead of the statement.
    pub mapped: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 8,
            acquire_timeout: Duration::from_secs(10),
            statement_timeout: Duration::from_secs(10),
            lock_timeout: Duration::from_secs(5),
            share: ShareOptions::default(),
            aside: 4,
            standby_urls: Vec::new(),
            standby_lag: Duration::from_secs(10),
            durable: true,
            mapped: false,
        }
    }
}

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

/// Lifts the server's limits on how long this transaction's statements may run and wait, and how long it may be idle;
/// SQLite has none.
pub(super) async fn lift_limits(transaction: &impl ConnectionTrait) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        for setting in [
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        ] {
            let unlimited = Statement::from_string(backend, format!("SET LOCAL {setting} = 0"));
            transaction.execute_raw(unlimited).await?;
        }
    }
    Ok(())
}

/// Prepares a transaction for reading a list from its first page to its last one. It may be idle for `pause`, or for
/// ever; SQLite does not end idle transactions. PostgreSQL plans for the bound values: a generic plan may find the rows
/// of a long range by an index on that range and sort them anew for every page.
pub(super) async fn read_page_by_page(transaction: &Connection, pause: Option<Duration>) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let longest = pause.map_or(0, |pause| pause.as_millis());
        for command in [
            format!("SET LOCAL idle_in_transaction_session_timeout = {longest}"),
            "SET LOCAL plan_cache_mode = force_custom_plan".to_owned(),
        ] {
            transaction
                .execute_raw(Statement::from_string(backend, command))
                .await?;
        }
    }
    Ok(())
}

/// Makes PostgreSQL show the state at the transaction's first statement, as SQLite always does.
pub(super) async fn use_one_snapshot(transaction: &Connection) -> Result<(), StoreError> {
    let backend = transaction.get_database_backend();
    if backend == DbBackend::Postgres {
        let command = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";
        transaction
            .execute_raw(Statement::from_string(backend, command))
            .await?;
    }
    Ok(())
}
