//! Webhooks: endpoints, and what was or will be delivered to them.

pub mod delivery;
pub mod endpoint;
pub mod lease;
pub mod work;
