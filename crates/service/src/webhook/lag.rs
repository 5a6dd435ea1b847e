//! How far webhooks are behind, for monitoring.

use std::time::Duration;

use super::fan_out::unread_since;
use crate::app::App;
use domain::Timestamp;
use store::StoreError;
use store::webhook::work;

/// The age of the oldest work that is still to be done; zero if there is none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Of the oldest outbox row that no deliveries were made from yet.
    pub outbox: Duration,
    /// Of the delivery to an active endpoint that has been due for the longest: since when it is due.
    pub deliveries: Duration,
}

/// Measures both, on every replica, so that it shows even if none of them makes progress.
pub async fn lag(app: &App) -> Result<Lag, StoreError> {
    let now = app.clock.now();
    // Replicas' clocks may disagree a little.
    let age = |since: Option<Timestamp>| since.and_then(|since| (now - since).to_std().ok()).unwrap_or_default();
    Ok(Lag {
        outbox: age(unread_since(app).await?),
        deliveries: age(work::due_since(app.store.reader(), now).await?),
    })
}
