//! The tenant, its API keys and its audit log.

pub mod api_key;
pub mod audit;
pub mod erasure;
mod object;

pub use object::{Tenant, TenantMutation, TenantQuery};
