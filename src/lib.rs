//! Tributary: a GraphQL gateway for partner programmes. Who the partners are, what they were promised, what they earned
//! and why.
//!
//! Modules call downwards only (a test checks it):
//!
//! ```text
//! main -> cli -> http, export, import, seed, service, store
//! http -> export, graphql, auth            import -> service, auth, domain
//! export -> graphql, auth, store           seed -> service, store, auth, domain
//! graphql -> store (reads), service (writes), auth, domain
//! service -> store, auth, domain, outgoing
//! auth -> store, domain, outgoing          outgoing -> domain
//! store -> entity, domain, auth::Scope
//! http, graphql, auth, jobs -> metrics      http, graphql -> telemetry
//! the crates domain, entity, migration -> nothing of ours
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
