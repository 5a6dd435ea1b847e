//! Touches that come in by themselves: links that are followed, and what the script on a brand's pages sends.
//!
//! Nobody waits for the database to store them. They are put into a [`queue`], from which one task ([`worker`]) writes them
//! in batches ([`batch`]); where links lead is remembered ([`destinations`]), so that visitors are led on while the
//! database is away.

mod batch;
mod collect;
mod destinations;
mod follow;
mod prune;
mod queue;
mod worker;

use std::sync::Arc;
use std::time::Duration;

pub(crate) use collect::day;
pub use collect::{Sent, allows_origin, collect};
pub use destinations::Away;
pub use follow::{Visit, follow};
pub use prune::prune;
pub use worker::{run, write_waiting};

/// How touches are kept and written.
#[derive(Clone, Copy, Debug)]
pub struct TrackingSettings {
    /// How many days touches are kept that credited nothing.
    pub keep_days: u32,
    /// How many may wait to be written; of one tenant half as many.
    pub waiting: usize,
    /// How many are written together at most.
    pub batch_rows: usize,
    /// How long the first of a batch waits for more.
    pub batch_wait: Duration,
}

impl Default for TrackingSettings {
    fn default() -> Self {
        Self {
            keep_days: 400,
            waiting: 100_000,
            batch_rows: 200,
            batch_wait: Duration::from_millis(20),
        }
    }
}

/// The settings, what waits to be written, and where links lead. Clones share their state.
#[derive(Clone)]
pub struct Tracking {
    pub settings: TrackingSettings,
    queue: Arc<queue::Queue>,
    destinations: Arc<destinations::Destinations>,
}

impl Default for Tracking {
    fn default() -> Self {
        Self::new(TrackingSettings::default())
    }
}

impl Tracking {
    pub fn new(settings: TrackingSettings) -> Self {
        Self {
            settings,
            queue: Arc::new(queue::Queue::new(settings.waiting)),
            destinations: Arc::default(),
        }
    }
}
