//! Where the database is, and how it is used.

use std::time::Duration;

use super::share::ShareOptions;

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
