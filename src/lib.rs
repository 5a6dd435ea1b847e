//! Tributary: a GraphQL gateway for partner programmes. Who the partners are, what they were promised, what they earned
//! and why.
//!
//! This crate is the gateway. What lies below it are crates of their own, each of which uses only those below it:
//!
//! ```text
//! tributary: cli -> http -> export -> graphql    jobs
//! seed, import    made-up data; other systems' data
//! service         what callers may do beyond reading; authentication
//! store           the database; over entity and migration, its tables
//! auth            tokens, API keys, permissions, scopes
//! telemetry       logs, traces, metrics
//! outgoing        requests to other programs
//! domain          everything that can be said without IO
//! ```

// The schema's root types are nested in each other, and so are the futures that resolve them.
#![recursion_limit = "256"]

pub use service::{app, clock};
pub use telemetry::metrics;
pub use {auth, domain, import, outgoing, seed, service, store, telemetry};

pub mod cli;
pub mod config;
pub mod export;
pub mod graphql;
pub mod http;
pub mod jobs;
