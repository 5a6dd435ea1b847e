//! Everything that measuring needs: the data, the gateway, and what requests are about.

use std::path::Path;
use std::time::Duration;

use crate::Failure;
use crate::client::{Connection, Request};
use crate::cursors::cursors;
use crate::database::{Database, Sql, rows};
use crate::operation::{Case, Cursors, Operation};
use crate::sample::{Sample, sample};
use crate::server::Server;
use crate::tokens::Tokens;

pub struct Stage {
    pub database: Database,
    pub gateway: Server,
    pub sample: Sample,
    pub tokens: Tokens,
    cursors: Cursors,
}

impl Stage {
    /// Starts the gateway on a filled data set, and finds what requests are about.
    pub async fn set(url: &str, folder: &Path) -> Result<Self, Failure> {
        let database = Database::open(url).await?;
        let gateway = Server::gateway(url, folder).await?;
        settle(&database).await?;
        let (sample, tokens) = (sample(&database).await?, Tokens::new()?);
        let mut connection = Connection::open(gateway.address).await?;
        let cursors = cursors(&sample, &tokens, &mut connection).await?;
        Ok(Self {
            database,
            gateway,
            sample,
            tokens,
            cursors,
        })
    }

    pub fn cases(&self, operation: Operation) -> Vec<Case> {
        operation.cases(&self.sample, &self.cursors, &self.tokens)
    }
}

/// Requests that live as long as the program, so that tasks can share them.
pub fn lasting(requests: Vec<Request>) -> &'static [Request] {
    Box::leak(requests.into_boxed_slice())
}

/// Waits until the gateway has approved what matured since the data was made, which would disturb the measurements.
async fn settle(database: &Database) -> Result<(), Failure> {
    const PAUSE: Duration = Duration::from_millis(500);
    let changes = Sql::of("SELECT coalesce(max(id), 0) FROM outbox");
    let mut before = -1;
    loop {
        let found: Vec<(i64,)> = rows!(database, changes)?;
        let now = found.first().map_or(0, |row| row.0);
        if now == before {
            return Ok(());
        }
        before = now;
        tokio::time::sleep(PAUSE).await;
    }
}
