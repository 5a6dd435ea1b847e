//! How far webhooks are behind, for whoever watches over the program.

use std::time::Duration;

use super::fan_out::unread_since;
use crate::app::App;
use domain::Timestamp;
use store::StoreError;
use store::webhook::work;

/// How old the oldest thing is that is still to be done; zero where nothing is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Of what happened, what no deliveries were made of yet.
    pub outbox: Duration,
    /// Of the deliveries to active endpoints, since one was due and was not sent.
    pub deliveries: Duration,
}

/// Looks at both, on all replicas alike: also where none of them gets on with the work.
pub async fn lag(app: &App) -> Result<Lag, StoreError> {
    let now = app.clock.now();
    // Replicas' clocks may disagree a little.
    let age = |since: Option<Timestamp>| since.and_then(|since| (now - since).to_std().ok()).unwrap_or_default();
    Ok(Lag {
        outbox: age(unread_since(app).await?),
        deliveries: age(work::due_since(app.store.reader(), now).await?),
    })
}
