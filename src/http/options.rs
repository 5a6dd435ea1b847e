//! Options of the HTTP front end: the sections of the settings file about requests.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::guard::Limits;

#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// No GraphiQL, introspection for admins only, no suggestions in error texts.
    pub production: bool,
    /// Where health checks are answered in addition; `None`: only beside the API.
    pub health_listen: Option<SocketAddr>,
    /// Metrics are served at their own address, not beside the API.
    pub metrics_elsewhere: bool,
    pub limits: Limits,
    pub connections: ConnectionsSection,
    pub timeouts: TimeoutsSection,
    pub throttle: ThrottleSection,
    /// How many messages of pages are taken: the subjects are addresses.
    pub collector: ThrottleSection,
    pub requests: RequestsSection,
    pub cors: CorsSection,
    pub persisted: PersistedSection,
    pub subscriptions: SubscriptionsSection,
    pub exports: ExportLimits,
    pub slow: SlowSection,
}

/// The section `[connections]`.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionsSection {
    /// Maximum number of open connections, WebSockets included.
    pub at_once: usize,
    /// Maximum number of open connections from one address.
    pub per_address: usize,
}

impl Default for ConnectionsSection {
    /// A proxy in front of the gateway is one address.
    fn default() -> Self {
        Self {
            at_once: 8_192,
            per_address: 2_048,
        }
    }
}

/// The section `[timeouts]`, in seconds.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeoutsSection {
    /// From the start of a request, or the end of the one before it, to the end of its headers.
    pub header_seconds: u64,
    /// To the end of a request's body.
    pub body_seconds: u64,
    /// How long a query and a mutation may take.
    pub query_seconds: u64,
    pub mutation_seconds: u64,
    /// How long running requests may take to finish once shutdown begins.
    pub shutdown_seconds: u64,
}

impl Default for TimeoutsSection {
    fn default() -> Self {
        Self {
            header_seconds: 30,
            body_seconds: 10,
            query_seconds: 10,
            mutation_seconds: 30,
            shutdown_seconds: 30,
        }
    }
}

impl TimeoutsSection {
    pub fn header(&self) -> Duration {
        Duration::from_secs(self.header_seconds)
    }

    pub fn body(&self) -> Duration {
        Duration::from_secs(self.body_seconds)
    }

    pub fn query(&self) -> Duration {
        Duration::from_secs(self.query_seconds)
    }

    pub fn mutation(&self) -> Duration {
        Duration::from_secs(self.mutation_seconds)
    }

    pub fn shutdown(&self) -> Duration {
        Duration::from_secs(self.shutdown_seconds)
    }
}

/// The section `[throttle]`: each token subject has a bucket of cost, and so has each tenant.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThrottleSection {
    /// Capacity of a subject's bucket.
    pub maximum: u64,
    /// How much of it is restored per second.
    pub restore_per_second: u64,
    /// Capacity of a tenant's bucket, which all of its subjects share.
    pub tenant_maximum: u64,
    /// How much of it is restored per second.
    pub tenant_restore_per_second: u64,
}

impl Default for ThrottleSection {
    /// The restore rate is about a fifth of a processor at the slowest way of reading (an object in 20 µs), so that a
    /// caller asking as fast as possible can occupy a machine only for the two seconds that a full bucket lasts.
    fn default() -> Self {
        Self {
            maximum: 100_000,
            restore_per_second: 10_000,
            tenant_maximum: 1_000_000,
            tenant_restore_per_second: 100_000,
        }
    }
}

impl ThrottleSection {
    /// What pages may send: each address is a subject. All visitors behind a proxy have its address.
    pub fn of_collector() -> Self {
        Self {
            maximum: 1_000,
            restore_per_second: 100,
            tenant_maximum: 20_000,
            tenant_restore_per_second: 2_000,
        }
    }
}

/// The section `[requests]`: how much room a tenant's requests may take up.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RequestsSection {
    /// Maximum number of requests in flight, from the complete body to the answer.
    pub at_once: usize,
    /// Maximum number of a tenant's requests in flight.
    pub per_tenant: usize,
    /// How many of the threads that work on requests may work for one tenant at the same time, in percent; at least one.
    pub tenant_thread_percent: u8,
}

impl Default for RequestsSection {
    fn default() -> Self {
        Self {
            at_once: 512,
            per_tenant: 256,
            tenant_thread_percent: 50,
        }
    }
}

