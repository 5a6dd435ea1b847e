//! How many connections there may be: in all and from one address, so that strangers cannot take the files and the memory
//! that everybody else needs. Health checks find room beyond that.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::AbortHandle;

use super::options::ConnectionsSection;
use super::permits::{ConcurrencyLimits, ConcurrencyPermit};

/// Number of connections beyond the limits of which the beginning is read, to find health checks among them, and of health
/// checks that are being answered there.
const BEYOND: usize = 64;

/// How often the log says that connections are refused.
const LOG_INTERVAL: Duration = Duration::from_secs(10);

pub struct Connections {
    settings: ConnectionsSection,
    open: ConcurrencyLimits,
    /// Health checks beyond the limits.
    beyond: ConcurrencyLimits,
    /// The tasks that read the beginning of a connection beyond the limits, the oldest first.
    looking: Mutex<VecDeque<AbortHandle>>,
    refused: Mutex<Refused>,
}

/// Which limit is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectionLimit {
    All,
    Address,
}

/// What was refused since the log last said so.
#[derive(Default)]
struct Refused {
    logged: Option<Instant>,
    count: u64,
}

impl Connections {
    pub fn new(settings: ConnectionsSection) -> Self {
        Self {
            settings,
            open: ConcurrencyLimits::default(),
            beyond: ConcurrencyLimits::default(),
            looking: Mutex::default(),
            refused: Mutex::default(),
        }
    }

    /// A place for a connection from an address.
    pub fn enter(&self, from: IpAddr) -> Result<ConcurrencyPermit, ConnectionLimit> {
        let ConnectionsSection { at_once, per_address } = self.settings;
        let places = self.open.take([(String::new(), at_once), (network(from), per_address)]);
        places.map_err(|full| match full {
            0 => ConnectionLimit::All,
            _ => ConnectionLimit::Address,
        })
    }

    /// Keeps the newest of the tasks that look for health checks: those send their requests at once, whereas strangers who
    /// send nothing would keep them out. Returns whether an older one had to go.
    pub fn keep_looking(&self, task: AbortHandle) -> bool {
        let mut looking = self.looking.lock().unwrap_or_else(PoisonError::into_inner);
        looking.retain(|task| !task.is_finished());
        looking.push_back(task);
        let oldest = (looking.len() > BEYOND).then(|| looking.pop_front()).flatten();
        if let Some(oldest) = &oldest {
            oldest.abort();
        }
        oldest.is_some()
    }

    /// A place for a health check beyond the limits.
    pub fn beyond(&self) -> Option<ConcurrencyPermit> {
        self.beyond.take([(String::new(), BEYOND)]).ok()
    }

    /// Logs that a connection is refused, or counts it for the next line.
    pub fn note_refused(&self, limit: ConnectionLimit, from: IpAddr) {
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        refused.count += 1;
        if refused.logged.is_some_and(|logged| logged.elapsed() < LOG_INTERVAL) {
            return;
        }
        let count = std::mem::take(&mut refused.count);
        refused.logged = Some(Instant::now());
        drop(refused);
        let ConnectionsSection { at_once, per_address } = self.settings;
        match limit {
            ConnectionLimit::All => {
                tracing::warn!(
                    count,
                    at_once,
                    "refused connections: connections.at_once or the limit of open files is reached"
                );
            }
            ConnectionLimit::Address => {
                tracing::warn!(count, %from, per_address, "refused connections: an address has reached connections.per_address");
            }
        }
    }
}

impl ConnectionLimit {
    /// What a refused client is told.
    pub fn message(self) -> &'static str {
        match self {
            Self::All => "too many connections are open: try again in a few seconds",
            Self::Address => "this address has too many open connections: reuse or close some",
        }
    }
}

/// An address; of IPv6 the network of 64 bits, all of which one machine may have.
pub fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn connections_are_counted_in_all_and_for_each_address() {
        let connections = Connections::new(ConnectionsSection {
            at_once: 3,
            per_address: 2,
        });
        let first = connections.enter(address("192.0.2.1"));
        let _second = connections.enter(address("::ffff:192.0.2.1"));
        assert_eq!(
            connections.enter(address("192.0.2.1")).err(),
            Some(ConnectionLimit::Address)
        );
        let _third = connections.enter(address("2001:db8::1"));
        assert_eq!(
            connections.enter(address("192.0.2.2")).err(),
            Some(ConnectionLimit::All)
        );
        drop(first);
        assert!(connections.enter(address("192.0.2.1")).is_ok());
    }

    #[test]
    fn addresses_of_one_network_are_one() {
        assert_eq!(
            network(address("2001:db8:0:1::1")),
            network(address("2001:db8:0:1:ffff::2"))
        );
        assert_ne!(network(address("2001:db8:0:1::1")), network(address("2001:db8:0:2::1")));
        assert_ne!(network(address("192.0.2.1")), network(address("192.0.2.2")));
    }
}
