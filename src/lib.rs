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

pub use domain;

pub mod app;
pub mod auth;
pub mod cli;
pub mod client;
pub mod clock;
pub mod config;
pub mod export;
pub mod graphql;
pub mod http;
pub mod import;
pub mod jobs;
pub mod metrics;
pub mod outgoing;
pub mod seed;
pub mod service;
pub mod store;
pub mod task;
pub mod telemetry;
