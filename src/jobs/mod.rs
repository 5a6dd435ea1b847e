//! Background work. Every piece of it may run in any number of replicas at once, and may be cut off at any point: each
//! step is a transaction that looks at what it changes under a lock.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::app::App;
use crate::service::api_key::write_uses;
use crate::service::ledger::review::approve_matured;

/// How long to rest when there is nothing to do.
const PAUSE: Duration = Duration::from_secs(5);
/// How many rows to approve at a time.
const BATCH: u64 = 500;

/// Works until `ending` turns true.
pub async fn run(app: Arc<App>, mut ending: watch::Receiver<bool>) {
    while !*ending.borrow() {
        match approve_matured(&app, BATCH).await {
            // There may be more.
            Ok(approved) if approved > 0 => {
                tracing::info!(approved, "approved what matured");
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "approving what matured failed; it is tried again"),
        }
        if let Err(error) = write_uses(&app).await {
            tracing::error!(%error, "writing down when keys were used failed; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(PAUSE) => {}
            // Told, or nobody is left who could tell.
            _ = ending.wait_for(|ending| *ending) => return,
        }
    }
}
