//! How the front behaves: the sections of the settings file that are about requests.

use std::path::PathBuf;
use std::time::Duration;

use super::graphiql::GraphiqlAssets;
use super::guard::Limits;

#[derive(Clone, Debug, Default)]
pub struct HttpOptions {
    /// No GraphiQL, introspection for admins only, no suggestions in error texts.
    pub production: bool,
    pub graphiql_assets: GraphiqlAssets,
    /// Metrics have an address of their own, and are not served beside the API.
    pub metrics_elsewhere: bool,
    pub limits: Limits,
    pub timeouts: TimeoutsSection,
    pub throttle: ThrottleSection,
    pub cors: CorsSection,
    pub persisted: PersistedSection,
    pub subscriptions: SubscriptionsSection,
    pub exports: ExportLimits,
    pub slow: SlowSection,
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
    /// How long running requests may take to finish once the program is told to end.
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

/// The section `[throttle]`: each token's subject has a bucket of cost.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ThrottleSection {
    /// How much a full bucket holds.
    pub maximum: u64,
    /// How much flows back in a second.
    pub restore_per_second: u64,
}

impl Default for ThrottleSection {
    /// What flows back is about a fifth of a processor's work by the slowest way of reading (an object in 20 µs), so that
    /// nobody who asks as fast as can be takes a machine for longer than the two seconds that a full bucket lasts.
    fn default() -> Self {
        Self {
            maximum: 100_000,
            restore_per_second: 10_000,
        }
    }
}

/// The section `[cors]`.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorsSection {
    /// The origins whose pages may ask, such as "https://portal.example"; "*" is all of them.
    pub origins: Vec<String>,
    /// Whether pages of the browser's own machine may ask, whatever their port; `serve --demo` lets them.
    pub localhost: bool,
}

/// The section `[persisted]`: documents that are sent by their hash.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PersistedSection {
    /// Whether callers may register documents as they go (Apollo's automatic persisted queries).
    pub automatic: bool,
    /// How many bytes the documents that are kept ready may take.
    pub cache_bytes: usize,
    /// What becomes of documents that the manifest does not list.
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
    /// How many subscriptions a token's subject may have at once, over sockets and as streams.
    pub per_subject: usize,
    /// The same of a tenant.
    pub per_tenant: usize,
    /// How many operations may run on a socket at once.
    pub operations: usize,
    /// The largest message that a socket takes, in bytes.
    pub message_bytes: usize,
    /// How long a socket may take to say who it is.
    pub init_seconds: u64,
    /// After so long a silence a socket is asked whether anybody is there, and must answer within the same time; an event
    /// stream gets a comment. Also how long a reader may take over a message.
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
    /// How many may run at once. Each has a connection to the database beside those of the requests.
    pub at_once: u32,
    /// How many of them a tenant may have.
    pub per_tenant: usize,
    /// How long a reader may take over a piece of one.
    pub stall_seconds: u64,
    /// How long one may take in all.
    pub seconds: u64,
}

impl Default for ExportLimits {
    fn default() -> Self {
        Self {
            at_once: 4,
            per_tenant: 2,
            stall_seconds: 30,
            seconds: 600,
        }
    }
}

impl ExportLimits {
    pub fn stall(&self) -> Duration {
        Duration::from_secs(self.stall_seconds)
    }

    pub fn whole(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }
}

/// The section `[slow]`: from when on the log says of something that it is slow. 0 is everything.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlowSection {
    /// Of operations, from the admitted document to the whole answer.
    pub operation_milliseconds: u64,
    /// Of statements, without the wait for a connection.
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
    /// They run.
    #[default]
    Off,
    /// They run, and the log says so.
    Audit,
    /// They are refused.
    Enforce,
}