/// The section `[cors]`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsSection {
    /// The origins whose pages may call the API, such as "https://portal.example"; "*" allows all of them.
    pub origins: Vec<String>,
    /// Whether pages from the browser's own machine may call the API, on any port; `serve --demo` allows them.
    pub localhost: bool,
}

/// The section `[persisted]`: documents sent by their hash.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersistedSection {
    /// Whether callers may register documents at run time (Apollo's automatic persisted queries).
    pub automatic: bool,
    /// Maximum size of the cached documents in bytes.
    pub cache_bytes: usize,
    /// How documents are treated that the manifest does not list.
    pub safelist: Safelist,
    /// The manifest: Apollo's, or a JSON object from hash to document.
    pub manifest: Option<PathBuf>,
}

impl Default for PersistedSection {
    fn default() -> Self {
        Self {
            automatic: true,
            cache_bytes: 16 * 1024 * 1024,
            safelist: Safelist::Off,
            manifest: None,
        }
    }
}

/// The section `[subscriptions]`: WebSockets and event streams.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SubscriptionsSection {
    /// Maximum number of concurrent subscriptions of a token subject, over sockets and as streams together.
    pub per_subject: usize,
    /// Maximum number of concurrent subscriptions of a tenant.
    pub per_tenant: usize,
    /// Maximum number of concurrent operations on a socket.
    pub operations: usize,
    /// The largest message that a socket takes, in bytes.
    pub message_bytes: usize,
    /// How long a client may take to authenticate on a new socket.
    pub init_seconds: u64,
    /// After a silence of this length a socket is pinged, and must answer within the same time; an event stream gets a
    /// comment. Also how long a reader may take over a message.
    pub ping_seconds: u64,
}

impl Default for SubscriptionsSection {
    fn default() -> Self {
        Self {
            per_subject: 200,
            per_tenant: 2_000,
            operations: 50,
            message_bytes: 64 * 1024,
            init_seconds: 3,
            ping_seconds: 30,
        }
    }
}

impl SubscriptionsSection {
    pub fn init(&self) -> Duration {
        Duration::from_secs(self.init_seconds)
    }

    pub fn ping(&self) -> Duration {
        Duration::from_secs(self.ping_seconds.max(1))
    }
}

/// The section `[exports]`: lists as files.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ExportLimits {
    /// Maximum number of concurrent exports. Each has a database connection besides those of the requests.
    pub at_once: u32,
    /// Maximum number of a tenant's concurrent exports.
    pub per_tenant: usize,
    /// How many bytes a reader takes at least per second, on average over `floor_seconds`.
    pub floor_bytes_per_second: u64,
    pub floor_seconds: u64,
    /// How long an export may take in total.
    pub seconds: u64,
}

impl Default for ExportLimits {
    fn default() -> Self {
        Self {
            at_once: 4,
            per_tenant: 2,
            floor_bytes_per_second: 4_096,
            floor_seconds: 60,
            seconds: 3_600,
        }
    }
}

impl ExportLimits {
    /// Over how long the speed of a reader is averaged.
    pub fn floor_window(&self) -> Duration {
        Duration::from_secs(self.floor_seconds)
    }

    /// How many bytes a reader must take in that time.
    pub fn floor_bytes(&self) -> u64 {
        self.floor_bytes_per_second.saturating_mul(self.floor_seconds)
    }

    pub fn whole(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// The section `[slow]`: the durations from which on the log reports something as slow. 0 reports everything.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlowSection {
    /// For operations, from the admitted document to the complete answer.
    pub operation_milliseconds: u64,
    /// For statements, without the wait for a connection.
    pub statement_milliseconds: u64,
}

impl Default for SlowSection {
    fn default() -> Self {
        Self {
            operation_milliseconds: 2_000,
            statement_milliseconds: 1_000,
        }
    }
}

impl SlowSection {
    pub fn operation(&self) -> Duration {
        Duration::from_millis(self.operation_milliseconds)
    }

    pub fn statement(&self) -> Duration {
        Duration::from_millis(self.statement_milliseconds)
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Safelist {
    /// Unlisted documents run.
    #[default]
    Off,
    /// Unlisted documents run and are logged.
    Audit,
    /// Unlisted documents are refused.
    Enforce,
}
