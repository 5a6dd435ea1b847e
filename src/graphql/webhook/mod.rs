//! Webhook endpoints and their deliveries.

pub mod delivery;
pub mod endpoint;
pub mod mutation;
