//! Databases whose rows Citus spreads over several servers.

use std::time::Duration;

use tributary::store::citus::DistributeOutcome;
use tributary::store::{self, StoreOptions};

use super::cluster::Server;
use super::database::{is_citus, options, run};

/// Creates the extension in databases of one name, and tells the first of the others.
pub async fn introduce(urls: &[String]) {
    for url in urls {
        run(url, "CREATE EXTENSION citus").await;
    }
    let place = |url: &str| {
        let url = url::Url::parse(url).unwrap();
        format!("'{}', {}", url.host_str().unwrap(), url.port().unwrap())
    };
    let coordinator = &urls[0];
    run(
        coordinator,
        &format!("SELECT citus_set_coordinator_host({})", place(coordinator)),
    )
    .await;
    for worker in &urls[1..] {
        run(coordinator, &format!("SELECT citus_add_node({})", place(worker))).await;
    }
    // Few parts: each is a table with its indexes, on disk and to be made.
    let (_, name) = coordinator.rsplit_once('/').unwrap();
    run(coordinator, &format!("ALTER DATABASE {name} SET citus.shard_count = 4")).await;
}

/// Distributes a migrated database.
pub async fn distribute(options: &StoreOptions) {
    let store = store::connect(options).await.unwrap();
    let distributed = store::citus::distribute(&store).await.unwrap();
    assert!(matches!(distributed, DistributeOutcome::Now(_)));
    store.close().await;
}

/// A coordinator and two workers that a test has for itself, with a database over all of them.
pub struct Spread {
    pub coordinator: Server,
    workers: [Server; 2],
}

impl Spread {
    /// `None` where Citus is not at hand.
    pub async fn new() -> Option<Self> {
        /// What takes part needs beside what every server of a test has.
        const SETTINGS: &str = "shared_preload_libraries = 'citus'
            citus.node_conninfo = 'sslmode=disable'
            wal_level = logical
            max_prepared_transactions = 100
            max_worker_processes = 50
            max_locks_per_transaction = 256";
        if !is_citus() {
            return None;
        }
        let server = || Server::primary_with(SETTINGS).expect("scripts/with-citus says how");
        let spread = Self {
            coordinator: server(),
            workers: [server(), server()],
        };
        let servers = [&spread.coordinator, &spread.workers[0], &spread.workers[1]];
        introduce(&servers.map(Server::url)).await;
        let options = options(spread.coordinator.url());
        let store = store::connect(&options).await.unwrap();
        store::migrate(&store).await.unwrap();
        store.close().await;
        distribute(&options).await;
        Some(spread)
    }

    /// Where the rows of the one tenant are: the number of a part, the worker, and the other one.
    pub async fn place(&self) -> (String, &Server, &Server) {
        let sql = "SELECT shardid || ' ' || nodeport FROM pg_dist_shard_placement
                   WHERE shardid = get_shard_id_for_distribution_column('tenant', (SELECT tenant_id FROM tenant_slug))";
        let found = self.coordinator.sql(sql).await.expect("a tenant");
        let (part, port) = found.split_once(' ').unwrap();
        let [one, other] = &self.workers;
        match one.port.to_string() == port {
            true => (part.to_owned(), one, other),
            false => (part.to_owned(), other, one),
        }
    }

    /// Moves the tenant to the other worker, while others go on reading it.
    pub async fn move_tenant(&self, mode: &str) {
        self.forget_moves().await;
        let (part, from, to) = self.place().await;
        let sql = format!(
            "SELECT citus_move_shard_placement({part}, '127.0.0.1', {}, '127.0.0.1', {}, shard_transfer_mode => '{mode}')::text",
            from.port, to.port
        );
        self.coordinator.sql(&sql).await;
        assert_eq!(self.place().await.1.port, to.port);
    }

    /// Sees to it that nothing is left of earlier moves: where a tenant was it is dropped later, and until then it cannot come
    /// back. A move drops it by itself, but for what Citus is dropping at that moment in the background; then it is refused.
    async fn forget_moves(&self) {
        const LEFT: &str = "SELECT NULLIF(COUNT(*), 0)::text FROM pg_dist_cleanup";
        while self.coordinator.sql(LEFT).await.is_some() {
            self.coordinator.sql("CALL citus_cleanup_orphaned_resources()").await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// Sees to it that nobody is connected to a database, which then can be copied: Citus looks after each by itself.
pub async fn set_aside(servers: &[String], name: &str) {
    for server in servers {
        run(server, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS FALSE")).await;
    }
    for server in servers {
        let sql = format!("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'");
        run(server, &sql).await;
    }
}
